import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { Edition } from './cases.ts'
import type { breachReasons, claimOrigins, claimStates, compensationStates, lateEvidences } from './contract.ts'
import type { CaseState, Owed } from './judge.ts'
import { type PromiseTerms, promiseTerms } from './terms.ts'

export interface StoredEdition extends Edition {
  readonly publishedAt: Date
}

/** All editions of all promises, in the order in which they come into force. */
export async function readEditions(queryable: Queryable): Promise<StoredEdition[]> {
  const rows = await queryable.query<
    Omit<StoredEdition, 'startsAt' | 'terms'> & { startsAt: Date; terms: PromiseTerms | null }
  >(
    `select edition_id as "editionId", promise_id as "promiseId", number, terms, zone, starts_at as "startsAt",
       published_at as "publishedAt" from guarantee.edition order by starts_at, promise_id, number`,
  )
  return rows.map(row => ({
    ...row,
    startsAt: row.startsAt.getTime(),
    terms: row.terms && promiseTerms.parse(row.terms),
  }))
}

export async function insertEdition(
  transaction: Transaction,
  edition: StoredEdition & { readonly publishedBy: string },
): Promise<void> {
  await transaction.query(
    `insert into guarantee.edition (edition_id, promise_id, number, terms, zone, starts_at, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      edition.editionId,
      edition.promiseId,
      edition.number,
      edition.terms && JSON.stringify(edition.terms),
      edition.zone,
      new Date(edition.startsAt),
      edition.publishedAt,
      edition.publishedBy,
    ],
  )
}

/** Locks customers in the order of their ids: whoever works out their cases does so alone. */
export async function lockCustomers(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const sorted = [...new Set(partyIds)].sort()
  await transaction.query(
    'insert into guarantee.customer (party_id) select * from unnest($1::uuid[]) on conflict do nothing',
    [sorted],
  )
  await transaction.query(
    'select party_id from guarantee.customer where party_id = any ($1) order by party_id for update',
    [sorted],
  )
}

export interface StoredCase {
  readonly partyId: string
  readonly caseId: string
  readonly promiseId: string
  readonly editionId: string
  readonly reference: string
  readonly merchant: string | null
  readonly orderMinor: number | null
  readonly orderCurrency: string | null
  readonly state: CaseState
  readonly startedAt: Date | null
  readonly startEventId: string | null
  readonly dueAt: Date | null
  readonly judgeAt: Date | null
  readonly stoppedAt: Date | null
  readonly stopEventId: string | null
  readonly minutesTaken: number | null
  readonly decidedAt: Date | null
  readonly brokenAt: Date | null
  readonly detectedAt: Date | null
  readonly reason: (typeof breachReasons)[number] | null
  readonly lateEvidence: (typeof lateEvidences)[number] | null
  readonly lateEvidenceAt: Date | null
}

const columns = {
  partyId: 'party_id uuid',
  caseId: 'case_id uuid',
  promiseId: 'promise_id uuid',
  editionId: 'edition_id uuid',
  reference: 'reference text',
  merchant: 'merchant text',
  orderMinor: 'order_minor bigint',
  orderCurrency: 'order_currency text',
  state: 'state text',
  startedAt: 'started_at timestamptz',
  startEventId: 'start_event_id uuid',
  dueAt: 'due_at timestamptz',
  judgeAt: 'judge_at timestamptz',
  stoppedAt: 'stopped_at timestamptz',
  stopEventId: 'stop_event_id uuid',
  minutesTaken: 'minutes_taken double precision',
  decidedAt: 'decided_at timestamptz',
  brokenAt: 'broken_at timestamptz',
  detectedAt: 'detected_at timestamptz',
  reason: 'reason text',
  lateEvidence: 'late_evidence text',
  lateEvidenceAt: 'late_evidence_at timestamptz',
} as const satisfies Record<keyof StoredCase, string>

const names = Object.entries(columns).map(([field, column]) => ({ field, name: column.split(' ')[0]!, column }))
export const caseColumns = names.map(({ field, name }) => `c.${name} as "${field}"`).join(', ')

export async function readCases(queryable: Queryable, partyIds: readonly string[]): Promise<StoredCase[]> {
  return await queryable.query<StoredCase>(
    `select ${caseColumns} from guarantee.promise_case c where c.party_id = any ($1) order by c.party_id, c.case_id`,
    [partyIds],
  )
}

/**
 * Those of these cases of which another profile has been given what is owed: what was claimed by one while two were joined is owed
 * once, also when the order has gone back to the other.
 */
export async function compensatedElsewhere(
  transaction: Transaction,
  cases: readonly StoredCase[],
): Promise<ReadonlySet<string>> {
  if (cases.length === 0) return new Set()
  const rows = await transaction.query<{ caseId: string }>(
    `select n.case_id as "caseId" from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n (case_id, promise_id, start_event_id)
     join guarantee.promise_case c on c.start_event_id = n.start_event_id and c.promise_id = n.promise_id
       and c.case_id <> n.case_id and c.state = 'broken'
     join guarantee.compensation m on m.party_id = c.party_id and m.case_id = c.case_id and m.state <> 'retracted'`,
    [cases.map(each => each.caseId), cases.map(each => each.promiseId), cases.map(each => each.startEventId)],
  )
  return new Set(rows.map(row => row.caseId))
}

export async function writeCases(transaction: Transaction, cases: readonly StoredCase[]): Promise<void> {
  if (cases.length === 0) return
  const rows = cases.map(each =>
    Object.fromEntries(names.map(({ field, name }) => [name, each[field as keyof StoredCase]])),
  )
  const list = names.map(({ name }) => name).join(', ')
  const changing = names.map(({ name }) => name).filter(name => name !== 'party_id' && name !== 'case_id')
  await transaction.query(
    `insert into guarantee.promise_case (${list})
     select ${list} from jsonb_to_recordset($1::jsonb) as r (${names.map(({ column }) => column).join(', ')})
     on conflict (party_id, case_id) do update set ${changing.map(name => `${name} = excluded.${name}`).join(', ')}`,
    [JSON.stringify(rows)],
  )
}

export async function deleteCases(
  transaction: Transaction,
  cases: readonly Pick<StoredCase, 'partyId' | 'caseId'>[],
): Promise<void> {
  if (cases.length === 0) return
  await transaction.query(
    `delete from guarantee.promise_case c using unnest($1::uuid[], $2::uuid[]) as t (party_id, case_id)
     where c.party_id = t.party_id and c.case_id = t.case_id`,
    [cases.map(each => each.partyId), cases.map(each => each.caseId)],
  )
}

export interface StoredClaim {
  readonly partyId: string
  readonly caseId: string
  readonly origin: (typeof claimOrigins)[number]
  readonly state: (typeof claimStates)[number]
  /** Granted on the customer's word alone. */
  readonly isBelieved: boolean
  readonly claimedAt: Date
  readonly answerBy: Date | null
  readonly decidedAt: Date | null
  readonly decidedBy: string | null
  readonly taskId: string | null
}

export async function readClaims(queryable: Queryable, partyIds: readonly string[]): Promise<StoredClaim[]> {
  return await queryable.query<StoredClaim>(
    `select party_id as "partyId", case_id as "caseId", origin, state, is_believed as "isBelieved",
       claimed_at as "claimedAt", answer_by as "answerBy", decided_at as "decidedAt", decided_by as "decidedBy",
       task_id as "taskId" from guarantee.claim where party_id = any ($1)`,
    [partyIds],
  )
}

/** Writes claims; one that stands already keeps who made it and when. */
export async function writeClaims(transaction: Transaction, claims: readonly StoredClaim[]): Promise<void> {
  if (claims.length === 0) return
  await transaction.query(
    `insert into guarantee.claim (party_id, case_id, origin, state, is_believed, claimed_at, answer_by, decided_at, decided_by, task_id)
     select "partyId", "caseId", origin, state, "isBelieved", "claimedAt", "answerBy", "decidedAt", "decidedBy", "taskId"
     from jsonb_to_recordset($1::jsonb) as r ("partyId" uuid, "caseId" uuid, origin text, state text, "isBelieved" boolean,
       "claimedAt" timestamptz, "answerBy" timestamptz, "decidedAt" timestamptz, "decidedBy" text, "taskId" uuid)
     on conflict (party_id, case_id) do update set state = excluded.state, is_believed = excluded.is_believed,
       answer_by = excluded.answer_by, decided_at = excluded.decided_at, decided_by = excluded.decided_by,
       task_id = excluded.task_id`,
    [JSON.stringify(claims)],
  )
}

/** How often a customer was believed on their word alone since an instant. */
export async function believedSince(queryable: Queryable, profileIds: readonly string[], since: Date): Promise<number> {
  const [row] = await queryable.query<{ count: number }>(
    'select count(*) as count from guarantee.claim where party_id = any ($1) and is_believed and claimed_at > $2',
    [profileIds, since],
  )
  return row!.count
}

export interface StoredCompensation extends Pick<Owed, 'kind' | 'asset' | 'amount' | 'worthMinor' | 'currency'> {
  readonly partyId: string
  readonly caseId: string
  readonly state: (typeof compensationStates)[number]
  readonly owedAt: Date
  readonly dueOn: Day | null
  readonly paidAt: Date | null
  readonly paidBy: 'at-once' | 'transfer' | 'credit' | 'call' | null
  readonly paymentReference: string | null
  readonly transactionId: string | null
  readonly taskId: string | null
}

const compensationColumns = `m.party_id as "partyId", m.case_id as "caseId", m.kind, m.asset, m.amount,
  m.worth_minor as "worthMinor", m.currency, m.state, m.owed_at as "owedAt", m.due_on as "dueOn", m.paid_at as "paidAt",
  m.paid_by as "paidBy", m.payment_reference as "paymentReference", m.transaction_id as "transactionId", m.task_id as "taskId"`

/** A second compensation of one case is refused by the database: the last guard of "exactly once". */
export async function insertCompensations(
  transaction: Transaction,
  compensations: readonly StoredCompensation[],
): Promise<void> {
  if (compensations.length === 0) return
  await transaction.query(
    `insert into guarantee.compensation (party_id, case_id, kind, asset, amount, worth_minor, currency, state, owed_at,
       due_on, paid_at, paid_by, payment_reference, transaction_id, task_id)
     select "partyId", "caseId", kind, asset, amount, "worthMinor", currency, state, "owedAt", "dueOn", "paidAt", "paidBy",
       "paymentReference", "transactionId", "taskId"
     from jsonb_to_recordset($1::jsonb) as r ("partyId" uuid, "caseId" uuid, kind text, asset text, amount bigint,
       "worthMinor" bigint, currency text, state text, "owedAt" timestamptz, "dueOn" date, "paidAt" timestamptz, "paidBy" text,
       "paymentReference" text, "transactionId" uuid, "taskId" uuid)`,
    [JSON.stringify(compensations)],
  )
}

export async function lockCompensation(
  transaction: Transaction,
  partyId: string,
  caseId: string,
): Promise<StoredCompensation | undefined> {
  const [row] = await transaction.query<StoredCompensation>(
    `select ${compensationColumns} from guarantee.compensation m where m.party_id = $1 and m.case_id = $2 for update`,
    [partyId, caseId],
  )
  return row
}

export async function readOwed(queryable: Queryable, partyIds: readonly string[]): Promise<StoredCompensation[]> {
  return await queryable.query<StoredCompensation>(
    `select ${compensationColumns} from guarantee.compensation m where m.party_id = any ($1) and m.state = 'owed'`,
    [partyIds],
  )
}

export async function settleCompensation(
  transaction: Transaction,
  { partyId, caseId }: Pick<StoredCompensation, 'partyId' | 'caseId'>,
  to: Pick<StoredCompensation, 'state' | 'paidAt' | 'paidBy' | 'paymentReference'>,
): Promise<void> {
  await transaction.query(
    `update guarantee.compensation set state = $3, paid_at = $4, paid_by = $5, payment_reference = $6
     where party_id = $1 and case_id = $2`,
    [partyId, caseId, to.state, to.paidAt, to.paidBy, to.paymentReference],
  )
}

/** Apologies are made by the call itself: closing the task pays them, reopening it owes them again. */
export async function settleCalls(
  transaction: Transaction,
  calls: readonly { readonly partyId: string; readonly taskId: string }[],
  paidAt: Date | null,
): Promise<{ partyId: string; caseId: string }[]> {
  if (calls.length === 0) return []
  return await transaction.query(
    `update guarantee.compensation m set state = case when $3::timestamptz is null then 'owed' else 'paid' end,
       paid_at = $3, paid_by = case when $3::timestamptz is null then null else 'call' end
     from unnest($1::uuid[], $2::uuid[]) as t (party_id, task_id)
     where m.party_id = t.party_id and m.task_id = t.task_id and m.kind = 'apology' and m.state <> 'retracted'
     returning m.party_id as "partyId", m.case_id as "caseId"`,
    [calls.map(each => each.partyId), calls.map(each => each.taskId), paidAt],
  )
}

/** Customers with a case that may be judged by now, or a claim that nobody answered in time; the longest waiting first. */
export async function dueCustomers(
  queryable: Queryable,
  now: Date,
  limit: number,
): Promise<{ partyId: string; dueAt: Date }[]> {
  return await queryable.query<{ partyId: string; dueAt: Date }>(
    `select party_id as "partyId", min(due_at) as "dueAt" from (
       (select party_id, due_at, judge_at as at from guarantee.promise_case
        where state = 'open' and judge_at <= $1 order by judge_at limit $2)
       union all
       (select party_id, answer_by as due_at, answer_by as at from guarantee.claim
        where state = 'waiting' and answer_by <= $1 order by answer_by limit $2)) as due
     group by party_id order by min(at), party_id limit $2`,
    [now, limit],
  )
}

export async function knownCustomers(queryable: Queryable, partyIds: readonly string[]): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    'select party_id as "partyId" from guarantee.customer where party_id = any ($1) order by 1',
    [partyIds],
  )
  return rows.map(row => row.partyId)
}
