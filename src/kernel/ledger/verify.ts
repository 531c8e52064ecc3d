import type { Queryable } from '#kernel/database/index.ts'

/** Something that must always hold, and a statement that finds where it does not: no row, no fault. */
export interface Check {
  readonly id: string
  /** For the operator, in English; the screens have words by id. */
  readonly claim: string
  readonly sql: string
}

const own = ['pending', 'available', 'held'] as const

/** The claims about a ledger that can be checked from its rows alone; ids as in the literature of this room's README. */
export const checks: readonly Check[] = [
  {
    id: 'accounts-are-their-postings',
    claim: 'every account of a party is the sum of its postings, replayed from nothing',
    sql: `with side as (
        select party_id, asset, to_account as account, amount from ledger.posting
        union all
        select party_id, asset, from_account, -amount from ledger.posting),
      replayed as (
        select party_id, asset, coalesce(sum(amount) filter (where account = 'pending'), 0) as pending,
          coalesce(sum(amount) filter (where account = 'available'), 0) as available,
          coalesce(sum(amount) filter (where account = 'held'), 0) as held,
          coalesce(-sum(amount) filter (where account = 'debt'), 0) as debt
        from side group by party_id, asset)
      select coalesce(h.party_id, r.party_id) as party_id, coalesce(h.asset, r.asset) as asset
      from ledger.holding h full join replayed r on r.party_id = h.party_id and r.asset = h.asset
      where (coalesce(h.pending, 0), coalesce(h.available, 0), coalesce(h.held, 0), coalesce(h.debt, 0))
        <> (coalesce(r.pending, 0), coalesce(r.available, 0), coalesce(r.held, 0), coalesce(r.debt, 0))`,
  },
  {
    id: 'accounts-are-their-lots',
    claim: 'what a party has pending, available and held is what its lots have',
    sql: `select h.party_id, h.asset from ledger.holding h left join (
        select party_id, asset, ${own.map(each => `sum(${each}) as ${each}`).join(', ')} from ledger.lot group by party_id, asset) l
        on l.party_id = h.party_id and l.asset = h.asset
      where (h.pending, h.available, h.held) <> (${own.map(each => `coalesce(l.${each}, 0)`).join(', ')})`,
  },
  {
    id: 'lots-are-their-postings',
    claim: 'every lot was issued once, by its postings, and every unit of it went where they say',
    sql: `select l.party_id, l.asset, l.lot_id from ledger.lot l left join (
        select party_id, lot_id, sum(amount) filter (where code in ('issue', 'deposit', 'compensate') or
            (code in ('adjust', 'transfer') and to_account = 'available')) as issued,
          sum(amount) filter (where code in ('capture', 'spend')) - coalesce(sum(amount) filter (where code = 'return'), 0) as captured,
          sum(amount) filter (where code = 'expire') - coalesce(sum(amount) filter (where from_account like 'breakage%'), 0) as expired
        from ledger.posting where lot_id is not null group by party_id, lot_id) p
        on p.party_id = l.party_id and p.lot_id = l.lot_id
      where p.issued is distinct from l.issued or coalesce(p.captured, 0) <> l.captured or coalesce(p.expired, 0) <> l.expired`,
  },
  {
    id: 'held-is-what-open-holds-hold',
    claim: 'what a party has held is the sum of its open holds',
    sql: `select h.party_id, h.asset from ledger.holding h left join (
        select party_id, asset, sum(amount) as amount from ledger.hold where state = 'open' group by party_id, asset) o
        on o.party_id = h.party_id and o.asset = h.asset
      where h.held <> coalesce(o.amount, 0)`,
  },
  {
    id: 'holds-are-their-parts',
    claim: 'every hold is the sum of its parts',
    sql: `select h.party_id, h.asset, h.hold_id from ledger.hold h cross join lateral (
        select sum(amount) as amount, sum(captured) as captured, sum(returned) as returned,
          coalesce(bool_and(0 <= returned and returned <= captured and captured <= amount), false) as sound
        from jsonb_to_recordset(h.parts) as p (amount bigint, captured bigint, returned bigint)) p
      where not p.sound or (h.amount, h.captured, h.returned) is distinct from (p.amount, p.captured, p.returned)`,
  },
  {
    id: 'children-come-from-parents',
    claim: 'what was given away is what arrived, and never lives longer than what it came from',
    sql: `select c.party_id, c.asset, c.lot_id from ledger.lot c left join ledger.lot p on p.lot_id = c.parent_id
      where c.parent_id is not null and (p.lot_id is null or coalesce(c.expires_at, 'infinity') > coalesce(p.expires_at, 'infinity'))
      union all
      select p.party_id, p.asset, p.lot_id from ledger.lot p left join (
        select parent_id, sum(issued) as issued from ledger.lot where parent_id is not null group by parent_id) c on c.parent_id = p.lot_id
      where p.moved <> coalesce(c.issued, 0)`,
  },
  {
    id: 'refunds-take-their-share',
    claim: 'of what was issued for a purchase exactly the refunded share was taken back, rounded down once',
    sql: `select s.party_id, s.asset, s.source from ledger.source s left join (
        select party_id, asset, source, sum(issued) as issued from ledger.lot where source is not null group by party_id, asset, source) l
        on l.party_id = s.party_id and l.asset = s.asset and l.source = s.source
      where s.revoked <> div(coalesce(l.issued, 0) * s.numerator, s.denominator::numeric)`,
  },
  {
    id: 'nothing-is-on-its-way',
    claim: 'nothing is lost between two parties: what left one has arrived at the other',
    sql: `select asset, sum(case when to_account = 'transit' then amount else -amount end) as amount from ledger.posting
      where 'transit' in (from_account, to_account) group by asset
      having sum(case when to_account = 'transit' then amount else -amount end) <> 0`,
  },
  {
    id: 'causes-and-keys',
    claim: 'every transaction has exactly one key, and every key its transaction',
    sql: `with cause as (
        select distinct on (transaction_id) transaction_id, party_id, key,
          substr(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 1, 32)::uuid as key_id from ledger.transaction)
      select coalesce(k.party_id, t.party_id) as party_id, t.key
      from ledger.key k full join cause t on t.transaction_id = k.transaction_id
      where k.key is distinct from t.key_id`,
  },
  {
    id: 'house-is-added-up',
    claim: 'the balances of the house are the sum of all their postings up to their mark',
    sql: `with side as (
        select asset, to_account as account, amount from ledger.posting where xid < (select upto from ledger.house_mark)
        union all
        select asset, from_account, -amount from ledger.posting where xid < (select upto from ledger.house_mark)),
      summed as (select account, asset, sum(amount) as amount from side
        where account not in ('pending', 'available', 'held', 'debt') group by account, asset)
      select coalesce(b.account, s.account) as account, coalesce(b.asset, s.asset) as asset
      from ledger.house_balance b full join summed s on s.account = b.account and s.asset = b.asset
      where coalesce(b.amount, 0) <> coalesce(s.amount, 0)`,
  },
]

export interface Finding {
  readonly id: string
  readonly claim: string
  readonly faults: number
  /** The first few places, as the database names them. */
  readonly examples: readonly Record<string, unknown>[]
}

/** Checks every claim against every row, in one snapshot: what is posted meanwhile is not seen by halves. */
export async function verifyLedger(database: {
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>
}): Promise<Finding[]> {
  return await database.transaction(async transaction => {
    await transaction.query('set transaction isolation level repeatable read, read only')
    const findings: Finding[] = []
    for (const { id, claim, sql } of checks) {
      const rows = await transaction.query(`select *, count(*) over () as faults from (${sql}) as fault limit 5`)
      const faults = Number(rows[0]?.faults ?? 0)
      findings.push({ id, claim, faults, examples: rows.map(({ faults: _, ...place }) => place) })
    }
    return findings
  })
}
