import { localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Task } from './contract.ts'

export interface NewTask {
  readonly partyId: string
  readonly programme: string
  readonly wordsKey: string
  readonly words: Task['words']
  readonly suggestionKey: string
  readonly ownerId: string | null
  readonly dueOn: string
  /** The greater, the sooner it is shown among tasks due on the same day. */
  readonly rank?: number
}

/** Opens tasks in the transaction of their cause. Returns their ids in order. */
export async function openTasks(transaction: Transaction, house: House, tasks: readonly NewTask[]): Promise<string[]> {
  if (tasks.length === 0) return []
  const now = house.clock.now().toISOString()
  const rows = tasks.map(task => ({
    party_id: task.partyId,
    task_id: house.newId(),
    programme: task.programme,
    words_key: task.wordsKey,
    words: task.words,
    suggestion_key: task.suggestionKey,
    owner_id: task.ownerId,
    due_on: task.dueOn,
    rank: task.rank ?? 0,
    created_at: now,
  }))
  await transaction.query(
    `insert into tasks.task (party_id, task_id, programme, words_key, words, suggestion_key, owner_id, due_on, rank, state, created_at)
     select party_id, task_id, programme, words_key, words, suggestion_key, owner_id, due_on, rank, 'open', created_at
     from jsonb_to_recordset($1::jsonb) as r (party_id uuid, task_id uuid, programme text, words_key text, words jsonb,
       suggestion_key text, owner_id uuid, due_on date, rank double precision, created_at timestamptz)`,
    [JSON.stringify(rows)],
  )
  await house.live.announce(transaction, ['tasks'])
  return rows.map(row => row.task_id)
}

export async function openTask(transaction: Transaction, house: House, task: NewTask): Promise<string> {
  const [taskId] = await openTasks(transaction, house, [task])
  return taskId!
}

/** The reason for the task is gone (she came by herself); what was done already stays done. */
export async function withdrawTasks(
  transaction: Transaction,
  house: House,
  tasks: readonly { readonly partyId: string; readonly taskId: string }[],
): Promise<void> {
  if (tasks.length === 0) return
  await transaction.query(
    `update tasks.task t set state = 'withdrawn', closed_at = $3
     from unnest($1::uuid[], $2::uuid[]) as w (party_id, task_id)
     where t.party_id = w.party_id and t.task_id = w.task_id and t.state in ('open', 'postponed')`,
    [tasks.map(task => task.partyId), tasks.map(task => task.taskId), house.clock.now()],
  )
  await house.live.announce(transaction, ['tasks'])
}

interface TaskRow {
  readonly party_id: string
  readonly task_id: string
  readonly party_name: string | null
  readonly programme: string
  readonly words_key: string
  readonly words: Task['words']
  readonly suggestion_key: string
  readonly owner_id: string | null
  readonly owner_name: string | null
  readonly due_on: string
  readonly state: Task['state']
  readonly outcome: string | null
  readonly created_at: Date
  readonly closed_at: Date | null
}

const columns = `t.*, p.name as party_name, s.name as owner_name from tasks.task t
  left join parties.party p on p.party_id = t.party_id
  left join access.staff s on s.staff_id = t.owner_id`

export interface TaskFilter {
  readonly state: 'open' | 'done'
  readonly ownerId?: string | undefined
  readonly partyId?: string | undefined
  readonly limit: number
}

export async function listTasks(queryable: Queryable, filter: TaskFilter, today: string) {
  const which =
    filter.state === 'open'
      ? `(t.state = 'open' or (t.state = 'postponed' and t.due_on <= $3))`
      : `t.state = 'done' and $3::date is not null`
  const order = filter.state === 'open' ? 't.rank desc, t.due_on, t.task_id' : 't.closed_at desc'
  const where = `where ${which} and ($1::uuid is null or t.owner_id = $1) and ($2::uuid is null or t.party_id = $2)`
  const values = [filter.ownerId ?? null, filter.partyId ?? null, today]
  const rows = await queryable.query<TaskRow>(`select ${columns} ${where} order by ${order} limit $4`, [
    ...values,
    filter.limit,
  ])
  if (rows.length < filter.limit) return { items: rows.map(taskOf), total: rows.length }
  const [count] = await queryable.query<{ total: number }>(
    `select count(*) as total from tasks.task t ${where}`,
    values,
  )
  return { items: rows.map(taskOf), total: count?.total ?? 0 }
}

export async function readTask(queryable: Queryable, partyId: string, taskId: string): Promise<Task> {
  const [row] = await queryable.query<TaskRow>(`select ${columns} where t.party_id = $1 and t.task_id = $2`, [
    partyId,
    taskId,
  ])
  if (!row) throw refuse('not-found', 'tasks:refusal.unknown')
  return taskOf(row)
}

type Act =
  | { readonly kind: 'close'; readonly outcome: string; readonly note?: string | undefined }
  | { readonly kind: 'postpone'; readonly until: string }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'assign'; readonly ownerId: string | null }

/** What may be done to a task, in which states, and what becomes of it. Reopening is the undo of the other two. */
const acts = {
  close: { from: ['open', 'postponed'], event: 'task.closed' },
  postpone: { from: ['open', 'postponed'], event: 'task.postponed' },
  reopen: { from: ['done', 'postponed'], event: 'task.reopened' },
  assign: { from: ['open', 'postponed'], event: undefined },
} as const

/** Does one thing to a task and records it as an event of the customer, in one transaction. */
export async function act(house: House, caller: Caller, partyId: string, taskId: string, what: Act): Promise<Task> {
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  return house.database.transaction(async transaction => {
    const { from, event } = acts[what.kind]
    const today = localDay(now, zone)
    const [set, values] = changeOf(what, now, today)
    const changed = await transaction.query<{ programme: string; outcome: string | null }>(
      `update tasks.task set ${set} where party_id = $1 and task_id = $2 and state = any($3) returning programme, outcome`,
      [partyId, taskId, from, ...values],
    )
    if (!changed[0]) {
      await readTask(transaction, partyId, taskId)
      throw refuse('conflict', 'tasks:refusal.not-open')
    }
    if (what.kind === 'close' && what.note) {
      await transaction.query(
        `insert into tasks.note (party_id, task_id, note, written_by, written_at) values ($1, $2, $3, $4, $5)
         on conflict (party_id, task_id) do update set note = excluded.note, written_by = excluded.written_by, written_at = excluded.written_at`,
        [partyId, taskId, what.note.replaceAll('\u0000', ''), caller.kind === 'staff' ? caller.id : null, now],
      )
    }
    if (event) {
      const { programme, outcome } = changed[0]
      const source = caller.kind === 'nobody' ? systemSource : { sourceId: caller.id, kind: caller.kind }
      await house.events.record(transaction, source, [
        {
          kind: event,
          partyId,
          occurredAt: now,
          payload: { taskId, programme, ...(what.kind === 'close' && { outcome }) },
        },
      ])
    }
    await house.live.announce(transaction, ['tasks'])
    return readTask(transaction, partyId, taskId)
  })
}

function changeOf(what: Act, now: Date, today: string): [string, readonly unknown[]] {
  switch (what.kind) {
    case 'close':
      return [`state = 'done', outcome = $4, closed_at = $5`, [what.outcome, now]]
    case 'postpone':
      if (what.until <= today) throw refuse('invalid', 'tasks:refusal.until-past')
      return [`state = 'postponed', due_on = $4`, [what.until]]
    case 'reopen':
      return [`state = 'open', outcome = null, closed_at = null, due_on = least(due_on, $4::date)`, [today]]
    case 'assign':
      return ['owner_id = $4', [what.ownerId]]
  }
}

function taskOf(row: TaskRow): Task {
  return {
    taskId: row.task_id,
    partyId: row.party_id,
    partyName: row.party_name ?? '',
    programme: row.programme,
    wordsKey: row.words_key,
    words: row.words,
    suggestionKey: row.suggestion_key,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    dueOn: row.due_on,
    state: row.state,
    outcome: row.outcome,
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  }
}
