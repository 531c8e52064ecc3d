import { betaTails } from '../functions/incomplete-beta.ts'
import { checkDays, checkHistory, checkParameters, type RhythmHistory, type RhythmParameters } from './rhythm.ts'

/**
 * S(c): the probability that the current gap of a customer who is still alive lasts longer than c days.
 *
 * S(c) = 1 - I_z(k, r + kx) with z = c / (c + alpha + t_x): her own gaps, shrunk toward those of the base.
 * Example: k 2, r 1, alpha 10, one gap of 20 days, 20 days silent -> z = 0.4, S = 1 - I_0.4(2, 3) = 0.4752.
 */
export function probabilityOfContinuing(
  parameters: RhythmParameters,
  history: RhythmHistory,
  silentDays: number,
): number {
  checkParameters(parameters)
  checkHistory(history)
  checkDays('silentDays', silentDays)
  return Math.exp(logSurvival(parameters, history, silentDays))
}

/** ln S(c), unchecked: finite down to customers whose silence is astronomically improbable. */
export function logSurvival(parameters: RhythmParameters, history: RhythmHistory, silentDays: number): number {
  if (silentDays === 0) return 0
  const scale = parameters.alpha + history.gapDaysSum
  const shape = parameters.r + parameters.k * history.gaps
  // ln z and ln(1 - z) from the ratio, so that neither a very short nor a very long silence rounds away.
  const { logUpper } = betaTails(-Math.log1p(scale / silentDays), -Math.log1p(silentDays / scale), parameters.k, shape)
  return Math.max(logUpper, -Number.MAX_VALUE)
}
