import type { Day } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'

/** A standing as it is kept: derived, so that a list can be read and what is due can be found. */
export interface StoredStanding {
  readonly partyId: string
  readonly tierId: string | null
  readonly sinceOn: Day
  readonly dropsOn: Day | null
  readonly noticeOn: Day | null
  /** The drop of which the customer was told. */
  readonly noticedFor: Day | null
  readonly dueOn: Day | null
}

const columns = `party_id as "partyId", tier_id as "tierId", since_on as "sinceOn", drops_on as "dropsOn",
  notice_on as "noticeOn", noticed_for as "noticedFor", due_on as "dueOn"`

/** Locks customers in the order of their ids, making rows for those who have none, and reads where they stand. */
export async function lockStandings(
  transaction: Transaction,
  partyIds: readonly string[],
  today: Day,
): Promise<Map<string, StoredStanding>> {
  const sorted = [...partyIds].sort()
  await transaction.query(
    `insert into tiers.standing (party_id, since_on) select p, $2 from unnest($1::uuid[]) as p on conflict do nothing`,
    [sorted, today],
  )
  const rows = await transaction.query<StoredStanding>(
    `select ${columns} from tiers.standing where party_id = any ($1) order by party_id for update`,
    [sorted],
  )
  return new Map(rows.map(row => [row.partyId, row]))
}

export async function writeStandings(transaction: Transaction, standings: readonly StoredStanding[]): Promise<void> {
  if (standings.length === 0) return
  const column = <T>(pick: (standing: StoredStanding) => T) => standings.map(pick)
  await transaction.query(
    `update tiers.standing s set tier_id = n.t, since_on = n.i, drops_on = n.d, notice_on = n.o, noticed_for = n.f, due_on = n.u
     from unnest($1::uuid[], $2::text[], $3::date[], $4::date[], $5::date[], $6::date[], $7::date[])
       as n (p, t, i, d, o, f, u) where s.party_id = n.p`,
    [
      column(each => each.partyId),
      column(each => each.tierId),
      column(each => each.sinceOn),
      column(each => each.dropsOn),
      column(each => each.noticeOn),
      column(each => each.noticedFor),
      column(each => each.dueOn),
    ],
  )
}

/** Those whose standing time alone changes by a day, the longest waiting first. */
export async function dueParties(queryable: Queryable, today: Day, limit: number): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    'select party_id as "partyId" from tiers.standing where due_on <= $1 order by due_on, party_id limit $2',
    [today, limit],
  )
  return rows.map(row => row.partyId)
}

export async function readStanding(queryable: Queryable, partyId: string): Promise<StoredStanding | undefined> {
  const [row] = await queryable.query<StoredStanding>(`select ${columns} from tiers.standing where party_id = $1`, [
    partyId,
  ])
  return row
}

/** How many customers stand on each rung; null is none. */
export async function countStandings(queryable: Queryable): Promise<Map<string | null, number>> {
  const rows = await queryable.query<{ tierId: string | null; customers: number }>(
    'select tier_id as "tierId", count(*) as customers from tiers.standing group by 1',
  )
  return new Map(rows.map(row => [row.tierId, row.customers]))
}

/** The tiers in which these customers stand; null is none. For siblings that give rights by tier. */
export async function tiersOf(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await queryable.query<{ partyId: string; tierId: string | null }>(
    'select party_id as "partyId", tier_id as "tierId" from tiers.standing where party_id = any ($1)',
    [partyIds],
  )
  return new Map(rows.map(row => [row.partyId, row.tierId]))
}
