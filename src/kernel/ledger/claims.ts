import { edges } from './kinds.ts'
import type { Sum } from './sums.ts'

/** Answers where the rows of a table come from: all of it, or only the parties that are asked about. */
export type Rows = (
  table: 'holding' | 'transaction' | 'lot' | 'posting' | 'hold' | 'source' | 'key' | 'adjustment',
) => string

/** Something that must always hold, and a statement that finds where it does not: no row, no fault. */
export interface Claim {
  readonly id: string
  /** For the operator, in English; the screens have words by id. */
  readonly claim: string
  /** About all rows at once, so it cannot be asked of some parties alone. */
  readonly isWhole?: true
  /** Over all rows a sum says first whether there is anything to look for. */
  readonly sum?: Sum
  readonly sql: (rows: Rows) => string
}

const sum = (what: string, when: string) => `coalesce(sum(${what}) filter (where ${when}), 0)`
const net = (to: string, from: string) => `${sum('amount', to)} - ${sum('amount', from)}`
const account = (name: string) => net(`to_account = '${name}'`, `from_account = '${name}'`)
const kind = (name: string) => net(`to_account like '${name}%'`, `from_account like '${name}%'`)
const kindOf = (column: string) => `split_part(${column}, ':', 1)`
const allowed = Object.entries(edges)
  .flatMap(([code, pairs]) => pairs.map(([from, to]) => `('${code}', '${from}', '${to}')`))
  .join(', ')

/** What can be asked of the rows alone; the README says why each of them must hold. */
export const claims: readonly Claim[] = [
  {
    id: 'accounts-are-their-postings',
    sum: 'accounts',
    claim: 'every account of a party is the sum of its postings, replayed from nothing',
    sql: rows => `
      select coalesce(h.party_id, r.party_id) as party_id, coalesce(h.asset, r.asset) as asset
      from ${rows('holding')} h full join (
        select party_id, asset, ${account('pending')} as pending, ${account('available')} as available,
          ${account('held')} as held, -(${account('debt')}) as debt
        from ${rows('posting')} p group by party_id, asset) r on r.party_id = h.party_id and r.asset = h.asset
      where (coalesce(h.pending, 0), coalesce(h.available, 0), coalesce(h.held, 0), coalesce(h.debt, 0))
        <> (coalesce(r.pending, 0), coalesce(r.available, 0), coalesce(r.held, 0), coalesce(r.debt, 0))`,
  },
  {
    id: 'accounts-are-their-lots',
    sum: 'shares',
    claim: 'what a party has pending, available and held is what its lots have',
    sql: rows => `
      select coalesce(h.party_id, l.party_id) as party_id, coalesce(h.asset, l.asset) as asset
      from ${rows('holding')} h full join (
        select party_id, asset, sum(pending) as pending, sum(available) as available, sum(held) as held
        from ${rows('lot')} l where is_alive group by party_id, asset) l on l.party_id = h.party_id and l.asset = h.asset
      where (coalesce(h.pending, 0), coalesce(h.available, 0), coalesce(h.held, 0))
        <> (coalesce(l.pending, 0), coalesce(l.available, 0), coalesce(l.held, 0))`,
  },
  {
    id: 'lots-are-their-postings',
    sum: 'lots',
    claim: 'every lot was issued once, by its postings, and every unit of it went where they say',
    sql: rows => `
      select coalesce(l.party_id, p.party_id) as party_id, coalesce(l.asset, p.asset) as asset, coalesce(l.lot_id, p.lot_id) as lot_id
      from ${rows('lot')} l full join (
        select party_id, asset, lot_id, ${account('pending')} as pending, ${account('available')} as available,
          ${account('held')} as held, ${kind('redeemed')} as captured, ${kind('breakage')} as expired,
          ${sum('amount', `to_account = 'transit'`)} as moved,
          ${sum('amount', `to_account like 'revoked%' or to_account like 'clearing%' or to_account like 'adjustment%' or to_account = 'debt'`)} as revoked
        from ${rows('posting')} p where lot_id is not null group by party_id, asset, lot_id) p
        on p.party_id = l.party_id and p.lot_id = l.lot_id and p.asset = l.asset
      where (l.pending, l.available, l.held, l.captured, l.expired, l.moved, l.revoked)
        is distinct from (p.pending, p.available, p.held, p.captured, p.expired, p.moved, p.revoked)`,
  },
  {
    id: 'lots-are-their-holds',
    sum: 'holds',
    claim: 'what of a lot is held and used is what the holds on it say',
    sql: rows => `
      with part as (
        select h.party_id, h.asset, h.state, p.* from ${rows('hold')} h
        cross join jsonb_to_recordset(h.parts) as p ("lotId" uuid, amount bigint, captured bigint, returned bigint))
      select coalesce(l.party_id, p.party_id) as party_id, coalesce(l.asset, p.asset) as asset, coalesce(l.lot_id, p."lotId") as lot_id
      from (select * from ${rows('lot')} l where held + captured > 0) l full join (
        select party_id, asset, "lotId", ${sum('amount', `state = 'open'`)} as held, sum(captured - returned) as captured
        from part group by party_id, asset, "lotId") p
        on p.party_id = l.party_id and p.asset = l.asset and p."lotId" = l.lot_id
      where (coalesce(l.held, 0), coalesce(l.captured, 0)) <> (coalesce(p.held, 0), coalesce(p.captured, 0))`,
  },
  {
    id: 'holds-are-their-parts',
    sum: 'parts',
    claim: 'every hold is the sum of its parts, and none of them gave back more than it used',
    sql: rows => `
      select h.party_id, h.asset, h.hold_id from ${rows('hold')} h cross join lateral (
        select sum(amount) as amount, sum(captured) as captured, sum(returned) as returned,
          coalesce(bool_and(0 <= returned and returned <= captured and captured <= amount), false) as is_sound
        from jsonb_to_recordset(h.parts) as p (amount bigint, captured bigint, returned bigint)) p
      where not p.is_sound or (h.amount, h.captured, h.returned) is distinct from (p.amount, p.captured, p.returned)`,
  },
  {
    id: 'children-come-from-parents',
    sum: 'gifts',
    claim: 'what was given away is what arrived, and never lives longer than what it came from',
    isWhole: true,
    sql: rows => `
      select c.party_id, c.asset, c.lot_id from ${rows('lot')} c left join ${rows('lot')} p on p.lot_id = c.parent_id
      where c.parent_id is not null and (p.lot_id is null or (p.asset, p.issuer) <> (c.asset, c.issuer) or coalesce(c.expires_at, 'infinity') > coalesce(p.expires_at, 'infinity'))
      union all
      select p.party_id, p.asset, p.lot_id from (select * from ${rows('lot')} l where moved > 0) p left join (
        select parent_id, sum(issued) as issued from ${rows('lot')} c where parent_id is not null group by parent_id) c
        on c.parent_id = p.lot_id
      where p.moved <> coalesce(c.issued, 0)`,
  },
  {
    id: 'refunds-take-their-share',
    claim: 'of what was issued for a purchase exactly the refunded share was taken back, rounded down once',
    sql: rows => `
      select s.party_id, s.asset, s.source from ${rows('source')} s left join (
        select party_id, asset, source, sum(issued) as issued from ${rows('lot')} l
        where parent_id is null and (party_id, asset, source) in (select party_id, asset, source from ${rows('source')} s)
        group by party_id, asset, source) l on l.party_id = s.party_id and l.asset = s.asset and l.source = s.source
      where s.revoked <> div(coalesce(l.issued, 0) * s.numerator, s.denominator::numeric)`,
  },
  {
    id: 'nothing-is-on-its-way',
    sum: 'transit',
    claim: 'nothing is lost between two parties: what left one has arrived at the other, in the same transaction',
    isWhole: true,
    sql: rows => `
      select transaction_id, asset, ${account('transit')} as amount from ${rows('posting')} p
      where 'transit' in (from_account, to_account) group by transaction_id, asset having ${account('transit')} <> 0`,
  },
  {
    id: 'postings-have-their-transaction',
    sum: 'transactions',
    claim:
      'every posting belongs to a transaction of its party and asset, was posted with it, and none of its postings is missing',
    sql: rows => `
      select coalesce(t.party_id, p.party_id) as party_id, coalesce(t.asset, p.asset) as asset,
        coalesce(t.transaction_id, p.transaction_id) as transaction_id
      from (select party_id, asset, transaction_id, posted_at, postings from ${rows('transaction')} t where postings > 0) t
      full join (
        select party_id, asset, transaction_id, posted_at, count(*) as postings from ${rows('posting')} p group by 1, 2, 3, 4) p
        on t.party_id = p.party_id and t.transaction_id = p.transaction_id and t.asset = p.asset and t.posted_at = p.posted_at
      where t.postings is distinct from p.postings`,
  },
  {
    id: 'causes-and-keys',
    sum: 'keys',
    claim: 'every transaction has exactly one key, and every key its transaction',
    sql: rows => `
      select coalesce(k.party_id, t.party_id) as party_id, t.key from ${rows('key')} k full join ${rows('transaction')} t
        on t.party_id = k.party_id and t.transaction_id = k.transaction_id
      where t.is_cause is distinct from (k.key is not null)
        or k.key is not null and k.key is distinct from substr(encode(sha256(convert_to(t.key, 'UTF8')), 'hex'), 1, 32)::uuid
        or k.key is distinct from t.key_id and t.is_cause`,
  },
  {
    id: 'value-moves-as-it-may',
    sum: 'ways',
    claim: 'every posting moves value along a way that its reason allows',
    sql: rows => `
      with way as (
        select min(party_id::text) as party_id, asset, code, from_account, to_account, count(*) as postings
        from ${rows('posting')} p group by asset, code, from_account, to_account)
      select party_id, asset, code, from_account, to_account from way
      where (code, ${kindOf('from_account')}, ${kindOf('to_account')}) not in (values ${allowed})`,
  },
  {
    id: 'kinds-keep-their-promise',
    sum: 'kinds',
    claim: 'tier points are never spent or given away, and money is never made from nothing',
    sql: rows => `
      select min(p.party_id::text) as party_id, p.asset, p.from_account, p.to_account
      from ${rows('posting')} p join ledger.asset a on a.asset = p.asset and a.kind in ('qualifying', 'money')
      where a.kind = 'qualifying' and (p.to_account in ('held', 'transit') or p.to_account like 'redeemed%')
        or a.kind = 'money' and p.from_account like 'issuance%'
      group by p.asset, p.from_account, p.to_account`,
  },
  {
    id: 'time-is-not-missed',
    claim: 'nothing matures, ends or expires before the instant at which it will be looked at',
    sql: rows => `
      select distinct h.party_id, h.asset from ${rows('holding')} h join (
        select party_id, asset, least(case when pending > 0 then matures_at end, case when available > 0 then expires_at end) as due_at
        from ${rows('lot')} l where is_alive and (matures_at is not null or expires_at is not null)
        union all
        select party_id, asset, until from ${rows('hold')} o where state = 'open') d on d.party_id = h.party_id and d.asset = h.asset
      where d.due_at is not null and (h.due_at is null or h.due_at > d.due_at)`,
  },
  {
    id: 'adjustments-have-two-pairs-of-eyes',
    claim: 'every adjustment above the threshold of its day was approved by somebody else than who asked for it',
    sql: rows => `
      select a.party_id, a.asset, a.adjustment_id from ${rows('adjustment')} a
      left join ${rows('transaction')} t on t.party_id = a.party_id and t.transaction_id = a.transaction_id
      where a.state = 'posted' and (t.transaction_id is null or
        a.amount > a.threshold and (t.approved_by is null or t.actor = t.approved_by or t.approved_by <> a.decided_by))`,
  },
  {
    id: 'house-is-added-up',
    sum: 'house',
    claim: 'the balances of the house are the sum of all their postings up to their mark',
    isWhole: true,
    sql: rows => `
      with moved as (
        select asset, from_account, to_account, sum(amount) as amount from ${rows('posting')} p
        where xid < (select upto from ledger.house_mark) group by asset, from_account, to_account),
      summed as (
        select account, asset, sum(amount) as amount from (
          select asset, to_account as account, amount from moved union all select asset, from_account, -amount from moved) as side
        where account not in ('pending', 'available', 'held', 'debt') group by account, asset)
      select coalesce(b.account, s.account) as account, coalesce(b.asset, s.asset) as asset
      from ledger.house_balance b full join summed s on s.account = b.account and s.asset = b.asset
      where coalesce(b.amount, 0) <> coalesce(s.amount, 0)`,
  },
]
