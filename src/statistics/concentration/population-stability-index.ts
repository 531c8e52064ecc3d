import { InvalidInput } from '../invalid-input.ts'
import { checkValues } from './ranked.ts'

/**
 * How credit scoring reads the index by convention (Siddiqi 2006): below `watch` the base is the one the model was fitted
 * on, from `refit` it is another one.
 */
export const stabilityBounds = { watch: 0.1, refit: 0.25 } as const

/**
 * How far a base has moved since a model was fitted: sum over bins of (share now - share then) ln(share now / share then). The
 * bins are equal shares of the base then; where many customers have the same value (no repeat purchase) there are fewer.
 * Every bin on either side has half a customer more than were counted, so that an empty one gives a number.
 *
 * Example: the same base twice -> 0; a base of which everybody moved to the top tenth -> more than 4.
 */
export function populationStabilityIndex(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  { bins = 10 }: { bins?: number } = {},
): number {
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new InvalidInput([`bins must be a whole number of at least 2, found ${bins}`])
  }
  checkValues({ reference })
  checkValues({ current })
  const sorted = Float64Array.from(reference).sort()
  const edges: number[] = []
  for (let bin = 1; bin < bins; bin++) {
    const edge = sorted[Math.ceil((bin * sorted.length) / bins) - 1]!
    // The last value is no edge: nothing of the reference lies beyond it.
    if (edge !== edges.at(-1) && edge < sorted.at(-1)!) edges.push(edge)
  }
  const before = sharesOf(reference, edges)
  const now = sharesOf(current, edges)
  return before.reduce((sum, share, bin) => sum + (now[bin]! - share) * Math.log(now[bin]! / share), 0)
}

/** Share of the values up to each edge, and beyond the last. */
function sharesOf(values: ArrayLike<number>, edges: readonly number[]): Float64Array {
  const counts = new Float64Array(edges.length + 1).fill(0.5)
  for (let row = 0; row < values.length; row++) {
    let bin = 0
    while (bin < edges.length && values[row]! > edges[bin]!) bin++
    counts[bin]!++
  }
  const total = values.length + counts.length / 2
  return counts.map(count => count / total)
}
