import type { Transaction } from '#kernel/database/index.ts'
import { type Hold, type Holding, type Lot, nextDueAt, type Source } from './holding.ts'
import type { Posting } from './instruction.ts'
import type { Holdings } from './store.ts'

/** One instruction that was done: what the ledger keeps of it for ever. */
export interface Done {
  readonly transactionId: string
  readonly key: string
  readonly fingerprint: string
  readonly partyId: string
  readonly asset: string
  readonly act: string
  readonly actor: string
  readonly approvedBy: string | null
  readonly reason: string | null
  readonly occurredAt: number
  readonly postings: readonly Posting[]
}

/** What holdings looked like when they were loaded, as far as it is needed to see what changed. */
export interface Loaded {
  readonly lots: ReadonlySet<string>
  readonly holds: ReadonlyMap<string, string>
  readonly sources: ReadonlyMap<string, string>
}

export function whatIsLoaded(holdings: Holdings): Loaded {
  const all = [...holdings.values()]
  return {
    lots: new Set(all.flatMap(holding => [...holding.lots.keys()])),
    holds: new Map(all.flatMap(holding => [...holding.holds.values()].map(hold => [hold.holdId, print(hold)]))),
    sources: new Map(all.flatMap(h => [...h.sources.values()].map(source => [sourceKey(h, source), print(source)]))),
  }
}

const print = (value: Hold | Source) => JSON.stringify(value)
const sourceKey = (holding: Holding, source: Source) => `${holding.partyId} ${holding.asset} ${source.source}`

/** Writes a whole batch in one statement per table, each table once: causes, movements, lots, holds, and last the balances. */
export async function writeBatch(
  transaction: Transaction,
  batch: {
    readonly holdings: Holdings
    readonly loaded: Loaded
    readonly done: readonly Done[]
    readonly postedAt: Date
    readonly newId: () => string
  },
): Promise<void> {
  const { holdings, loaded, done, postedAt, newId } = batch
  const postings = done.flatMap(each =>
    each.postings.map(posting => ({ ...posting, transactionId: each.transactionId })),
  )
  const touched = new Set(postings.map(posting => posting.lotId))
  const all = [...holdings.values()]
  const lots = all.flatMap(holding =>
    [...holding.lots.values()]
      .filter(lot => touched.has(lot.lotId))
      .map(lot => ({ ...lot, partyId: holding.partyId, asset: holding.asset })),
  )
  const holds = all.flatMap(holding =>
    [...holding.holds.values()]
      .filter(hold => loaded.holds.get(hold.holdId) !== print(hold))
      .map(hold => ({ ...hold, partyId: holding.partyId, asset: holding.asset })),
  )
  const sources = all.flatMap(holding =>
    [...holding.sources.values()]
      .filter(source => loaded.sources.get(sourceKey(holding, source)) !== print(source))
      .map(source => ({ ...source, partyId: holding.partyId, asset: holding.asset })),
  )
  await writeTransactions(transaction, done, postedAt)
  await writeLots(transaction, lots, loaded.lots)
  await writePostings(transaction, postings, { postedAt, newId })
  await writeHolds(transaction, holds)
  await writeSources(transaction, sources)
  await writeHoldings(transaction, all)
}

type OfParty<T> = T & { readonly partyId: string; readonly asset: string }

async function writeTransactions(transaction: Transaction, done: readonly Done[], postedAt: Date): Promise<void> {
  // A transfer is one transaction of two parties, and stands with each of them.
  const sides = done.flatMap(each =>
    [...new Set([each.partyId, ...each.postings.map(posting => posting.partyId)])].map(partyId => ({
      ...each,
      partyId,
    })),
  )
  const column = <T>(of: (each: Done) => T) => sides.map(of)
  await transaction.query(
    `insert into ledger.transaction (party_id, transaction_id, asset, key, act, actor, approved_by, reason, occurred_at, posted_at)
     select party_id, transaction_id, asset, key, act, actor, approved_by, reason, to_timestamp(occurred_at / 1000.0), $10
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::float8[])
       as t (party_id, transaction_id, asset, key, act, actor, approved_by, reason, occurred_at)`,
    [
      column(each => each.partyId),
      column(each => each.transactionId),
      column(each => each.asset),
      column(each => each.key),
      column(each => each.act),
      column(each => each.actor),
      column(each => each.approvedBy),
      column(each => each.reason),
      column(each => each.occurredAt),
      postedAt,
    ],
  )
  await transaction.query(
    `insert into ledger.key (key, party_id, transaction_id, fingerprint)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[])`,
    [
      done.map(each => each.key),
      done.map(each => each.partyId),
      done.map(each => each.transactionId),
      done.map(each => each.fingerprint),
    ],
  )
}

async function writeLots(
  transaction: Transaction,
  lots: readonly OfParty<Lot>[],
  known: ReadonlySet<string>,
): Promise<void> {
  const fresh = lots.filter(lot => !known.has(lot.lotId))
  const changed = lots.filter(lot => known.has(lot.lotId))
  const buckets = ['pending', 'available', 'held', 'captured', 'expired', 'revoked', 'moved'] as const
  if (fresh.length > 0) {
    await transaction.query(
      `insert into ledger.lot (party_id, lot_id, asset, issuer, source, parent_id, matures_at, expires_at, issued, ${buckets.join(', ')})
       select party_id, lot_id, asset, issuer, source, parent_id, to_timestamp(matures_at / 1000.0), to_timestamp(expires_at / 1000.0),
         issued, ${buckets.join(', ')}
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::float8[], $8::float8[], $9::bigint[],
         ${buckets.map((_, index) => `$${index + 10}::bigint[]`).join(', ')})
         as l (party_id, lot_id, asset, issuer, source, parent_id, matures_at, expires_at, issued, ${buckets.join(', ')})`,
      [
        fresh.map(lot => lot.partyId),
        fresh.map(lot => lot.lotId),
        fresh.map(lot => lot.asset),
        fresh.map(lot => lot.issuer),
        fresh.map(lot => lot.source),
        fresh.map(lot => lot.parentId),
        fresh.map(lot => lot.maturesAt),
        fresh.map(lot => lot.expiresAt),
        fresh.map(lot => lot.issued),
        ...buckets.map(bucket => fresh.map(lot => lot[bucket])),
      ],
    )
  }
  if (changed.length > 0) {
    await transaction.query(
      `update ledger.lot l set expires_at = to_timestamp(c.expires_at / 1000.0), ${buckets.map(each => `${each} = c.${each}`).join(', ')}
       from unnest($1::uuid[], $2::uuid[], $3::float8[], ${buckets.map((_, index) => `$${index + 4}::bigint[]`).join(', ')})
         as c (party_id, lot_id, expires_at, ${buckets.join(', ')})
       where l.party_id = c.party_id and l.lot_id = c.lot_id`,
      [
        changed.map(lot => lot.partyId),
        changed.map(lot => lot.lotId),
        changed.map(lot => lot.expiresAt),
        ...buckets.map(bucket => changed.map(lot => lot[bucket])),
      ],
    )
  }
}

async function writePostings(
  transaction: Transaction,
  postings: readonly (Posting & { readonly transactionId: string })[],
  { postedAt, newId }: { readonly postedAt: Date; readonly newId: () => string },
): Promise<void> {
  if (postings.length === 0) return
  await transaction.query(
    `insert into ledger.posting (party_id, posting_id, transaction_id, asset, code, from_account, to_account, amount, lot_id, occurred_at, posted_at)
     select party_id, posting_id, transaction_id, asset, code, from_account, to_account, amount, lot_id, to_timestamp(occurred_at / 1000.0), $11
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::uuid[], $10::float8[])
       as p (party_id, posting_id, transaction_id, asset, code, from_account, to_account, amount, lot_id, occurred_at)`,
    [
      postings.map(each => each.partyId),
      postings.map(() => newId()),
      postings.map(each => each.transactionId),
      postings.map(each => each.asset),
      postings.map(each => each.code),
      postings.map(each => each.from),
      postings.map(each => each.to),
      postings.map(each => each.amount),
      postings.map(each => each.lotId),
      postings.map(each => each.occurredAt),
      postedAt,
    ],
  )
}

async function writeHolds(transaction: Transaction, holds: readonly OfParty<Hold>[]): Promise<void> {
  if (holds.length === 0) return
  await transaction.query(
    `insert into ledger.hold (party_id, hold_id, asset, amount, until, state, captured_by)
     select party_id, hold_id, asset, amount, to_timestamp(until / 1000.0), state, captured_by
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::float8[], $6::text[], $7::text[])
       as h (party_id, hold_id, asset, amount, until, state, captured_by)
     on conflict (party_id, hold_id) do update set state = excluded.state, captured_by = excluded.captured_by`,
    [
      holds.map(hold => hold.partyId),
      holds.map(hold => hold.holdId),
      holds.map(hold => hold.asset),
      holds.map(hold => hold.amount),
      holds.map(hold => hold.until),
      holds.map(hold => hold.state),
      holds.map(hold => hold.capturedBy),
    ],
  )
  const parts = holds.flatMap(hold =>
    hold.parts.map((part, position) => ({ ...part, position, partyId: hold.partyId, holdId: hold.holdId })),
  )
  await transaction.query(
    `insert into ledger.hold_part (party_id, hold_id, lot_id, position, amount, captured, returned)
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::smallint[], $5::bigint[], $6::bigint[], $7::bigint[])
     on conflict (party_id, hold_id, lot_id) do update set captured = excluded.captured, returned = excluded.returned`,
    [
      parts.map(part => part.partyId),
      parts.map(part => part.holdId),
      parts.map(part => part.lotId),
      parts.map(part => part.position),
      parts.map(part => part.amount),
      parts.map(part => part.captured),
      parts.map(part => part.returned),
    ],
  )
}

async function writeSources(transaction: Transaction, sources: readonly OfParty<Source>[]): Promise<void> {
  if (sources.length === 0) return
  await transaction.query(
    `insert into ledger.source (party_id, asset, source, numerator, denominator, revoked)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])
     on conflict (party_id, asset, source) do update
       set numerator = excluded.numerator, denominator = excluded.denominator, revoked = excluded.revoked`,
    [
      sources.map(each => each.partyId),
      sources.map(each => each.asset),
      sources.map(each => each.source),
      sources.map(each => each.numerator),
      sources.map(each => each.denominator),
      sources.map(each => each.revoked),
    ],
  )
}

async function writeHoldings(transaction: Transaction, holdings: readonly Holding[]): Promise<void> {
  await transaction.query(
    `update ledger.holding h set pending = c.pending, available = c.available, held = c.held, debt = c.debt,
       due_at = to_timestamp(c.due_at / 1000.0)
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::float8[])
       as c (party_id, asset, pending, available, held, debt, due_at)
     where h.party_id = c.party_id and h.asset = c.asset`,
    [
      holdings.map(each => each.partyId),
      holdings.map(each => each.asset),
      holdings.map(each => each.pending),
      holdings.map(each => each.available),
      holdings.map(each => each.held),
      holdings.map(each => each.debt),
      holdings.map(nextDueAt),
    ],
  )
}
