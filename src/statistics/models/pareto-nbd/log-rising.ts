import { stirlingCorrection } from '../../functions/stirling-correction.ts'

/**
 * ln of the rising factorial r (r + 1) ... (r + count - 1) = Gamma(r + count) / Gamma(r), without subtracting two large
 * numbers. Example: `logRising(2, 3)` -> ln 24 = 3.1780538303479458.
 */
export function logRising(r: number, count: number): number {
  let sum = 0
  let first = r
  let left = count
  // Few factors are multiplied out; many only until Stirling's series holds.
  while (left > 0 && (count <= 40 || first < 10)) {
    sum += Math.log(first)
    first += 1
    left -= 1
  }
  if (left === 0) return sum
  const last = first + left
  return (
    sum +
    (first - 0.5) * Math.log1p(left / first) +
    left * (Math.log(last) - 1) +
    stirlingCorrection(last) -
    stirlingCorrection(first)
  )
}
