import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { ProblemState } from './contract.ts'
import type { EventSource } from './event.ts'
import { keyOf } from './keys.ts'
import { type Fields, isFields, type Refused, textOf, Unreadable } from './message.ts'

/** Of a message that is too long only its beginning is kept. */
export const keptCharacters = 32 * 1024

/** A message that could not be taken in, and how it was read. */
export interface Rejected {
  readonly source: EventSource
  readonly message: unknown
  readonly refusal: Refused
  readonly receivedAt: Date
  readonly sentAt?: Date | undefined
  readonly merchant?: string | undefined
  /** What makes two problems one; otherwise the sender's message id or the text. */
  readonly mark?: string
}

/** A message as the text that is kept of it. JSON writes a NUL as six harmless characters. */
export function textKept(message: unknown): { readonly text: string; readonly isCut: boolean } {
  const text = message instanceof Unreadable ? message.text : JSON.stringify(withoutKey(message) ?? null)
  const safe = text.replaceAll('\u0000', '\ufffd').toWellFormed()
  return { text: safe.slice(0, keptCharacters), isCut: safe.length > keptCharacters }
}

/** The sender's key is a secret and no part of what is kept. */
function withoutKey(message: unknown): unknown {
  if (!isFields(message) || !('writeKey' in message)) return message
  const { writeKey: _, ...rest } = message
  return rest
}

/** Keeps what was rejected, each once however often its sender tries again. */
export async function keepProblems(
  transaction: Transaction,
  house: House,
  rejected: readonly Rejected[],
): Promise<void> {
  if (rejected.length === 0) return
  const once = new Map<
    string,
    { readonly rejected: Rejected; readonly text: string; readonly isCut: boolean; times: number }
  >()
  for (const each of rejected) {
    const { text, isCut } = textKept(each.message)
    const named = each.mark ?? (isFields(each.message) ? textOf(each.message.messageId) : undefined) ?? text
    const fingerprint = keyOf(['problem', each.source.sourceId, named])
    const known = once.get(fingerprint)
    if (known) known.times++
    else once.set(fingerprint, { rejected: each, text, isCut, times: 1 })
  }
  const rows = [...once]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([fingerprint, { rejected, ...kept }]) => ({
      problem_id: house.newId(),
      fingerprint,
      source_id: rejected.source.sourceId,
      source_kind: rejected.source.kind,
      merchant: rejected.merchant ?? null,
      received_at: rejected.receivedAt,
      sent_at: rejected.sentAt ?? null,
      code: rejected.refusal.code,
      details: rejected.refusal.details,
      place: rejected.refusal.place,
      waits_for: rejected.refusal.waitsFor ?? null,
      event: kept.text,
      is_cut: kept.isCut,
      times: kept.times,
    }))
  await transaction.query(
    `insert into events.problem as p (problem_id, fingerprint, source_id, source_kind, merchant, received_at, sent_at, code, details,
       place, waits_for, event, is_cut, times)
     select problem_id, fingerprint, source_id, source_kind, merchant, received_at, sent_at, code, details, place, waits_for, event,
       is_cut, times
     from json_to_recordset($1::json) as r (problem_id uuid, fingerprint uuid, source_id uuid, source_kind text, merchant text,
       received_at timestamptz, sent_at timestamptz, code text, details jsonb, place text, waits_for text, event text, is_cut boolean,
       times integer)
     on conflict (fingerprint) do update set times = p.times + excluded.times`,
    [JSON.stringify(rows)],
  )
}

export interface KeptProblem {
  readonly problemId: string
  readonly source: EventSource
  readonly merchant: string | null
  readonly receivedAt: Date
  readonly sentAt: Date | null
  readonly code: string
  readonly details: Fields
  readonly place: string
  readonly event: string
  readonly isCut: boolean
  readonly times: number
  readonly state: ProblemState
  readonly settledAt: Date | null
}

const columns = `problem_id as "problemId", json_build_object('sourceId', source_id, 'kind', source_kind) as source, merchant,
  received_at as "receivedAt", sent_at as "sentAt", code, details, place, event, is_cut as "isCut", times, state,
  settled_at as "settledAt"`

export async function readProblem(queryable: Queryable, problemId: string): Promise<KeptProblem | undefined> {
  const [row] = await queryable.query<KeptProblem>(`select ${columns} from events.problem where problem_id = $1`, [
    problemId,
  ])
  return row
}

/** Waiting problems: of one cause, or those that wait for one of these orders; oldest first, because that is how they came. */
export function waitingProblems(
  queryable: Queryable,
  of: { readonly code: string; readonly after?: string | undefined } | { readonly orderRefs: readonly string[] },
  limit: number,
): Promise<KeptProblem[]> {
  return 'code' in of
    ? queryable.query<KeptProblem>(
        `select ${columns} from events.problem
         where state = 'waiting' and code = $1 and ($2::uuid is null or problem_id > $2) order by problem_id limit $3`,
        [of.code, of.after ?? null, limit],
      )
    : queryable.query<KeptProblem>(
        `select ${columns} from events.problem
         where state = 'waiting' and waits_for is not null and waits_for = any ($1) order by problem_id limit $2`,
        [of.orderRefs, limit],
      )
}

/** What became of problems that were sent again: taken in, or still not, for a reason that may now be another. */
export async function settleProblems(
  transaction: Transaction,
  now: Date,
  settled: readonly { readonly problemId: string; readonly message: unknown; readonly refusal: Refused | undefined }[],
): Promise<void> {
  const rows = settled.map(({ problemId, message, refusal }) => ({
    problem_id: problemId,
    state: refusal ? 'waiting' : 'replayed',
    settled_at: refusal ? null : now,
    code: refusal?.code ?? null,
    details: refusal?.details ?? null,
    place: refusal?.place ?? null,
    waits_for: refusal?.waitsFor ?? null,
    event: textKept(message).text,
  }))
  await transaction.query(
    `update events.problem p set state = r.state, settled_at = r.settled_at, code = coalesce(r.code, p.code),
       details = coalesce(r.details, p.details), place = coalesce(r.place, p.place), waits_for = r.waits_for, event = r.event
     from json_to_recordset($1::json) as r (problem_id uuid, state text, settled_at timestamptz, code text, details jsonb, place text,
       waits_for text, event text)
     where p.problem_id = r.problem_id and p.state = 'waiting'`,
    [JSON.stringify(rows)],
  )
}

export async function listProblems(
  queryable: Queryable,
  of: { readonly state: ProblemState; readonly code?: string | undefined; readonly after?: string | undefined },
  limit: number,
) {
  const [instant, problemId] = of.after?.split('_') ?? []
  const rows = await queryable.query<KeptProblem>(
    `select ${columns} from events.problem
     where state = $1 and ($2::text is null or code = $2)
       and ($3::timestamptz is null or (received_at, problem_id) < ($3::timestamptz, $4::uuid))
     order by received_at desc, problem_id desc limit $5`,
    [of.state, of.code ?? null, instant ?? null, problemId ?? null, limit + 1],
  )
  const [count] = await queryable.query<{ total: number }>(
    'select count(*)::int as total from events.problem where state = $1 and ($2::text is null or code = $2)',
    [of.state, of.code ?? null],
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page,
    total: count?.total ?? 0,
    next: rows.length > limit && last ? `${last.receivedAt.toISOString()}_${last.problemId}` : null,
  }
}

export async function problemCauses(queryable: Queryable, state: ProblemState) {
  const causes = await queryable.query<{ code: string; count: number; firstAt: Date; lastAt: Date }>(
    `select code, count(*)::int as count, min(received_at) as "firstAt", max(received_at) as "lastAt" from events.problem
     where state = $1 group by code order by count(*) desc, code`,
    [state],
  )
  const states = await queryable.query<{ state: ProblemState; count: number }>(
    'select state, count(*)::int as count from events.problem group by state',
  )
  const of = (name: ProblemState) => states.find(row => row.state === name)?.count ?? 0
  return { causes, counts: { waiting: of('waiting'), replayed: of('replayed'), dismissed: of('dismissed') } }
}

/** Leaves problems as they are, or lets one wait again. */
export async function dismiss(
  transaction: Transaction,
  now: Date,
  which: { readonly problemId: string } | { readonly code: string },
): Promise<number> {
  const rows = await transaction.query(
    `update events.problem set state = 'dismissed', settled_at = $3
     where state = 'waiting' and (problem_id = $1 or code = $2) returning 1`,
    ['problemId' in which ? which.problemId : null, 'code' in which ? which.code : null, now],
  )
  return rows.length
}

export async function restore(transaction: Transaction, problemId: string): Promise<boolean> {
  const rows = await transaction.query(
    `update events.problem set state = 'waiting', settled_at = null where problem_id = $1 and state = 'dismissed' returning 1`,
    [problemId],
  )
  return rows.length > 0
}
