import { giniCoefficient, lorenzCurve } from '#statistics/index.ts'
import type { Doings } from './base.ts'
import type { Concentration, Decile } from './contract.ts'

/** Who bought in a period, the best customer first: by what they spent, or by their orders where there are no amounts. */
export interface Ranking {
  readonly orders: Int32Array
  readonly value: Float64Array
}

/** The rows of everybody with an order; equal customers stand in any order, since their sums are equal too. */
export function rankingOf(doings: Doings, isPriced: boolean): Ranking {
  const buyers: number[] = []
  for (let customer = 0; customer < doings.orders.length; customer++) {
    if (doings.orders[customer]! > 0) buyers.push(customer)
  }
  const { orders, value } = doings
  buyers.sort((one, other) => (isPriced ? value[other]! - value[one]! : 0) || orders[other]! - orders[one]!)
  return {
    orders: Int32Array.from(buyers, customer => orders[customer]!),
    value: Float64Array.from(buyers, customer => value[customer]!),
  }
}

/**
 * Tenths of the customers with what each brings. Fewer than ten customers give fewer tenths.
 *
 * Example: ten customers who spent 10, 9, ... 1 -> the first tenth brings 10 of 55.
 */
export function decilesOf({ orders, value }: Ranking, isPriced: boolean): Decile[] {
  const rows = orders.length
  const allOrders = sum(orders, 0, rows)
  const all = sum(value, 0, rows)
  const deciles: Decile[] = []
  for (let decile = 1; decile <= 10; decile++) {
    const from = Math.floor(((decile - 1) * rows) / 10)
    const to = Math.floor((decile * rows) / 10)
    if (to === from) continue
    const theirs = sum(orders, from, to)
    const revenue = sum(value, from, to)
    deciles.push({
      decile,
      customers: to - from,
      orders: theirs,
      orderShare: allOrders === 0 ? 0 : theirs / allOrders,
      revenueMinor: isPriced ? revenue : null,
      revenueShare: isPriced ? (all === 0 ? 0 : revenue / all) : null,
      perOrderMinor: isPriced ? Math.round(revenue / theirs) : null,
    })
  }
  return deciles
}

/** How unequally the whole is spread, best customers first. */
export function concentrationOf({ orders, value }: Ranking, isPriced: boolean): Concentration {
  const held = isPriced ? value.map(amount => Math.max(0, amount)) : Float64Array.from(orders)
  const { customers, value: share } = lorenzCurve(held, 100)
  const curve = Array.from(customers, (_, step) => ({
    customers: rounded(1 - customers[customers.length - 1 - step]!),
    value: rounded(1 - share[share.length - 1 - step]!),
  }))
  const top = [0.01, 0.05, 0.1, 0.2, 0.5].map(part => curve[Math.round(part * 100)]!)
  return { of: isPriced ? 'revenue' : 'orders', gini: giniCoefficient(held), curve, top, halfFrom: halfFrom(held) }
}

/** The smallest share of customers, the best first, that together hold half. */
function halfFrom(held: Float64Array): number {
  const sorted = held.slice().sort()
  const half = sum(sorted, 0, sorted.length) / 2
  let reached = 0
  for (let taken = 1; taken <= sorted.length; taken++) {
    reached += sorted[sorted.length - taken]!
    if (reached >= half) return taken / sorted.length
  }
  return 1
}

const rounded = (share: number) => Math.round(share * 1e6) / 1e6

export function sum(values: ArrayLike<number>, from = 0, to = values.length): number {
  let total = 0
  for (let row = from; row < to; row++) total += values[row]!
  return total
}
