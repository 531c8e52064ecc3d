import type { History } from '../history.ts'
import { checkQuestion } from '../question.ts'
import { type CnbdKParameters, type Leaving, stayingEvidence } from './parameters.ts'
import { logSurvival } from './survival.ts'

/**
 * The probability that a customer has not left for good, after a silence of c = T - t_x:
 * P(alive) = s S(c) / (a + s S(c)), where s = b + x for MBG and b + x - 1 for BG (who cannot have left while x = 0).
 *
 * Do not rank customers by it: on a young or seasonal base it is near 1 for all (rank by probabilityOfSilence).
 * Example: MBG without any silence -> (b + x) / (a + b + x), the posterior mean chance of having stayed.
 */
export function probabilityAlive(leaving: Leaving, parameters: CnbdKParameters, history: History): number {
  checkQuestion(parameters, { history })
  return aliveFrom(leaving, parameters, history.purchases, logSilenceSoFar(parameters, history))
}

/** ln S(T - t_x), unchecked. */
export function logSilenceSoFar(parameters: CnbdKParameters, history: History): number {
  return logSurvival(parameters, history, history.observed - history.recency)
}

/** The same from a known ln S(c), unchecked. */
export function aliveFrom(
  leaving: Leaving,
  { a, b }: CnbdKParameters,
  purchases: number,
  logContinuing: number,
): number {
  const left = a / stayingEvidence(leaving, b, purchases)
  // Divided through by s S so that nothing overflows; e^-ln S may be infinite, and then the answer is 0.
  return left === 0 ? 1 : 1 / (1 + left * Math.exp(-logContinuing))
}
