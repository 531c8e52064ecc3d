import { InvalidInput } from '../../invalid-input.ts'
import { exponentialDraw, gammaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
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
  if (!observed.every((span: number) => span >= 0 && span < Infinity)) {
    throw new InvalidInput(['observed must be finite numbers of at least 0'])
  }
  const customers = observed.length
  const columns = {
    purchases: new Float64Array(customers),
    recency: new Float64Array(customers),
    observed: Float64Array.from(observed),
    logGapSum: new Float64Array(customers),
    weights: new Float64Array(customers).fill(1),
  }
  const future = new Int32Array(customers)
  for (let row = 0; row < customers; row++) {
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
  return { columns, future, alive: new Uint8Array(customers).fill(1) }
}
