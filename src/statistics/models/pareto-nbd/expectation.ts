import { logConcaveIntegral } from '../../functions/log-concave-integral.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { aliveProbability } from './likelihood.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/**
 * Expected purchases within `horizon` after the end of the observation (Fader & Hardie 2005, equation 41): the chance that
 * she is still there, times her rate, times how long of the horizon she stays.
 * Example: CDNOW, x = 26, t_x = 30.857, T = 31, 52 weeks -> 25.456.
 */
export function expectedPurchases(parameters: ParetoNbdParameters, history: History, horizon: number): number {
  checkQuestion(parameters, { history, horizon })
  const { r, alpha, s, beta } = parameters
  const { purchases, observed } = history
  const rate = (r + purchases) / (alpha + observed)
  return aliveProbability(parameters, history) * rate * expectedStay(s, beta + observed, horizon)
}

/** Expected repeat purchases of a new customer. Example: CDNOW, 52 weeks -> 1.4734. */
export function expectedPurchasesOfNew(parameters: ParetoNbdParameters, horizon: number): number {
  checkQuestion(parameters, { horizon })
  const { r, alpha, s, beta } = parameters
  return (r / alpha) * expectedStay(s, beta, horizon)
}

/**
 * Expected purchases over all time to come, discounted at the continuous `rate` (Fader, Hardie & Lee 2005, "RFM and CLV").
 * Example: CDNOW, x = 2, t_x = 30.43, T = 38.86, 15 % a year (.0027 a week) -> 6.485
 */
export function discountedExpectedResidual(parameters: ParetoNbdParameters, history: History, rate: number): number {
  checkQuestion(parameters, { history, rate })
  const { r, alpha, s, beta } = parameters
  const { purchases, observed } = history
  const purchaseRate = (r + purchases) / (alpha + observed)
  return aliveProbability(parameters, history) * purchaseRate * discountedStay(s, beta + observed, rate)
}

/**
 * Given that she has not left: what the rest of the relationship outlives with probability 1/2. The mean is infinite for
 * s <= 1 (as on CDNOW), so it is not offered. For tiny s the largest number there is stands for "practically for ever".
 * Example: CDNOW, T = 38.86 -> 108.07 weeks.
 */
export function residualLifetimeMedian(parameters: ParetoNbdParameters, history: History): number {
  checkQuestion(parameters, { history })
  const { s, beta } = parameters
  return Math.min(Number.MAX_VALUE, (beta + history.observed) * Math.expm1(Math.LN2 / s))
}

/**
 * Span after her last purchase within which the next comes with probability `p`, given that she stays. Only the rhythm
 * of buying counts: her gaps are exponential at a rate that is Gamma(r + x, alpha + t_x).
 * Example: CDNOW, x = 2, t_x = 30.43, p = .9 -> 60.04 weeks.
 */
export function nextPurchaseQuantile(parameters: ParetoNbdParameters, history: History, p: number): number {
  checkQuestion(parameters, { history, p })
  const { r, alpha } = parameters
  const { purchases, recency } = history
  return Math.min(Number.MAX_VALUE, (alpha + recency) * Math.expm1(-Math.log1p(-p) / (r + purchases)))
}

/**
 * Expected time she stays within `horizon`, where her rate of leaving is Gamma(s, scale): the integral of
 * (scale / (scale + u))^s. Written so that nothing happens at s = 1, where the textbook form divides 0 by 0.
 */
export function expectedStay(s: number, scale: number, horizon: number): number {
  const ahead = Math.log1p(horizon / scale)
  const exponent = (1 - s) * ahead
  return scale * ahead * (exponent === 0 ? 1 : Math.expm1(exponent) / exponent)
}

/** The same over all time to come, each moment discounted by e^(-rate u); with y = ln(1 + u / scale) it is log-concave. */
export function discountedStay(s: number, scale: number, rate: number): number {
  const discount = rate * scale
  const logIntegral = logConcaveIntegral(
    y => (1 - s) * y - discount * Math.expm1(y),
    y => 1 - s - discount * Math.exp(y),
    0,
    Infinity,
  )
  return scale * Math.exp(logIntegral)
}
