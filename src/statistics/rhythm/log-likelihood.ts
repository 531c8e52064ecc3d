import { logBeta } from '../functions/log-beta.ts'
import { logGamma } from '../functions/log-gamma.ts'
import { logSurvival } from './probability-of-continuing.ts'
import { checkDays, checkHistory, checkParameters, type RhythmHistory, type RhythmParameters } from './rhythm.ts'

/**
 * Natural logarithm of one customer's likelihood, ln F + ln M, where
 * F = e^((k-1) L) Gamma(r + kx) alpha^r / (Gamma(k)^x Gamma(r) (alpha + t_x)^(r + kx)) is the density of her gaps and
 * M = [B(a+1, b+x) + B(a, b+x+1) S(c)] / B(a, b) says that she then left, or stayed and is silent.
 *
 * It is a density of the gaps, not a probability of a count, so measuring in weeks instead of days adds x ln 7. With k = 1
 * it equals the usual MBG/NBD likelihood in (x, t_x, T) number for number, with no constant between them: then
 * S(c) = ((alpha + t_x) / (alpha + T))^(r + x), and F S(c) is the familiar Gamma(r + x) alpha^r / (Gamma(r) (alpha + T)^(r + x)).
 * Example: k 1, r 1, alpha 1, a 1, b 1, no gaps, silent 1 day -> ln(1/2 + 1/2 x 1/2) = ln 0.75.
 */
export function logLikelihood(parameters: RhythmParameters, history: RhythmHistory, silentDays: number): number {
  checkParameters(parameters)
  checkHistory(history)
  checkDays('silentDays', silentDays)
  const { k, r, alpha, a, b } = parameters
  const { gaps, gapDaysSum, logGapSum } = history
  const shape = r + k * gaps
  const logGaps =
    (k - 1) * logGapSum -
    gaps * logGamma(k) +
    logGamma(shape) -
    logGamma(r) -
    r * Math.log1p(gapDaysSum / alpha) -
    k * gaps * Math.log(alpha + gapDaysSum)
  const staying = b + gaps
  const continuing = Math.exp(logSurvival(parameters, history, silentDays))
  return logGaps + logBeta(a, staying) - logBeta(a, b) + Math.log((a + staying * continuing) / (a + staying))
}
