import { checkScores } from './check-scores.ts'

/**
 * Area under the ROC curve: the chance that a customer with outcome 1 has a higher score than one with outcome 0, a tie
 * counting one half (Mann & Whitney 1947). With weights every pair counts the product of its two weights.
 *
 * Cost: one sort. Refuses outcomes that are all equal, because then there is no pair to compare.
 * Example: scores 0.1 0.4 0.35 0.8, outcomes 0 0 1 1 -> 0.75.
 */
export function areaUnderCurve(
  scores: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  const order = checkScores({ scores, outcomes, weights, needsBoth: true })
  order.sort((one, other) => scores[one]! - scores[other]!)
  let below = 0
  let pairsWon = 0
  let positive = 0
  for (let at = 0; at < order.length; ) {
    let tiedPositive = 0
    let tiedNegative = 0
    const score = scores[order[at]!]!
    while (at < order.length && scores[order[at]!] === score) {
      const row = order[at]!
      const weight = weights ? weights[row]! : 1
      if (outcomes[row] === 1) tiedPositive += weight
      else tiedNegative += weight
      at++
    }
    pairsWon += tiedPositive * (below + tiedNegative / 2)
    below += tiedNegative
    positive += tiedPositive
  }
  return pairsWon / (positive * below)
}
