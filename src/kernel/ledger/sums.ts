import type { Transaction } from '#kernel/database/index.ts'
import { isAllowed, kindOf, ownAccounts } from './kinds.ts'

/**
 * One pass over each table that keeps no account in memory: every unit of value is weighed with two pseudo-random numbers of its
 * party or its lot, and the weights of what stands in the rows must equal the weights of what the postings moved (a linear
 * sketch; Carter & Wegman 1979). In the same way every transaction is weighed against its postings and its key, and every
 * hold against its parts. Two weights of 22 bits each let a single fault through once in 2^44; no product leaves eight bytes, since
 * no posting moves more than 10^12. What differs is then looked for row by row.
 */
export type Sum =
  | 'accounts'
  | 'shares'
  | 'lots'
  | 'holds'
  | 'parts'
  | 'transactions'
  | 'keys'
  | 'ways'
  | 'transit'
  | 'house'

type Numbers = Readonly<Record<string, string | null>>
type Total = readonly [bigint, bigint]

const halves = (hash: string) => [`(${hash} & 4194303)`, `((${hash} >> 32) & 4194303)`] as const
const party = 'uuid_hash_extended(party_id, 1)'
const lot = 'uuid_hash_extended(lot_id, 2)'
/** Two columns: the sum of something weighed in each of the two ways. */
const weighed = (what: string, hash: string, name: string) =>
  halves(hash)
    .map((half, index) => `sum(${what} * ${half})::text as ${name}_${index}`)
    .join(', ')
const total = (row: Numbers, name: string): Total => [BigInt(row[`${name}_0`] ?? 0), BigInt(row[`${name}_1`] ?? 0)]

/** Sums under names; whatever is not zero in the end differs. */
class Balance {
  private readonly sums = new Map<string, Total>()

  add(name: string, [one, other]: Total, sign: 1 | -1): void {
    const [first, second] = this.sums.get(name) ?? [0n, 0n]
    const times = BigInt(sign)
    this.sums.set(name, [first + times * one, second + times * other])
  }

  get differs(): boolean {
    return [...this.sums.values()].some(([one, other]) => one !== 0n || other !== 0n)
  }
}

const member = `uuid_hash_extended(transaction_id, timestamp_hash_extended(posted_at at time zone 'UTC', hashtextextended(asset, ${party})))`
/** Keys are compared as sixteen bytes; to read them back as ids costs more than everything else of a row. */
const cause = (key: string) => `hashtextextended(${key}::text, uuid_hash_extended(transaction_id, ${party}))`
const keyOf = `substr(sha256(convert_to(key, 'UTF8')), 1, 16)`
const buckets = ['pending', 'available', 'held', 'captured', 'expired', 'moved', 'revoked'] as const

const passes = {
  postings: `select asset, code, from_account, to_account, sum(amount)::text as amount, ${weighed('amount', party, 'party')},
      ${weighed('amount', lot, 'lot')}, ${weighed('1', member, 'member')}
    from ledger.posting group by asset, code, from_account, to_account`,
  holdings: `select asset, ${ownAccounts.map(account => weighed(account, party, account)).join(', ')} from ledger.holding group by asset`,
  lots: `select asset, ${buckets.map(bucket => weighed(bucket, lot, bucket)).join(', ')},
      ${ownAccounts
        .slice(0, 3)
        .map(account => weighed(account, party, `own_${account}`))
        .join(', ')}
    from ledger.lot group by asset`,
  transactions: `select ${weighed('postings', member, 'member')} from ledger.transaction`,
  causes: `select ${weighed('1', cause(keyOf), 'cause')} from ledger.transaction where is_cause`,
  keys: `select ${weighed('1', cause('uuid_send(key)'), 'cause')} from ledger.key`,
  holds: `select ${['amount', 'captured', 'returned'].map(column => weighed(column, 'uuid_hash_extended(hold_id, uuid_hash_extended(party_id, 3))', column)).join(', ')}
    from ledger.hold`,
  parts: `select coalesce(bool_or(not (0 <= returned and returned <= captured and captured <= amount)), false)::text as is_unsound,
      ${['amount', 'captured', 'returned'].map(column => weighed(column, 'uuid_hash_extended(hold_id, uuid_hash_extended(party_id, 3))', column)).join(', ')},
      ${weighed(`case when state = 'open' then amount else 0 end`, lot, 'held')}, ${weighed('(captured - returned)', lot, 'used')}
    from (select h.party_id, h.hold_id, h.state, p.lot_id, p.amount, p.captured, p.returned from ledger.hold h
      cross join rows from (jsonb_to_recordset(h.parts) as ("lotId" uuid, amount bigint, captured bigint, returned bigint))
        as p (lot_id, amount, captured, returned)) p`,
  house: `select asset, account, sum(amount)::text as amount from (
      select asset, account, amount from ledger.house_balance
      union all select asset, to_account, amount from ledger.posting where xid >= (select upto from ledger.house_mark)
      union all select asset, from_account, -amount from ledger.posting where xid >= (select upto from ledger.house_mark)) as side
    group by asset, account`,
} as const

const isOwn = (account: string) => (ownAccounts as readonly string[]).includes(account)

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

/** Which sums do not agree: of those, and of those alone, rows have to be looked at. */
export async function differing(transaction: Transaction): Promise<ReadonlySet<Sum>> {
  const rows = {} as Record<keyof typeof passes, Numbers[]>
  for (const [name, sql] of Object.entries(passes))
    rows[name as keyof typeof passes] = await transaction.query<Numbers>(sql)
  const sums: Record<'accounts' | 'shares' | 'lots' | 'holds' | 'parts' | 'transactions' | 'keys' | 'house', Balance> =
    {
      accounts: new Balance(),
      shares: new Balance(),
      lots: new Balance(),
      holds: new Balance(),
      parts: new Balance(),
      transactions: new Balance(),
      keys: new Balance(),
      house: new Balance(),
    }
  const found = new Set<Sum>()
  for (const row of rows.postings) weighPostings(row, sums, found)
  for (const row of rows.holdings) {
    for (const account of ownAccounts) {
      sums.accounts.add(`${row.asset} ${account}`, total(row, account), account === 'debt' ? 1 : -1)
      if (account !== 'debt') sums.shares.add(`${row.asset} ${account}`, total(row, account), 1)
    }
  }
  for (const row of rows.lots) {
    for (const bucket of buckets) sums.lots.add(bucket, total(row, bucket), -1)
    for (const account of ['pending', 'available', 'held'])
      sums.shares.add(`${row.asset} ${account}`, total(row, `own_${account}`), -1)
    sums.holds.add('held', total(row, 'held'), 1)
    sums.holds.add('used', total(row, 'captured'), 1)
  }
  const [[parts], [holds], [transactions], [causes], [keys]] = [
    rows.parts,
    rows.holds,
    rows.transactions,
    rows.causes,
    rows.keys,
  ]
  for (const name of ['held', 'used']) sums.holds.add(name, total(parts!, name), -1)
  for (const name of ['amount', 'captured', 'returned']) {
    sums.parts.add(name, total(holds!, name), 1)
    sums.parts.add(name, total(parts!, name), -1)
  }
  if (parts!.is_unsound === 'true') found.add('parts')
  sums.transactions.add('member', total(transactions!, 'member'), -1)
  sums.keys.add('cause', total(causes!, 'cause'), 1)
  sums.keys.add('cause', total(keys!, 'cause'), -1)
  for (const row of rows.house) {
    if (!isOwn(row.account!)) sums.house.add(`${row.asset} ${row.account}`, [BigInt(row.amount ?? 0), 0n], -1)
  }
  for (const [name, sum] of Object.entries(sums)) if (sum.differs) found.add(name as Sum)
  return found
}

function weighPostings(
  row: Numbers,
  sums: Record<'accounts' | 'lots' | 'transactions' | 'house', Balance>,
  found: Set<Sum>,
): void {
  const { asset, code } = row
  sums.transactions.add('member', total(row, 'member'), 1)
  if (!isAllowed(code as never, row.from_account as never, row.to_account as never)) found.add('ways')
  for (const side of ['from', 'to'] as const) {
    const account = row[`${side}_account`]!
    const sign = side === 'to' ? 1 : -1
    if (isOwn(account)) sums.accounts.add(`${asset} ${account}`, total(row, 'party'), sign)
    else sums.house.add(`${asset} ${account}`, [BigInt(row.amount ?? 0), 0n], sign)
    const bucket = bucketOf(account, side)
    if (bucket) sums.lots.add(bucket, total(row, 'lot'), sign)
    if (account === 'transit') found.add('transit')
  }
}
