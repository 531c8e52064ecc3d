import { checkValues } from './ranked.ts'

/**
 * How unequally an amount is spread: 0 when everybody has the same, near 1 when one has all (Gini 1912). It is twice the
 * area between the Lorenz curve and the diagonal; where there is nothing to share out it is 0.
 *
 * Example: 1 1 1 1 -> 0; 0 0 0 4 -> 0.75 (of four, one cannot have more than 3/4).
 */
export function giniCoefficient(values: ArrayLike<number>): number {
  checkValues({ values }, { notNegative: ['values'] })
  const sorted = Float64Array.from(values).sort()
  const rows = sorted.length
  let total = 0
  let weighted = 0
  for (let row = 0; row < rows; row++) {
    total += sorted[row]!
    weighted += (2 * row + 1 - rows) * sorted[row]!
  }
  return total > 0 ? weighted / (rows * total) : 0
}
