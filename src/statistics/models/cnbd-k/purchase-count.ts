import { betaTails } from '../../functions/incomplete-beta.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { checkQuestion } from '../question.ts'
import { type CnbdKParameters, chancesToLeave, type Leaving, stayingEvidence } from './parameters.ts'

/**
 * Probability that a new customer makes exactly `count` repeat purchases within `horizon`: she stays that long and the next
 * purchase comes too late, or it would have come and she has left before.
 * Example: BG, k 1, r 1, alpha 1, horizon 1 -> 1/2 that she makes none.
 */
export function purchaseCountProbability(
  leaving: Leaving,
  parameters: CnbdKParameters,
  count: number,
  horizon: number,
): number {
  checkQuestion(parameters, { count, horizon })
  if (horizon === 0) return count === 0 ? 1 : 0
  const { k, r, alpha, a, b } = parameters
  const tails = (n: number) =>
    n === 0
      ? { logLower: 0, logUpper: -Infinity }
      : betaTails(-Math.log1p(alpha / horizon), -Math.log1p(horizon / alpha), n * k, r)
  const reached = tails(count)
  const exceeded = tails(count + 1)
  const between =
    exceeded.logLower < -Math.LN2
      ? Math.exp(reached.logLower) - Math.exp(exceeded.logLower)
      : Math.exp(exceeded.logUpper) - Math.exp(reached.logUpper)
  const stayed = count === 0 ? 1 : Math.exp(logBeta(a, b + chancesToLeave(leaving, count - 1)) - logBeta(a, b))
  const leaves = a / (a + stayingEvidence(leaving, b, count))
  return stayed * (between + leaves * Math.exp(exceeded.logLower))
}
