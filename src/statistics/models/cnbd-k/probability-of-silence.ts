import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'
import { aliveFrom } from './probability-alive.ts'
import { logSurvival } from './survival.ts'

/**
 * The probability that a customer, silent for c = T - t_x, buys nothing within the horizon H:
 * 1 - P(alive) (1 - S(c + H) / S(c)). Exact, because one can only leave at a purchase.
 *
 * This is the score to rank by: it knows both that she may have left and how long her own rhythm is.
 * Example: H = 0 -> 1; and silence over 30 then 60 days is silence over 90: P(c, 90) = P(c, 30) P(c + 30, 60).
 */
export function probabilityOfSilence(
  leaving: Leaving,
  parameters: CnbdKParameters,
  history: History,
  horizon: number,
): number {
  checkQuestion(parameters, { history, horizon })
  const silent = history.observed - history.recency
  const logNow = logSurvival(parameters, history, silent)
  const logThen = logSurvival(parameters, history, silent + horizon)
  return 1 + aliveFrom(leaving, parameters, history.purchases, logNow) * Math.expm1(Math.min(0, logThen - logNow))
}
