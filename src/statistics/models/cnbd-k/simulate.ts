import { betaDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import { emptySimulation } from '../empty-simulation.ts'
import type { Simulated, SimulationWindow } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { type CnbdKParameters, chancesToLeave, type Leaving } from './parameters.ts'

/**
 * Invents customers who live exactly as the model says: each draws a rate and a chance to leave, buys, and after every
 * purchase that lets her she stays or leaves. What was seen of them comes back as columns, with what came after.
 *
 * Example: MBG with a = 1e9, b = 1 -> everybody leaves at once, so every row has no repeat purchases.
 */
export function simulate(
  leaving: Leaving,
  parameters: CnbdKParameters,
  { observed, horizon = 0 }: SimulationWindow,
  random: RandomSource,
): Simulated {
  checkQuestion(parameters, { horizon })
  const { k, r, alpha, a, b } = parameters
  const { columns, future, alive } = emptySimulation(observed)
  for (let row = 0; row < observed.length; row++) {
    const rate = Math.max(gammaDraw(r, random) / alpha, 1e-300)
    const chance = betaDraw(a, b, random)
    const seenUntil = observed[row]!
    let at = 0
    let bought = 0
    while (chancesToLeave(leaving, bought) === 0 || random() >= chance) {
      const gap = Math.max(gammaDraw(k, random) / rate, 1e-9)
      // She was still a customer while the gap lasted in which the observation ended.
      if (at + gap > seenUntil) alive[row] = 1
      if (at + gap > seenUntil + horizon) break
      at += gap
      bought++
      if (at > seenUntil) {
        future[row]!++
        continue
      }
      columns.purchases[row]!++
      columns.recency[row] = at
      columns.logGapSum[row]! += Math.log(gap)
    }
  }
  return { columns, future, alive }
}
