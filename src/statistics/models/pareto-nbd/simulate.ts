import { exponentialDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import { emptySimulation } from '../empty-simulation.ts'
import type { Simulated, SimulationWindow } from '../model.ts'
import { checkQuestion } from '../question.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** Invents customers who live as Pareto/NBD says, one for each T of the window, at times of any fraction. */
export function simulate(
  parameters: ParetoNbdParameters,
  { observed, horizon = 0 }: SimulationWindow,
  random: RandomSource,
): Simulated {
  checkQuestion(parameters, { horizon })
  const { r, alpha, s, beta } = parameters
  const { columns, future, alive } = emptySimulation(observed)
  for (let row = 0; row < observed.length; row++) {
    const end = observed[row]!
    const rate = gammaDraw(r, random) / alpha
    const leaving = exponentialDraw(random) / (gammaDraw(s, random) / beta)
    const until = Math.min(leaving, end + horizon)
    if (leaving > end) alive[row] = 1
    let last = 0
    // A rate that rounds to 0 waits for ever: 1 / 0 ends the loop.
    for (let at = exponentialDraw(random) / rate; at <= until; at += exponentialDraw(random) / rate) {
      if (!(at > last)) continue
      if (at > end) {
        future[row]!++
        continue
      }
      columns.purchases[row]!++
      columns.logGapSum[row]! += Math.log(at - last)
      last = at
    }
    columns.recency[row] = last
  }
  return { columns, future, alive }
}
