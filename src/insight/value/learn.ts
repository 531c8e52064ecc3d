import { type Day, dayOfNumber } from '#kernel/clock/index.ts'
import { type AnyModel, type Comparison, compareOnHoldout } from '#statistics/index.ts'
import { type Base, baseOf, type Member } from './base.ts'
import { candidates, modelNamed } from './candidates.ts'
import type { Candidate, Holdout } from './contract.ts'
import { type MoneyHistory, spentBetween, standingOn } from './history.ts'
import type { RivalFit, ValueModel } from './model.ts'
import { expectedSpend, fitSpend } from './spend.ts'
import { lifetimeStateOf, sum, yearDays } from './worth.ts'

/** Customers who came back that choosing and fitting needs; fewer would describe chance. */
export const fewestWhoReturned = 100

/** A shorter past than this leaves nothing to be tested on. */
const fewestHoldoutDays = 28

/** A test this long has seen every season; only then may its error correct a forecast. */
const wholeYearDays = 364

/** A correction never says that more than half of a forecast was air, or that half as much again was missed. */
const corrections = { smallest: 0.5, largest: 1.5 } as const

/** Everybody of these histories who had bought by a day. */
export function membersOn(histories: readonly MoneyHistory[], on: number): Member[] {
  return histories.flatMap(history => {
    const standing = standingOn(history, on)
    return standing ? [{ partyId: history.partyId, ...standing }] : []
  })
}

/**
 * How much of the past is hidden from the models to test them on: a third of it, at most a year.
 *
 * Example: 739 days of history -> 246 days; 60 days -> none.
 */
export function holdoutDays(spanDays: number): number {
  const days = Math.min(yearDays, Math.floor(spanDays / 3))
  return days < fewestHoldoutDays ? 0 : days
}

/**
 * What a test taught: actual over forecast revenue, where the test covered a whole year. A shorter one would carry its
 * season into every forecast, so it is shown and corrects nothing.
 *
 * Example: forecast ¥100, actual ¥92 over 365 days -> .92; over 180 days -> 1.
 */
export function correctionOf(holdout: Holdout | null): number {
  if (!holdout || holdout.horizonDays < wholeYearDays || !(holdout.predictedMinor > 0)) return 1
  return Math.min(corrections.largest, Math.max(corrections.smallest, holdout.actualMinor / holdout.predictedMinor))
}

/**
 * Chooses a model of purchases by what it foretold on a hidden part of the past, learns it and the model of spending from
 * all of it. Undefined where too few customers came back.
 */
export function learn(
  histories: readonly MoneyHistory[],
  on: number,
): Omit<ValueModel, 'fitNo' | 'fittedAt'> | undefined {
  const base = baseOf(membersOn(histories, on))
  if (whoReturned(base) < fewestWhoReturned || !base.meanMinor.some(mean => mean > 0)) return undefined
  const first = histories.reduce((earliest, { boughtOn }) => Math.min(earliest, boughtOn[0] ?? earliest), on)
  const tested = test(histories, on, holdoutDays(on - first))
  const model = modelNamed(tested?.comparison.chosen ?? nearest(tested?.comparison) ?? candidates[0]!.name)
  const fit = model.fit(base.columns)
  const spend = fitSpend(base)
  const holdout = tested && revenueTest(tested, on, model)
  return {
    model: model.name,
    parameters: fit.parameters as Record<string, number>,
    logCovariance: [...fit.logCovariance],
    spend,
    asOfOn: dayOfNumber(on),
    customers: base.partyIds.length,
    candidates: tested ? tested.comparison.results.map(candidateOf) : [],
    rivals: tested ? rivalsOf(tested.comparison, model, { base, spanDays: on - first }) : [],
    holdout: holdout ?? null,
    warnings: [...new Set([...fit.warnings, ...spend.warnings])],
    lifetime: lifetimeStateOf(model, fit, on - first),
    correction: correctionOf(holdout ?? null),
  }
}

/** A model whose error is at most this many times that of the chosen one has a word in the range. */
const rivalErrors = 1.25

/** Fits of the models that foretold nearly as well as the chosen one and can be trusted as far as it can. */
function rivalsOf(
  { results }: Comparison,
  chosen: AnyModel,
  { base, spanDays }: { readonly base: Base; readonly spanDays: number },
): RivalFit[] {
  const best = results.find(result => result.model === chosen.name)!.meanAbsoluteError
  return results
    .filter(result => result.model !== chosen.name && result.meanAbsoluteError <= rivalErrors * best)
    .flatMap(({ model: name }) => {
      const model = modelNamed(name)
      const fit = model.fit(base.columns)
      if (!fit.converged) return []
      const parameters = fit.parameters as Record<string, number>
      return [{ model: name, parameters, lifetime: lifetimeStateOf(model, fit, spanDays) }]
    })
}

export function whoReturned(base: Base): number {
  return base.purchaseDays.reduce((count, days) => count + (days > 1 ? 1 : 0), 0)
}

interface Tested {
  readonly base: Base
  readonly horizonDays: number
  readonly actualMinor: Float64Array
  readonly comparison: Comparison
}

function test(histories: readonly MoneyHistory[], on: number, horizonDays: number): Tested | undefined {
  const cutoff = on - horizonDays
  const known = histories.filter(history => (history.boughtOn[0] ?? on + 1) <= cutoff)
  const base = baseOf(membersOn(known, cutoff))
  if (horizonDays === 0 || whoReturned(base) < fewestWhoReturned) return undefined
  const then = known.map(history => spentBetween(history, cutoff, on))
  const summary = {
    customers: [...base.partyIds],
    columns: base.columns,
    holdout: {
      horizon: horizonDays,
      purchases: Int32Array.from(then, ({ purchaseDays }) => purchaseDays),
      spend: Float64Array.from(then, ({ netMinor }) => netMinor),
    },
    joinedLater: histories.length - known.length,
    leftOut: 0,
  }
  return { base, horizonDays, actualMinor: summary.holdout.spend, comparison: compareOnHoldout(summary, candidates) }
}

/** Where no fit can be trusted with a lifetime, the one that came nearest still tells the next twelve months. */
function nearest(comparison: Comparison | undefined) {
  return comparison?.results.toSorted((one, other) => one.meanAbsoluteError - other.meanAbsoluteError)[0]?.model
}

function candidateOf(result: Comparison['results'][number]): Candidate {
  const { model, predictedTotal, actualTotal, meanAbsoluteError, rootMeanSquaredError, aucReturn, fit } = result
  return {
    model,
    predictedTotal,
    actualTotal,
    meanAbsoluteError,
    rootMeanSquaredError,
    aucReturn,
    warnings: [...fit.warnings],
  }
}

/** What the chosen models said at the split about money, against what was then spent, by tenths of what they said. */
function revenueTest({ base, horizonDays, actualMinor, comparison }: Tested, on: number, model: AnyModel): Holdout {
  const { fit } = comparison.results.find(result => result.model === model.name)!
  const spend = fitSpend(base).parameters
  const { expected } = model.scores(fit.parameters, base.columns, horizonDays)
  const predicted = expected.map(
    (purchases, row) => purchases * expectedSpend(spend, base.purchaseDays[row]!, base.meanMinor[row]!),
  )
  const order = Int32Array.from(predicted.keys()).sort((one, other) => predicted[other]! - predicted[one]!)
  const deciles = Array.from({ length: 10 }, (_, tenth) => {
    const rows = order.subarray(Math.round((tenth * order.length) / 10), Math.round(((tenth + 1) * order.length) / 10))
    return {
      customers: rows.length,
      predictedMinor: Math.round(rows.reduce((total, row) => total + predicted[row]!, 0)),
      actualMinor: rows.reduce((total, row) => total + actualMinor[row]!, 0),
    }
  })
  const cutoffOn: Day = dayOfNumber(on - horizonDays)
  return {
    cutoffOn,
    horizonDays,
    customers: order.length,
    predictedMinor: Math.round(sum(predicted)),
    actualMinor: sum(actualMinor),
    deciles,
  }
}
