import { checkValues, rankedBy } from './ranked.ts'

/**
 * How well predicted values put customers in order of what they turned out to be worth: the Gini of the gains chart under the
 * predicted order, divided by that under the true order (Wang, Liu & Miao 2019, arXiv 1912.07753). 1: the true order; 0: no
 * better than chance; below 0: the wrong way round. It sees order only: a prediction ten times too high keeps its Gini, so
 * read it beside `decileTable`. Equal predictions share their outcomes.
 *
 * Example: actual 1 2 3, predicted 10 20 30 -> 1; predicted 30 20 10 -> -1.
 */
export function normalisedGini(actual: ArrayLike<number>, predicted: ArrayLike<number>): number {
  checkValues({ actual, predicted }, { notNegative: ['actual'] })
  const possible = gainsGini(rankedBy(actual, actual))
  return possible > 0 ? gainsGini(rankedBy(predicted, actual)) / possible : 0
}

/**
 * Twice the area between the gains chart and chance. The paper's code sums the chart at its right ends, which adds 1/n to
 * both terms of the ratio; the trapezoid used here leaves that out, so that a reversed order is exactly -1.
 */
function gainsGini(ranked: Float64Array): number {
  const rows = ranked.length
  let total = 0
  let weighted = 0
  for (let row = 0; row < rows; row++) {
    total += ranked[row]!
    weighted += (rows - 1 - 2 * row) * ranked[row]!
  }
  return total > 0 ? weighted / (rows * total) : 0
}
