import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import {
  Logger,
  parseCronItems,
  type Runner,
  run,
  runMigrations,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker'
import { allowSecond, type Database, isOutage, type Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { faultOf } from '#kernel/log.ts'
import { assert, Refusal } from '#kernel/refusal.ts'
import type { JobDefinition, Jobs, Progress, Schedule } from './job.ts'
import { listRuns } from './store.ts'

/** The queue's own chatter is left out: what matters about a job is in its run and in our log. */
const quiet = new Logger(() => () => {})

/** Creates and upgrades the queue's own tables; graphile-worker guards it with a lock of its own. */
export async function prepareQueue(database: Database): Promise<void> {
  await runMigrations({ pgPool: database.pool, logger: quiet })
}

/**
 * Asks for jobs in the caller's transaction. A visible job gets a row that the Jobs page shows; a job with a key that
 * waits already is left as it is, its run is the answer.
 */
export function jobsOn(house: () => House, definitions: ReadonlyMap<string, JobDefinition>): Jobs {
  return {
    async enqueue(transaction, name, input, options = {}) {
      const definition = definitions.get(name)
      assert(definition, `a room defines the job ${name}`)
      definition.input.parse(input)
      const runId = await openRun(transaction, house(), name, options.key)
      if (runId.known) return runId.id
      await transaction.query(
        'select graphile_worker.add_job($1, $2::json, run_at => $3, max_attempts => 25, job_key => $4)',
        [
          name,
          JSON.stringify({ runId: runId.id, input }),
          options.runAt ?? house().clock.now(),
          options.key ? `${name}:${options.key}` : runId.id,
        ],
      )
      await house().live.announce(transaction, ['jobs'])
      return runId.id
    },
    list: limit => listRuns(house().database, limit),
  }
}

async function openRun(
  transaction: Transaction,
  house: House,
  name: string,
  key: string | undefined,
): Promise<{ id: string; known: boolean }> {
  const id = house.newId()
  const opened = await transaction.query(
    `insert into jobs.run (run_id, name, key, state, created_at) values ($1, $2, $3, 'waiting', $4)
     on conflict (name, key) where state = 'waiting' and key is not null do nothing returning run_id`,
    [id, name, key ?? null, house.clock.now()],
  )
  if (opened.length > 0) return { id, known: false }
  const [waiting] = await transaction.query<{ run_id: string }>(
    `select run_id from jobs.run where name = $1 and key = $2 and state = 'waiting'`,
    [name, key],
  )
  // Between the two statements the other run may have begun; then ours is asked for again.
  return waiting ? { id: waiting.run_id, known: true } : openRun(transaction, house, name, key)
}

/**
 * Runs jobs until stopped. A job that refuses is finished, since trying again cannot help; a fault of the outside is tried
 * again with growing pauses. Jobs of a process that was killed are taken up by another, or at the next start.
 */
export async function startWorker(
  house: House,
  definitions: ReadonlyMap<string, JobDefinition>,
  schedules: readonly Schedule[],
): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  await releaseOrphans(house)
  const looking = setInterval(() => void releaseOrphans(house).catch(() => {}), 5000).unref()
  const events: WorkerEvents = new EventEmitter()
  const shown = new Map<string, () => Promise<void>>()
  const hide = async () => {
    const stops = [...shown.values()]
    shown.clear()
    await Promise.all(stops.map(stop => stop()))
  }
  events.on('pool:create', ({ workerPool: { id } }) => shown.set(id, house.database.show(`guanxi ${id}`)))
  const taskList: TaskList = Object.fromEntries(
    [...definitions.values()].map(definition => [
      definition.name,
      async (payload: unknown) => perform(house, definition, payload as JobPayload, stopping.signal),
    ]),
  )
  const begin = () =>
    run({
      pgPool: house.database.pool,
      events,
      taskList,
      parsedCronItems: parseCronItems(
        schedules.map(({ job, cron }) => ({
          task: job,
          match: cron,
          identifier: job,
          options: { backfillPeriod: 3_600_000, maxAttempts: 3 },
          payload: { input: {} },
        })),
      ),
      concurrency: 2,
      pollInterval: 2000,
      noHandleSignals: true,
      logger: quiet,
    })
  let runner: Runner | undefined = await begin()
  const ended = keepRunning()

  /** A queue that lost its database ends; it is begun again until the database is back. */
  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await runner?.promise
      } catch (error) {
        house.log.warn(faultOf(error), 'the queue lost its database and will begin again')
      }
      runner = undefined
      await hide()
      if (!stopping.signal.aborted) await pause(1000, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      await releaseOrphans(house).catch(() => {})
      runner = await begin().catch(() => undefined)
    }
  }

  return {
    async stop() {
      stopping.abort()
      clearInterval(looking)
      await runner?.stop().catch(() => {})
      await ended
      await hide()
    },
  }
}

interface JobPayload {
  readonly runId?: string
  readonly input: unknown
}

async function perform(
  house: House,
  definition: JobDefinition,
  payload: JobPayload,
  signal: AbortSignal,
): Promise<void> {
  const runId = payload.runId
  const set = (sql: string, values: readonly unknown[]) =>
    house.database.transaction(async transaction => {
      await transaction.query(`update jobs.run set ${sql} where run_id = $1`, [runId, ...values])
      await house.live.announce(transaction, ['jobs'])
    })
  if (runId) await set(`state = 'running', started_at = coalesce(started_at, $2), failure = null`, [house.clock.now()])
  try {
    const input = definition.input.parse(payload.input)
    const progress = progressOf(house, runId, signal, set)
    const result = await definition.run(house, input as never, progress)
    await progress.written()
    if (runId)
      await set(`state = 'done', ended_at = $2, result = $3`, [house.clock.now(), JSON.stringify(result ?? null)])
  } catch (error) {
    const refusal = error instanceof Refusal && error.kind !== 'unavailable'
    const failure = error instanceof Refusal ? error.code : 'jobs:failure.unexpected'
    house.log.error({ job: definition.name, runId, code: failure, ...faultOf(error) }, 'a job failed')
    // The queue notes a failed job in the database; while that is away, the note would be lost and end the process.
    if (isOutage(error)) await untilReachable(house, signal)
    if (runId && !signal.aborted) {
      await set(`state = $2, ended_at = $3, failure = $4`, [
        refusal ? 'failed' : 'waiting',
        house.clock.now(),
        failure,
      ]).catch(() => {})
    }
    if (!refusal) throw error
  }
}

async function untilReachable(house: House, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < 240 && !signal.aborted; tries++) {
    try {
      await house.database.query('select 1')
      return
    } catch {
      await pause(250)
    }
  }
}

/**
 * Writes at most five times a second, one after the other: a progress bar must not cost more than the work that it shows. The work
 * does not wait for it, so that it may tell of itself inside a transaction.
 */
function progressOf(
  house: House,
  runId: string | undefined,
  signal: AbortSignal,
  set: (sql: string, values: readonly unknown[]) => Promise<void>,
): Progress & { written(): Promise<void> } {
  let writtenAt = Number.NEGATIVE_INFINITY
  let waiting = 0
  let written = Promise.resolve()
  const write = (sql: string, values: readonly unknown[]) => {
    waiting += 1
    written = written
      .then(() => allowSecond('no transaction waits for it', () => set(sql, values)))
      // What is shown may be missing; what is wrong with the database the work itself will find.
      .catch(() => {})
      .finally(() => {
        waiting -= 1
      })
  }
  return {
    signal,
    async report({ done, total, unit }) {
      const now = house.clock.elapsed()
      if (!runId || (done !== total && (waiting > 0 || now - writtenAt < 200))) return
      writtenAt = now
      write('done = $2, total = $3, unit = $4', [done, total ?? null, unit])
    },
    async say(key, values = {}) {
      if (runId) write('words_key = $2, words = $3', [key, JSON.stringify(values)])
    },
    written: () => written,
  }
}

/**
 * graphile-worker frees the jobs of a killed process after four hours. Ours shows that it lives by a connection that bears its
 * name; what has been locked for five seconds by nobody who is shown belongs to the dead, and is freed for whoever is there.
 */
async function releaseOrphans(house: House): Promise<void> {
  const workers = await house.database.query<{ locked_by: string }>(
    `select distinct locked_by from (
       select locked_by, locked_at from graphile_worker._private_jobs
       union all select locked_by, locked_at from graphile_worker._private_job_queues
     ) as locks
     where locked_at < clock_timestamp() - interval '5 seconds' and not exists (
       select from pg_stat_activity
       where datname = current_database() and application_name = 'guanxi ' || locked_by)`,
  )
  if (workers.length === 0) return
  await house.database.query('select graphile_worker.force_unlock_workers($1)', [workers.map(row => row.locked_by)])
}

/** Runs one job to its end in this process, beside the queue: for a world that is being made, and for tests. */
export async function performNow(
  house: House,
  definitions: readonly JobDefinition[],
  name: string,
  input: object = {},
): Promise<Readonly<Record<string, string | number>> | undefined> {
  const definition = definitions.find(each => each.name === name)
  assert(definition, `a room defines the job ${name}`)
  const unwatched: Progress = { signal: new AbortController().signal, async report() {}, async say() {} }
  return definition.run(house, definition.input.parse(input) as never, unwatched)
}
