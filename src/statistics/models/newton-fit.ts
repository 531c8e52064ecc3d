import { InvalidInput } from '../invalid-input.ts'
import { type Box, freeSlope, isAtEdge } from '../optimisation/box.ts'
import { type CurvedMinimum, type CurvedObjective, newton } from '../optimisation/newton.ts'
import { type Columns, everyNth } from './columns.ts'
import type { Fit, FitOptions, FitWarning } from './fit.ts'
import { groupByPurchases, type PurchaseGroups } from './purchase-groups.ts'
import { observedInformation } from './standard-errors.ts'

/** Below this many customers who came back, a few numbers say more about chance than about customers. */
const FEWEST_REPEATERS = 50
/** The starts compete on so many customers, */
const FIRST_SAMPLE = 3000
/** and the winner is led so close by these that the whole base is read about three times. */
const SECOND_SAMPLE = 30_000

export interface Search {
  readonly objectiveOf: (groups: PurchaseGroups) => CurvedObjective
  readonly starts: readonly (readonly number[])[]
  readonly box: Box
  readonly maximumIterations?: number
}

export interface SearchResult {
  readonly minimum: CurvedMinimum
  readonly groups: PurchaseGroups
  /** The second sample and its minimum: the whole base where that is no larger. */
  readonly sample: { readonly minimum: CurvedMinimum; readonly groups: PurchaseGroups }
}

/** Maximum likelihood by Newton's method: from fixed starts on a small sample, by a larger one, to the whole base. */
export function searchInStages(
  columns: Columns,
  { objectiveOf, starts, box, maximumIterations = 200 }: Search,
): SearchResult {
  const limits = { maximumIterations }
  const first = objectiveOf(groupByPurchases(everyNth(columns, FIRST_SAMPLE)))
  const best = starts
    .map(start => newton(first, start, box, { ...limits, tolerance: 1e-3 }))
    .reduce((one, other) => (other.value < one.value ? other : one))
  const sampled = everyNth(columns, SECOND_SAMPLE)
  const sampleGroups = groupByPurchases(sampled)
  const sample = { groups: sampleGroups, minimum: newton(objectiveOf(sampleGroups), best.point, box, limits) }
  if (sampled === columns) return { ...sample, sample }
  const groups = groupByPurchases(columns)
  return { groups, minimum: newton(objectiveOf(groups), sample.minimum.point, box, limits), sample }
}

/** Refuses options that mean nothing. */
export function checkFitOptions({ maximumIterations = 1 }: FitOptions): void {
  if (maximumIterations >= 1) return
  throw new InvalidInput([`maximumIterations must be a number of at least 1, found ${maximumIterations}`])
}

/** The search as what every fit returns; `found` are the warnings that only the model can know. */
export function fitOf<Parameters extends object>(
  { minimum, groups }: Pick<SearchResult, 'minimum' | 'groups'>,
  names: readonly (keyof Parameters & string)[],
  box: Box,
  found: readonly FitWarning[],
): Fit<Parameters> {
  const parameters = Object.fromEntries(names.map((name, i) => [name, Math.exp(minimum.point[i]!)])) as Parameters
  const atBoundary = names.some((_, i) => isAtEdge(minimum.point, box, i))
  const { known, ...information } = observedInformation(parameters, names, minimum.hessian, atBoundary)
  const repeaters = groups.counts.reduce((sum, count) => sum + count, 0)
  const warnings: FitWarning[] = []
  if (repeaters < FEWEST_REPEATERS) warnings.push('too-few-customers')
  if (repeaters === 0) warnings.push('no-repeat-purchases')
  warnings.push(...found)
  if (!minimum.converged) warnings.push('not-converged')
  if (!known) warnings.push('no-standard-errors')
  return {
    parameters,
    logLikelihood: -minimum.value,
    ...information,
    iterations: minimum.iterations,
    gradientNorm: freeSlope(minimum, box) / groups.customers,
    converged: minimum.converged,
    customers: groups.customers,
    warnings,
  }
}

/**
 * The mean gap between purchases, which sets the unit of the search; without any gap the mean observation stands in.
 * Example: two gaps over 20 days and none over 30 -> 10.
 */
export function meanGap({ purchases, recency, observed, weights }: Columns): number {
  let span = 0
  let gaps = 0
  let watched = 0
  let customers = 0
  for (let row = 0; row < purchases.length; row++) {
    const weight = weights ? weights[row]! : 1
    span += weight * recency[row]!
    gaps += weight * purchases[row]!
    watched += weight * observed[row]!
    customers += weight
  }
  const gap = gaps > 0 ? span / gaps : watched > 0 ? watched / customers : 1
  // Beyond these its square is no number.
  return Math.min(Math.max(gap, 1e-100), 1e100)
}
