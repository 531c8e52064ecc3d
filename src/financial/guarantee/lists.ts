import { readPurchaseDays } from '#insight/rhythm/index.ts'
import { type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { personOf } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { daysUntilBack } from './afterwards.ts'
import { editionAt } from './cases.ts'
import type { MemberCase, ShownCase } from './contract.ts'
import { lateMinutesOf } from './judge.ts'
import * as store from './store.ts'
import { promiseTerms } from './terms.ts'

interface Row extends store.StoredCase {
  readonly partyName: string | null
  readonly editionNumber: number
  readonly terms: unknown
  readonly claim: (Pick<store.StoredClaim, 'origin' | 'state'> & { claimedAt: string; answerBy: string | null }) | null
  readonly given:
    | (Pick<
        store.StoredCompensation,
        'kind' | 'asset' | 'amount' | 'currency' | 'state' | 'dueOn' | 'paidBy' | 'paymentReference' | 'transactionId'
      > & { readonly owedAt: string; readonly paidAt: string | null })
    | null
  readonly sortKey: string
}

/** What each list holds, and what it is sorted by: an instant, read downwards or upwards. */
const views = {
  broken: { where: `c.state = 'broken'`, by: 'c.detected_at', order: 'desc' },
  open: { where: `c.state = 'open' and c.due_at is not null`, by: 'c.due_at', order: 'asc' },
  owed: { where: `m.state = 'owed'`, by: 'm.owed_at', order: 'asc' },
  overdue: { where: `m.state = 'owed' and m.due_on < $5`, by: 'm.owed_at', order: 'asc' },
  claims: { where: `k.state = 'waiting'`, by: 'k.answer_by', order: 'asc' },
  soon: {
    where: `c.state = 'open' and c.stopped_at is null and c.due_at > $6 and c.due_at - $6 < (c.due_at - c.started_at) / 5`,
    by: 'c.due_at',
    order: 'asc',
  },
  all: {
    where: 'true',
    by: 'coalesce(c.detected_at, c.decided_at, c.started_at, c.due_at, k.claimed_at)',
    order: 'desc',
  },
} as const
export type View = keyof typeof views

const tables = `guarantee.promise_case c
  join guarantee.edition e on e.edition_id = c.edition_id
  left join parties.party p on p.party_id = c.party_id
  left join guarantee.claim k on k.party_id = c.party_id and k.case_id = c.case_id
  left join guarantee.compensation m on m.party_id = c.party_id and m.case_id = c.case_id`

export async function readList(
  house: House,
  view: View,
  filter: {
    readonly promiseId?: string | undefined
    readonly partyId?: string | undefined
    readonly caseId?: string
    readonly after?: string | undefined
    readonly limit: number
  },
): Promise<{ items: ShownCase[]; total: number; next: string | null }> {
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  const today = localDay(now, zone)
  const { where, by, order } = views[view]
  const [instant, caseId] = filter.after?.split('_') ?? []
  const profileIds = filter.partyId ? (await personOf(house.database, filter.partyId)).profileIds : null
  const values = [filter.promiseId ?? null, profileIds, filter.caseId ?? null, filter.limit + 1, today, now]
  const whose = `($1::uuid is null or c.promise_id = $1) and ($2::uuid[] is null or c.party_id = any ($2))
    and ($3::uuid is null or c.case_id = $3) and $4::int is not null and $5::date is not null and $6::timestamptz is not null`
  const beyond = `($7::timestamptz is null or (${by}, c.case_id) ${order === 'asc' ? '>' : '<'} ($7::timestamptz, $8::uuid))`
  const rows = await house.database.query<Row>(
    `select ${store.caseColumns}, p.name as "partyName", e.number as "editionNumber", e.terms,
       to_char(${by} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sortKey",
       case when k.case_id is not null then jsonb_build_object('origin', k.origin, 'state', k.state,
         'claimedAt', k.claimed_at, 'answerBy', k.answer_by) end as claim,
       case when m.case_id is not null then jsonb_build_object('kind', m.kind, 'asset', m.asset, 'amount', m.amount,
         'currency', m.currency, 'state', m.state, 'owedAt', m.owed_at, 'dueOn', m.due_on, 'paidAt', m.paid_at,
         'paidBy', m.paid_by, 'paymentReference', m.payment_reference, 'transactionId', m.transaction_id) end as given
     from ${tables} where ${where} and ${whose} and ${beyond}
     order by ${by} ${order}, c.case_id ${order} limit $4`,
    [...values, instant ?? null, caseId ?? null],
  )
  const [counted] = await house.database.query<{ total: number }>(
    `select count(*) as total from ${tables} where ${where} and ${whose}`,
    values,
  )
  const page = rows.slice(0, filter.limit)
  const items = await shownCases(house.database, page, { now, today, zone })
  const last = page.at(-1)
  return {
    items,
    total: counted!.total,
    next: rows.length > filter.limit && last ? `${last.sortKey}_${last.caseId}` : null,
  }
}

async function shownCases(
  queryable: Queryable,
  rows: readonly Row[],
  { now, today, zone }: { now: Date; today: Day; zone: string },
): Promise<ShownCase[]> {
  const broken = rows.filter(row => row.state === 'broken').map(row => row.partyId)
  const bought = await readPurchaseDays(queryable, [...new Set(broken)], zone)
  return rows.map(row => {
    const { claim, given } = row
    const late = row.state === 'broken' || (row.dueAt !== null && now > row.dueAt)
    const run = { dueAt: row.dueAt?.getTime() ?? null, stoppedAt: row.stoppedAt?.getTime() ?? null }
    return {
      caseId: row.caseId,
      partyId: row.partyId,
      partyName: row.partyName ?? '',
      promiseId: row.promiseId,
      editionNumber: row.editionNumber,
      standard: promiseTerms.parse(row.terms).standard,
      // An event's or a day's own name says nothing to a person.
      reference: row.reference === row.startEventId ? '' : row.reference,
      merchant: row.merchant,
      state: row.state,
      startedAt: textOf(row.startedAt),
      dueAt: textOf(row.dueAt),
      stoppedAt: textOf(row.stoppedAt),
      brokenAt: textOf(row.brokenAt),
      detectedAt: textOf(row.detectedAt),
      reason: row.reason,
      lateMinutes: late ? lateMinutesOf(run, now.getTime()) : null,
      lateEvidence: row.lateEvidence,
      startEventId: row.startEventId,
      stopEventId: row.stopEventId,
      claim: claim && {
        ...claim,
        claimedAt: textOf(new Date(claim.claimedAt))!,
        answerBy: claim.answerBy && textOf(new Date(claim.answerBy)),
      },
      compensation: given && {
        ...given,
        owedAt: textOf(new Date(given.owedAt))!,
        paidAt: given.paidAt && textOf(new Date(given.paidAt)),
        isOverdue: given.state === 'owed' && given.dueOn !== null && given.dueOn < today,
      },
      cameBackAfterDays: row.brokenAt
        ? daysUntilBack(bought.get(row.partyId) ?? [], localDay(row.brokenAt, zone))
        : null,
    }
  })
}

function textOf(date: Date | null): string | null {
  return date === null ? null : date.toISOString()
}

export async function readCase(house: House, partyId: string, caseId: string): Promise<ShownCase> {
  const { items } = await readList(house, 'all', { partyId, caseId, limit: 1 })
  if (!items[0]) throw refuse('not-found', 'guarantee:refusal.no-such-case')
  return items[0]
}

const atMost = 5

/** What must not wait. */
export async function readToday(house: House) {
  const { zone } = await house.settings.business()
  const now = house.clock.now()
  const overdue = await readList(house, 'overdue', { limit: atMost })
  const claims = await readList(house, 'claims', { limit: atMost })
  const soon = await readList(house, 'soon', { limit: atMost })
  const today = localDay(now, zone)
  const [kept] = await house.database.query<{ count: number }>(
    `select count(*) as count from guarantee.promise_case where state = 'kept' and decided_at >= $1`,
    [new Date(startOfDay(today, zone).getTime() - 6 * 86_400_000)],
  )
  return {
    overdue: overdue.items,
    overdueTotal: overdue.total,
    claims: claims.items,
    claimsTotal: claims.total,
    soon: soon.items,
    soonTotal: soon.total,
    keptThisWeek: kept!.count,
  }
}

/** The promises in force, as whoever claims one needs to know them. */
async function promisesInForce(house: House) {
  const now = house.clock.now().getTime()
  const byPromise = Map.groupBy(await store.readEditions(house.database), each => each.promiseId)
  return [...byPromise].flatMap(([promiseId, editions]) => {
    const terms = editionAt(editions, now)?.terms
    if (!terms) return []
    const needsReference = terms.judged.kind === 'timed' && terms.judged.start.reference !== null
    return [{ promiseId, terms, standard: terms.standard, needsReference }]
  })
}

export async function readCustomer(house: House, partyId: string) {
  const { items } = await readList(house, 'all', { partyId, limit: 50 })
  const [counted] = await house.database.query<{ kept: number; broken: number }>(
    `select count(*) filter (where state = 'kept') as kept, count(*) filter (where state = 'broken') as broken
     from guarantee.promise_case where party_id = any ($1)`,
    [(await personOf(house.database, partyId)).profileIds],
  )
  const promises = await promisesInForce(house)
  return {
    promises: promises.map(({ promiseId, standard, needsReference }) => ({ promiseId, standard, needsReference })),
    cases: items,
    ...counted!,
  }
}

/** What a customer reads on their own card: no names of others, no ids of events. */
export async function readMember(house: House, partyId: string) {
  const { items } = await readList(house, 'all', { partyId, limit: 50 })
  const promises = await promisesInForce(house)
  return {
    promises: promises.map(({ promiseId, standard, needsReference, terms }) => ({
      promiseId,
      standard,
      needsReference,
      compensation: terms.compensation,
      answerWithinHours: terms.claims.answerWithinHours,
    })),
    cases: items.map(memberCaseOf),
  }
}

export function memberCaseOf(theirs: ShownCase): MemberCase {
  const { caseId, promiseId, standard, reference, state, startedAt, dueAt, stoppedAt, brokenAt } = theirs
  const { reason, lateMinutes, claim, compensation } = theirs
  return {
    caseId,
    promiseId,
    standard,
    reference,
    state,
    startedAt,
    dueAt,
    stoppedAt,
    brokenAt,
    reason,
    lateMinutes,
    claim,
    compensation,
  }
}
