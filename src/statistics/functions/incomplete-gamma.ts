import { logGamma } from './log-gamma.ts'

/**
 * ln(e^x Q(k, x)): the upper tail of a Gamma(k) variable, Q(k, x) = Gamma(k, x) / Gamma(k), against that of an exponential one, for
 * k > 0 and x >= 0. It stays a number where Q itself has long vanished: for large x it is about (k-1) ln x - ln Gamma(k).
 *
 * Series of the lower tail below x = k + 1 (DLMF 8.7.1), continued fraction of the upper beyond (8.9.2, Lentz).
 * Example: `logScaledUpperGamma(1, 50)` -> 0; `logScaledUpperGamma(2, 3)` -> ln(1 + 3).
 */
export function logScaledUpperGamma(k: number, x: number): number {
  if (x === 0) return 0
  if (x < k + 1) {
    let term = 1
    let sum = 1
    for (let n = 1; n < 100_000; n++) {
      term *= x / (k + n)
      sum += term
      if (term < 1e-17 * sum) break
    }
    return x + Math.log(Math.max(Number.MIN_VALUE, 1 - Math.exp(k * Math.log(x) - x - logGamma(k + 1)) * sum))
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
  return k * Math.log(x) - logGamma(k) + Math.log(fraction)
}
