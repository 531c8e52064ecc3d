import type { Transaction } from '#kernel/database/index.ts'

/**
 * Millions of accounts and lots are compared with their postings in one pass that keeps no account in memory: every unit of value
 * is weighed with a pseudo-random number of its account (or its lot and bucket), and the weights of what stands in the rows
 * must equal the weights of what the postings moved (a linear sketch; Carter & Wegman 1979). Parties are cut into slices;
 * where a slice differs, its parties are compared one by one. Two weights of 22 bits each let a single fault through once in
 * 2^44, and no sum leaves the whole numbers, since no posting moves more than 10^12.
 */
const slices = 256
const weight = (of: string, seed: string, round: number) => `(uuid_hash_extended(${of}, ${seed} + ${round}) & 4194303)`
const sliceOf = `uuid_hash(party_id) & ${slices - 1}`

const own = `case %s when 'pending' then 1 when 'available' then 2 when 'held' then 3 when 'debt' then 4 else 0 end`
const bucketFrom = `case when %s = 'available' then 2 when %s = 'pending' then 1 when %s = 'held' then 3
  when %s like 'redeemed%' then 4 when %s like 'breakage%' then 5 else 0 end`
const bucketTo = `case when %s = 'available' then 2 when %s = 'pending' then 1 when %s = 'held' then 3
  when %s like 'redeemed%' then 4 when %s like 'breakage%' then 5 when %s = 'transit' then 6
  when %s like 'revoked%' or %s like 'clearing%' or %s like 'adjustment%' or %s = 'debt' then 7 else 0 end`
const of = (cases: string, column: string) => cases.replaceAll('%s', column)

const rounds = [0, 1000]
const accountSeed = (account: string) => `(hashtext(asset)::bigint * 16 + ${account})`

/** Zero for what concerns no account; `what` is a name of the party or of the lot. */
const weighed = (amount: string, what: string, seed: string, round: number, when: string) =>
  `case when ${when} > 0 then ${amount} * ${weight(what, seed, round)} else 0 end`

const sums = (accounts: (round: number) => string, lots: (round: number) => string) =>
  rounds
    .flatMap((round, index) => [`sum(${accounts(round)}) as a${index}`, `sum(${lots(round)}) as l${index}`])
    .join(', ')

const ofPostings = `
  select slice, ${sums(
    round => `${weighed('amount', 'party_id', accountSeed('own_to'), round, 'own_to')}
      - ${weighed('amount', 'party_id', accountSeed('own_from'), round, 'own_from')}`,
    round => `case when lot_id is null then 0 else ${weighed('amount', 'lot_id', 'lot_to', round, 'lot_to')}
      - ${weighed('amount', 'lot_id', 'lot_from', round, 'lot_from')} end`,
  )}
  from (select ${sliceOf} as slice, party_id, asset, lot_id, amount, ${of(own, 'to_account')} as own_to,
    ${of(own, 'from_account')} as own_from, ${of(bucketTo, 'to_account')} as lot_to, ${of(bucketFrom, 'from_account')} as lot_from
    from ledger.posting) p group by slice`

const total = (columns: readonly string[], what: string, seed: (index: number) => string) => (round: number) =>
  columns.map((column, index) => `${column}::bigint * ${weight(what, seed(index + 1), round)}`).join(' + ')

const accounts = ['pending', 'available', 'held', '-debt']
const ofHoldings = `
  select ${sliceOf} as slice, ${sums(
    total(accounts, 'party_id', index => accountSeed(String(index))),
    () => '0::bigint',
  )} from ledger.holding group by slice`

const buckets = ['pending', 'available', 'held', 'captured', 'expired', 'moved', 'revoked']
const ofLots = `
  select ${sliceOf} as slice, ${sums(
    () => '0::bigint',
    total(buckets, 'lot_id', index => String(index)),
  )} from ledger.lot group by slice`

const statement = `
  select slice, sum(sign * a0) <> 0 or sum(sign * a1) <> 0 as accounts, sum(sign * l0) <> 0 or sum(sign * l1) <> 0 as lots
  from (select 1 as sign, p.* from (${ofPostings}) p union all select -1, h.* from (${ofHoldings}) h
    union all select -1, l.* from (${ofLots}) l) as side
  group by slice having sum(sign * a0) <> 0 or sum(sign * a1) <> 0 or sum(sign * l0) <> 0 or sum(sign * l1) <> 0`

/** The parties among whom accounts or lots do not agree with their postings; empty where all do. */
export async function suspects(transaction: Transaction): Promise<{ accounts: string[]; lots: string[] }> {
  const rows = await transaction.query<{ slice: number; accounts: boolean; lots: boolean }>(statement)
  const within = async (wanted: readonly number[]) => {
    if (wanted.length === 0) return []
    const found = await transaction.query<{ partyId: string }>(
      `select distinct party_id as "partyId" from (
         select party_id from ledger.holding union all select party_id from ledger.lot union all select party_id from ledger.posting) p
       where ${sliceOf} = any ($1::integer[])`,
      [wanted],
    )
    return found.map(each => each.partyId)
  }
  return {
    accounts: await within(rows.filter(row => row.accounts).map(row => row.slice)),
    lots: await within(rows.filter(row => row.lots).map(row => row.slice)),
  }
}
