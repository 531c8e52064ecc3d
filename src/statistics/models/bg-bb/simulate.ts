import { betaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import type { NumberColumn } from '../columns.ts'
import { checkPositive } from '../history.ts'
import { type BgBbParameters, checkOpportunities, type OpportunityColumns } from './parameters.ts'

/** Invented customers: what was seen of them, and what came after. */
export interface SimulatedOpportunities {
  readonly columns: Required<OpportunityColumns>
  /** Purchases at the `periods` opportunities after the observation. */
  readonly future: Int32Array
  /** 1 where the customer was there at the last opportunity of the observation. */
  readonly alive: Uint8Array
}

/** Invents customers who live exactly as the model says. */
export function simulate(
  parameters: BgBbParameters,
  { opportunities, periods = 0 }: { readonly opportunities: NumberColumn; readonly periods?: number },
  random: RandomSource,
): SimulatedOpportunities {
  checkPositive(parameters)
  checkOpportunities('periods', periods)
  for (const count of opportunities) checkOpportunities('opportunities', count)
  const { alpha, beta, gamma, delta } = parameters
  const rows = opportunities.length
  const purchases = new Int32Array(rows)
  const recency = new Int32Array(rows)
  const future = new Int32Array(rows)
  const alive = new Uint8Array(rows)
  for (let row = 0; row < rows; row++) {
    const buying = betaDraw(alpha, beta, random)
    const leaving = betaDraw(gamma, delta, random)
    const seen = opportunities[row]!
    let there = 0
    while (there < seen + periods && random() >= leaving) {
      there++
      if (random() >= buying) continue
      if (there > seen) future[row]!++
      else {
        purchases[row]!++
        recency[row] = there
      }
    }
    alive[row] = there >= seen ? 1 : 0
  }
  return { columns: { purchases, recency, opportunities, weights: new Float64Array(rows).fill(1) }, future, alive }
}
