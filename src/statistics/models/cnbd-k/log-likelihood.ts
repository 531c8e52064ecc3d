import { logBeta } from '../../functions/log-beta.ts'
import { logGamma } from '../../functions/log-gamma.ts'
import { InvalidInput } from '../../invalid-input.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { type CnbdKParameters, type Leaving, stayingEvidence } from './parameters.ts'
import { logSilenceSoFar } from './probability-alive.ts'

/**
 * Natural logarithm of one customer's likelihood, ln F + ln M, where
 * F = e^((k-1) L) Gamma(r + kx) alpha^r / (Gamma(k)^x Gamma(r) (alpha + t_x)^(r + kx)) is the density of her gaps and
 * M = [B(a+1, s) + B(a, s+1) S(c)] / B(a, b) says that she then left, or stayed and is silent; s = b + x for MBG,
 * b + x - 1 for BG (where M = S(c) as long as x = 0).
 *
 * It is a density of the gaps, not a probability of a count, so measuring in weeks instead of days adds x ln 7. With k = 1
 * it equals the usual (M)BG/NBD likelihood in (x, t_x, T) number for number, with no constant between them: then
 * S(c) = ((alpha + t_x) / (alpha + T))^(r + x), and F S(c) is the familiar Gamma(r + x) alpha^r / (Gamma(r) (alpha + T)^(r + x)).
 * Example: MBG, k 1, r 1, alpha 1, a 1, b 1, no gaps, silent 1 day -> ln(1/2 + 1/2 x 1/2) = ln 0.75.
 */
export function logLikelihood(leaving: Leaving, parameters: CnbdKParameters, history: History): number {
  checkQuestion(parameters, { history })
  const { k, r, alpha, a, b } = parameters
  const { purchases, recency, logGapSum } = history
  if (purchases > 0 && k !== 1 && logGapSum === undefined) {
    throw new InvalidInput(['logGapSum is needed: with k other than 1 it matters how even the gaps are'])
  }
  const shape = r + k * purchases
  const logGaps =
    (k === 1 ? 0 : (k - 1) * (logGapSum ?? 0)) -
    purchases * logGamma(k) +
    logGamma(shape) -
    logGamma(r) -
    r * Math.log1p(recency / alpha) -
    k * purchases * Math.log(alpha + recency)
  const logContinuing = logSilenceSoFar(parameters, history)
  const staying = stayingEvidence(leaving, b, purchases)
  if (staying === Infinity) return logGaps + logContinuing
  const continuing = Math.exp(logContinuing)
  return logGaps + logBeta(a, staying) - logBeta(a, b) + Math.log((a + staying * continuing) / (a + staying))
}
