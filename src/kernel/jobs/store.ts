import type { Queryable } from '#kernel/database/index.ts'
import type { JobRun } from './job.ts'

interface RunRow {
  readonly run_id: string
  readonly name: string
  readonly state: JobRun['state']
  readonly done: number
  readonly total: number | null
  readonly unit: string | null
  readonly words_key: string | null
  readonly words: JobRun['words']
  readonly result: JobRun['result']
  readonly failure: string | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly ended_at: Date | null
}

export async function listRuns(queryable: Queryable, limit: number): Promise<JobRun[]> {
  const rows = await queryable.query<RunRow>('select * from jobs.run order by created_at desc limit $1', [limit])
  return rows.map(runOf)
}

/** How many jobs wait and how many have failed for good; health and metrics show it. */
export async function queueDepth(queryable: Queryable): Promise<{ waiting: number; failing: number }> {
  const [row] = await queryable.query<{ waiting: number; failing: number }>(
    `select count(*) filter (where attempts < max_attempts) as waiting, count(*) filter (where attempts >= max_attempts) as failing
     from graphile_worker._private_jobs where run_at <= now()`,
  )
  return row ?? { waiting: 0, failing: 0 }
}

function runOf(row: RunRow): JobRun {
  return {
    runId: row.run_id,
    name: row.name,
    state: row.state,
    done: row.done,
    total: row.total,
    unit: row.unit,
    wordsKey: row.words_key,
    words: row.words,
    result: row.result,
    failure: row.failure,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  }
}
