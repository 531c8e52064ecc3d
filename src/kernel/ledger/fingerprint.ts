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
/** A lot weighs what it does with its party and asset alone: with another it is another. */
const lotWeight = (seed: string, round: number) =>
  `(uuid_hash_extended(lot_id, uuid_hash_extended(party_id, hashtextextended(asset, ${seed} + ${round}))) & 4194303)`
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
const weighed = (amount: string, when: string, weight: string) =>
  `case when ${when} > 0 then ${amount} * ${weight} else 0 end`

const sketches = ['accounts', 'lots', 'holds'] as const
type Sketch = (typeof sketches)[number]

/** Two sums for each sketch; what a table knows nothing of is zero. */
const sums = (of: Partial<Record<Sketch, (round: number) => string>>) =>
  sketches
    .flatMap(sketch =>
      rounds.map((round, index) => {
        const sum = of[sketch]?.(round)
        return `${sum ? `sum(${sum})` : '0::numeric'} as ${sketch}_${index}`
      }),
    )
    .join(', ')

const ofPostings = `
  select slice, ${sums({
    accounts: round => `${weighed('amount', 'own_to', weight('party_id', accountSeed('own_to'), round))}
      - ${weighed('amount', 'own_from', weight('party_id', accountSeed('own_from'), round))}`,
    lots: round => `case when lot_id is null then 0 else ${weighed('amount', 'lot_to', lotWeight('lot_to', round))}
      - ${weighed('amount', 'lot_from', lotWeight('lot_from', round))} end`,
  })}
  from (select ${sliceOf} as slice, party_id, asset, lot_id, amount, ${of(own, 'to_account')} as own_to,
    ${of(own, 'from_account')} as own_from, ${of(bucketTo, 'to_account')} as lot_to, ${of(bucketFrom, 'from_account')} as lot_from
    from ledger.posting) p group by slice`

const total = (columns: readonly string[], weight: (index: number, round: number) => string) => (round: number) =>
  columns.map((column, index) => `${column}::bigint * ${weight(index + 1, round)}`).join(' + ')

const accounts = ['pending', 'available', 'held', '-debt']
const ofHoldings = `
  select ${sliceOf} as slice, ${sums({ accounts: total(accounts, (index, round) => weight('party_id', accountSeed(String(index)), round)) })}
  from ledger.holding group by slice`

const buckets = ['pending', 'available', 'held', 'captured', 'expired', 'moved', 'revoked']
const heldAndUsed = (held: string, used: string) => (round: number) =>
  `${held} * ${lotWeight('11', round)} + ${used} * ${lotWeight('12', round)}`
const ofLots = `
  select ${sliceOf} as slice, ${sums({
    lots: total(buckets, (index, round) => lotWeight(String(index), round)),
    holds: heldAndUsed('held', 'captured'),
  })} from ledger.lot group by slice`

const ofHolds = `
  select ${sliceOf} as slice, ${sums({
    holds: heldAndUsed(`case when state = 'open' then amount else 0 end`, '(captured - returned)'),
  })}
  from (select h.party_id, h.asset, h.state, (part->>'lotId')::uuid as lot_id, (part->'amount')::bigint as amount,
      (part->'captured')::bigint as captured, (part->'returned')::bigint as returned
    from ledger.hold h cross join jsonb_array_elements(h.parts) as part) p group by slice`

/** What stands against what: each sketch is the sum of one side less that of the other. */
const signs: Readonly<Record<Sketch, Readonly<Record<'p' | 'b' | 'l' | 'h', number>>>> = {
  accounts: { p: 1, b: -1, l: 0, h: 0 },
  lots: { p: 1, b: 0, l: -1, h: 0 },
  holds: { p: 0, b: 0, l: 1, h: -1 },
}
const signed = (table: 'p' | 'b' | 'l' | 'h') =>
  sketches.flatMap(sketch =>
    rounds.map((_, index) => `${signs[sketch][table]} * ${sketch}_${index} as ${sketch}_${index}`),
  )
const differs = (sketch: Sketch) => rounds.map((_, index) => `sum(${sketch}_${index}) <> 0`).join(' or ')

const statement = `
  select slice, ${sketches.map(sketch => `${differs(sketch)} as ${sketch}`).join(', ')}
  from (select slice, ${signed('p')} from (${ofPostings}) p
    union all select slice, ${signed('b')} from (${ofHoldings}) b
    union all select slice, ${signed('l')} from (${ofLots}) l
    union all select slice, ${signed('h')} from (${ofHolds}) h) as side
  group by slice having ${sketches.map(differs).join(' or ')}`

/** The parties among whom accounts, lots or holds do not agree with each other; empty where all do. */
export async function suspects(transaction: Transaction): Promise<Readonly<Record<Sketch, readonly string[]>>> {
  const rows = await transaction.query<Record<Sketch, boolean> & { slice: number }>(statement)
  const within = async (sketch: Sketch) => {
    const wanted = rows.filter(row => row[sketch]).map(row => row.slice)
    if (wanted.length === 0) return []
    const found = await transaction.query<{ partyId: string }>(
      `select distinct party_id as "partyId" from (
         select party_id from ledger.holding union all select party_id from ledger.lot union all select party_id from ledger.posting
         union all select party_id from ledger.hold) p
       where ${sliceOf} = any ($1::integer[])`,
      [wanted],
    )
    return found.map(each => each.partyId)
  }
  return { accounts: await within('accounts'), lots: await within('lots'), holds: await within('holds') }
}
