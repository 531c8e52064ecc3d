import { exponentialDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import type { Simulated, SimulationWindow } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { checkWindow } from './check-window.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** Invents customers who live as Pareto/NBD says, one for each T of the window, at times of any fraction. */
export function simulate(
  parameters: ParetoNbdParameters,
  { observed, horizon = 0 }: SimulationWindow,
  random: RandomSource,
): Simulated {
  checkQuestion(parameters, { horizon })
  checkWindow(observed)
  const { r, alpha, s, beta } = parameters
  const rows = observed.length
  const columns = {
    purchases: new Float64Array(rows),
    recency: new Float64Array(rows),
    observed: Float64Array.from(observed),
    logGapSum: new Float64Array(rows),
    weights: new Float64Array(rows).fill(1),
  }
  const future = new Int32Array(rows)
  const alive = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
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
