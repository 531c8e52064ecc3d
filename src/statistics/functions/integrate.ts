/** Where 2 x pi/2 sinh t reaches 690: the last distance from an end that is still a number (1e-300). */
const REACH = 6.08
/** Where sinh t reaches half a million widths: whatever falls off like an exponential has long vanished. */
const LINE_REACH = 14
const HALF_PI = Math.PI / 2

/**
 * Integral over [lower, upper], both finite, to about 1e-13: tanh-sinh quadrature (Takahasi & Mori 1974). The integrand may
 * be infinite at an end; it is handed the distances to both ends, which stay exact where x itself rounds to the end.
 *
 * Example: `integrate((x, fromLower) => 1 / Math.sqrt(fromLower), 0, 4)` -> 4.
 */
export function integrate(
  integrand: (x: number, fromLower: number, toUpper: number) => number,
  lower: number,
  upper: number,
): number {
  const width = upper - lower
  if (width === 0) return 0
  return trapezoid(t => {
    const small = Math.exp(-Math.PI * Math.sinh(Math.abs(t)))
    const near = (width * small) / (1 + small)
    const far = width / (1 + small)
    const weight = (width * Math.PI * Math.cosh(t) * small) / (1 + small) ** 2
    return weight * (t < 0 ? integrand(lower + near, near, far) : integrand(upper - near, far, near))
  }, REACH)
}

/**
 * Integral over [0, infinity) to about 1e-13: exp-sinh quadrature. The integrand may be infinite at 0 and should fall
 * faster than 1/x; give it the logarithmic scale where it happens (`scale`) if that is far from 1.
 *
 * Example: `integrateToInfinity(x => Math.exp(-x) / Math.sqrt(x))` -> 1.7724538509055159 (the square root of pi).
 */
export function integrateToInfinity(integrand: (x: number) => number, scale = 1): number {
  return trapezoid(t => {
    const x = scale * Math.exp(HALF_PI * Math.sinh(t))
    return integrand(x) * x * HALF_PI * Math.cosh(t)
  }, REACH)
}

/**
 * Integral over the whole line of what falls off at least exponentially, to about 1e-13: sinh quadrature around `centre`
 * with the width at which the integrand changes.
 *
 * Example: `integrateLine(x => Math.exp(-x * x / 2))` -> 2.5066282746310002 (the square root of 2 pi).
 */
export function integrateLine(integrand: (x: number) => number, centre = 0, width = 1): number {
  return trapezoid(t => integrand(centre + width * Math.sinh(t)) * width * Math.cosh(t), LINE_REACH)
}

/**
 * The trapezoidal rule over [-reach, reach]: after a double-exponential substitution halving the step doubles the number of
 * right digits, so that two estimates which agree to nine digits vouch for all digits of the second.
 */
function trapezoid(term: (t: number) => number, reach: number): number {
  let step = 0.5
  const terms: number[] = []
  const half = Math.floor(reach / step)
  for (let i = -half; i <= half; i++) terms.push(term(i * step))
  let sum = terms.reduce((total, value) => total + value, 0)
  // Beyond the last term that counts nothing is evaluated again.
  const peak = terms.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const first = Math.max(0, terms.findIndex(value => Math.abs(value) > 1e-40 * peak) - 1)
  const last = Math.min(2 * half, terms.findLastIndex(value => Math.abs(value) > 1e-40 * peak) + 1)
  const from = peak > 0 ? (first - half) * step : -half * step
  const to = peak > 0 ? (last - half) * step : half * step
  let estimate = sum * step
  for (let level = 1; level <= 10; level++) {
    for (let t = from + step / 2; t < to; t += step) sum += term(t)
    step /= 2
    const next = sum * step
    if (level > 1 && Math.abs(next - estimate) <= 1e-9 * Math.abs(next)) return next
    estimate = next
  }
  return estimate
}
