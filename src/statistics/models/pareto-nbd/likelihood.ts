import { logRising } from '../../functions/log-rising.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'
import type { ParetoNbdParameters } from './parameters.ts'

const moments = new Float64Array(LEAVING_MOMENTS)

/**
 * The log-likelihood of one customer (Fader & Hardie 2005, "A note on deriving the Pareto/NBD model"): she was alive at her
 * last purchase, and since then either stayed and was silent or left.
 *
 * Example: CDNOW parameters (.5533, 10.578, .6060, 11.669) in weeks, x = 2, t_x = 30.43, T = 38.86 -> -9.5540
 */
export function logLikelihood(parameters: ParetoNbdParameters, history: History): number {
  checkQuestion(parameters, { history })
  const { r, alpha, s, beta } = parameters
  const { purchases, recency, observed } = history
  return (
    logRising(r, purchases) -
    r * Math.log1p(recency / alpha) -
    purchases * Math.log(alpha + recency) -
    s * Math.log1p(recency / beta) +
    logSilence(parameters, purchases, recency, observed)
  )
}

/**
 * The probability that she has not left by the end of the observation.
 * Example: CDNOW, x = 26, t_x = 30.857, T = 31 -> .99787 (Fader & Hardie).
 */
export function probabilityAlive(parameters: ParetoNbdParameters, history: History): number {
  checkQuestion(parameters, { history })
  return aliveProbability(parameters, history)
}

/** The same for input that has been checked. */
export function aliveProbability(parameters: ParetoNbdParameters, history: History): number {
  const { r, alpha, s, beta } = parameters
  const { purchases, recency, observed } = history
  const left = leavingIntegral(moments, r + purchases, alpha, s, beta, recency, observed)
  // Where staying is nearly certain, left is small and keeps its digits; where it is not, stayed does.
  const stayed = Math.exp(-fall(parameters, purchases, recency, observed))
  return stayed / (stayed + left)
}

/**
 * The probability of no purchase within `horizon` after the end of the observation: she has left, or leaves before she
 * would have bought, or stays and is silent. It is the likelihood of the same past with a longer silence, against that
 * of the past as it is. Example: CDNOW, x = 2, t_x = 30.43, T = 38.86, 39 weeks -> .4080
 */
export function probabilityOfSilence(parameters: ParetoNbdParameters, history: History, horizon: number): number {
  checkQuestion(parameters, { history, horizon })
  const { purchases, recency, observed } = history
  const later = logSilence(parameters, purchases, recency, observed + horizon)
  return Math.min(1, Math.exp(later - logSilence(parameters, purchases, recency, observed)))
}

/** ln of the probability of silence from her last purchase to `until`, given that she was alive at that purchase. */
export function logSilence(parameters: ParetoNbdParameters, purchases: number, recency: number, until: number): number {
  const { r, alpha, s, beta } = parameters
  const left = leavingIntegral(moments, r + purchases, alpha, s, beta, recency, until)
  const fallen = fall(parameters, purchases, recency, until)
  return fallen < 0.5 ? Math.log1p(Math.expm1(-fallen) + left) : Math.log(Math.exp(-fallen) + left)
}

/** -ln of the probability of staying and not buying from her last purchase to `until`. */
function fall({ r, alpha, s, beta }: ParetoNbdParameters, purchases: number, recency: number, until: number): number {
  const silent = until - recency
  return (r + purchases) * Math.log1p(silent / (alpha + recency)) + s * Math.log1p(silent / (beta + recency))
}
