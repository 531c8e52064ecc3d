import { setImmediate as breathe } from 'node:timers/promises'
import { type RandomSource, seeded } from '#statistics/index.ts'
import type { Base } from './base.ts'
import { modelNamed } from './candidates.ts'
import type { Estimate } from './contract.ts'
import { normalDraw, parameterDraws, seedOf } from './draws.ts'
import { learnedFrom, type ValueModel } from './model.ts'
import { expectedSpend, spendNames } from './spend.ts'
import { purchasesDrawer, quantileOf, spendDraw } from './spread.ts'
import { dailyRate, type Learned, type Terms, type Worth, yearDays } from './worth.ts'

/** Eight in ten outcomes fall into an interval; one in ten lies below it, one above. */
export const level = 0.8

/**
 * Customers picked with a probability in proportion to their worth, at equal steps through the sum of all: whatever is
 * averaged over `value / worth` of them estimates a total, and a hundred of them tell it nearly as well as all.
 *
 * Example: worths 8, 1, 1 and five picks -> the first four times, one of the others once.
 */
export function picksByWorth(worth: ArrayLike<number>, picks: number): Int32Array {
  let total = 0
  for (let row = 0; row < worth.length; row++) total += Math.max(0, worth[row]!)
  const picked = new Int32Array(total > 0 ? picks : 0)
  let reached = 0
  let row = -1
  for (let pick = 0; pick < picked.length; pick++) {
    const target = ((pick + 0.5) / picked.length) * total
    while (reached < target && row < worth.length - 1) reached += Math.max(0, worth[++row]!)
    picked[pick] = row
  }
  return picked
}

/** These rows of a base, as often as they are named. */
export function rowsOf(base: Base, rows: Int32Array): Base {
  const take = (column: ArrayLike<number>) => Float64Array.from(rows, row => column[row]!)
  return {
    partyIds: Array.from(rows, row => base.partyIds[row]!),
    columns: {
      purchases: take(base.columns.purchases),
      recency: take(base.columns.recency),
      observed: take(base.columns.observed),
      logGapSum: take(base.columns.logGapSum),
    },
    purchaseDays: take(base.purchaseDays),
    meanMinor: take(base.meanMinor),
  }
}

/** A part of the base that stands for all of it: picked by worth, valued once by the model as it is. */
export interface Panel {
  readonly base: Base
  readonly marginShare: Float64Array
  readonly worth: Worth
  /** What each was picked in proportion to: worth if all revenue were margin, so that no margin hides anybody. */
  readonly weight: Float64Array
}

/** Total of something over the panel against the total of worth, each customer weighted by how likely they were picked. */
export function panelRatio(panel: Panel, values: ArrayLike<number>, against: ArrayLike<number>): number {
  let above = 0
  let below = 0
  for (let row = 0; row < panel.base.partyIds.length; row++) {
    const weight = panel.weight[row]!
    above += values[row]! / weight
    below += against[row]! / weight
  }
  return below === 0 ? 1 : above / below
}

const drawsOfBase = 24
const drawsOfCustomer = 12

/**
 * Intervals of the base's year and of its equity. Three things may make them wrong and all are counted: the parameters
 * (drawn from the curvature of the likelihood), chance (each customer's own purchases and spending), and whatever the
 * model itself gets wrong, as large as its miss was when it was last tested.
 */
export async function baseIntervals(
  model: ValueModel,
  panel: Panel,
  terms: Terms,
  totals: { readonly equityMinor: number; readonly yearMinor: number },
): Promise<{ equity: Estimate; year: Estimate }> {
  const chance = seeded(model.fitNo)
  const learned = learnedFrom(model)
  const { parameters, spends } = drawsOf(model, { count: drawsOfBase, chance })
  const known = drawnWorth(learned, panel, terms)
  const ratios: { equity: number; year: number }[] = []
  for (const [index, drawn] of parameters.entries()) {
    const worth = drawnWorth({ ...learned, parameters: drawn, spend: spends[index]! }, panel, terms)
    ratios.push({
      equity: panelRatio(panel, worth.equity, known.equity),
      year: panelRatio(panel, worth.year, known.year),
    })
    await breathe()
  }
  const noise = chanceShare(model, panel, { totals, chance })
  const miss = missShare(model)
  const estimateOf = (amountMinor: number, pick: (ratio: (typeof ratios)[number]) => number): Estimate => {
    // Few draws of the parameters are crossed with many of chance, or the ends of the interval would jump about.
    const drawn = Float64Array.from({ length: 2000 }, (_, draw) => {
      const own = pick(ratios[draw % ratios.length]!) * (1 + noise * normalDraw(chance))
      return amountMinor * Math.max(0, own) * Math.exp(miss * normalDraw(chance))
    }).sort()
    return intervalAround(amountMinor, drawn)
  }
  return {
    equity: estimateOf(totals.equityMinor, ratio => ratio.equity),
    year: estimateOf(totals.yearMinor, ratio => ratio.year),
  }
}

/**
 * A pace is Gamma(r, .) over the base and Gamma(r + k x, .) once x purchases were seen; k is 1 in the models whose
 * customers buy by chance, and more where they keep a rhythm, of which each purchase tells the more.
 */
function paceShapeOf(parameters: object, purchases: number): number {
  const { r, k = 1 } = parameters as { readonly r: number; readonly k?: number }
  return r + k * purchases
}

/** What the data leave open of both models, draw by draw. */
function drawsOf(model: ValueModel, how: { readonly count: number; readonly chance: RandomSource }) {
  const names = modelNamed(model.model).parameterNames
  const { logCovariance, spend } = model
  return {
    parameters: parameterDraws(model.parameters, { names, logCovariance }, how),
    spends: parameterDraws(spend.parameters, { names: spendNames, logCovariance: spend.logCovariance }, how),
  }
}

/** The panel's value by one draw of the parameters, as far as its ratio to another needs it. */
function drawnWorth(learned: Learned, panel: Panel, terms: Pick<Terms, 'annualDiscountShare'>) {
  const { model, parameters, spend, lifetime } = learned
  const { columns, purchaseDays, meanMinor } = panel.base
  const each = panel.marginShare.map(
    (margin, row) => margin * expectedSpend(spend, purchaseDays[row]!, meanMinor[row]!),
  )
  const priced = (purchases: Float64Array) => purchases.map((count, row) => count * each[row]!)
  const year = priced(model.scores(parameters, columns, yearDays).expected)
  if (lifetime !== 'known') return { year, equity: year }
  const rate = dailyRate(terms.annualDiscountShare)
  return { year, equity: priced(model.discountedExpectedResiduals(parameters, columns, rate)) }
}

function intervalAround(amountMinor: number, sorted: Float64Array): Estimate {
  return {
    amountMinor,
    lowMinor: Math.min(amountMinor, Math.round(quantileOf(sorted, (1 - level) / 2))),
    highMinor: Math.max(amountMinor, Math.round(quantileOf(sorted, (1 + level) / 2))),
    level,
  }
}

/** How far the last test was off, on the scale of factors: forecast 100 and actual 92 -> .083. */
function missShare({ holdout }: ValueModel): number {
  if (!holdout || holdout.predictedMinor <= 0 || holdout.actualMinor <= 0) return 0
  return Math.min(0.5, Math.abs(Math.log(holdout.actualMinor / holdout.predictedMinor)))
}

/** Spread of a year's total that is nothing but chance, as a share of it; in a large base it all but cancels out. */
function chanceShare(
  model: ValueModel,
  panel: Panel,
  { totals, chance }: { readonly totals: { readonly yearMinor: number }; readonly chance: RandomSource },
): number {
  const learned = learnedFrom(model)
  const { alive, expected } = learned.model.scores(learned.parameters, panel.base.columns, yearDays)
  const soon = learned.model.scores(learned.parameters, panel.base.columns, yearDays / 4).expected
  const rows = panel.base.partyIds.length
  const variances = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const draw = purchasesDrawer({
      expected: expected[row]!,
      expectedSoon: soon[row]!,
      alive: alive[row]!,
      paceShape: paceShapeOf(learned.parameters, panel.base.columns.purchases[row]!),
    })
    const past = { purchaseDays: panel.base.purchaseDays[row]!, meanMinor: panel.base.meanMinor[row]! }
    const amounts = Array.from({ length: 24 }, () => {
      const amount = spendDraw(learned.spend, past, { count: draw(chance), chance })
      return amount * panel.marginShare[row]! * model.correction
    })
    const mean = amounts.reduce((total, amount) => total + amount, 0) / amounts.length
    const variance = amounts.reduce((total, amount) => total + (amount - mean) ** 2, 0) / (amounts.length - 1)
    // A quarter of a whale's year may be chance; the cap keeps one draw of a heavy tail from speaking for the base.
    variances[row] = Math.min(variance, (3 * panel.worth.yearMinor[row]!) ** 2)
  }
  // Variances of customers add up as their values do, so the panel tells them per unit of value.
  const perUnit = panelRatio(panel, variances, panel.worth.yearMinor)
  return totals.yearMinor > 0 && rows > 0 ? Math.min(0.5, Math.sqrt(perUnit / totals.yearMinor)) : 0
}

/**
 * Ranges of the year for a list of customers, by chance alone: the parameters are taken as they are, since for one
 * customer they matter far less than what that customer happens to do.
 */
export function yearRanges(
  model: ValueModel,
  base: Base,
  yearMinor: ArrayLike<number>,
): { low: number; high: number }[] {
  const learned = learnedFrom(model)
  const { alive, expected } = learned.model.scores(learned.parameters, base.columns, yearDays)
  const soon = learned.model.scores(learned.parameters, base.columns, yearDays / 4).expected
  return base.partyIds.map((partyId, row) => {
    const chance = seeded(seedOf(`${partyId} ${model.fitNo}`))
    const draw = purchasesDrawer({
      expected: expected[row]!,
      expectedSoon: soon[row]!,
      alive: alive[row]!,
      paceShape: paceShapeOf(learned.parameters, base.columns.purchases[row]!),
    })
    const past = { purchaseDays: base.purchaseDays[row]!, meanMinor: base.meanMinor[row]! }
    const amounts = Array.from({ length: 300 }, () => spendDraw(learned.spend, past, { count: draw(chance), chance }))
    const { lowMinor, highMinor } = scaledTo(yearMinor[row]!, amounts)
    return { low: lowMinor, high: highMinor }
  })
}

/** Draws are undiscounted spend; scaled so that they tell the spread of the very amount that is stated. */
function scaledTo(amountMinor: number, amounts: readonly number[]): Estimate {
  const sorted = Float64Array.from(amounts).sort()
  const mean = sorted.reduce((total, amount) => total + amount, 0) / sorted.length
  const scale = mean > 0 ? amountMinor / mean : 0
  return intervalAround(
    amountMinor,
    sorted.map(amount => amount * scale),
  )
}

/** One customer as the models see them, with what is to be told of them. */
export interface OneCustomer {
  readonly history: {
    readonly purchases: number
    readonly recency: number
    readonly observed: number
    readonly logGapSum: number
  }
  readonly past: { readonly purchaseDays: number; readonly meanMinor: number }
}

/** A lifetime has no last day; its spread is that of the next ten years, in which nearly all of it lies. */
const longHorizonDays = 10 * yearDays

/**
 * The interval of one customer's year or lifetime: parameters are drawn from what the data leave open, then purchases and
 * spending from what each draw says. The same customer and fit always get the same interval.
 */
export function customerInterval(
  model: ValueModel,
  customer: OneCustomer,
  asked: {
    readonly amountMinor: number
    readonly what: 'year' | 'lifetime'
    readonly chance: RandomSource
  },
): Estimate {
  const learned: Learned = learnedFrom(model)
  const { chance } = asked
  const horizon = asked.what === 'year' ? yearDays : longHorizonDays
  const { parameters, spends } = drawsOf(model, { count: drawsOfCustomer, chance })
  const amounts: number[] = []
  for (const [index, drawn] of parameters.entries()) {
    const draw = purchasesDrawer({
      expected: learned.model.expectedPurchases(drawn, customer.history, horizon),
      expectedSoon: learned.model.expectedPurchases(drawn, customer.history, horizon / 4),
      alive: learned.model.probabilityAlive(drawn, customer.history),
      paceShape: paceShapeOf(drawn, customer.history.purchases),
    })
    for (let repeat = 0; repeat < 60; repeat++) {
      amounts.push(spendDraw(spends[index]!, customer.past, { count: draw(chance), chance }))
    }
  }
  return scaledTo(asked.amountMinor, amounts)
}
