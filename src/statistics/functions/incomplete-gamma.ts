import { logGamma } from './log-gamma.ts'

/**
 * e^x Q(k, x): the upper tail of a Gamma(k) variable, Q(k, x) = Gamma(k, x) / Gamma(k), against that of an exponential one, for
 * k > 0 and x >= 0. It stays a number where Q itself has long vanished: for large x it is about x^(k-1) / Gamma(k).
 *
 * Series of the lower tail below x = k + 1 (DLMF 8.7.1), continued fraction of the upper beyond (8.9.2, Lentz).
 * Example: `scaledUpperGamma(1, 50)` -> 1; `scaledUpperGamma(2, 3)` -> 1 + 3 = 4.
 */
export function scaledUpperGamma(k: number, x: number): number {
  if (x === 0) return 1
  if (x < k + 1) {
    let term = 1
    let sum = 1
    for (let n = 1; n < 100_000; n++) {
      term *= x / (k + n)
      sum += term
      if (term < 1e-17 * sum) break
    }
    return Math.exp(x) * Math.max(0, 1 - Math.exp(k * Math.log(x) - x - logGamma(k + 1)) * sum)
  }
  const tiny = 1e-300
  let b = x + 1 - k
  let c = 1 / tiny
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 100_000; n++) {
    const a = n * (k - n)
    b += 2
    d = a * d + b
    if (Math.abs(d) < tiny) d = tiny
    c = b + a / c
    if (Math.abs(c) < tiny) c = tiny
    d = 1 / d
    const change = c * d
    fraction *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return Math.exp(k * Math.log(x) - logGamma(k)) * fraction
}
