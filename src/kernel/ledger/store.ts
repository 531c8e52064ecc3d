import type { Transaction } from '#kernel/database/index.ts'
import { arrayOf } from './arrays.ts'
import { emptyHolding, type Hold, type Holding, type Instant, type Lot, type Source } from './holding.ts'
import type { Instruction } from './instruction.ts'
import type { AssetKind } from './kinds.ts'

/** Holdings by party and asset, as loaded and locked for one batch. */
export type Holdings = Map<string, Holding>

export function holdingKey(partyId: string, asset: string): string {
  return `${partyId} ${asset}`
}

/** A transaction that already stands behind a key. */
export interface Known {
  readonly transactionId: string
  readonly fingerprint: string
}

interface Pair {
  readonly partyId: string
  readonly asset: string
}

/**
 * Locks the holdings of a batch and reads what of them the batch can change, in two statements: what is read must be
 * younger than the locks. Undeclared assets have no holding.
 */
export async function openHoldings(
  transaction: Transaction,
  instructions: readonly Instruction[],
  given: { readonly now: Instant; readonly keys: readonly string[] },
): Promise<{ holdings: Holdings; known: Map<string, Known>; now: Instant }> {
  const wanted = wantedBy(instructions)
  const locked = await lock(transaction, wanted)
  const now = notBefore(given.now, locked)
  const holdings: Holdings = new Map()
  const touched: Touched[] = []
  for (const { partyId, asset, kind, dueAt, postedAt: _, ...balance } of locked) {
    const key = holdingKey(partyId, asset)
    // Time has something to do first, and it may be with any of the lots.
    const isDue = dueAt !== null && dueAt <= now
    const lots = isDue ? everything : wanted.get(key)!.lots
    if (lots > 0) touched.push({ partyId, asset, lots: lots === everything ? null : lots })
    const unreadDueAt = lots === everything ? null : dueAt
    holdings.set(key, { ...emptyHolding(partyId, asset, kind), ...balance, unreadDueAt })
  }
  const named = instructions.filter(each => holdings.has(holdingKey(each.partyId, each.asset)))
  const known = await readInto(transaction, holdings, { touched, named, keys: given.keys })
  return { holdings, known, now }
}

const hour = 3_600_000

/**
 * A clock that was set back a little stands still for the ledger until it has caught up: nothing is posted before what was posted
 * already for one of these parties. A clock that is hours behind was wrong then or is wrong now; it is followed, since
 * otherwise one wrong instant in the future would hold on to everybody's value until then.
 */
function notBefore(now: Instant, locked: readonly { readonly postedAt: Instant | null }[]): Instant {
  return locked.reduce((last, { postedAt }) => {
    const isAhead = postedAt !== null && postedAt > last && postedAt - now <= hour
    return isAhead ? postedAt : last
  }, now)
}

/** How much of a holding's lots a batch needs: as many of the first to be used as hold so much, or every one that is alive. */
type Wanted = ReadonlyMap<string, Pair & { readonly lots: number }>
type Touched = Pair & { readonly lots: number | null }
const everything = Number.POSITIVE_INFINITY

/** Sorted, so that batches wait for each other and never deadlock. */
function wantedBy(instructions: readonly Instruction[]): Wanted {
  const found = new Map<string, Pair & { lots: number }>()
  const want = (partyId: string, asset: string, lots: number) => {
    const key = holdingKey(partyId, asset)
    const known = found.get(key)
    if (known) known.lots += lots
    else found.set(key, { partyId, asset, lots })
  }
  for (const each of instructions) {
    want(each.partyId, each.asset, lotsNeeded(each))
    if (each.act === 'transfer') want(each.toPartyId, each.asset, 0)
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/**
 * Somebody who comes every day has hundreds of lots, and a cup of tea is paid from the first few: what is used is read in the
 * order of use, as far as it is needed. What is issued, or was set aside before, needs no lots but its own.
 *
 * Example: to spend 20 -> the first lots whose available value reaches 20.
 */
function lotsNeeded(instruction: Instruction): number {
  switch (instruction.act) {
    case 'issue':
    case 'book':
    case 'capture':
    case 'release':
    case 'return':
      return 0
    case 'hold':
    case 'spend':
    case 'debit':
    case 'transfer':
      return instruction.only === undefined && Number.isSafeInteger(instruction.amount) && instruction.amount > 0
        ? instruction.amount
        : everything
    default:
      return everything
  }
}

type Locked = Pair &
  Pick<Holding, 'pending' | 'available' | 'held' | 'debt'> & {
    readonly kind: AssetKind
    readonly dueAt: Instant | null
    readonly postedAt: Instant | null
  }

async function lock(transaction: Transaction, wanted: Wanted): Promise<Locked[]> {
  const pairs = [...wanted.values()]
  const parameters = [arrayOf('uuid', pairs, 'partyId'), arrayOf('text', pairs, 'asset')]
  // The subquery makes the planner go by the key, one row after the other in the given order, whatever it knows of sizes.
  const statement = `select h.party_id as "partyId", h.asset, h.pending, h.available, h.held, h.debt, a.kind,
      ${milliseconds('h.due_at')} as "dueAt", ${milliseconds('h.posted_at')} as "postedAt"
    from unnest($1::uuid[], $2::text[]) as wanted (party_id, asset)
    cross join lateral (
      select * from ledger.holding h where h.party_id = wanted.party_id and h.asset = wanted.asset for no key update) h
    join ledger.asset a on a.asset = h.asset`
  const locked = await transaction.prepared<Locked>('ledger lock', statement, parameters)
  if (locked.length === pairs.length) return locked
  await transaction.query(
    `insert into ledger.holding (party_id, asset, pending, available, held, debt)
     select party_id, asset, 0, 0, 0, 0 from unnest($1::uuid[], $2::text[]) as wanted (party_id, asset)
     join ledger.asset using (asset) order by party_id, asset on conflict do nothing`,
    parameters,
  )
  return await transaction.prepared<Locked>('ledger lock', statement, parameters)
}

/**
 * Reads of the holdings that are touched the lots that are needed, and where it is all of them the open holds too; for all, what
 * the instructions name: holds with the lots they lie on, sources with theirs; and which of the keys are known. A source that
 * has been refunded needs all lots of its holding.
 */
async function readInto(
  transaction: Transaction,
  holdings: Holdings,
  wanted: {
    readonly touched: readonly Touched[]
    readonly named: readonly Instruction[]
    readonly keys: readonly string[]
  },
): Promise<Map<string, Known>> {
  const { touched, named, keys } = wanted
  const holds = named.flatMap(each => ('holdId' in each ? [each] : []))
  const sources = named.flatMap(each => {
    const source = each.act === 'issue' || each.act === 'revoke' ? each.source : undefined
    return source === undefined ? [] : [{ ...each, source, isRevoked: each.act === 'revoke' }]
  })
  const [found] = await transaction.prepared<{
    keys: readonly (Known & { key: string })[] | null
    holds: readonly (Pair & Hold)[] | null
    sources: readonly (Pair & Source)[] | null
    lots: readonly Lot[] | null
  }>('ledger read', readEverything, [
    arrayOf('uuid', touched, 'partyId'),
    arrayOf('text', touched, 'asset'),
    arrayOf('bigint', touched, 'lots'),
    arrayOf('uuid', holds, 'partyId'),
    arrayOf('text', holds, 'asset'),
    arrayOf('uuid', holds, 'holdId'),
    arrayOf('uuid', sources, 'partyId'),
    arrayOf('text', sources, 'asset'),
    arrayOf('text', sources, 'source'),
    arrayOf('boolean', sources, 'isRevoked'),
    arrayOf(
      'uuid',
      keys.map(key => ({ key })),
      'key',
    ),
  ])
  for (const lot of found!.lots ?? []) holdings.get(holdingKey(lot.partyId, lot.asset))?.lots.set(lot.lotId, lot)
  for (const { partyId, asset, ...hold } of found!.holds ?? []) {
    holdings.get(holdingKey(partyId, asset))?.holds.set(hold.holdId, hold)
  }
  for (const { partyId, asset, ...source } of found!.sources ?? []) {
    holdings.get(holdingKey(partyId, asset))?.sources.set(source.source, source)
  }
  return new Map((found!.keys ?? []).map(({ key, ...rest }) => [key, rest]))
}

/** As a float, which is exact for every instant that is kept, and cheaper than the decimal number that `extract` makes. */
const milliseconds = (column: string) => `(date_part('epoch', ${column}) * 1000)::bigint`

const readEverything = `
  with wanted as materialized (
    select * from unnest($1::uuid[], $2::text[], $3::bigint[]) as w (party_id, asset, lots)),
  named_source as materialized (
    select * from unnest($7::uuid[], $8::text[], $9::text[], $10::boolean[]) as n (party_id, asset, source, is_revoked)),
  source as materialized (
    select s.* from (select distinct party_id, asset, source from named_source) n cross join lateral (
      select * from ledger.source s where s.party_id = n.party_id and s.asset = n.asset and s.source = n.source offset 0) s),
  whole as materialized (
    select party_id, asset from wanted where lots is null union select party_id, asset from source),
  hold as materialized (
    select h.* from whole w cross join lateral (
      select * from ledger.hold h where h.party_id = w.party_id and h.asset = w.asset and h.state = 'open' offset 0) h
    union
    select h.* from unnest($4::uuid[], $5::text[], $6::uuid[]) as n (party_id, asset, hold_id) cross join lateral (
      select * from ledger.hold h where h.party_id = n.party_id and h.asset = n.asset and h.hold_id = n.hold_id offset 0) h),
  lot as (
    select l.* from whole w cross join lateral (
      select * from ledger.lot l where l.party_id = w.party_id and l.asset = w.asset and l.is_alive offset 0) l
    union all
    select l.* from wanted w cross join lateral (
      select (l).* from (
        select l, sum(l.available) over (order by l.expires_at nulls last, l.matures_at nulls first, l.lot_id) - l.available as before
        from ledger.lot l where l.party_id = w.party_id and l.asset = w.asset and l.is_alive offset 0) o
      where o.before < w.lots) l
    where w.lots is not null and not exists (select from source s where s.party_id = w.party_id and s.asset = w.asset)
    union all
    select l.* from (
      select party_id, asset, source from source union select party_id, asset, source from named_source where is_revoked) s
    cross join lateral (
      select * from ledger.lot l where l.party_id = s.party_id and l.source = s.source and l.asset = s.asset and not l.is_alive
      offset 0) l
    union all
    select l.* from (
      select distinct h.party_id, (part->>'lotId')::uuid as lot_id from hold h cross join jsonb_array_elements(h.parts) as part) p
    cross join lateral (
      select * from ledger.lot l where l.party_id = p.party_id and l.lot_id = p.lot_id offset 0) l)
  select
    (select json_agg(k) from (
      select key, transaction_id as "transactionId", fingerprint from ledger.key where key = any ($11::uuid[])) as k) as keys,
    (select json_agg(s) from (
      select party_id as "partyId", asset, source, numerator, denominator, revoked from source) as s) as sources,
    (select json_agg(h) from (
      select party_id as "partyId", asset, hold_id as "holdId", amount, ${milliseconds('until')} as until, state,
        captured_by as "capturedBy", parts from hold) as h) as holds,
    (select json_agg(l) from (
      select party_id as "partyId", asset, lot_id as "lotId", issuer, source, parent_id as "parentId",
        ${milliseconds('matures_at')} as "maturesAt", ${milliseconds('expires_at')} as "expiresAt",
        issued, pending, available, held, captured, expired, revoked, moved from lot) as l) as lots`
