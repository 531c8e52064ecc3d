import { logSurvival } from './probability-of-continuing.ts'
import { checkDays, checkHistory, checkParameters, type RhythmHistory, type RhythmParameters } from './rhythm.ts'

/**
 * The probability that a customer has not left for good, after c days of silence:
 * P(alive) = (b + x) S(c) / (a + (b + x) S(c)).
 *
 * Do not rank customers by it: on a young or seasonal base it is near 1 for all (rank by probabilityOfSilence).
 * Example: with silence 0 it is (b + x) / (a + b + x), the posterior mean chance of having stayed.
 */
export function probabilityAlive(parameters: RhythmParameters, history: RhythmHistory, silentDays: number): number {
  checkParameters(parameters)
  checkHistory(history)
  checkDays('silentDays', silentDays)
  return aliveFrom(parameters, history, logSurvival(parameters, history, silentDays))
}

/** The same from a known ln S(c), unchecked. */
export function aliveFrom(parameters: RhythmParameters, history: RhythmHistory, logContinuing: number): number {
  const staying = parameters.b + history.gaps
  // Divided through by (b + x) S so that nothing overflows; e^-ln S may be infinite, and then the answer is 0.
  return 1 / (1 + (parameters.a / staying) * Math.exp(-logContinuing))
}
