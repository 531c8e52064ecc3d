import type { Transaction } from '#kernel/database/index.ts'
import { emptyHolding, type Hold, type Holding, type Lot, type Source } from './holding.ts'
import type { Instruction } from './instruction.ts'
import type { AssetKind } from './kinds.ts'

/** Holdings by party and asset, as loaded and locked for one batch. */
export type Holdings = Map<string, Holding>

export function holdingKey(partyId: string, asset: string): string {
  return `${partyId} ${asset}`
}

export interface Pair {
  readonly partyId: string
  readonly asset: string
}

/** The transactions that already stand behind these keys. */
export async function readKeys(
  transaction: Transaction,
  keys: readonly string[],
): Promise<Map<string, { transactionId: string; fingerprint: string }>> {
  const rows = await transaction.query<{ key: string; transactionId: string; fingerprint: string }>(
    `select key, transaction_id as "transactionId", fingerprint from ledger.key where key = any ($1)`,
    [keys],
  )
  return new Map(rows.map(({ key, ...rest }) => [key, rest]))
}

export async function readAssets(transaction: Transaction, assets: readonly string[]): Promise<Map<string, AssetKind>> {
  const rows = await transaction.query<{ asset: string; kind: AssetKind }>(
    `select asset, kind from ledger.asset where asset = any ($1)`,
    [assets],
  )
  return new Map(rows.map(row => [row.asset, row.kind]))
}

/**
 * Locks the holdings of a batch, always in the same order so that batches wait for each other and never deadlock, and loads
 * what of them can still change: lots with something left, open holds, and what the instructions name.
 */
export async function lockHoldings(
  transaction: Transaction,
  pairs: readonly Pair[],
  kinds: ReadonlyMap<string, AssetKind>,
  instructions: readonly Instruction[],
): Promise<Holdings> {
  const sorted = [...new Map(pairs.map(pair => [holdingKey(pair.partyId, pair.asset), pair])).values()].sort((a, b) =>
    holdingKey(a.partyId, a.asset) < holdingKey(b.partyId, b.asset) ? -1 : 1,
  )
  const parties = sorted.map(pair => pair.partyId)
  const assets = sorted.map(pair => pair.asset)
  const locked = `select h.party_id as "partyId", h.asset, h.pending, h.available, h.held, h.debt from ledger.holding h
     join unnest($1::uuid[], $2::text[]) as wanted (party_id, asset) using (party_id, asset)
     order by h.party_id, h.asset for update of h`
  type Balance = Pair & Pick<Holding, 'pending' | 'available' | 'held' | 'debt'>
  let rows = await transaction.query<Balance>(locked, [parties, assets])
  if (rows.length < sorted.length) {
    await transaction.query(
      `insert into ledger.holding (party_id, asset, pending, available, held, debt)
       select party_id, asset, 0, 0, 0, 0 from unnest($1::uuid[], $2::text[]) as wanted (party_id, asset)
       on conflict do nothing`,
      [parties, assets],
    )
    rows = await transaction.query<Balance>(locked, [parties, assets])
  }
  const holdings: Holdings = new Map()
  for (const { partyId, asset, ...balance } of rows) {
    const holding = Object.assign(emptyHolding(partyId, asset, kinds.get(asset)!), balance)
    holdings.set(holdingKey(partyId, asset), holding)
  }
  await loadHolds(transaction, holdings, parties, assets, instructions)
  await loadLots(transaction, holdings, parties, assets, instructions)
  await loadSources(transaction, holdings, instructions)
  return holdings
}

async function loadLots(
  transaction: Transaction,
  holdings: Holdings,
  parties: readonly string[],
  assets: readonly string[],
  instructions: readonly Instruction[],
): Promise<void> {
  const columns = `l.party_id as "partyId", l.asset, l.lot_id as "lotId", l.issuer, l.source, l.parent_id as "parentId",
    (extract(epoch from l.matures_at) * 1000)::bigint as "maturesAt",
    (extract(epoch from l.expires_at) * 1000)::bigint as "expiresAt",
    l.issued, l.pending, l.available, l.held, l.captured, l.expired, l.revoked, l.moved`
  type Row = Lot & Pair
  const add = (rows: readonly Row[]) => {
    for (const { partyId, asset, ...lot } of rows) holdings.get(holdingKey(partyId, asset))?.lots.set(lot.lotId, lot)
  }
  add(
    await transaction.query<Row>(
      `select ${columns} from ledger.lot l
       join unnest($1::uuid[], $2::text[]) as wanted (party_id, asset) on wanted.party_id = l.party_id and wanted.asset = l.asset
       where l.pending + l.available + l.held > 0`,
      [parties, assets],
    ),
  )
  const named = instructions.flatMap(each => (sourceOf(each) === undefined ? [] : [[each.partyId, sourceOf(each)!]]))
  if (named.length > 0) {
    add(
      await transaction.query<Row>(
        `select ${columns} from ledger.lot l
         join unnest($1::uuid[], $2::text[]) as wanted (party_id, source) on wanted.party_id = l.party_id and wanted.source = l.source`,
        [named.map(([partyId]) => partyId), named.map(([, source]) => source)],
      ),
    )
  }
  const spent = [...holdings.values()].flatMap(({ partyId, lots, holds }) =>
    [...holds.values()].flatMap(hold =>
      hold.parts.filter(part => !lots.has(part.lotId)).map(part => ({ partyId, lotId: part.lotId })),
    ),
  )
  if (spent.length === 0) return
  add(
    await transaction.query<Row>(
      `select ${columns} from ledger.lot l
       join unnest($1::uuid[], $2::uuid[]) as wanted (party_id, lot_id) using (party_id, lot_id)`,
      [spent.map(lot => lot.partyId), spent.map(lot => lot.lotId)],
    ),
  )
}

function sourceOf(instruction: Instruction): string | undefined {
  return instruction.act === 'issue' || instruction.act === 'revoke' ? instruction.source : undefined
}

async function loadHolds(
  transaction: Transaction,
  holdings: Holdings,
  parties: readonly string[],
  assets: readonly string[],
  instructions: readonly Instruction[],
): Promise<void> {
  const named = instructions.flatMap(each => ('holdId' in each ? [[each.partyId, each.holdId]] : []))
  const rows = await transaction.query<Pair & Omit<Hold, 'parts'> & { parts: Hold['parts'] }>(
    `select h.party_id as "partyId", h.asset, h.hold_id as "holdId", h.amount,
       (extract(epoch from h.until) * 1000)::bigint as until, h.state, h.captured_by as "capturedBy",
       (select jsonb_agg(jsonb_build_object('lotId', p.lot_id, 'amount', p.amount, 'captured', p.captured, 'returned', p.returned)
          order by p.position)
        from ledger.hold_part p where p.party_id = h.party_id and p.hold_id = h.hold_id) as parts
     from ledger.hold h
     where (h.party_id, h.asset) in (select * from unnest($1::uuid[], $2::text[])) and h.state = 'open'
        or (h.party_id, h.hold_id) in (select * from unnest($3::uuid[], $4::uuid[]))`,
    [parties, assets, named.map(([partyId]) => partyId), named.map(([, holdId]) => holdId)],
  )
  for (const { partyId, asset, ...hold } of rows) holdings.get(holdingKey(partyId, asset))?.holds.set(hold.holdId, hold)
}

async function loadSources(
  transaction: Transaction,
  holdings: Holdings,
  instructions: readonly Instruction[],
): Promise<void> {
  const named = instructions.flatMap(each => {
    const source = sourceOf(each)
    return source === undefined ? [] : [{ partyId: each.partyId, asset: each.asset, source }]
  })
  if (named.length === 0) return
  const rows = await transaction.query<Pair & Source>(
    `select s.party_id as "partyId", s.asset, s.source, s.numerator, s.denominator, s.revoked from ledger.source s
     join unnest($1::uuid[], $2::text[], $3::text[]) as wanted (party_id, asset, source) using (party_id, asset, source)`,
    [named.map(each => each.partyId), named.map(each => each.asset), named.map(each => each.source)],
  )
  for (const { partyId, asset, ...source } of rows) {
    holdings.get(holdingKey(partyId, asset))?.sources.set(source.source, source)
  }
}
