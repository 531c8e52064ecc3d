import { logGamma } from './log-gamma.ts'
import { stirlingCorrection } from './stirling-correction.ts'

const LOG_SQRT_TWO_PI = 0.9189385332046727

/**
 * Natural logarithm of the beta function B(a, b) = Gamma(a) Gamma(b) / Gamma(a + b), for a, b > 0.
 *
 * Adding three log-gammas loses all digits when one argument is in the thousands (a customer with 10,000 purchases),
 * so the Stirling parts of the large arguments are combined by hand and only small terms are ever subtracted.
 * Example: `logBeta(2, 3)` -> ln(1/12) = -2.4849066497880004.
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b)
  const large = Math.max(a, b)
  if (large < 10) return logGamma(small) + logGamma(large) - logGamma(small + large)
  const share = small / (small + large)
  if (small >= 10) {
    const correction = stirlingCorrection(small) + stirlingCorrection(large) - stirlingCorrection(small + large)
    return (
      LOG_SQRT_TWO_PI -
      0.5 * Math.log(large) +
      correction +
      (small - 0.5) * Math.log(share) +
      large * Math.log1p(-share)
    )
  }
  const correction = stirlingCorrection(large) - stirlingCorrection(small + large)
  return logGamma(small) + correction + small - small * Math.log(small + large) + (large - 0.5) * Math.log1p(-share)
}
