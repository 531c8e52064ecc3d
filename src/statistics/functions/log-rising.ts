import { digamma } from './digamma.ts'
import { logGamma } from './log-gamma.ts'
import { trigamma } from './trigamma.ts'

/** A longer product is the difference of two gamma functions, which then loses no digits that count. */
const LONGEST_LOOP = 64

/**
 * Logarithm of the rising product (z + from)(z + from + 1)...(z + to - 1), for whole 0 <= from <= to, added to `out[0]`;
 * its first and second derivative in z are added to `out[1]` and `out[2]`.
 *
 * This is ln Gamma(z + to) - ln Gamma(z + from), exact where those two would be large and nearly equal. A base of customers
 * needs it once for each number of purchases, in ascending order, and no gamma function per customer.
 * Example: z 2, from 0, to 3 -> ln 24, 1/2 + 1/3 + 1/4, -(1/4 + 1/9 + 1/16).
 */
export function addLogRising(z: number, from: number, to: number, out: Float64Array): void {
  if (to - from > LONGEST_LOOP) {
    out[0]! += logGamma(z + to) - logGamma(z + from)
    out[1]! += digamma(z + to) - digamma(z + from)
    out[2]! += trigamma(z + to) - trigamma(z + from)
    return
  }
  for (let k = from; k < to; k++) {
    const inverse = 1 / (z + k)
    out[0]! += Math.log(z + k)
    out[1]! += inverse
    out[2]! -= inverse * inverse
  }
}

/** The same logarithm alone. Example: `logRising(2, 3)` -> ln 24. */
export function logRising(z: number, count: number): number {
  if (count > LONGEST_LOOP) return logGamma(z + count) - logGamma(z)
  let sum = 0
  for (let k = 0; k < count; k++) sum += Math.log(z + k)
  return sum
}
