import { digamma } from './digamma.ts'
import { stirlingCorrection } from './stirling-correction.ts'
import { trigamma } from './trigamma.ts'

/** Up to so many factors are multiplied out one by one. */
const LONGEST_LOOP = 64
/** From here on Stirling's series holds to rounding. */
const LARGE = 10

/**
 * ln of the rising factorial z (z + 1) ... (z + count - 1) = Gamma(z + count) / Gamma(z), without subtracting two large
 * numbers: of many factors Stirling's formula is taken at both ends, and what is alike at both cancels by algebra.
 * Example: `logRising(2, 3)` -> ln 24 = 3.1780538303479458.
 */
export function logRising(z: number, count: number): number {
  let sum = 0
  let first = z
  let left = count
  while (left > 0 && (count <= LONGEST_LOOP || first < LARGE)) {
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

/**
 * ln of (z + from)(z + from + 1)...(z + to - 1), for whole 0 <= from <= to, added to `out[0]`; its first and second
 * derivative in z are added to `out[1]` and `out[2]`.
 *
 * A base of customers needs it once for each number of purchases, in ascending order, and no gamma function per customer.
 * Example: z 2, from 0, to 3 -> ln 24, 1/2 + 1/3 + 1/4, -(1/4 + 1/9 + 1/16).
 */
export function addLogRising(z: number, from: number, to: number, out: Float64Array): void {
  out[0]! += logRising(z + from, to - from)
  if (to - from > LONGEST_LOOP) {
    out[1]! += digamma(z + to) - digamma(z + from)
    out[2]! += trigamma(z + to) - trigamma(z + from)
    return
  }
  for (let k = from; k < to; k++) {
    const inverse = 1 / (z + k)
    out[1]! += inverse
    out[2]! -= inverse * inverse
  }
}
