import { oncePerTransaction, type Queryable, type Transaction } from '#kernel/database/index.ts'
import { type Birthday, profileIdsOf, readBirthday } from '#kernel/parties/index.ts'
import type { Reason } from './earn.ts'
import { type PointsRules, pointsRules } from './rules.ts'

export interface StoredEdition {
  readonly editionId: string
  readonly number: number
  readonly rules: PointsRules
  readonly zone: string
  readonly startsAt: Date
  readonly publishedAt: Date
  readonly publishedBy: string
}

/** An edition is never changed once it is published: its rules are checked once. */
const checked = new Map<string, PointsRules>()

const editions = oncePerTransaction(async queryable => {
  const rows = await queryable.query<StoredEdition>(
    `select edition_id as "editionId", number, rules, zone, starts_at as "startsAt", published_at as "publishedAt",
       published_by as "publishedBy" from points.edition order by starts_at, number`,
  )
  return rows.map(row => {
    const rules = checked.get(row.editionId) ?? pointsRules.parse(row.rules)
    checked.set(row.editionId, rules)
    return { ...row, rules }
  })
})

/** All published editions, in the order in which they come into force. */
export const readEditions: (queryable: Queryable) => Promise<readonly StoredEdition[]> = editions.read

export async function insertEdition(transaction: Transaction, edition: StoredEdition): Promise<void> {
  editions.forget(transaction)
  await transaction.query(
    `insert into points.edition (edition_id, number, rules, zone, starts_at, published_at, published_by)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      edition.editionId,
      edition.number,
      JSON.stringify(edition.rules),
      edition.zone,
      edition.startsAt,
      edition.publishedAt,
      edition.publishedBy,
    ],
  )
}

export interface LockedMember {
  readonly partyId: string
  readonly plainAt: Date | null
}

/**
 * Locks customers, always in the order of their ids: what one of them has earned is worked out by one transaction at a time,
 * and each sees all facts that were committed before.
 */
export async function lockMembers(
  transaction: Transaction,
  partyIds: readonly string[],
  at: Date,
): Promise<readonly LockedMember[]> {
  const sorted = [...new Set(partyIds)].sort()
  const lock = () =>
    transaction.query<LockedMember>(
      `select party_id as "partyId", plain_at as "plainAt" from points.member where party_id = any ($1)
       order by party_id for update`,
      [sorted],
    )
  // One by itself waits for nobody in a wrong order, and is there already but for the first time.
  const known = sorted.length === 1 ? await lock() : []
  if (known.length === 1) return known
  await transaction.query(
    `insert into points.member (party_id, joined_at) select *, $2 from unnest($1::uuid[]) on conflict do nothing`,
    [sorted, at],
  )
  return await lock()
}

/** Notes of whom all was worked out from purchases alone, and of whom not any more. */
export async function writePlain(transaction: Transaction, members: readonly LockedMember[]): Promise<void> {
  if (members.length === 0) return
  await transaction.query(
    `update points.member m set plain_at = n.plain_at from unnest($1::uuid[], $2::timestamptz[]) as n (party_id, plain_at)
     where m.party_id = n.party_id and m.party_id = any ($1)`,
    [members.map(member => member.partyId), members.map(member => member.plainAt?.toISOString() ?? null)],
  )
}

/** Those of these customers who ever earned. */
export async function knownMembers(queryable: Queryable, partyIds: readonly string[]): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    'select party_id as "partyId" from points.member where party_id = any ($1) order by party_id',
    [partyIds],
  )
  return rows.map(row => row.partyId)
}

/** The birthdays of those of whom one is known. */
export async function birthdays(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, Birthday>> {
  const rows = await queryable.query<{ partyId: string; birthday: string }>(
    'select party_id as "partyId", birthday from parties.party where party_id = any ($1) and birthday is not null',
    [partyIds],
  )
  return new Map(
    rows.flatMap(row => [readBirthday(row.birthday)].flatMap(day => (day ? [[row.partyId, day] as const] : []))),
  )
}

export interface Profile {
  readonly birthday: Birthday | null
  readonly changedAt: Date
}

/** Birthdays, and when what is known of these customers changed last. */
export async function profiles(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, Profile>> {
  const rows = await queryable.query<{ partyId: string; birthday: string | null; changedAt: Date }>(
    'select party_id as "partyId", birthday, changed_at as "changedAt" from parties.party where party_id = any ($1)',
    [partyIds],
  )
  return new Map(
    rows.map(({ partyId, birthday, changedAt }) => [
      partyId,
      { birthday: birthday === null ? null : (readBirthday(birthday) ?? null), changedAt },
    ]),
  )
}

/** The groups of all products that have one. */
export async function categories(queryable: Queryable): Promise<Map<string, string>> {
  const rows = await queryable.query<{ sku: string; category: string }>(
    'select sku, category from catalogue.product where category is not null',
  )
  return new Map(rows.map(row => [row.sku, row.category]))
}

export interface Line {
  readonly partyId: string
  readonly lineKey: string
  readonly generation: number
  readonly editionId: string
  readonly ruleId: string
  readonly eventId: string | null
  readonly occurredAt: Date
  readonly issued: number
  kept: number
  readonly reason: Reason
}

/** What was posted for these customers so far; or of it what lies from an instant on and what some rules gave before. */
export async function readLines(
  queryable: Queryable,
  partyIds: readonly string[],
  part?: { readonly since: Date; readonly ruleIds: readonly string[] },
): Promise<Line[]> {
  return queryable.query<Line>(
    `select party_id as "partyId", line_key as "lineKey", generation, edition_id as "editionId", rule_id as "ruleId",
       event_id as "eventId", occurred_at as "occurredAt", issued, kept, reason
     from points.line where party_id = any ($1) ${part ? 'and (occurred_at >= $2 or rule_id = any ($3))' : ''}
     order by party_id, line_key, generation`,
    part ? [partyIds, part.since, part.ruleIds] : [partyIds],
  )
}

/** Whether one of these rules gave this customer something that they kept, for what happened before an instant. */
export async function wasGivenBefore(
  queryable: Queryable,
  asked: { readonly partyId: string; readonly ruleIds: readonly string[]; readonly since: Date },
): Promise<boolean> {
  const rows = await queryable.query(
    'select from points.line where party_id = any ($1) and rule_id = any ($2) and kept > 0 and occurred_at < $3 limit 1',
    [(await profileIdsOf(queryable, [asked.partyId])).get(asked.partyId), asked.ruleIds, asked.since],
  )
  return rows.length > 0
}

export async function writeLines(transaction: Transaction, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return
  const column = <T>(pick: (line: Line) => T) => lines.map(pick)
  await transaction.query(
    `insert into points.line (party_id, line_key, generation, edition_id, rule_id, event_id, occurred_at, issued, kept, reason)
     select p, l, g, d, r, e, o, i, k, j from rows from (unnest($1::uuid[], $2::text[], $3::int4[], $4::uuid[], $5::text[],
       $6::uuid[], $7::timestamptz[], $8::int8[], $9::int8[]), jsonb_array_elements($10::jsonb)) as t (p, l, g, d, r, e, o, i, k, j)
     on conflict (party_id, line_key, generation) do update set kept = excluded.kept`,
    [
      column(line => line.partyId),
      column(line => line.lineKey),
      column(line => line.generation),
      column(line => line.editionId),
      column(line => line.ruleId),
      column(line => line.eventId),
      column(line => line.occurredAt.toISOString()),
      column(line => line.issued),
      column(line => line.kept),
      JSON.stringify(column(line => line.reason)),
    ],
  )
}

/** Locks shared budgets, always in the order of their names, and says how much of each is used. */
export async function lockBudgets(transaction: Transaction, keys: readonly string[]): Promise<Map<string, number>> {
  const sorted = [...keys].sort()
  await transaction.query(
    'insert into points.budget (budget_key, used) select *, 0 from unnest($1::text[]) on conflict do nothing',
    [sorted],
  )
  const rows = await transaction.query<{ key: string; used: number }>(
    'select budget_key as key, used from points.budget where budget_key = any ($1) order by budget_key for update',
    [sorted],
  )
  return new Map(rows.map(row => [row.key, row.used]))
}

export async function writeBudgets(transaction: Transaction, used: ReadonlyMap<string, number>): Promise<void> {
  await transaction.query(
    `update points.budget b set used = n.used from unnest($1::text[], $2::int8[]) as n (budget_key, used)
     where b.budget_key = n.budget_key`,
    [[...used.keys()], [...used.values()]],
  )
}

/** What is left of the points that these customers earned, with all their profiles, by the day on which they earned them. */
export async function keptPointsOf(
  queryable: Queryable,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, { on: string; amount: number }[]>> {
  const byHolder = await profileIdsOf(queryable, partyIds)
  const profiles = [...byHolder].flatMap(([holderId, theirs]) => theirs.map(id => [id, holderId] as const))
  const rows = await queryable.query<{ partyId: string; on: string; amount: number }>(
    `select h.holder_id as "partyId", (l.occurred_at at time zone $1)::date as on, sum(l.kept)::bigint as amount
     from unnest($2::uuid[], $3::uuid[]) as h (party_id, holder_id) join points.line l on l.party_id = h.party_id and l.kept > 0
     group by 1, 2 order by 1, 2`,
    [zone, profiles.map(([id]) => id), profiles.map(([, holderId]) => holderId)],
  )
  return Map.groupBy(rows, row => row.partyId)
}
