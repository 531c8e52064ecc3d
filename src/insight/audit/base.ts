import type { SetAside } from './contract.ts'

/**
 * Transactions as columns of equal length, in any order: who (from 0), on which day (since 1970-01-01), how many orders
 * (0 for money given back), and what was paid in minor units, negative for money given back. Amounts are whole, so that
 * sums do not depend on the order of the rows.
 */
export interface Transactions {
  readonly customers: number
  readonly customer: Int32Array
  readonly day: Int32Array
  readonly orders: Int32Array
  /** Absent where nothing says what was paid. */
  readonly value?: Float64Array
}

/** The base, customer by customer and day by day: the visits of customer `c` are those from `start[c]` to `start[c + 1]`. */
export interface Base {
  readonly customers: number
  readonly start: Int32Array
  readonly day: Int32Array
  readonly orders: Int32Array
  /** All 0 where there are no amounts. */
  readonly value: Float64Array
  readonly isPriced: boolean
  /** The day of the first order of each customer. */
  readonly first: Int32Array
  readonly firstDay: number
  /** The last day that was observed. */
  readonly lastDay: number
  /** Returns of what was bought before anything was recorded: they belong to nobody's history here. */
  readonly setAside: readonly SetAside[]
}

/**
 * Puts transactions together into the visits of each customer. What a customer does on one day is one visit. Money given
 * back before the customer's first order, or by somebody who never ordered, is set aside: no cohort could hold it.
 *
 * Example: rows (anna, day 3, 1 order, 20.00), (anna, day 3, 0 orders, -5.00) -> one visit of 1 order and 15.00.
 */
export function baseOf(transactions: Transactions, observed: { from?: number; to?: number } = {}): Base | null {
  const { from = -Infinity, to = Infinity } = observed
  const { customer, day, orders, value } = transactions
  const order = rowsByCustomerAndDay(transactions)
  const start: number[] = [0]
  const first: number[] = []
  const rows = order.length
  const visitDay = new Int32Array(rows)
  const visitOrders = new Int32Array(rows)
  const visitValue = new Float64Array(rows)
  const unbought = { lines: 0, customers: 0, valueMinor: 0 }
  let visits = 0
  let firstDay = Infinity
  let lastDay = -Infinity
  for (let at = 0; at < rows; ) {
    const who = customer[order[at]!]!
    const begin = visits
    let dropped = 0
    for (; at < rows && customer[order[at]!] === who; at++) {
      const row = order[at]!
      const on = day[row]!
      if (on < from || on > to) continue
      const spent = value ? value[row]! : 0
      const sameDay = visits > begin && visitDay[visits - 1] === on
      if (visits === begin && orders[row] === 0 && !buysOn(transactions, order, at, on)) {
        dropped++
        unbought.lines++
        unbought.valueMinor += spent
        continue
      }
      if (!sameDay) {
        visitDay[visits] = on
        visits++
      }
      visitOrders[visits - 1]! += orders[row]!
      visitValue[visits - 1]! += spent
    }
    if (visits > begin) {
      first.push(visitDay[begin]!)
      start.push(visits)
      firstDay = Math.min(firstDay, visitDay[begin]!)
      lastDay = Math.max(lastDay, visitDay[visits - 1]!)
    } else if (dropped > 0) unbought.customers++
  }
  if (first.length === 0) return null
  const isPriced = value !== undefined
  return {
    customers: first.length,
    start: Int32Array.from(start),
    day: visitDay.subarray(0, visits),
    orders: visitOrders.subarray(0, visits),
    value: visitValue.subarray(0, visits),
    isPriced,
    first: Int32Array.from(first),
    firstDay,
    lastDay: Number.isFinite(to) ? to : lastDay,
    setAside:
      unbought.lines === 0
        ? []
        : [
            {
              reason: 'returned-before-buying',
              lines: unbought.lines,
              orders: null,
              customers: unbought.customers,
              valueMinor: isPriced ? unbought.valueMinor : null,
            },
          ],
  }
}

/** Whether a later row of the same customer and day is an order. */
function buysOn({ customer, day, orders }: Transactions, order: Int32Array, at: number, on: number): boolean {
  const who = customer[order[at]!]
  for (let next = at + 1; next < order.length; next++) {
    const row = order[next]!
    if (customer[row] !== who || day[row] !== on) return false
    if (orders[row]! > 0) return true
  }
  return false
}

/** Rows in the order of customers, and of days within a customer, by counting twice: there are few days. */
function rowsByCustomerAndDay({ customers, customer, day }: Transactions): Int32Array {
  const rows = customer.length
  let least = Infinity
  let most = -Infinity
  for (let row = 0; row < rows; row++) {
    least = Math.min(least, day[row]!)
    most = Math.max(most, day[row]!)
  }
  const byDay = new Int32Array(rows)
  const days = new Int32Array(rows === 0 ? 1 : most - least + 2)
  for (let row = 0; row < rows; row++) days[day[row]! - least + 1]!++
  for (let index = 1; index < days.length; index++) days[index]! += days[index - 1]!
  for (let row = 0; row < rows; row++) byDay[days[day[row]! - least]!++] = row
  const places = new Int32Array(customers + 1)
  for (let row = 0; row < rows; row++) places[customer[row]! + 1]!++
  for (let index = 1; index <= customers; index++) places[index]! += places[index - 1]!
  const sorted = new Int32Array(rows)
  for (let at = 0; at < rows; at++) sorted[places[customer[byDay[at]!]!]!++] = byDay[at]!
  return sorted
}

/** What each customer did between two days, both included. */
export interface Doings {
  readonly orders: Int32Array
  readonly value: Float64Array
}

export function doingsBetween(base: Base, from: number, to: number): Doings {
  const orders = new Int32Array(base.customers)
  const value = new Float64Array(base.customers)
  for (let customer = 0; customer < base.customers; customer++) {
    for (let at = base.start[customer]!; at < base.start[customer + 1]!; at++) {
      const on = base.day[at]!
      if (on < from || on > to) continue
      orders[customer]! += base.orders[at]!
      value[customer]! += base.value[at]!
    }
  }
  return { orders, value }
}
