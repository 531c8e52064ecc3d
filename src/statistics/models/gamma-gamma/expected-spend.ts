import { checkPositive } from '../history.ts'
import { checkSpend, checkSpendColumns, type GammaGammaParameters, isPriced, type SpendColumns } from './parameters.ts'

/**
 * What a customer will spend per purchase, as far as her purchases so far and everybody else's can tell:
 * p (gamma + x z) / (p x + q - 1), a weighted mean of her own mean and the base's (Fader & Hardie 2013, equation 5). Of whom no
 * positive purchase is known, what is expected of somebody new. Infinity where p x + q does not exceed 1: the spread is
 * then so wide that there is no mean.
 *
 * Example: p 6.25, q 3.74, gamma 15.44; one purchase of 22.35 -> 26.27; none -> 35.22.
 */
export function expectedSpend(parameters: GammaGammaParameters, purchases: number, meanSpend: number): number {
  checkPositive(parameters)
  checkSpend(purchases, meanSpend)
  return spendOf(parameters, purchases, meanSpend)
}

/**
 * What somebody of whom nothing is known will spend per purchase: p gamma / (q - 1); Infinity where q is 1 or less.
 *
 * Example: p 6.2493, q 3.7443, gamma 15.4443 -> 35.17.
 */
export function expectedSpendOfNew(parameters: GammaGammaParameters): number {
  checkPositive(parameters)
  return spendOf(parameters, 0, 0)
}

/** `expectedSpend` of a whole base. */
export function expectedSpends(parameters: GammaGammaParameters, columns: SpendColumns): Float64Array {
  checkPositive(parameters)
  checkSpendColumns(columns)
  const { purchases, meanSpend } = columns
  const spends = new Float64Array(purchases.length)
  for (let row = 0; row < spends.length; row++) spends[row] = spendOf(parameters, purchases[row]!, meanSpend[row]!)
  return spends
}

function spendOf({ p, q, gamma }: GammaGammaParameters, purchases: number, meanSpend: number): number {
  const priced = isPriced(purchases, meanSpend)
  const evidence = priced ? p * purchases : 0
  if (evidence + q <= 1) return Infinity
  return (p * (gamma + (priced ? purchases * meanSpend : 0))) / (evidence + q - 1)
}
