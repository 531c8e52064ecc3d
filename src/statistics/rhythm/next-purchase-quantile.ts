import { inverseIncompleteBetaLogOdds } from '../functions/inverse-incomplete-beta.ts'
import { InvalidInput } from '../invalid-input.ts'
import { checkHistory, checkParameters, type RhythmHistory, type RhythmParameters } from './rhythm.ts'

/**
 * Days after the last purchase within which the next one comes with probability p, given that the customer stays:
 * z = I^-1_p(k, r + kx), days = z / (1 - z) (alpha + t_x). Works from the first purchase on (no gaps: the base speaks).
 *
 * She is late at level p when she has been silent for longer. Never infinite: at most Number.MAX_VALUE.
 * Example: k 1, r 1, alpha 30, no gaps, p 0.5 -> 30 days; p 0.9 -> 270 days.
 */
export function nextPurchaseQuantile(parameters: RhythmParameters, history: RhythmHistory, p: number): number {
  checkParameters(parameters)
  checkHistory(history)
  if (!(p > 0 && p < 1)) throw new InvalidInput([`p must lie between 0 and 1, found ${p}`])
  const logOdds = inverseIncompleteBetaLogOdds(p, parameters.k, parameters.r + parameters.k * history.gaps)
  const days = Math.exp(logOdds + Math.log(parameters.alpha + history.gapDaysSum))
  return Math.min(days, Number.MAX_VALUE)
}
