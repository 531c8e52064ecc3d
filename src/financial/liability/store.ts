import type { Database, Queryable, Transaction } from '#kernel/database/index.ts'
import { type LiabilityAssumptions, type LiabilityReport, liabilityAssumptions, liabilityReport } from './contract.ts'
import type { MemberHistory } from './habits.ts'
import { monthOf, placeInMonth, startOfMonth } from './months.ts'

/** What the postings of one month did to one vintage. Months are 12 x year + month. */
export interface Flow {
  readonly vintage: number
  readonly issuer: string
  readonly isSale: boolean
  /** The month in which the ledger took it in. */
  readonly posted: number
  readonly issued: number
  readonly redeemed: number
  readonly expired: number
  readonly revoked: number
}

/** What was paid for the purchases that earned the points of a vintage. */
export interface Consideration {
  readonly vintage: number
  readonly issuer: string
  readonly posted: number
  readonly amountMinor: number
}

export interface Ground {
  readonly flows: readonly Flow[]
  readonly considerations: readonly Consideration[]
  /** What the points of each member, of all issuers together, since members do not tell points apart, went through. */
  readonly members: readonly MemberHistory[]
  /** How many got their first points in a month, by the ledger's time. */
  readonly joined: readonly { readonly posted: number; readonly members: number }[]
  readonly fingerprint: LiabilityReport['fingerprint']
}

/** `$2` holds the first instants of the months from `$6` on: looking a month up is many times quicker than asking a calendar. */
const month = (column: string) => `($6::int4 - 1 + width_bucket(${column}, $2::timestamptz[]))`
const issued = `p.to_account in ('pending', 'available') and p.code in ('issue', 'grant', 'adjust', 'compensate', 'open', 'deposit')`

/**
 * All that a report stands on, in one statement and so of one moment, of what the ledger had taken in by the instant: postings by
 * vintage, what was paid for the purchases behind them, and the fingerprint of the postings. A lot that was given away stands
 * in the vintage of the lot it came from (`$3`, `$4`, `$5`: lot, first owner, first lot).
 */
const groundSql = `
  with posting as materialized (
    select p.party_id, p.lot_id, p.transaction_id, p.position, p.code, p.from_account, p.to_account, p.amount,
      p.occurred_at, p.posted_at
    from ledger.posting p where p.asset = 'points' and p.posted_at <= $1),
  birth as materialized (
    select p.party_id, p.lot_id, p.amount, p.occurred_at, l.issuer, l.source, ${month('p.occurred_at')} as vintage,
      ${month('p.posted_at')} as posted
    from posting p join ledger.lot l on l.party_id = p.party_id and l.lot_id = p.lot_id where ${issued}),
  sold as materialized (
    select b.party_id, b.lot_id, e.event_id, (e.payload ->> 'amountMinor')::int8 - coalesce((e.payload ->> 'taxMinor')::int8, 0)
      - coalesce((e.payload ->> 'paidWithPointsMinor')::int8, 0) as amount, b.vintage, b.issuer, b.posted
    from birth b
    join points.line s on s.party_id = b.party_id and s.line_key || '#' || s.generation = b.source
    join events.event e on e.party_id = s.party_id and e.event_id = s.event_id and e.kind = 'purchase.recorded'),
  family as (select * from unnest($3::uuid[], $4::uuid[], $5::uuid[]) as t (lot_id, root_party, root_lot)),
  flow as (
    select b.party_id, b.vintage, b.issuer, s.lot_id is not null as is_sale,
      ${month('p.posted_at')} as posted, greatest(0, ${month('p.occurred_at')} - b.vintage) as age,
      case when ${issued} then p.amount else 0 end as issued,
      case when p.to_account like 'redeemed%' then p.amount when p.from_account like 'redeemed%' then -p.amount else 0 end
        as redeemed,
      case when p.to_account like 'breakage%' then p.amount when p.from_account like 'breakage%' then -p.amount else 0 end
        as expired,
      case when p.to_account like 'revoked%' or p.to_account = 'debt' or p.to_account like 'adjustment%'
        or p.to_account like 'clearing%' then p.amount else 0 end as revoked
    from posting p left join family f on f.lot_id = p.lot_id
    join birth b on b.party_id = coalesce(f.root_party, p.party_id) and b.lot_id = coalesce(f.root_lot, p.lot_id)
    left join sold s on s.party_id = b.party_id and s.lot_id = b.lot_id
    where p.lot_id is not null and p.code not in ('mature', 'hold', 'release', 'transfer'))
  select 'flow' as part, vintage, issuer, is_sale as "isSale", posted, sum(issued)::int8 as issued,
    sum(redeemed)::int8 as redeemed, sum(expired)::int8 as expired, sum(revoked)::int8 as revoked, null as text
  from flow group by 2, 3, 4, 5
  union all
  select 'member', 0, '', true, get_byte(uuid_send(party_id), 15) & 63, 0, 0, 0, 0, party_id || string_agg(
    ' ' || vintage || ' ' || posted || ' ' || age || ' ' || issued || ' ' || redeemed || ' ' || expired + revoked, '')
  from flow group by party_id
  union all
  select 'paid', vintage, issuer, true, posted, sum(greatest(0, amount))::int8, 0, 0, 0, null from (
    select distinct on (party_id, event_id) vintage, issuer, posted, amount from sold
    order by party_id, event_id, posted, lot_id) as purchase group by 2, 3, 5
  union all
  select 'joined', 0, '', true, posted, count(*), 0, 0, 0, null from (
    select min(posted) as posted from birth group by party_id) as member group by 5
  union all
  select 'fingerprint', 0, '', true, 0, count(*), 0, 0, 0, coalesce(sum(amount), 0) || ' ' || coalesce(bit_xor(
    ('x' || left(md5(transaction_id || ' ' || position || ' ' || to_account || ' ' || amount), 16))::bit(64))::text, '')
  from posting`

interface Row extends Flow {
  readonly part: 'flow' | 'member' | 'paid' | 'joined' | 'fingerprint'
  readonly text: string | null
}

/** Long before anybody issued points that are still told of. */
const firstMonth = monthOf('1990-01-01')

function monthsUntil(asOf: Date, zone: string): Date[] {
  const { month: last } = placeInMonth(asOf, zone)
  return Array.from({ length: last - firstMonth + 1 }, (_, index) => startOfMonth(firstMonth + index, zone))
}

export async function readGround(database: Database, asOf: Date, zone: string): Promise<Ground> {
  const rows = await database.transaction(async transaction => {
    // The planner takes every join on two columns of one key for a handful of rows, and then walks millions in nested loops.
    await transaction.query('set local enable_nestloop = off')
    await transaction.query(`set local work_mem = '128MB'`)
    const family = await readFamilies(transaction)
    return transaction.query<Row>(groundSql, [
      asOf,
      monthsUntil(asOf, zone),
      family.map(each => each.lotId),
      family.map(each => each.rootParty),
      family.map(each => each.rootLot),
      firstMonth,
    ])
  })
  const stands = rows.find(row => row.part === 'fingerprint')!
  const [points, bits] = stands.text!.split(' ')
  return {
    flows: rows.filter(row => row.part === 'flow').sort(inOrder),
    considerations: rows
      .filter(row => row.part === 'paid')
      .sort(inOrder)
      .map(({ vintage, issuer, posted, issued: amountMinor }) => ({ vintage, issuer, posted, amountMinor })),
    members: historiesIn(rows),
    joined: rows
      .filter(row => row.part === 'joined')
      .sort(inOrder)
      .map(({ posted, issued: members }) => ({ posted, members })),
    fingerprint: { postings: stands.issued, points: points!, hash: hexOf(bits ?? '') },
  }
}

const idLength = 36

/** In the order of their ids, for the same reason. */
function historiesIn(rows: readonly Row[]): MemberHistory[] {
  const members = rows.filter(row => row.part === 'member').map(({ posted: group, text }) => ({ group, text: text! }))
  members.sort((one, other) => (one.text < other.text ? -1 : 1))
  return members.map(({ group, text }) => ({ group, flows: numbersIn(text, idLength + 1) }))
}

/** Whole numbers between single spaces; there are millions of them. */
function numbersIn(text: string, from: number): number[] {
  const numbers: number[] = []
  let [value, sign] = [0, 1]
  for (let at = from; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32
    if (code === 32) {
      numbers.push(sign * value)
      value = 0
      sign = 1
    } else if (code === 45) sign = -1
    else value = 10 * value + code - 48
  }
  return numbers
}

/** The same rows in the same order, however the database happened to find them: sums of fractions depend on it. */
function inOrder(one: Row, other: Row): number {
  return (
    one.posted - other.posted ||
    one.vintage - other.vintage ||
    (one.issuer < other.issuer ? -1 : one.issuer > other.issuer ? 1 : 0) ||
    Number(one.isSale) - Number(other.isSale)
  )
}

function hexOf(bits: string): string {
  return bits === '' ? '' : BigInt(`0b${bits}`).toString(16).padStart(16, '0')
}

interface Child {
  readonly lotId: string
  readonly rootParty: string
  readonly rootLot: string
}

/** Gifts, each with the lot that it came from in the end; few, so they are followed one generation at a time. */
async function readFamilies(queryable: Queryable): Promise<Child[]> {
  type Parent = { lotId: string; parentId: string | null; partyId: string }
  const columns = 'lot_id as "lotId", parent_id as "parentId", party_id as "partyId"'
  const children = await queryable.query<Parent>(
    `select ${columns} from ledger.lot where asset = 'points' and parent_id is not null order by lot_id`,
  )
  const known = new Map(children.map(child => [child.lotId, child]))
  const roots = [...new Set(children.map(child => child.parentId!).filter(id => !known.has(id)))]
  if (roots.length > 0) {
    for (const root of await queryable.query<Parent>(
      `select ${columns} from ledger.lot where lot_id = any ($1::uuid[])`,
      [roots],
    )) {
      known.set(root.lotId, root)
    }
  }
  return children.map(child => {
    let root = child
    while (root.parentId !== null && known.has(root.parentId)) root = known.get(root.parentId)!
    return { lotId: child.lotId, rootParty: root.partyId, rootLot: root.lotId }
  })
}

export interface Told {
  readonly number: number
  readonly told: LiabilityAssumptions
  readonly toldAt: Date
}

export async function readAssumptions(queryable: Queryable): Promise<Told[]> {
  const rows = await queryable.query<Told>(
    'select number, told, told_at as "toldAt" from liability.assumption order by number',
  )
  return rows.map(row => ({ ...row, told: liabilityAssumptions.parse(row.told) }))
}

export async function insertAssumptions(
  transaction: Transaction,
  { told, at, by }: { readonly told: LiabilityAssumptions; readonly at: Date; readonly by: string },
): Promise<void> {
  await transaction.query('lock table liability.assumption in exclusive mode')
  await transaction.query(
    `insert into liability.assumption (number, told, told_at, told_by)
     select coalesce(max(number), 0) + 1, $1, $2, $3 from liability.assumption`,
    [JSON.stringify(told), at, by],
  )
}

export interface KeptReport {
  readonly reportId: string
  readonly asOfAt: Date
  readonly madeAt: Date
  readonly isMonthEnd: boolean
  readonly digest: string
  readonly body: string
}

const columns = `report_id as "reportId", as_of_at as "asOfAt", made_at as "madeAt", is_month_end as "isMonthEnd", digest, body`

/** Newest first. */
export function readReports(queryable: Queryable, limit: number): Promise<KeptReport[]> {
  return queryable.query<KeptReport>(
    `select ${columns} from liability.report order by as_of_at desc, made_at desc limit $1`,
    [limit],
  )
}

export async function findReport(queryable: Queryable, reportId: string): Promise<KeptReport | undefined> {
  const [row] = await queryable.query<KeptReport>(`select ${columns} from liability.report where report_id = $1`, [
    reportId,
  ])
  return row
}

export async function findReportAsOf(queryable: Queryable, asOfAt: Date): Promise<KeptReport | undefined> {
  const [row] = await queryable.query<KeptReport>(`select ${columns} from liability.report where as_of_at = $1`, [
    asOfAt,
  ])
  return row
}

/** Keeps a report; where somebody kept one of the same instant meanwhile, that one stands. */
export async function insertReport(
  transaction: Transaction,
  report: KeptReport & { readonly madeBy: string },
): Promise<KeptReport> {
  const { reportId, asOfAt, madeAt, madeBy, isMonthEnd, digest, body } = report
  await transaction.query(
    `insert into liability.report (report_id, as_of_at, made_at, made_by, is_month_end, digest, body)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (as_of_at) do nothing`,
    [reportId, asOfAt, madeAt, madeBy, isMonthEnd, digest, body],
  )
  return (await findReportAsOf(transaction, asOfAt))!
}

export function bodyOf(report: Pick<KeptReport, 'body'>): LiabilityReport {
  return liabilityReport.parse(JSON.parse(report.body))
}
