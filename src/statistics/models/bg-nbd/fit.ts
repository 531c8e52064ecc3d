import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { type CurvedMinimum, newton } from '../../optimisation/newton.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { nbdObjective } from '../nbd/objective.ts'
import { groupByPurchases, type PurchaseGroups } from '../purchase-groups.ts'
import { checkFitOptions, fitOf, meanGap } from '../report-fit.ts'
import { growingSamples, isEvident, searchInStages } from '../staged-search.ts'
import { bgNbdObjective, type EarlyChances } from './objective.ts'
import { type BgNbdParameters, bgNbdParameterNames } from './parameters.ts'

/** A chance to leave below one in a hundred purchases is not seen in data of this kind; it is what is left of a fit without one. */
const SMALLEST_LEAVING = 0.01

/**
 * Fits BG/NBD (no early chances) or MBG/NBD (one) to a base of customers by maximum likelihood over (ln r, ln alpha, ln a,
 * ln b), within a box that stands for "cannot be told": a search without one runs to parameters of 1e23 and says nothing.
 */
export function fitBgNbd(columns: Columns, options: FitOptions, early: EarlyChances): Fit<BgNbdParameters> {
  checkColumns(columns)
  checkFitOptions(options)
  const gap = meanGap(everyNth(columns, 30_000))
  const box: Box = {
    lower: [1e-3, 1e-4 * gap, 1e-4, 1e-3].map(Math.log),
    upper: [1e3, 1e5 * gap, 1e4, 1e4].map(Math.log),
  }
  const starts = [[1, gap, 0.5, 1.5].map(Math.log), [0.5, 0.5 * gap, 1, 6].map(Math.log)]
  const bases = growingSamples(columns).map(groupByPurchases)
  const stages = bases.map(base => ({ customers: base.customers, objective: bgNbdObjective(base, early) }))
  const minima = searchInStages(stages, { starts, box, ...options })
  const minimum = minima.at(-1)!
  const evidence = minima.map((found, i) => () => leavingEvidence(bases[i]!, found, box))
  const warnings: FitWarning[] = []
  if (!leavingIsPossible(minimum, box) || !isEvident(evidence)) warnings.push('dropout-not-identified')
  if (isAtEdge(minimum.point, box, 0) || isAtEdge(minimum.point, box, 1)) warnings.push('rates-at-boundary')
  return fitOf({ minimum, base: bases.at(-1)! }, bgNbdParameterNames, box, warnings)
}

function leavingIsPossible({ point }: CurvedMinimum, box: Box): boolean {
  if (isAtEdge(point, box, 2) || isAtEdge(point, box, 3)) return false
  const a = Math.exp(point[2]!)
  const b = Math.exp(point[3]!)
  return a / (a + b) >= SMALLEST_LEAVING
}

/** Twice the log-likelihood that leaving adds to a model in which nobody leaves, which is NBD. */
function leavingEvidence(base: PurchaseGroups, { point, value }: CurvedMinimum, box: Box): number {
  const ratesOnly = { lower: box.lower.slice(0, 2), upper: box.upper.slice(0, 2) }
  const stay = newton(nbdObjective(base), point.subarray(0, 2), ratesOnly, { tolerance: 1e-2 })
  return 2 * (stay.value - value)
}
