import { dayNumber } from '#kernel/clock/index.ts'
import type { Transactions } from './base.ts'

/** An invented shop of regulars, passers-by and people who stop coming; the same every time. */
export function shopOf({ isPriced = true, years = 3 }: { isPriced?: boolean; years?: number } = {}): Transactions {
  let state = 7
  const chance = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
  const begin = dayNumber('2023-01-01')
  const days = Math.round(years * 365)
  const rows: { who: number; day: number; value: number; orders: number }[] = []
  for (let who = 0; who < 400; who++) {
    const pace = 10 + chance() * 120
    const size = Math.round(2000 + chance() * chance() * 60_000)
    let day = Math.floor(chance() * days)
    while (day < days) {
      rows.push({ who, day: begin + day, value: Math.round(size * (0.5 + chance())), orders: 1 })
      if (chance() < 0.05) rows.push({ who, day: begin + day, value: -500, orders: 0 })
      if (chance() < 0.12) break
      day += 1 + Math.round(-Math.log(1 - chance()) * pace)
    }
  }
  return {
    customers: 400,
    customer: Int32Array.from(rows, ({ who }) => who),
    day: Int32Array.from(rows, ({ day }) => day),
    orders: Int32Array.from(rows, ({ orders }) => orders),
    ...(isPriced && { value: Float64Array.from(rows, ({ value }) => value) }),
  }
}
