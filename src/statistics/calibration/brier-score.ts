import { checkScores } from './check-scores.ts'

/**
 * Brier score: the mean squared distance between a stated probability and what happened (Brier 1950). Smaller is better;
 * always stating the base rate p scores p (1 - p).
 *
 * Example: probabilities 0.8 0.3, outcomes 1 0 -> (0.04 + 0.09) / 2 = 0.065.
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  checkScores({ scores: probabilities, outcomes, weights, probabilities: true })
  let sum = 0
  let weightSum = 0
  for (let row = 0; row < probabilities.length; row++) {
    const weight = weights ? weights[row]! : 1
    sum += weight * (probabilities[row]! - outcomes[row]!) ** 2
    weightSum += weight
  }
  return sum / weightSum
}
