import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { partyRoles } from '#kernel/parties/contract.ts'
import { foundBy } from '#kernel/parties/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { type CustomerRow, type CustomerType, type customerOrders, customerTypes } from './contract.ts'
import { isLate, lateSql, typeOf, typeSql } from './customer-type.ts'
import { forecastOf, silentDaysOf, spendPerYearMinor } from './forecast.ts'
import type { RhythmModel } from './model.ts'
import { type Situation, situationOf } from './reading.ts'
import { sparingly } from './sparingly.ts'
import { currentModel, daysFrom, type StateColumns, stateColumns, stateFrom } from './store.ts'

export interface CustomerQuery {
  readonly find: string
  readonly type?: CustomerType | undefined
  readonly late?: 'yes' | 'no' | undefined
  readonly role?: (typeof partyRoles)[number] | undefined
  readonly sort: (typeof customerOrders)[number]
  readonly after?: string | undefined
  readonly limit: number
}

const isCustomer = `p.canonical_party_id is null and 'customer' = any(p.roles)`

/** The database's part of the order; `risk` is ordered in code among those who are late. */
const orderSql: Readonly<Record<Exclude<CustomerQuery['sort'], 'risk'>, string>> = {
  late: 's.late_on desc nulls last, p.party_id',
  last: 's.last_on desc nulls last, p.party_id',
  spend: 's.spend_minor - s.refund_minor desc nulls last, p.party_id',
  purchases: 's.purchase_days desc nulls last, p.party_id',
  name: 'p.name, p.party_id',
}

/** Beyond this many pages nobody reads on; a filter finds people faster. */
const deepest = 10_000

/** More late customers than this are ordered by spend before they are ordered by risk. */
const mostAtRisk = 20_000

type Row = StateColumns & { readonly id: string; readonly name: string }

export async function listCustomers(house: House, query: CustomerQuery) {
  const situation = await situationOf(house)
  const { asOfOn, history } = situation
  const offset = offsetOf(query.after)
  const late = query.sort === 'risk' ? 'yes' : query.late
  const values: unknown[] = []
  const value = (given: unknown) => `$${values.push(given)}`
  const { role = 'customer' } = query
  const conditions = [
    role === 'customer' ? isCustomer : `p.canonical_party_id is null and ${value(role)} = any(p.roles)`,
  ]
  if (query.find) conditions.push(foundBy(query.find, value) ?? 'false')
  if (query.type) conditions.push(`${typeSql(`${value(asOfOn)}::date`)} = ${value(query.type)}`)
  if (late === 'yes') conditions.push(lateSql(`${value(asOfOn)}::date`))
  if (late === 'no') conditions.push(`not coalesce(${lateSql(`${value(asOfOn)}::date`)}, false)`)
  const from = `from parties.party p left join rhythm.state s on s.party_id = p.party_id where ${conditions.join(' and ')}`
  const [count] = await house.database.query<{ total: number }>(`select count(*) as total ${from}`, values)
  const page = await pageOf(house, situation, query, { from, values, offset })
  const model = await currentModel(house)
  const more = offset + page.length < Math.min(count!.total, deepest) && page.length === query.limit
  return {
    items: page.map(row => rowOf(row, model, situation)),
    total: count!.total,
    next: more ? String(offset + page.length) : null,
    reading: { asOfOn, history },
  }
}

async function pageOf(
  house: House,
  situation: Situation,
  { sort, find, type, late, role = 'customer', limit }: CustomerQuery,
  { from, values, offset }: { readonly from: string; readonly values: readonly unknown[]; readonly offset: number },
): Promise<Row[]> {
  if (sort === 'risk') return byRisk(house, situation, { from, values }, { offset, limit })
  if (sort === 'last' && !find && !type && !late && role === 'customer') {
    // The list as it opens: read along the index of last purchases, until those who never bought are reached.
    const recent = await house.database.query<Row>(
      `select p.party_id as id, p.name, ${stateColumns} from rhythm.state s join parties.party p on p.party_id = s.party_id
       where s.last_on is not null and ${isCustomer} order by s.last_on desc, s.party_id limit $1 offset $2`,
      [limit, offset],
    )
    if (recent.length === limit) return recent
  }
  return house.database.query<Row>(
    `select p.party_id as id, p.name, ${stateColumns} ${from} order by ${orderSql[sort]} limit ${limit} offset ${offset}`,
    values,
  )
}

function offsetOf(after: string | undefined): number {
  if (after === undefined) return 0
  const offset = Number(after)
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > deepest) throw refuse('invalid', 'rhythm:refusal.cursor')
  return offset
}

/** Late customers by what is at stake: chance of no purchase times yearly spend (SCIENCE 3.6). */
async function byRisk(
  house: House,
  { asOfOn, horizonDays }: Situation,
  { from, values }: { readonly from: string; readonly values: readonly unknown[] },
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<Row[]> {
  const rows = await house.database.query<Row>(
    `select p.party_id as id, p.name, ${stateColumns} ${from}
     order by s.spend_minor - s.refund_minor desc, p.party_id limit ${mostAtRisk}`,
    values,
  )
  const model = await currentModel(house)
  const risk = new Map(
    rows.map(row => {
      const state = stateFrom(row)
      const forecast = model && forecastOf(model, state, asOfOn, horizonDays)
      return [row.id, forecast ? forecast.noPurchase.calibrated * spendPerYearMinor(state, forecast.usualDays) : 0]
    }),
  )
  return rows.sort((left, right) => risk.get(right.id)! - risk.get(left.id)!).slice(offset, offset + limit)
}

function rowOf(row: Row, model: RhythmModel | null, { asOfOn, horizonDays, currency }: Situation): CustomerRow {
  const state = stateFrom(row)
  const days = daysFrom(row)
  const forecast = model ? forecastOf(model, state, asOfOn, horizonDays) : undefined
  return {
    partyId: row.id,
    name: row.name,
    type: typeOf({ ...days, purchaseDays: state.purchaseDays }, asOfOn),
    purchases: state.purchaseDays,
    firstOn: state.firstOn,
    lastOn: state.lastOn,
    usualDays: forecast?.usualDays ?? null,
    silentDays: silentDaysOf(state, asOfOn),
    nextFromOn: forecast?.window.fromOn ?? null,
    nextToOn: forecast?.window.toOn ?? null,
    lateSince: isLate(days, asOfOn) ? days.lateOn : null,
    noPurchase: forecast?.noPurchase.calibrated ?? null,
    spendMinor: state.spendMinor - state.refundMinor,
    currency,
  }
}

const countTypes = sparingly(async (house, asOfOn) => {
  const rows = await house.database.query<{ type: CustomerType; late: boolean; count: number }>(
    `select ${typeSql('$1::date')} as type, coalesce(${lateSql('$1::date')}, false) as late, count(*) as count
     from parties.party p left join rhythm.state s on s.party_id = p.party_id where ${isCustomer} group by 1, 2`,
    [asOfOn],
  )
  const sum = (chosen: typeof rows) => chosen.reduce((total, row) => total + row.count, 0)
  return {
    customers: sum(rows),
    late: sum(rows.filter(row => row.late)),
    types: Object.fromEntries(customerTypes.map(type => [type, sum(rows.filter(row => row.type === type))])) as Record<
      CustomerType,
      number
    >,
  }
})

export async function countCustomers(house: House) {
  const { asOfOn, history } = await situationOf(house)
  const { customers, late, types } = await countTypes(house, asOfOn)
  return { all: customers, late, types, reading: { asOfOn, history } }
}

export async function totals(queryable: Queryable) {
  const [row] = await queryable.query<{ customers: number; purchases: number; revenue: number; refund: number }>(
    `select count(*) as customers, coalesce(sum(purchases), 0)::int8 as purchases,
       coalesce(sum(spend_minor), 0)::int8 as revenue, coalesce(sum(refund_minor), 0)::int8 as refund
     from rhythm.state where purchase_days > 0 or refunds > 0`,
  )
  return row!
}
