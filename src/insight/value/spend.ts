import { type GammaGammaParameters, gammaGamma } from '#statistics/index.ts'
import type { Base } from './base.ts'

/** In minor units: each purchase is Gamma(p, rate v), and v differs between customers as Gamma(q, rate gamma). */
export type SpendParameters = GammaGammaParameters

/** The order of the rows of its covariance. */
export const spendNames = gammaGamma.parameterNames

export interface SpendFit {
  readonly parameters: SpendParameters
  readonly logCovariance: readonly number[]
  readonly warnings: readonly string[]
  /** Correlation of purchase days and mean spend; gamma-gamma takes them to be independent. */
  readonly correlation: number
}

/**
 * What a customer spends per purchase, as their own purchases and everybody else's let us expect: the own mean, drawn
 * towards the base's the more the fewer purchases there are (Fader & Hardie 2013).
 *
 * Example: CDNOW (p 6.25, q 3.74, gamma 15.44), 2 purchases of 22.35 at the mean -> 24.65.
 */
export function expectedSpend({ p, q, gamma }: SpendParameters, purchaseDays: number, meanMinor: number): number {
  const weight = p * purchaseDays + q - 1
  // Where spending differs so wildly that its mean is not finite, only the own purchases can be relied on.
  if (!(weight > 0)) return meanMinor
  return (p * (gamma + purchaseDays * meanMinor)) / weight
}

/** Learns it from everybody who paid something; all purchases count, the first says as much of spending as the others. */
export function fitSpend(base: Base): SpendFit {
  const fit = gammaGamma.fit({ purchases: base.purchaseDays, meanSpend: base.meanMinor })
  return {
    parameters: fit.parameters,
    logCovariance: [...fit.logCovariance],
    warnings: fit.warnings,
    correlation: correlationOf(base.purchaseDays, base.meanMinor),
  }
}

function meanOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length
}

function correlationOf(left: Float64Array, right: Float64Array): number {
  const meanLeft = meanOf(left)
  const meanRight = meanOf(right)
  let both = 0
  let squaresLeft = 0
  let squaresRight = 0
  for (let row = 0; row < left.length; row++) {
    const x = left[row]! - meanLeft
    const y = right[row]! - meanRight
    both += x * y
    squaresLeft += x * x
    squaresRight += y * y
  }
  return squaresLeft > 0 && squaresRight > 0 ? both / Math.sqrt(squaresLeft * squaresRight) : 0
}
