import { betaDraw, exponentialDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import { emptySimulation } from '../empty-simulation.ts'
import type { Simulated, SimulationWindow } from '../model.ts'
import { checkQuestion } from '../question.ts'
import type { EarlyChances } from './objective.ts'
import type { BgNbdParameters } from './parameters.ts'

/**
 * Invents customers who live exactly as the model says: each draws a rate and a chance to leave, buys after exponential
 * gaps, and leaves or stays at every purchase that lets her.
 * Example: MBG/NBD with a = 1e9, b = 1e-3 -> everybody leaves at the first purchase, nobody comes back.
 */
export function simulateBgNbd(
  parameters: BgNbdParameters,
  { observed, horizon = 0 }: SimulationWindow,
  random: RandomSource,
  early: EarlyChances,
): Simulated {
  checkQuestion(parameters, { horizon })
  const { r, alpha, a, b } = parameters
  const { columns, future, alive } = emptySimulation(observed)
  for (let row = 0; row < observed.length; row++) {
    // A rate of 0 or a gap of 0 is rounding; no customer has either.
    const rate = Math.max(gammaDraw(r, random) / alpha, 1e-300)
    const chance = betaDraw(a, b, random)
    const end = observed[row]!
    let at = 0
    let stays = early === 0 || random() >= chance
    while (stays) {
      const gap = Math.max(exponentialDraw(random) / rate, 1e-9)
      if (at + gap > end) alive[row] = 1
      at += gap
      if (at > end + horizon) break
      if (at > end) future[row]!++
      else {
        columns.purchases[row]!++
        columns.recency[row] = at
        columns.logGapSum[row]! += Math.log(gap)
      }
      stays = random() >= chance
    }
  }
  return { columns, future, alive }
}
