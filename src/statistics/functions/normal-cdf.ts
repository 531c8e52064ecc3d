const LOG_SQRT_TWO_PI = 0.9189385332046727

/** Density of the standard normal distribution. Example: `normalDensity(0)` -> 0.3989422804014327. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x - LOG_SQRT_TWO_PI)
}

/**
 * Probability that a standard normal variable is at most x, with full relative accuracy in the lower tail.
 *
 * Near zero the all-positive series x + x^3/3 + x^5/15 + ... (A&S 26.2.11); beyond two standard deviations the
 * continued fraction of Mills' ratio (A&S 26.2.14), so `normalCdf(-30)` is 4.9e-198 and not 0.
 * Example: `normalCdf(1.96)` -> 0.9750021048517795.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN
  if (x > 2) return 1 - normalCdf(-x)
  if (x < -39) return 0
  if (x < -2) return normalDensity(x) / millsDenominator(-x)
  let term = x
  let sum = x
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd
    sum += term
  }
  return 0.5 + sum * normalDensity(x)
}

/** x + 1/(x + 2/(x + 3/(x + ...))), from the far end back: 300 terms leave less than 1e-16 for x >= 2. */
function millsDenominator(x: number): number {
  let value = x
  for (let n = 300; n >= 1; n--) value = x + n / value
  return value
}
