import { logScaledUpperGamma } from '../../functions/incomplete-gamma.ts'
import { type Mean, meanOverBeta, meanOverGamma } from '../../functions/mean-over.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { justStayed } from './expected-purchases.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'
import { aliveFrom, logSilenceSoFar } from './probability-alive.ts'

/**
 * Expected purchases over all time to come, each discounted by e^(-rate u) at u after the end of the observation.
 *
 * Of a customer who buys at the rate lambda and leaves with the chance p, a gap discounts by phi = (lambda / (lambda + rate))^k,
 * and the gap that is running after a silence c by e^(rate c) phi Q(k, (lambda + rate) c) / Q(k, lambda c); the purchases after it
 * add up to a geometric series, 1 / (1 - (1 - p) phi) (Laplace transforms of a renewal process). What remains are two
 * means: over p, and over lambda given her past.
 * Example: nobody leaves (a -> 0), k = 1, rate d -> her mean purchase rate / d.
 */
export function discountedExpectedResidual(
  leaving: Leaving,
  parameters: CnbdKParameters,
  history: History,
  rate: number,
): number {
  checkQuestion(parameters, { history, rate })
  const logContinuing = logSilenceSoFar(parameters, history)
  const alive = aliveFrom(leaving, parameters, history.purchases, logContinuing)
  if (alive === 0) return 0
  const { k, shape, a, staying } = justStayed(leaving, parameters, history.purchases)
  const scale = parameters.alpha + history.recency
  const silent = history.observed - history.recency
  const total = scale + silent
  const overLeaving = meanOverBeta(a, staying)
  // The rate given her gaps is Gamma(shape, scale); e^(-lambda c) of the silence makes the scale the whole observation.
  const mean = meanOverGamma(shape)(point => {
    const lambda = point / total
    const discount = k * Math.log1p(rate / lambda)
    const running = Math.exp(logScaledUpperGamma(k, (lambda + rate) * silent) - discount)
    return running * discountedSeries(overLeaving, discount)
  })
  return alive * mean * Math.exp(-shape * Math.log1p(silent / scale) - logContinuing)
}

/** 1 / (1 - (1 - p) phi) in the mean over p, where phi = e^-discount. */
export function discountedSeries(overLeaving: Mean, discount: number): number {
  const lost = -Math.expm1(-discount)
  const phi = Math.exp(-discount)
  return overLeaving(p => 1 / (lost + p * phi))
}
