import { exponentialDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import { emptySimulation } from '../empty-simulation.ts'
import type { Simulated, SimulationWindow } from '../model.ts'
import { checkQuestion } from '../question.ts'
import type { NbdParameters } from './parameters.ts'

/** Invents customers who live exactly as the model says: each draws a rate and buys after exponential gaps, for ever. */
export function simulateNbd(
  parameters: NbdParameters,
  { observed, horizon = 0 }: SimulationWindow,
  random: RandomSource,
): Simulated {
  checkQuestion(parameters, { horizon })
  const { columns, future, alive } = emptySimulation(observed)
  for (let row = 0; row < observed.length; row++) {
    // A rate of 0 or a gap of 0 is rounding; no customer has either.
    const rate = Math.max(gammaDraw(parameters.r, random) / parameters.alpha, 1e-300)
    const end = observed[row]!
    for (let at = 0; ; ) {
      const gap = Math.max(exponentialDraw(random) / rate, 1e-9)
      at += gap
      if (at > end + horizon) break
      if (at > end) future[row]!++
      else {
        columns.purchases[row]!++
        columns.recency[row] = at
        columns.logGapSum[row]! += Math.log(gap)
      }
    }
  }
  return { columns, future, alive: alive.fill(1) }
}
