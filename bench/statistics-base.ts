import type { Columns } from '#statistics/index.ts'
import { betaDraw, exponentialDraw, gammaDraw } from '#statistics/sampling/draws.ts'
import { seeded } from '#statistics/sampling/seeded.ts'

/** What the bench invents: rates as on CDNOW (r .5533, alpha 10.578 weeks), one half of the customers watched for a year or less. */
const rate = { r: 0.5533, alpha: 74 }
const watched = { shortest: 30, longest: 730 }

/**
 * Customers as whole days, the way data come: Pareto/NBD lives (s .606, beta 11.66 weeks), purchases of one day merged.
 * Int32 columns, 12 bytes a customer, so that the peak memory of a fit is that of the fit.
 */
export function dayBase(customers: number, seed = 1): Required<Pick<Columns, 'purchases' | 'recency' | 'observed'>> {
  const random = seeded(seed)
  const purchases = new Int32Array(customers)
  const recency = new Int32Array(customers)
  const observed = new Int32Array(customers)
  for (let row = 0; row < customers; row++) {
    const days = watched.shortest + Math.floor(random() * (watched.longest - watched.shortest + 1))
    const gap = rate.alpha / Math.max(gammaDraw(rate.r, random), 1e-12)
    const leaves = (81.6 / Math.max(gammaDraw(0.606, random), 1e-12)) * exponentialDraw(random)
    let at = 0
    let last = 0
    for (;;) {
      at += gap * exponentialDraw(random)
      if (at >= leaves || at >= days + 1) break
      const day = Math.floor(at)
      if (day === last || day > days) continue
      last = day
      purchases[row]!++
    }
    recency[row] = last
    observed[row] = days
  }
  return { purchases, recency, observed }
}

/** The same customers with hours, minutes and seconds: on no grid, so that no table by day helps. */
export function anyTimeBase(customers: number, seed = 1): Columns {
  const { purchases, recency, observed } = dayBase(customers, seed)
  const random = seeded(seed + 1)
  return {
    purchases,
    recency: Float64Array.from(recency, day => (day > 0 ? day - 0.5 * random() : 0)),
    observed: Float64Array.from(observed, day => day + 0.5 * random()),
  }
}

/** The same customers as a sample in which each stands for one to three. */
export function weightedBase(customers: number, seed = 1): Columns {
  const random = seeded(seed + 2)
  const weights = Float64Array.from({ length: customers }, () => 1 + 2 * random())
  return { ...dayBase(customers, seed), weights }
}

/** Customers with habits (k 1.6) as whole days, with the sum of the logarithms of their gaps. */
export function habitBase(customers: number, seed = 1): Columns {
  const random = seeded(seed)
  const purchases = new Float64Array(customers)
  const recency = new Float64Array(customers)
  const observed = new Float64Array(customers)
  const logGapSum = new Float64Array(customers)
  for (let row = 0; row < customers; row++) {
    const days = watched.shortest + Math.floor(random() * (watched.longest - watched.shortest + 1))
    const scale = 40 / Math.max(gammaDraw(1.2, random), 1e-12)
    const leaving = betaDraw(0.8, 3, random)
    let at = 0
    let last = 0
    while (random() >= leaving) {
      at += scale * gammaDraw(1.6, random)
      const day = Math.max(last + 1, Math.round(at))
      if (day > days) break
      logGapSum[row]! += Math.log(day - last)
      last = day
      purchases[row]!++
    }
    recency[row] = last
    observed[row] = days
  }
  return { purchases, recency, observed, logGapSum }
}

/** Repeat purchases and mean spend of customers (p 6.25, q 3.74, gamma 15.44 as on CDNOW), amounts in hundredths. */
export function spendBase(customers: number, seed = 1): { purchases: Float64Array; meanSpend: Float64Array } {
  const random = seeded(seed)
  const purchases = new Float64Array(customers)
  const meanSpend = new Float64Array(customers)
  for (let row = 0; row < customers; row++) {
    const count = 1 + Math.floor(-Math.log(1 - random()) * 3)
    const scale = gammaDraw(3.74, random) * 1
    let sum = 0
    for (let purchase = 0; purchase < count; purchase++) {
      sum += Math.max(0.01, Math.round((15.44 / scale) * gammaDraw(6.25, random) * 100) / 100)
    }
    purchases[row] = count
    meanSpend[row] = sum / count
  }
  return { purchases, meanSpend }
}

/** Purchases of about a fifth as many customers, ids as names, in no order. */
export function purchaseRows(rows: number, seed = 1): { customer: string[]; day: Int32Array; value: Float64Array } {
  const random = seeded(seed)
  const customers = Math.ceil(rows / 5)
  const customer = Array.from({ length: rows }, () => `C-${100_000 + Math.floor(random() ** 2 * customers)}`)
  const day = Int32Array.from({ length: rows }, () => Math.floor(random() * 730))
  const value = Float64Array.from({ length: rows }, () => Math.round(random() * 10_000) / 100)
  return { customer, day, value }
}
