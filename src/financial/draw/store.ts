import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { PostedEntry } from './entries.ts'
import { type DrawTerms, drawTerms, type RewardedKind } from './rules.ts'

export interface StoredDraw {
  readonly drawId: string
  readonly terms: DrawTerms
  readonly zone: string
  readonly opensAt: Date
  readonly closesAt: Date
  readonly seedHash: string
  readonly cancelledAt: Date | null
  readonly cancelledReason: string | null
  readonly closedAt: Date | null
  readonly tickets: number | null
  readonly listHash: string | null
  readonly drawnAt: Date | null
  readonly seed: string | null
  readonly publicValue: string | null
}

const columns = `d.draw_id as "drawId", d.terms, d.zone, d.opens_at as "opensAt", d.closes_at as "closesAt",
  d.seed_hash as "seedHash", d.cancelled_at as "cancelledAt", d.cancelled_reason as "cancelledReason",
  d.closed_at as "closedAt", d.tickets, d.list_hash as "listHash", r.drawn_at as "drawnAt", r.seed,
  r.public_value as "publicValue"`

async function select(queryable: Queryable, rest: string, parameters: readonly unknown[] = []): Promise<StoredDraw[]> {
  const rows = await queryable.query<StoredDraw>(
    `select ${columns} from draw.draw d left join draw.result r on r.draw_id = d.draw_id ${rest}`,
    parameters,
  )
  return rows.map(row => ({ ...row, terms: drawTerms.parse(row.terms) }))
}

/** Those that one can still take part in first, then the latest. */
export async function readDraws(queryable: Queryable): Promise<StoredDraw[]> {
  return select(
    queryable,
    `order by d.cancelled_at is not null, r.drawn_at is not null, case when r.drawn_at is null then d.closes_at end,
       d.closes_at desc, d.draw_id`,
  )
}

export async function requireDraw(queryable: Queryable, drawId: string): Promise<StoredDraw> {
  const [draw] = await select(queryable, 'where d.draw_id = $1', [drawId])
  if (!draw) throw refuse('not-found', 'draw:refusal.unknown')
  return draw
}

export async function drawsById(queryable: Queryable, drawIds: readonly string[]): Promise<StoredDraw[]> {
  return select(queryable, 'where d.draw_id = any ($1) order by d.closes_at desc, d.draw_id', [drawIds])
}

/** Whether a draw gives tickets for such an event, and still can: not closed, not over, not called off. One that opens later counts. */
export async function rewardsStill(
  queryable: Queryable,
  drawId: string,
  { event, now }: { readonly event: RewardedKind; readonly now: Date },
): Promise<boolean> {
  const [draw] = await select(
    queryable,
    'where d.draw_id = $1 and d.closed_at is null and d.cancelled_at is null and d.closes_at > $2',
    [drawId, now],
  )
  return draw?.terms.rules.some(rule => rule.kind === 'event' && rule.event === event) ?? false
}

/** Draws that tickets can still be earned in or taken from. */
export async function unclosedDraws(queryable: Queryable, now: Date): Promise<StoredDraw[]> {
  return select(
    queryable,
    'where d.closed_at is null and d.cancelled_at is null and d.opens_at <= $1 order by d.draw_id',
    [now],
  )
}

/**
 * Any number may write tickets at once, but nobody while the list is being fixed: a lock that touches no row, so that a
 * thousand tills do not queue at one draw. Held to the end of the transaction; read the draw again after it.
 */
export async function lockForTickets(transaction: Transaction, drawIds: readonly string[]): Promise<void> {
  for (const drawId of [...drawIds].sort()) {
    await transaction.query('select pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [`draw ${drawId}`])
  }
}

/** Waits for everybody who is writing tickets, and keeps others waiting. */
export async function lockAlone(transaction: Transaction, drawId: string): Promise<void> {
  await transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`draw ${drawId}`])
}

/** One transaction at a time works out the tickets of a customer; in the order of ids, so that nobody waits in a circle. */
export async function lockMembers(
  transaction: Transaction,
  drawId: string,
  partyIds: readonly string[],
): Promise<void> {
  await transaction.query(
    `insert into draw.member (party_id, draw_id, tickets) select p, $2, 0 from unnest($1::uuid[]) as p order by p
     on conflict do nothing`,
    [partyIds, drawId],
  )
  await transaction.query(
    'select from draw.member where party_id = any ($1) and draw_id = $2 order by party_id for update',
    [partyIds, drawId],
  )
}

/** Those of these customers who have had tickets in a draw, or may have earned some since it opened. */
export async function concerned(
  queryable: Queryable,
  { drawId, opensAt, closesAt }: StoredDraw,
  partyIds: readonly string[],
  kinds: readonly string[],
): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    `select party_id as "partyId" from draw.member where party_id = any ($1) and draw_id = $2
     union select party_id from events.event
       where party_id = any ($1) and occurred_at >= $3 and occurred_at < $4 and kind = any ($5) order by 1`,
    [partyIds, drawId, opensAt, closesAt, kinds],
  )
  return rows.map(row => row.partyId)
}

export async function postedEntries(
  queryable: Queryable,
  drawId: string,
  partyIds: readonly string[],
): Promise<(PostedEntry & { readonly partyId: string })[]> {
  return queryable.query(
    `select party_id as "partyId", entry_key as key, generation, issued, kept from draw.entry
     where party_id = any ($1) and draw_id = $2 order by party_id, entry_key, generation`,
    [partyIds, drawId],
  )
}

export async function givenTo(queryable: Queryable, drawId: string, partyIds: readonly string[]) {
  const rows = await queryable.query<{ partyId: string; key: string; tickets: number; occurredAt: Date }>(
    `select party_id as "partyId", given_key as key, tickets, occurred_at as "occurredAt" from draw.given
     where party_id = any ($1) and draw_id = $2`,
    [partyIds, drawId],
  )
  return rows.map(({ occurredAt, ...row }) => ({ ...row, at: occurredAt.getTime() }))
}

export interface EntryRow extends PostedEntry {
  readonly partyId: string
  readonly at: number
}

export async function writeEntries(transaction: Transaction, drawId: string, rows: readonly EntryRow[]): Promise<void> {
  await transaction.query(
    `insert into draw.entry (party_id, draw_id, entry_key, generation, occurred_at, issued, kept)
     select p, $7, k, g, o, i, kept from unnest($1::uuid[], $2::text[], $3::int4[], $4::timestamptz[], $5::int8[], $6::int8[])
       as t (p, k, g, o, i, kept)
     on conflict (party_id, draw_id, entry_key, generation) do update set kept = excluded.kept`,
    [
      rows.map(row => row.partyId),
      rows.map(row => row.key),
      rows.map(row => row.generation),
      rows.map(row => new Date(row.at).toISOString()),
      rows.map(row => row.issued),
      rows.map(row => row.kept),
      drawId,
    ],
  )
}

/** What each of these customers has now, after a change. */
export async function countTickets(
  transaction: Transaction,
  drawId: string,
  partyIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await transaction.query<{ partyId: string; tickets: number }>(
    `update draw.member m set tickets = e.kept from (
       select party_id, sum(kept)::bigint as kept from draw.entry where party_id = any ($1) and draw_id = $2 group by party_id) e
     where m.party_id = e.party_id and m.draw_id = $2 returning m.party_id as "partyId", m.tickets`,
    [partyIds, drawId],
  )
  return new Map(rows.map(row => [row.partyId, row.tickets]))
}

export interface StoredAward {
  readonly order: number
  readonly serial: number
  readonly ticket: string
  readonly holder: string
  readonly partyId: string
  readonly partyName: string
  readonly prizeId: string
  readonly replaces: number | null
  readonly state: 'waiting' | 'claimed' | 'posted' | 'lapsed'
  readonly claimUntil: Date | null
  readonly endedAt: Date | null
}

export async function readAwards(queryable: Queryable, drawId: string): Promise<StoredAward[]> {
  return queryable.query<StoredAward>(
    `select a.award_order as "order", a.serial, t.ticket, t.holder, a.party_id as "partyId",
       coalesce(p.name, '') as "partyName", a.prize_id as "prizeId", a.replaces, a.state, a.claim_until as "claimUntil",
       a.ended_at as "endedAt"
     from draw.award a join draw.ticket t on t.draw_id = a.draw_id and t.serial = a.serial
     left join parties.party p on p.party_id = a.party_id where a.draw_id = $1 order by a.award_order`,
    [drawId],
  )
}
