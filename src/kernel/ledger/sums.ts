import type { Transaction } from '#kernel/database/index.ts'
import { edges, isAllowed, kindOf, ownAccounts } from './kinds.ts'

/**
 * One pass over each table that keeps no account in memory: every unit of value is weighed with a pseudo-random number of its
 * party or its lot, and the weights of what stands in the rows must equal the weights of what the postings moved (a linear
 * sketch; Carter & Wegman 1979). In the same way every transaction is weighed against its postings and its key, and every
 * hold against its parts. A weight of 42 bits lets a single fault through once in 2^42. Units are weighed in two parts, 2^22 of
 * them and the rest, so that no product leaves eight bytes. What differs is then looked for row by row.
 */
export type Sum =
  | 'accounts'
  | 'shares'
  | 'lots'
  | 'gifts'
  | 'holds'
  | 'parts'
  | 'transactions'
  | 'keys'
  | 'ways'
  | 'kinds'
  | 'transit'
  | 'house'

type Numbers = Readonly<Record<string, string | null>>
const party = 'uuid_hash_extended(party_id, 1)'
const lot = 'uuid_hash_extended(lot_id, uuid_hash_extended(party_id, 2))'
/**
 * Two columns, of which the second is mostly nothing: to pass over a zero costs less than to add it. Nothing is ever below zero;
 * where it is, it weighs otherwise and so differs.
 */
const weighed = (what: string, hash: string, name: string, when?: string) =>
  `(sum((${what} & 4194303) * (${hash} >> 22)) ${when ? `filter (where ${when})` : ''})::text as ${name},
   (sum((${what} >> 22) * (${hash} >> 22)) filter (where ${what} > 4194303${when ? ` and ${when}` : ''}))::text as ${name}_rest`
/** The same of what is mostly nothing altogether. */
const weighedIfAny = (what: string, hash: string, name: string) => weighed(what, hash, name, `${what} <> 0`)
const total = (row: Numbers, name: string) => BigInt(row[name] ?? 0) + (BigInt(row[`${name}_rest`] ?? 0) << 22n)

/** Sums under names; whatever is not zero in the end differs. */
class Balance {
  private readonly sums = new Map<string, bigint>()

  add(name: string, sum: bigint, sign: 1 | -1): void {
    this.sums.set(name, (this.sums.get(name) ?? 0n) + BigInt(sign) * sum)
  }

  get differs(): boolean {
    return [...this.sums.values()].some(sum => sum !== 0n)
  }
}

/** At an interval, not in a zone by its name, which would be looked up for every row. Sums are by asset, so it is not weighed. */
const member = `uuid_hash_extended(transaction_id, timestamp_hash_extended(posted_at at time zone interval '0', ${party}))`
const hold = 'uuid_hash_extended(hold_id, uuid_hash_extended(party_id, 3))'
const cause = (key: string) => `uuid_hash_extended(${key}, uuid_hash_extended(transaction_id, ${party}))`
const buckets = ['pending', 'available', 'held', 'captured', 'expired', 'moved', 'revoked'] as const

const isOwn = (account: string) => (ownAccounts as readonly string[]).includes(account)
const ofHolds = ['amount', 'captured', 'returned'] as const

const passes = {
  postings: `select asset, code, from_account, to_account, count(*)::text as postings, count(lot_id)::text as lots, sum(amount)::text as amount,
      ${weighed('amount', party, 'party')}, ${weighed('amount', lot, 'lot')}, sum(${member} >> 20)::text as member
    from ledger.posting group by asset, code, from_account, to_account`,
  holdings: `select asset, ${ownAccounts.map(account => weighed(account, party, account)).join(', ')} from ledger.holding group by asset`,
  lots: `select asset, ${buckets.map(bucket => weighedIfAny(bucket, lot, bucket)).join(', ')},
      bool_or(parent_id is not null or moved <> 0)::text as is_given
    from ledger.lot group by asset`,
  // Of a transaction with more than 2^19 postings the rows are looked at, so that no product leaves eight bytes.
  transactions: `select asset, sum(least(postings, 524288) * (${member} >> 20))::text as member,
      (sum(${cause('key_id')}) filter (where is_cause))::text as cause
    from ledger.transaction group by asset`,
  keys: `select sum(${cause('key')})::text as cause, (select attgenerated = 's' from pg_attribute
      where attrelid = 'ledger.transaction'::regclass and attname = 'key_id')::text as is_derived
    from ledger.key`,
  holds: `select ${ofHolds.map(column => weighedIfAny(column, hold, column)).join(', ')} from ledger.hold`,
  parts: `select asset, bool_or(not (0 <= returned and returned <= captured and captured <= amount))::text as is_unsound,
      ${ofHolds.map(column => weighedIfAny(column, hold, column)).join(', ')},
      ${weighed('amount', lot, 'held', `state = 'open'`)}, ${weighedIfAny('(captured - returned)', lot, 'used')}
    from (select h.party_id, h.asset, h.hold_id, h.state, p.lot_id, p.amount, p.captured, p.returned from ledger.hold h
      cross join rows from (jsonb_to_recordset(h.parts) as ("lotId" uuid, amount bigint, captured bigint, returned bigint))
        as p (lot_id, amount, captured, returned)) p
    group by asset`,
  assets: 'select asset, kind from ledger.asset',
  house: `select asset, account, sum(amount)::text as amount from (
      select asset, account, amount from ledger.house_balance
      union all select asset, to_account, amount from ledger.posting where xid >= (select upto from ledger.house_mark)
      union all select asset, from_account, -amount from ledger.posting where xid >= (select upto from ledger.house_mark)) as side
    group by asset, account`,
} as const

/** Into or out of which bucket of a lot an account stands; out of nowhere where it is none. */
function bucketOf(account: string, side: 'from' | 'to'): (typeof buckets)[number] | undefined {
  const kind = kindOf(account as never)
  if (kind === 'pending' || kind === 'available' || kind === 'held') return kind
  if (kind === 'redeemed') return 'captured'
  if (kind === 'breakage') return 'expired'
  if (side === 'from') return undefined
  if (kind === 'transit') return 'moved'
  return kind === 'revoked' || kind === 'clearing' || kind === 'adjustment' || kind === 'debt' ? 'revoked' : undefined
}

/** Whether a kind of asset moves as `kinds-keep-their-promise` forbids. */
function breaksPromise(kind: string, from: string, to: string): boolean {
  if (kind === 'money') return kindOf(from as never) === 'issuance'
  return kind === 'qualifying' && ['held', 'transit', 'redeemed'].includes(kindOf(to as never))
}

const balanced = ['accounts', 'lots', 'holds', 'parts', 'transactions', 'keys', 'house'] as const
type Balances = Readonly<Record<(typeof balanced)[number], Balance>>

/** Which sums do not agree: of those, and of those alone, rows have to be looked at. And how many postings were summed. */
export async function differing(transaction: Transaction): Promise<{ sums: ReadonlySet<Sum>; postings: number }> {
  const rows = {} as Record<keyof typeof passes, Numbers[]>
  for (const [name, sql] of Object.entries(passes))
    rows[name as keyof typeof passes] = await transaction.query<Numbers>(sql)
  const sums = Object.fromEntries(balanced.map(name => [name, new Balance()])) as Balances
  const found = new Set<Sum>()
  const kinds = new Map(rows.assets.map(({ asset, kind }) => [asset!, kind!]))
  for (const row of rows.postings) weighPostings(row, kinds.get(row.asset!) ?? '', sums, found)
  for (const row of rows.holdings) {
    for (const account of ownAccounts)
      sums.accounts.add(`${row.asset} ${account}`, total(row, account), account === 'debt' ? 1 : -1)
  }
  for (const row of rows.lots) {
    for (const bucket of buckets) sums.lots.add(`${row.asset} ${bucket}`, total(row, bucket), -1)
    sums.holds.add(`${row.asset} held`, total(row, 'held'), 1)
    sums.holds.add(`${row.asset} used`, total(row, 'captured'), 1)
    if (row.is_given === 'true') found.add('gifts')
  }
  const [[holds], [keys]] = [rows.holds, rows.keys]
  for (const name of ofHolds) sums.parts.add(name, total(holds!, name), 1)
  for (const row of rows.parts) {
    for (const name of ['held', 'used']) sums.holds.add(`${row.asset} ${name}`, total(row, name), -1)
    for (const name of ofHolds) sums.parts.add(name, total(row, name), -1)
    if (row.is_unsound === 'true') found.add('parts')
  }
  for (const row of rows.transactions) {
    sums.transactions.add(row.asset!, total(row, 'member'), -1)
    sums.keys.add('cause', total(row, 'cause'), 1)
  }
  sums.keys.add('cause', total(keys!, 'cause'), -1)
  // Only while the database derives the ids from the texts do they say anything about them.
  if (keys!.is_derived !== 'true') found.add('keys')
  for (const row of rows.house) {
    if (!isOwn(row.account!)) sums.house.add(`${row.asset} ${row.account}`, BigInt(row.amount ?? 0), -1)
  }
  for (const name of balanced) if (sums[name].differs) found.add(name)
  // Accounts are their postings, lots are theirs, and all of them name a lot: so accounts are their lots, and need no sum.
  if (found.has('accounts') || found.has('lots')) found.add('shares')
  return { sums: found, postings: rows.postings.reduce((postings, row) => postings + Number(row.postings), 0) }
}

function weighPostings(row: Numbers, kindOfAsset: string, sums: Balances, found: Set<Sum>): void {
  const { asset, code, from_account: from, to_account: to } = row as Readonly<Record<string, string>>
  sums.transactions.add(asset!, total(row, 'member'), 1)
  if (!(Object.hasOwn(edges, code!) && isAllowed(code as never, from as never, to as never))) found.add('ways')
  if (breaksPromise(kindOfAsset, from!, to!)) found.add('kinds')
  for (const side of ['from', 'to'] as const) {
    const account = side === 'from' ? from! : to!
    const sign = side === 'to' ? 1 : -1
    if (isOwn(account)) sums.accounts.add(`${asset} ${account}`, total(row, 'party'), sign)
    else sums.house.add(`${asset} ${account}`, BigInt(row.amount ?? 0), sign)
    const bucket = bucketOf(account, side)
    if (bucket) sums.lots.add(`${asset} ${bucket}`, total(row, 'lot'), sign)
    if (isOwn(account) && account !== 'debt' && row.lots !== row.postings) found.add('shares')
    if (account === 'transit') found.add('transit')
  }
}
