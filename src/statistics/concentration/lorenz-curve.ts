import { InvalidInput } from '../invalid-input.ts'
import { checkValues } from './ranked.ts'

export interface LorenzCurve {
  /** Share of the customers, least valuable first; from 0 to 1. */
  readonly customers: Float64Array
  /** Their share of the whole amount; from 0 to 1, never above `customers`. */
  readonly value: Float64Array
}

/**
 * What share of an amount the least valuable 1, 2, ... 100 per cent of the customers hold together (Lorenz 1905). Where there
 * is nothing to share out, the diagonal.
 *
 * Example: 0 0 0 4 at 4 steps -> customers 0 .25 .5 .75 1, value 0 0 0 0 1.
 */
export function lorenzCurve(values: ArrayLike<number>, steps = 100): LorenzCurve {
  checkValues({ values }, { notNegative: ['values'] })
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new InvalidInput([`steps must be a whole number of at least 1, found ${steps}`])
  }
  const sorted = Float64Array.from(values).sort()
  const rows = sorted.length
  const total = sorted.reduce((sum, value) => sum + value, 0)
  const customers = Float64Array.from({ length: steps + 1 }, (_, step) => step / steps)
  const value = customers.slice()
  if (total === 0) return { customers, value }
  let row = 0
  let held = 0
  for (let step = 1; step < steps; step++) {
    const wanted = (step * rows) / steps
    while (row + 1 <= wanted) held += sorted[row++]!
    // A border that runs through a customer takes its part of her.
    value[step] = (held + (wanted - row) * (sorted[row] ?? 0)) / total
  }
  return { customers, value }
}
