import { integrate } from '../../functions/integrate.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { tabulatedLine } from '../../functions/polynomial-pieces.ts'
import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { type CnbdKParameters, chancesToLeave, type Leaving } from './parameters.ts'
import { aliveFrom, logSilenceSoFar } from './probability-alive.ts'
import { type Counted, type JustStayed, weightedRenewals } from './renewals.ts'
import { logSurvival } from './survival.ts'
import { pieceWidth } from './survival-table.ts'

/**
 * Expected purchases within `horizon` after the end of the observation, exact for real k.
 *
 * Given that she stays, the gap that is running ends at g after her last purchase with the density f(g) / S(c), where f is
 * that of a gap and c her silence so far; from then on she is a customer who has just bought, of whom `weightedRenewals`
 * tells the rest. (For whole k this is the sum over hidden phases of Platzer & Reutterer's Erlang model; the formula that
 * BTYDplus uses instead is an approximation, up to 41 % off.)
 * Example: MBG, k 1, r 1, alpha 1, a -> 0, one purchase today, horizon 3 -> 3.
 */
export function expectedPurchases(
  leaving: Leaving,
  parameters: CnbdKParameters,
  history: History,
  horizon: number,
): number {
  checkQuestion(parameters, { history, horizon })
  const alive = aliveFrom(leaving, parameters, history.purchases, logSilenceSoFar(parameters, history))
  return alive === 0 ? 0 : alive * weightAhead(leaving, parameters, history, 'every')(horizon)
}

/** The same of a customer of whom only her first purchase is known. */
export function expectedPurchasesOfNew(leaving: Leaving, parameters: CnbdKParameters, horizon: number): number {
  return expectedPurchases(leaving, parameters, { purchases: 0, recency: 0, observed: 0 }, horizon)
}

/**
 * Of a customer who has not left: expected weight of the purchases within a horizon, unchecked. What follows the next
 * purchase is tabulated where it is asked for often (long horizons, or many of them).
 */
export function weightAhead(
  leaving: Leaving,
  parameters: CnbdKParameters,
  { purchases, recency, observed }: History,
  counted: Counted,
): (horizon: number) => number {
  const scale = parameters.alpha + recency
  const silent = observed - recency
  const now = justStayed(leaving, parameters, purchases)
  if (silent === 0) return horizon => weightedRenewals(now, horizon / scale, counted)
  const { k, shape, a, staying } = now
  const after = justStayed(leaving, parameters, purchases + 1)
  const renewals = tabulatedLine(logOdds => weightedRenewals(after, Math.exp(logOdds), counted), pieceWidth(k))
  const first = counted === 'every' ? 1 : a / (a + staying)
  const stays = staying / (a + staying)
  const logNormaliser = logBeta(k, shape) + logSurvival(parameters, { purchases, recency }, silent)
  // Over ln g, from ln c to ln(c + horizon): there the density is smooth however short the silence was.
  return horizon =>
    integrate(
      (_, fromNow, toEnd) => {
        const gap = silent * Math.exp(fromNow)
        const left = -(silent + horizon) * Math.expm1(-toEnd)
        const density = Math.exp(-k * Math.log1p(scale / gap) - shape * Math.log1p(gap / scale) - logNormaliser)
        return density === 0 ? 0 : density * (first + stays * renewals(Math.log(left / (scale + gap))))
      },
      0,
      Math.log1p(horizon / silent),
    )
}

/** What is known of a customer at the moment of purchase `purchases`, given that she then stayed. */
export function justStayed(leaving: Leaving, { k, r, a, b }: CnbdKParameters, purchases: number): JustStayed {
  return { k, shape: r + k * purchases, a, staying: b + chancesToLeave(leaving, purchases) }
}
