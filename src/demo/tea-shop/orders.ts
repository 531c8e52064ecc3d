import { type Day, localInstant } from '#kernel/clock/index.ts'
import type { Chance } from '../chance.ts'
import { type Festivals, seasonOf } from './calendar.ts'
import { type Tea, teas } from './teas.ts'

export interface OrderLine {
  readonly sku: string
  /** Thousandths of the unit, as the event log counts. */
  readonly quantity: number
  readonly amountMinor: number
}

export interface Order {
  readonly customer: number
  readonly orderRef: string
  readonly occurredAt: Date
  readonly amountMinor: number
  readonly lines: readonly OrderLine[]
}

/** Something brought back, some days after it was bought. */
export interface Refund extends Order {
  /** The order that it undoes, in part or whole. */
  readonly of: string
}

/** What somebody tends to take home: two favourite shelves and a purse. */
export interface Taste {
  readonly categories: readonly string[]
  /** About how many packs a visit; a purse of 2 buys twice as much as one of 1. */
  readonly purse: number
}

export const shopZone = 'Asia/Shanghai'
const shelves = [...new Set(teas.map(tea => tea.category))].filter(category => !category.startsWith('节令'))

export function tasteOf(chance: Chance): Taste {
  return { categories: [chance.pick(shelves), chance.pick(shelves)], purse: chance.span(1, 3) }
}

export function orderOn(
  day: Day,
  customer: number,
  orderRef: string,
  taste: Taste,
  festivals: Festivals,
  chance: Chance,
): Order {
  const season = seasonOf(day, festivals)
  const shelf = teas.filter(tea => tea.season === undefined || tea.season === season)
  const wants = (tea: Tea) =>
    tea.demand *
    (tea.season ? 5 : taste.categories.includes(tea.category) ? 6 : 0.6) *
    (tea.priceMinor > 20_000 ? taste.purse : 1)
  const kinds = Math.min(5, 1 + Math.floor(chance.span(0.9 * Math.sqrt(taste.purse), 2)))
  const chosen = new Set(Array.from({ length: kinds }, () => chance.weighted(shelf, wants)))
  const lines = [...chosen].map(tea => {
    const pieces = 1 + Math.floor(chance.span(0.5 * taste.purse, 2))
    return { sku: tea.sku, quantity: pieces * 1000, amountMinor: pieces * tea.priceMinor }
  })
  return { customer, orderRef, occurredAt: openingTime(day, chance), amountMinor: sum(lines), lines }
}

/** One line of an order comes back, a pack of it or all; numbered with its order. */
export function refundOf(order: Order, day: Day, chance: Chance): Refund {
  const line = chance.pick(order.lines)
  const pieces = chance.whole(1, line.quantity / 1000)
  const lines = [
    {
      sku: line.sku,
      quantity: pieces * 1000,
      amountMinor: Math.round((line.amountMinor * pieces * 1000) / line.quantity),
    },
  ]
  return {
    customer: order.customer,
    orderRef: '',
    of: '',
    occurredAt: openingTime(day, chance),
    amountMinor: sum(lines),
    lines,
  }
}

/** Between ten in the morning and nine at night, most often after lunch and after work. */
function openingTime(day: Day, chance: Chance): Date {
  const hour = chance.weighted([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20], each =>
    each === 14 || each === 18 ? 3 : 1.5,
  )
  return localInstant(day, hour * 3600 + chance.whole(0, 3599), shopZone)
}

const sum = (lines: readonly OrderLine[]) => lines.reduce((total, line) => total + line.amountMinor, 0)
