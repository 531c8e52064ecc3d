import type { Queryable } from '#kernel/database/index.ts'
import { type Calendar, periodIn } from './ground.ts'
import { type Month, monthAfter } from './period.ts'
import type { Counted } from './settlement.ts'
import type { Flow } from './store.ts'

/** Which postings belong to a month: those of its days that no earlier month has settled, up to a transaction. */
export interface Cut {
  readonly zone: string
  /** What was posted before concerns nobody, or an earlier month. */
  readonly startsAt: Date
  readonly endsAt: Date
  /** Where to begin to look, and what the month before has settled. */
  readonly fromXid: string
  readonly before: { readonly endsAt: Date; readonly upto: string } | null
  /** Null counts what is there now. */
  readonly upto: string | null
}

/**
 * The cut of a month. What was posted in a closed month but committed after its closing is not in that month, whose statement never
 * changes, but in the next: nothing is left out and nothing counts twice.
 */
export function cutOf(calendar: Calendar, month: Month, upto: string | null): Cut {
  const before = calendar.months.findLast(each => each.month < month)
  const self = calendar.months.find(each => each.month === month)
  const period = periodIn(calendar, month)
  // What an earlier month that is still open will settle is not this one's.
  const isNext = before ? monthAfter(before.month) === month : month === calendar.firstMonth
  return {
    zone: self?.zone ?? calendar.zone,
    startsAt: isNext ? calendar.firstAt : period.startsAt,
    endsAt: period.endsAt,
    fromXid: before?.nextXid ?? '0',
    before: before ? { endsAt: before.endsAt, upto: before.upto } : null,
    upto: self?.upto ?? upto,
  }
}

/**
 * Each posting of points once for every merchant it concerns: the issuer of what is issued, revoked or expired; the shop that
 * took or gave back. What had expired and is revoked after all is both: it no longer counts as expired.
 */
const concerned = `
  select p.party_id, p.transaction_id, p.position, p.posted_at, (p.posted_at at time zone $1)::date::text as "on",
    k.kind, split_part(k.account, ':', 2) as merchant_id, k.sign * p.amount as points,
    case when k.kind in ('redeemed', 'returned') then l.issuer end as issuer
  from ledger.posting p
  cross join lateral (
    select case p.code when 'issue' then 'issued' when 'revoke' then 'revoked' when 'return' then 'returned'
        when 'expire' then 'expired' else 'redeemed' end as kind,
      case when p.code in ('issue', 'return') then p.from_account else p.to_account end as account, 1 as sign
    union all
    select 'expired', p.from_account, -1 where p.code = 'revoke' and p.from_account like 'breakage:%') k
  left join ledger.lot l on l.party_id = p.party_id and l.lot_id = p.lot_id and k.kind in ('redeemed', 'returned')
  where p.asset = 'points' and p.code in ('issue', 'revoke', 'capture', 'spend', 'return', 'expire')
    and p.xid >= $2::xid8 and p.posted_at >= $3 and p.posted_at < $4 and ($5::xid8 is null or p.xid < $5::xid8)
    and ($6::timestamptz is null or not (p.posted_at < $6 and p.xid < $7::xid8))`

const valuesOf = ({ zone, fromXid, startsAt, endsAt, upto, before }: Cut) => [
  zone,
  fromXid,
  startsAt,
  endsAt,
  upto,
  before?.endsAt ?? null,
  before?.upto ?? null,
]

/** The points of a month by kind, merchant, issuer and day. */
export async function countPoints(queryable: Queryable, cut: Cut): Promise<Counted[]> {
  return await queryable.query<Counted>(
    `select kind, merchant_id as "merchantId", issuer, "on", sum(points)::bigint as points from (${concerned}) as c
     group by kind, merchant_id, issuer, "on" order by "on", kind, merchant_id, issuer`,
    valuesOf(cut),
  )
}

/** Whose points were used where: what was redeemed less what was given back. */
export function flowsOf(counted: readonly Counted[]): Flow[] {
  const flows = new Map<string, Flow>()
  for (const { kind, merchantId, issuer, points } of counted) {
    if (issuer === null || (kind !== 'redeemed' && kind !== 'returned')) continue
    const key = `${issuer} ${merchantId}`
    const before = flows.get(key)?.points ?? 0
    flows.set(key, { issuer, redeemer: merchantId, points: before + (kind === 'redeemed' ? points : -points) })
  }
  return [...flows.values()].filter(flow => flow.points !== 0)
}

export interface TracedPosting {
  readonly partyId: string
  readonly card: string | null
  readonly transactionId: string
  readonly position: number
  readonly postedAt: Date
  readonly on: string
  readonly points: number
}

/** The postings of one kind at one merchant on some days, in the order in which they were taken in. */
export async function tracePostings(
  queryable: Queryable,
  cut: Cut,
  wanted: {
    readonly kind: Counted['kind']
    readonly merchantId: string
    readonly days: readonly string[]
    readonly after?: { readonly transactionId: string; readonly position: number } | undefined
    readonly limit: number
  },
): Promise<TracedPosting[]> {
  const { kind, merchantId, days, after, limit } = wanted
  return await queryable.query<TracedPosting>(
    `select c.party_id as "partyId", c.transaction_id as "transactionId", c.position, c.posted_at as "postedAt", c."on", c.points,
       (select min(i.value) from parties.identifier i where i.party_id = c.party_id and i.kind = 'card') as card
     from (${concerned}) as c
     where c.kind = $8 and c.merchant_id = $9 and c."on" = any ($10::text[])
       and ($11::uuid is null or (c.transaction_id, c.position) > ($11::uuid, $12::int4))
     order by c.transaction_id, c.position limit $13`,
    [...valuesOf(cut), kind, merchantId, days, after?.transactionId ?? null, after?.position ?? null, limit],
  )
}

/** The oldest transaction that is still open, and where the month after will begin to look. */
export async function readMarks(
  queryable: Queryable,
  given: { readonly fromXid: string; readonly endsAt: Date },
): Promise<{ upto: string; nextXid: string }> {
  const [mark] = await queryable.query<{ upto: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as upto')
  const { upto } = mark!
  const [later] = await queryable.query<{ nextXid: string }>(
    `select coalesce((select min(xid) from ledger.posting
       where asset = 'points' and xid >= $1::xid8 and xid < $2::xid8 and posted_at >= $3), $2::xid8)::text as "nextXid"`,
    [given.fromXid, upto, given.endsAt],
  )
  return { upto, nextXid: later!.nextXid }
}
