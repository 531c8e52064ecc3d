import { inverseIncompleteBetaLogOdds } from '../../functions/inverse-incomplete-beta.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import type { CnbdKParameters } from './parameters.ts'

/**
 * Span after the last purchase within which the next one comes with probability p, given that the customer stays:
 * z = I^-1_p(k, r + kx), span = z / (1 - z) (alpha + t_x). Works from the first purchase on (no gaps: the base speaks).
 *
 * She is late at level p when she has been silent for longer. Never infinite: at most Number.MAX_VALUE.
 * Example: k 1, r 1, alpha 30, no gaps, p 0.5 -> 30 days; p 0.9 -> 270 days.
 */
export function nextPurchaseQuantile(parameters: CnbdKParameters, history: History, p: number): number {
  checkQuestion(parameters, { history, p })
  const logOdds = inverseIncompleteBetaLogOdds(p, parameters.k, parameters.r + parameters.k * history.purchases)
  const span = Math.exp(logOdds + Math.log(parameters.alpha + history.recency))
  return Math.min(span, Number.MAX_VALUE)
}
