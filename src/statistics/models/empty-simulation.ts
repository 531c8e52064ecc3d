import { refuseAll } from '../invalid-input.ts'
import type { NumberColumn } from './columns.ts'

/**
 * A base of invented customers, each watched for so long, before anything has happened: to be filled by a model's `simulate`.
 * Refuses times to watch that are negative or not finite, with the first of them.
 * Example: observed [10, 20] -> two customers without repeat purchases, each counting once.
 */
export function emptySimulation(observed: NumberColumn) {
  const wrong = observed.findIndex((time: number) => !(time >= 0 && time < Infinity))
  if (wrong >= 0) refuseAll([`observed must be finite numbers of at least 0, found ${observed[wrong]} at row ${wrong}`])
  const customers = observed.length
  return {
    columns: {
      purchases: new Float64Array(customers),
      recency: new Float64Array(customers),
      observed: Float64Array.from(observed),
      logGapSum: new Float64Array(customers),
      weights: new Float64Array(customers).fill(1),
    },
    future: new Int32Array(customers),
    alive: new Uint8Array(customers),
  }
}
