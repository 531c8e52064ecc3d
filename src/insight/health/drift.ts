import { populationStabilityIndex } from '#statistics/index.ts'
import { type Drift, type FeatureName, featureNames } from './contract.ts'
import type { Observed } from './watched.ts'

/** How many customers fell into each range: at most an edge, or beyond the last one. */
export interface FeatureProfile {
  readonly edges: readonly number[]
  readonly counts: readonly number[]
}

/** What the base looked like when a model saw it: all that later days are compared with. */
export type Profile = Readonly<Partial<Record<FeatureName, FeatureProfile>>>

/** Ranges of fewer customers than this would move by chance alone. */
const fewestInRange = 50
const mostRanges = 10

/** Tenths of the base by each feature; fewer ranges where the base is small or many customers share a value. */
export function profileOf({ features }: Pick<Observed, 'features'>): Profile {
  return Object.fromEntries(
    featureNames.flatMap(name => {
      const values = features[name]
      if (!values || values.length === 0) return []
      const edges = edgesOf(values)
      return [[name, { edges, counts: countsOf(values, edges) }]]
    }),
  )
}

/**
 * How far the base has moved since the model saw it, feature by feature, by the population stability index.
 *
 * Example: the same base again -> 0 everywhere; customers who come half as often -> recency far beyond 0.25.
 */
export function driftOf(profile: Profile, { features }: Pick<Observed, 'features'>): Drift['features'] {
  return featureNames.flatMap(name => {
    const then = profile[name]
    const values = features[name]
    if (!then || !values || values.length === 0) return []
    const now = countsOf(values, then.edges)
    return [{ name, psi: stability(then.counts, now), bins: rangesOf(then, now) }]
  })
}

/** Ranges are numbered, and each number is taken as a value of its own: so the index of the numbers is that of the counts. */
function stability(before: readonly number[], now: readonly number[]): number {
  const numbers = (counts: readonly number[]) => counts.flatMap((count, range) => new Array<number>(count).fill(range))
  const reference = numbers(before)
  return populationStabilityIndex(reference, numbers(now), { bins: Math.max(2, reference.length) })
}

function rangesOf({ edges, counts }: FeatureProfile, now: readonly number[]) {
  const then = total(counts)
  const today = total(now)
  return counts.map((count, range) => ({
    from: edges[range - 1] ?? null,
    to: edges[range] ?? null,
    before: count / then,
    now: now[range]! / today,
  }))
}

function edgesOf(values: readonly number[]): number[] {
  const ranges = Math.min(mostRanges, Math.max(2, Math.floor(values.length / fewestInRange)))
  const sorted = [...values].sort((one, other) => one - other)
  const edges: number[] = []
  for (let range = 1; range < ranges; range++) {
    const edge = sorted[Math.ceil((range * sorted.length) / ranges) - 1]!
    // The last value is no edge: nothing that was seen then lies beyond it.
    if (edge !== edges.at(-1) && edge < sorted.at(-1)!) edges.push(edge)
  }
  return edges
}

function countsOf(values: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  for (const value of values) {
    const range = edges.findIndex(edge => value <= edge)
    counts[range < 0 ? edges.length : range]!++
  }
  return counts
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
