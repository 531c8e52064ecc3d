import { logBeta } from '../../functions/log-beta.ts'
import { checkPositive } from '../history.ts'
import { discountedSurvival } from '../sbg/discounted-survival.ts'
import { checkRate } from '../sbg/parameters.ts'
import { goneOverAlive, parametersAfter, probabilityAlive, stayingAt } from './likelihood.ts'
import {
  type BgBbParameters,
  checkOpportunities,
  checkOpportunityHistory,
  type OpportunityColumns,
  type OpportunityHistory,
} from './parameters.ts'

/**
 * Expected purchases of somebody new at her first `periods` opportunities (Fader, Hardie & Shang 2010, equation 8), summed term
 * by term, so that gamma = 1 needs no case of its own.
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838, 6 -> 2.2201.
 */
export function expectedPurchasesOfNew(parameters: BgBbParameters, periods: number): number {
  checkPositive(parameters)
  checkOpportunities('periods', periods)
  const { alpha, beta } = parameters
  let there = 1
  let sum = 0
  for (let i = 0; i < periods; i++) {
    there *= stayingAt(parameters, i)
    sum += there
  }
  return (alpha / (alpha + beta)) * sum
}

/**
 * Expected purchases of a known customer at the next `periods` opportunities (equation 13).
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; none of 6, next 10 -> .1302; (4, 5, 6) -> 3.6279.
 */
export function expectedPurchases(parameters: BgBbParameters, history: OpportunityHistory, periods: number): number {
  return probabilityAlive(parameters, history) * expectedPurchasesOfNew(parametersAfter(parameters, history), periods)
}

/** `expectedPurchases` of a whole base. */
export function expectedPurchasesOfBase(
  parameters: BgBbParameters,
  { purchases, recency, opportunities }: OpportunityColumns,
  periods: number,
): Float64Array {
  return Float64Array.from({ length: purchases.length }, (_, row) =>
    expectedPurchases(
      parameters,
      { purchases: purchases[row]!, recency: recency[row]!, opportunities: opportunities[row]! },
      periods,
    ),
  )
}

/**
 * Probability that somebody new takes exactly `count` of her first `periods` opportunities (equation 7).
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; 0 of 6 -> .3111.
 */
export function purchaseCountProbability(parameters: BgBbParameters, count: number, periods: number): number {
  checkPositive(parameters)
  checkOpportunities('count', count)
  checkOpportunities('periods', periods)
  if (count > periods) return 0
  const { alpha, beta, gamma, delta } = parameters
  // ln of: the first `count` all taken, and still there at the last of them.
  let logThere =
    logBeta(alpha + count, beta) - logBeta(alpha, beta) + logBeta(gamma, delta + count) - logBeta(gamma, delta)
  let sum = 0
  for (let i = count; i < periods; i++) {
    // Gone after opportunity i; then one more opportunity lived through and not taken, at any place among the taken.
    sum += Math.exp(logThere + Math.log(gamma / (gamma + delta + i)))
    logThere += Math.log(
      ((i + 1) * (beta + i - count) * (delta + i)) / ((i + 1 - count) * (alpha + beta + i) * (gamma + delta + i)),
    )
  }
  return sum + Math.exp(logThere)
}

/**
 * Probability that a known customer takes none of the next `periods` opportunities: gone, or there and not buying.
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; none of 6, next 10 -> .9385.
 */
export function probabilityOfSilence(parameters: BgBbParameters, history: OpportunityHistory, periods: number): number {
  checkPositive(parameters)
  checkOpportunityHistory(history)
  checkOpportunities('periods', periods)
  const gone = goneOverAlive(parameters, history)
  if (gone === Infinity) return 1
  return (gone + purchaseCountProbability(parametersAfter(parameters, history), 0, periods)) / (1 + gone)
}

/**
 * Expected purchases at all opportunities to come, the i-th from now divided by (1 + rate)^i (discounted expected residual
 * transactions, equation 14; the convention of the R package BTYD).
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; (4, 5, 6), rate .1 -> 3.1969.
 */
export function discountedExpectedResidual(
  parameters: BgBbParameters,
  history: OpportunityHistory,
  rate: number,
): number {
  checkPositive(parameters)
  checkOpportunityHistory(history)
  checkRate(rate)
  const { alpha, beta, gamma, delta } = parametersAfter(parameters, history)
  const factor = 1 / (1 + rate)
  const next = (delta / (gamma + delta)) * factor
  const there = next * discountedSurvival(gamma, delta + 1, factor)
  return (probabilityAlive(parameters, history) * alpha * there) / (alpha + beta)
}
