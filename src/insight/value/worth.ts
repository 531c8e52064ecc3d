import type { AnyModel, FitWarning } from '#statistics/index.ts'
import type { Base } from './base.ts'
import type { LifetimeState } from './contract.ts'
import { expectedSpend, type SpendParameters } from './spend.ts'

export const yearDays = 365

/** What was learned: a model of purchases, a model of spending, and how far into the future they may speak. */
export interface Learned {
  readonly model: AnyModel
  readonly parameters: object
  readonly spend: SpendParameters
  readonly lifetime: LifetimeState
  /** What a test of a whole year taught forecasts to be multiplied by; 1 where there was none. */
  readonly correction: number
}

export interface Terms {
  readonly annualDiscountShare: number
  /** Margin of each customer, by row, or one for all. */
  readonly marginShare: number | ArrayLike<number>
}

export interface Worth {
  readonly yearMinor: Float64Array
  readonly lifetimeMinor: Float64Array | null
  /** What equity is the sum of: lifetime where it can be told, else the year. */
  readonly worthMinor: Float64Array
  readonly alive: Float64Array | null
  readonly atStakeMinor: Float64Array | null
  readonly expectedPurchases: Float64Array
  readonly spendMinor: Float64Array
  /** What all of it would come to if every unit of revenue were margin: one point of margin is a hundredth of this. */
  readonly grossMinor: number
}

/** Continuous rate per day that takes as much off in a year. Example: 10 % a year -> ln 1.1 / 365 = .000261. */
export function dailyRate(annualDiscountShare: number): number {
  return Math.log1p(annualDiscountShare) / yearDays
}

/**
 * Purchases expected within a year, each discounted to today, from those expected within half and within the whole year:
 * e^(-d T) E(T) + d x integral of e^(-d u) E(u), by Simpson's rule. Without discounting it is E(T).
 *
 * Example: 5 in half a year, 10 in a year, 10 % a year -> 9.54 (each is on average half a year away).
 */
export function discountedYear(expectedHalf: number, expectedYear: number, rate: number): number {
  const half = Math.exp((-rate * yearDays) / 2)
  const whole = half * half
  return whole * expectedYear + ((rate * yearDays) / 6) * (4 * half * expectedHalf + whole * expectedYear)
}

/**
 * What every customer of a base is worth: spend per purchase x expected purchases, discounted x margin x correction, in
 * whole minor units. What was spent before today is history and counts for nothing here.
 *
 * Example: 12 purchases a year of ¥50 at a margin of .3, no discount, no correction -> ¥180 for the year.
 */
export function worthOf(learned: Learned, base: Base, terms: Terms): Worth {
  const { model, parameters, correction } = learned
  const rate = dailyRate(terms.annualDiscountShare)
  const year = model.scores(parameters, base.columns, yearDays)
  const half = model.scores(parameters, base.columns, yearDays / 2)
  const residual =
    learned.lifetime === 'known' ? model.discountedExpectedResiduals(parameters, base.columns, rate) : null
  const rows = base.partyIds.length
  const margin = (row: number) =>
    typeof terms.marginShare === 'number' ? terms.marginShare : (terms.marginShare[row] ?? 0)
  const spendMinor = new Float64Array(rows)
  const yearMinor = new Float64Array(rows)
  const lifetimeMinor = residual && new Float64Array(rows)
  const atStakeMinor = residual && new Float64Array(rows)
  let grossMinor = 0
  for (let row = 0; row < rows; row++) {
    const spend = expectedSpend(learned.spend, base.purchaseDays[row]!, base.meanMinor[row]!)
    const perPurchase = spend * margin(row) * correction
    const purchases = discountedYear(half.expected[row]!, year.expected[row]!, rate)
    spendMinor[row] = Math.round(spend)
    // The year is a part of the lifetime; two ways of adding up must not turn that round.
    const future = residual ? Math.max(residual[row]!, purchases) : purchases
    yearMinor[row] = Math.round(perPurchase * purchases)
    grossMinor += spend * correction * future
    if (!residual) continue
    lifetimeMinor![row] = Math.round(perPurchase * future)
    atStakeMinor![row] = Math.round(lifetimeMinor![row]! * (1 - year.alive[row]!))
  }
  return {
    yearMinor,
    lifetimeMinor,
    worthMinor: lifetimeMinor ?? yearMinor,
    alive: residual && year.alive,
    atStakeMinor,
    expectedPurchases: year.expected,
    spendMinor,
    grossMinor,
  }
}

/** Half of all newcomers may stay this many times as long as the business was observed, and no longer. */
const farthestSpans = 5

/**
 * How far into the future a fit may speak. Where the data cannot tell leaving from waiting, or the model knows no leaving,
 * or leaving is so rare that hardly any was seen, a lifetime would be a story; the next twelve months are still told.
 *
 * Example: half of all newcomers still there after 49 years, told from two years of orders -> out of sight.
 */
export function lifetimeStateOf(
  model: Pick<AnyModel, 'name' | 'residualLifetimeMedian'>,
  { parameters, warnings }: { readonly parameters: object; readonly warnings: readonly FitWarning[] },
  spanDays: number,
): LifetimeState {
  if (model.name === 'nbd') return 'no-dropout'
  if (warnings.includes('dropout-not-identified')) return 'not-identified'
  const newcomer = { purchases: 0, recency: 0, observed: 0, logGapSum: 0 }
  return model.residualLifetimeMedian(parameters, newcomer) <= farthestSpans * spanDays ? 'known' : 'out-of-sight'
}

export function sum(values: ArrayLike<number>): number {
  let total = 0
  for (let index = 0; index < values.length; index++) total += values[index]!
  return total
}
