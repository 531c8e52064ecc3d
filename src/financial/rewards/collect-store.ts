import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { ofPerson } from '#kernel/ledger/index.ts'
import type { StampLine } from './stamps.ts'

export interface StoredStamps extends StampLine {
  readonly partyId: string
  readonly cardId: string
}

/** Locks customers in the order of their ids: their stamps are worked out by one transaction at a time. */
export async function lockCollectors(transaction: Transaction, sorted: readonly string[]): Promise<void> {
  await transaction.query(
    'insert into rewards.collector (party_id) select * from unnest($1::uuid[]) on conflict do nothing',
    [sorted],
  )
  await transaction.query('select from rewards.collector where party_id = any ($1) order by party_id for update', [
    sorted,
  ])
}

export async function readStamps(queryable: Queryable, partyIds: readonly string[]): Promise<StoredStamps[]> {
  return queryable.query<StoredStamps>(
    `select party_id as "partyId", card_id as "cardId", line_key as "lineKey", generation, issued, kept
     from rewards.stamp where party_id = any ($1) order by party_id, card_id, line_key, generation`,
    [partyIds],
  )
}

export async function writeStamps(transaction: Transaction, lines: readonly StoredStamps[]): Promise<void> {
  await transaction.query(
    `insert into rewards.stamp (party_id, card_id, line_key, generation, issued, kept)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::int4[], $5::int4[], $6::int4[])
     on conflict (party_id, card_id, line_key, generation) do update set kept = excluded.kept`,
    [
      lines.map(line => line.partyId),
      lines.map(line => line.cardId),
      lines.map(line => line.lineKey),
      lines.map(line => line.generation),
      lines.map(line => line.issued),
      lines.map(line => line.kept),
    ],
  )
}

/** How many stamps these customers have on these cards, after what time alone did not yet take. */
export async function stampsHeld(
  queryable: Queryable,
  holders: readonly { readonly partyId: string; readonly card: { readonly cardId: string } }[],
): Promise<{ partyId: string; cardId: string; stamps: number }[]> {
  if (holders.length === 0) return []
  return queryable.query<{ partyId: string; cardId: string; stamps: number }>(
    `select n.party_id as "partyId", n.card_id as "cardId", h.available as stamps
     from unnest($1::uuid[], $2::uuid[]) as n (party_id, card_id)
     join ledger.holding h on h.party_id = n.party_id and h.asset = 'stamps:' || n.card_id
     order by 1, 2`,
    [holders.map(each => each.partyId), holders.map(each => each.card.cardId)],
  )
}

/** Those of these customers whose stamps were ever worked out. */
export async function knownCollectors(queryable: Queryable, partyIds: readonly string[]): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    'select party_id as "partyId" from rewards.collector where party_id = any ($1)',
    [partyIds],
  )
  return rows.map(row => row.partyId)
}

/** Customers who bought something since an instant. */
export async function buyersSince(queryable: Queryable, since: Date): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    `select distinct party_id as "partyId" from events.event
     where kind = 'purchase.recorded' and occurred_at >= $1 order by 1`,
    [since],
  )
  return rows.map(row => row.partyId)
}

/** The groups of all products that have one. */
export async function categories(queryable: Queryable): Promise<Map<string, string>> {
  const rows = await queryable.query<{ sku: string; category: string }>(
    'select sku, category from catalogue.product where category is not null',
  )
  return new Map(rows.map(row => [row.sku, row.category]))
}

/** How many collect on each card, how many stamps wait there, and how often it was filled. */
export async function readCardFigures(
  queryable: Queryable,
): Promise<Map<string, { collectors: number; collected: number; completed: number }>> {
  const rows = await queryable.query<{ cardId: string; collectors: number; collected: number; completed: number }>(
    `select c.card_id as "cardId",
       (select count(*) from ledger.holding h where h.asset = 'stamps:' || c.card_id and h.available > 0) as collectors,
       (select coalesce(sum(h.available), 0)::bigint from ledger.holding h where h.asset = 'stamps:' || c.card_id) as collected,
       (select count(*) from rewards.taken t where t.reward_id = (c.terms ->> 'rewardId')::uuid and t.card_id = c.card_id)
         as completed
     from rewards.card c`,
  )
  return new Map(rows.map(({ cardId, ...figures }) => [cardId, figures]))
}

/** What somebody has on each card: stamps that still count, what they owe, and what is over next. */
export async function readCollected(
  queryable: Queryable,
  partyId: string,
  now: Date,
): Promise<Map<string, { stamps: number; owed: number; completed: number; nextExpiresAt: Date | null; next: number }>> {
  const rows = await queryable.query<{
    cardId: string
    stamps: number
    owed: number
    completed: number
    nextExpiresAt: Date | null
    next: number
  }>(
    `select c.card_id as "cardId", coalesce(l.stamps, 0)::int4 as stamps, coalesce(h.debt, 0) as owed, l.next_at as "nextExpiresAt",
       (select count(*) from rewards.taken t where t.party_id = ${ofPerson('$1')} and t.card_id = c.card_id) as completed,
       (select coalesce(sum(o.available), 0)::int4 from ledger.lot o where o.party_id = ${ofPerson('$1')} and o.asset = 'stamps:' || c.card_id
          and o.is_alive and o.expires_at = l.next_at) as next
     from rewards.card c
     left join lateral (
       select sum(o.debt)::bigint as debt from ledger.holding o where o.party_id = ${ofPerson('$1')} and o.asset = 'stamps:' || c.card_id) h on true
     left join lateral (
       select sum(l.available) as stamps, min(l.expires_at) as next_at from ledger.lot l
       where l.party_id = ${ofPerson('$1')} and l.asset = 'stamps:' || c.card_id and l.is_alive
         and (l.expires_at is null or l.expires_at > $2)) l on true`,
    [partyId, now],
  )
  return new Map(rows.map(({ cardId, ...held }) => [cardId, held]))
}
