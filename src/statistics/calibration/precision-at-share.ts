import { InvalidInput } from '../invalid-input.ts'
import { checkScores } from './check-scores.ts'

/**
 * Of the customers with the highest scores, the given share of all: how many had outcome 1?
 *
 * The number taken is rounded to whole customers, at least one. Customers tied at the edge enter with the mean outcome of
 * the tied, so that the answer does not depend on the order of the rows.
 * Example: scores 4 3 2 1, outcomes 1 0 1 0, share 0.5 -> 0.5.
 */
export function precisionAtShare(scores: ArrayLike<number>, outcomes: ArrayLike<number>, share: number): number {
  if (!(share > 0 && share <= 1)) throw new InvalidInput([`share must lie between 0 and 1, found ${share}`])
  const order = checkScores({ scores, outcomes })
  order.sort((one, other) => scores[other]! - scores[one]!)
  const taken = Math.max(1, Math.round(share * order.length))
  const edge = scores[order[taken - 1]!]!
  let above = 0
  let aboveHits = 0
  let tied = 0
  let tiedHits = 0
  for (const row of order) {
    if (scores[row]! > edge) {
      above++
      aboveHits += outcomes[row]!
    } else if (scores[row] === edge) {
      tied++
      tiedHits += outcomes[row]!
    } else break
  }
  return (aboveHits + ((taken - above) * tiedHits) / tied) / taken
}
