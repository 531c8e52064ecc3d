import { aliveFrom } from './probability-alive.ts'
import { logSurvival } from './probability-of-continuing.ts'
import { checkDays, checkHistory, checkParameters, type RhythmHistory, type RhythmParameters } from './rhythm.ts'

/**
 * The probability that a customer, silent for c days, buys nothing in the next H days:
 * 1 - P(alive) (1 - S(c + H) / S(c)). Exact, because one can only leave at a purchase.
 *
 * This is the score to rank by: it knows both that she may have left and how long her own rhythm is.
 * Example: H = 0 -> 1; and silence over 30 then 60 days is silence over 90: P(c, 90) = P(c, 30) P(c + 30, 60).
 */
export function probabilityOfSilence(
  parameters: RhythmParameters,
  history: RhythmHistory,
  silentDays: number,
  horizonDays: number,
): number {
  checkParameters(parameters)
  checkHistory(history)
  checkDays('silentDays', silentDays)
  checkDays('horizonDays', horizonDays)
  const logNow = logSurvival(parameters, history, silentDays)
  const logThen = logSurvival(parameters, history, silentDays + horizonDays)
  return 1 + aliveFrom(parameters, history, logNow) * Math.expm1(Math.min(0, logThen - logNow))
}
