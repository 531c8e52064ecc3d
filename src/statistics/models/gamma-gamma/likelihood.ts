import { logBeta } from '../../functions/log-beta.ts'
import { refuseAll } from '../../invalid-input.ts'
import { checkPositive } from '../history.ts'
import { checkSpend, type GammaGammaParameters, isPriced } from './parameters.ts'

/**
 * Log-density of a customer's mean spend, given over how many purchases it is a mean:
 * -ln B(px, q) - px ln(1 + gamma/(x z)) - q ln(1 + x z/gamma) - ln z (Fader & Hardie 2013, equation 1a).
 *
 * Example: p 6.25, q 3.74, gamma 15.44, 2 purchases of 30 on average -> -3.8470.
 */
export function logLikelihood(parameters: GammaGammaParameters, purchases: number, meanSpend: number): number {
  checkPositive(parameters)
  checkSpend(purchases, meanSpend)
  if (!isPriced(purchases, meanSpend)) {
    refuseAll([`only a positive mean of at least one purchase has a density, found ${meanSpend} of ${purchases}`])
  }
  const { p, q, gamma } = parameters
  const total = purchases * meanSpend
  const shape = p * purchases
  return -logBeta(shape, q) - shape * Math.log1p(gamma / total) - q * Math.log1p(total / gamma) - Math.log(meanSpend)
}
