import { LostRace, type Queryable, type Transaction } from '#kernel/database/index.ts'
import { ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { TakenState } from './contract.ts'
import { type CardTerms, cardTerms, type RewardTerms, rewardTerms } from './rules.ts'

export interface StoredReward {
  readonly rewardId: string
  readonly version: number
  readonly terms: RewardTerms
  readonly isActive: boolean
  /** Reserved or taken, and not given back; a reservation that is over does not count. */
  readonly gone: number
  readonly reserved: number
}

/** Rewards by name of their id, or all; what is reserved beyond its time is free already. */
export async function readRewards(
  queryable: Queryable,
  now: Date,
  rewardIds?: readonly string[],
): Promise<StoredReward[]> {
  const rows = await queryable.query<StoredReward & { over: number }>(
    `select r.reward_id as "rewardId", r.version, r.terms, r.is_active as "isActive", r.gone,
       (select count(*) from rewards.reserved v where v.reward_id = r.reward_id and v.until > $1) as reserved,
       (select count(*) from rewards.reserved v where v.reward_id = r.reward_id and v.until <= $1) as over
     from rewards.reward r where $2::uuid[] is null or r.reward_id = any ($2)
     order by r.is_active desc, r.created_at, r.reward_id`,
    [now, rewardIds ?? null],
  )
  return rows.map(({ over, ...row }) => ({ ...row, gone: row.gone - over, terms: rewardTerms.parse(row.terms) }))
}

export async function requireReward(queryable: Queryable, now: Date, rewardId: string): Promise<StoredReward> {
  const [reward] = await readRewards(queryable, now, [rewardId])
  if (!reward) throw refuse('not-found', 'rewards:refusal.no-such-reward')
  return reward
}

export async function insertReward(
  transaction: Transaction,
  given: { readonly rewardId: string; readonly terms: RewardTerms; readonly at: Date },
): Promise<boolean> {
  const fresh = await transaction.query(
    `insert into rewards.reward (reward_id, version, terms, is_active, gone, created_at) values ($1, 1, $2, true, 0, $3)
     on conflict do nothing returning 1`,
    [given.rewardId, JSON.stringify(given.terms), given.at],
  )
  return fresh.length > 0
}

export async function updateReward(
  transaction: Transaction,
  { rewardId, version, terms, isActive }: Pick<StoredReward, 'rewardId' | 'version' | 'terms' | 'isActive'>,
): Promise<void> {
  const done = await transaction.query(
    `update rewards.reward set terms = $3, is_active = $4, version = version + 1 where reward_id = $1 and version = $2
     returning 1`,
    [rewardId, version, JSON.stringify(terms), isActive],
  )
  if (done.length === 0) throw new LostRace()
}

/**
 * Takes one from the stock, or refuses where nothing is left. The row is locked before its stock is looked at, so that what is
 * seen is true until the end; reservations that are over free their places in the statement that needs one. This comes
 * last in a transaction: everybody who takes the reward waits here.
 */
export async function takeFromStock(
  transaction: Transaction,
  given: { readonly rewardId: string; readonly version: number; readonly now: Date },
): Promise<void> {
  const { rewardId, version, now } = given
  const [locked] = await transaction.query<{ version: number }>(
    'select version from rewards.reward where reward_id = $1 for update',
    [rewardId],
  )
  // Its terms were changed since they were read: ask again by the new ones.
  if (locked?.version !== version) throw new LostRace()
  const taken = await transaction.query(
    `with over as (delete from rewards.reserved where reward_id = $1 and until <= $2 returning 1)
     update rewards.reward set gone = gone - (select count(*) from over) + 1
     where reward_id = $1 and (stock is null or gone - (select count(*) from over) < stock) returning 1`,
    [rewardId, now],
  )
  if (taken.length === 0) throw refuse('conflict', 'rewards:refusal.sold-out')
}

/** What was taken is in stock again. */
export async function returnToStock(transaction: Transaction, rewardId: string): Promise<void> {
  await transaction.query('update rewards.reward set gone = gone - 1 where reward_id = $1', [rewardId])
}

export async function insertReserved(
  transaction: Transaction,
  given: { readonly rewardId: string; readonly takenId: string; readonly until: Date },
): Promise<void> {
  await transaction.query('insert into rewards.reserved (reward_id, taken_id, until) values ($1, $2, $3)', [
    given.rewardId,
    given.takenId,
    given.until,
  ])
}

/** Ends a reservation; false where it was over and somebody else has its place. */
export async function deleteReserved(transaction: Transaction, rewardId: string, takenId: string): Promise<boolean> {
  const gone = await transaction.query(
    'delete from rewards.reserved where reward_id = $1 and taken_id = $2 returning 1',
    [rewardId, takenId],
  )
  return gone.length > 0
}

/** Lets go of reservations that are over, with the places that they still have. */
export async function freeReserved(
  transaction: Transaction,
  reservations: readonly { readonly rewardId: string; readonly takenId: string }[],
): Promise<void> {
  const rewardIds = [...new Set(reservations.map(each => each.rewardId))].sort()
  await transaction.query('select from rewards.reward where reward_id = any ($1) order by reward_id for update', [
    rewardIds,
  ])
  await transaction.query(
    `with over as (
       delete from rewards.reserved v using unnest($1::uuid[], $2::uuid[]) as n (reward_id, taken_id)
       where v.reward_id = n.reward_id and v.taken_id = n.taken_id returning v.reward_id)
     update rewards.reward r set gone = gone - o.places
     from (select reward_id, count(*) as places from over group by reward_id) o where r.reward_id = o.reward_id`,
    [reservations.map(each => each.rewardId), reservations.map(each => each.takenId)],
  )
}

export interface StoredTaken {
  readonly partyId: string
  readonly takenId: string
  readonly rewardId: string
  readonly state: TakenState
  readonly price: number
  readonly cardId: string | null
  readonly stamps: number | null
  readonly merchant: string | null
  readonly merchants: readonly string[]
  readonly takenAt: Date
  readonly reservedUntil: Date | null
  readonly expiresAt: Date | null
  readonly useId: string | null
  readonly usedAt: Date | null
  readonly usedBy: string | null
  readonly usedMerchant: string | null
}

const columns = `party_id as "partyId", taken_id as "takenId", reward_id as "rewardId", state, price, card_id as "cardId", stamps,
  merchant, merchants, taken_at as "takenAt", reserved_until as "reservedUntil", expires_at as "expiresAt",
  use_id as "useId", used_at as "usedAt", used_by as "usedBy", used_merchant as "usedMerchant"`

/** One taking, locked: what becomes of it is decided by one transaction at a time. */
export async function lockTaken(
  transaction: Transaction,
  partyId: string,
  takenId: string,
): Promise<StoredTaken | undefined> {
  const [taken] = await transaction.query<StoredTaken>(
    `select ${columns} from rewards.taken where party_id = ${ofPerson('$1')} and taken_id = $2 for update`,
    [partyId, takenId],
  )
  return taken
}

export async function readTaken(queryable: Queryable, partyId: string, takenId: string): Promise<StoredTaken> {
  const [taken] = await queryable.query<StoredTaken>(
    `select ${columns} from rewards.taken where party_id = ${ofPerson('$1')} and taken_id = $2`,
    [partyId, takenId],
  )
  if (!taken) throw refuse('not-found', 'rewards:refusal.no-such-taking')
  return taken
}

/** The latest first. */
export async function readTakenOf(queryable: Queryable, partyId: string, limit = 200): Promise<StoredTaken[]> {
  return queryable.query<StoredTaken>(
    `select ${columns} from rewards.taken where party_id = ${ofPerson('$1')} order by taken_at desc, taken_id desc limit $2`,
    [partyId, limit],
  )
}

/** Adds what was taken; false where the same request did so before. */
export async function insertTaken(transaction: Transaction, taken: StoredTaken): Promise<boolean> {
  const fresh = await transaction.query(
    `insert into rewards.taken (party_id, taken_id, reward_id, state, price, card_id, stamps, merchant, merchants, taken_at,
       reserved_until, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning 1`,
    [
      taken.partyId,
      taken.takenId,
      taken.rewardId,
      taken.state,
      taken.price,
      taken.cardId,
      taken.stamps,
      taken.merchant,
      taken.merchants,
      taken.takenAt,
      taken.reservedUntil,
      taken.expiresAt,
    ],
  )
  return fresh.length > 0
}

/** Writes what became of something taken; whoever writes holds its lock. */
export async function updateTaken(transaction: Transaction, taken: StoredTaken): Promise<void> {
  await transaction.query(
    `update rewards.taken set state = $3, taken_at = $4, merchants = $5, expires_at = $6, use_id = $7, used_at = $8,
       used_by = $9, used_merchant = $10 where party_id = $1 and taken_id = $2`,
    [
      taken.partyId,
      taken.takenId,
      taken.state,
      taken.takenAt,
      taken.merchants,
      taken.expiresAt,
      taken.useId,
      taken.usedAt,
      taken.usedBy,
      taken.usedMerchant,
    ],
  )
}

const isHad = `card_id is null and (state in ('taken', 'used', 'expired') or state = 'reserved' and reserved_until > $2)`

/** How often somebody has taken each reward and did not give it back; what was collected with stamps does not count. */
export async function countHad(queryable: Queryable, partyId: string, now: Date): Promise<Map<string, number>> {
  const rows = await queryable.query<{ rewardId: string; had: number }>(
    `select reward_id as "rewardId", count(*) as had from rewards.taken where party_id = ${ofPerson('$1')} and ${isHad} group by 1`,
    [partyId, now],
  )
  return new Map(rows.map(row => [row.rewardId, row.had]))
}

/** One transaction at a time counts how often somebody has taken a reward. */
export async function lockTaker(transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('insert into rewards.taker (party_id) values ($1) on conflict do nothing', [partyId])
  await transaction.query('select from rewards.taker where party_id = $1 for update', [partyId])
}

/** Whose a code is. */
export async function findCode(
  queryable: Queryable,
  hash: Buffer,
): Promise<{ partyId: string; takenId: string } | undefined> {
  const [found] = await queryable.query<{ partyId: string; takenId: string }>(
    'select party_id as "partyId", taken_id as "takenId" from rewards.code where code_hash = $1',
    [hash],
  )
  return found
}

/** Reservations and unused rewards whose time was over, locked; the oldest first. */
export async function lockOver(transaction: Transaction, now: Date, limit: number): Promise<StoredTaken[]> {
  return transaction.query<StoredTaken>(
    `select ${columns} from rewards.taken where (party_id, taken_id) in (
       (select party_id, taken_id from rewards.taken where state = 'reserved' and reserved_until <= $1 limit $2)
       union all
       (select party_id, taken_id from rewards.taken where state = 'taken' and expires_at <= $1 limit $2))
     order by party_id, taken_id for update`,
    [now, limit],
  )
}

export async function markOver(
  transaction: Transaction,
  taken: readonly StoredTaken[],
  state: 'lapsed' | 'expired',
): Promise<void> {
  await transaction.query(
    `update rewards.taken t set state = $3 from unnest($1::uuid[], $2::uuid[]) as n (party_id, taken_id)
     where t.party_id = n.party_id and t.taken_id = n.taken_id`,
    [taken.map(each => each.partyId), taken.map(each => each.takenId), state],
  )
}

/**
 * What somebody can spend of an asset now: what has matured, expired or come free of a hold meanwhile counts as such, whether or not
 * the ledger has booked it.
 */
export async function spendable(queryable: Queryable, partyId: string, asset: string, now: Date): Promise<number> {
  const [row] = await queryable.query<{ amount: number }>(
    `select greatest(0, coalesce(sum(l.available + coalesce(h.free, 0) + case when l.matures_at <= $3 then l.pending else 0 end), 0)
       - coalesce((select sum(debt)::bigint from ledger.holding d where d.party_id = ${ofPerson('$1')} and d.asset = $2), 0))::bigint as amount
     from ledger.lot l left join (
       select p."lotId" as lot_id, sum(p.amount) as free from ledger.hold h
       cross join lateral jsonb_to_recordset(h.parts) as p ("lotId" uuid, amount bigint)
       where h.party_id = ${ofPerson('$1')} and h.asset = $2 and h.state = 'open' and h.until <= $3 group by 1) h on h.lot_id = l.lot_id
     where l.party_id = ${ofPerson('$1')} and l.asset = $2 and l.is_alive and (l.expires_at is null or l.expires_at > $3)`,
    [partyId, asset, now],
  )
  return row!.amount
}

export interface StoredCard {
  readonly cardId: string
  readonly terms: CardTerms
  readonly untilOn: string | null
}

export async function readCards(queryable: Queryable): Promise<StoredCard[]> {
  const rows = await queryable.query<StoredCard>(
    'select card_id as "cardId", terms, until_on as "untilOn" from rewards.card order by created_at, card_id',
  )
  return rows.map(row => ({ ...row, terms: cardTerms.parse(row.terms) }))
}

/** Names of those who hold something, for staff. */
export async function nameOf(queryable: Queryable, partyId: string): Promise<string> {
  const [row] = await queryable.query<{ name: string }>('select name from parties.party where party_id = $1', [partyId])
  if (!row) throw refuse('not-found', 'parties:refusal.unknown')
  return row.name
}

export async function insertCard(
  transaction: Transaction,
  given: { readonly cardId: string; readonly terms: CardTerms; readonly at: Date },
): Promise<void> {
  await transaction.query(
    'insert into rewards.card (card_id, terms, created_at) values ($1, $2, $3) on conflict do nothing',
    [given.cardId, JSON.stringify(given.terms), given.at],
  )
}

export async function updateCard(transaction: Transaction, cardId: string, untilOn: string | null): Promise<boolean> {
  const done = await transaction.query('update rewards.card set until_on = $2 where card_id = $1 returning 1', [
    cardId,
    untilOn,
  ])
  return done.length > 0
}

/** Lets go of reservations of one reward that are over; whoever calls has locked it. */
export async function freeOver(transaction: Transaction, rewardId: string, now: Date): Promise<void> {
  await transaction.query(
    `with over as (delete from rewards.reserved where reward_id = $1 and until <= $2 returning 1)
     update rewards.reward set gone = gone - (select count(*) from over) where reward_id = $1`,
    [rewardId, now],
  )
}

/** How often each reward was taken and kept, and used, and the points that were paid for it. */
export async function readFigures(
  queryable: Queryable,
): Promise<Map<string, { taken: number; used: number; points: number }>> {
  const rows = await queryable.query<{ rewardId: string; taken: number; used: number; points: number }>(
    `select reward_id as "rewardId", count(*) as taken, count(*) filter (where state = 'used') as used,
       coalesce(sum(price), 0)::bigint as points
     from rewards.taken where state in ('taken', 'used', 'expired') group by 1`,
  )
  return new Map(rows.map(({ rewardId, ...figures }) => [rewardId, figures]))
}
