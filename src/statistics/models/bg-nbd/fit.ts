import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { newton } from '../../optimisation/newton.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { nbdObjective } from '../nbd/objective.ts'
import { checkFitOptions, fitOf, meanGap, type SearchResult, searchInStages } from '../newton-fit.ts'
import { bgNbdObjective, type EarlyChances } from './objective.ts'
import { type BgNbdParameters, bgNbdParameterNames } from './parameters.ts'

/** 99 % of chi-square with one degree of freedom, halved for a parameter tested at its boundary (Self & Liang 1987). */
const EVIDENCE_NEEDED = 5.41
/** Where a sample says it so clearly, the whole base need not be asked again. */
const EVIDENCE_BEYOND_DOUBT = 50
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
  const search = searchInStages(columns, {
    objectiveOf: groups => bgNbdObjective(groups, early),
    starts,
    box,
    ...options,
  })
  const found: FitWarning[] = []
  if (!leavingIsSeen(search, box)) found.push('dropout-not-identified')
  if (isAtEdge(search.minimum.point, box, 0) || isAtEdge(search.minimum.point, box, 1)) found.push('rates-at-boundary')
  return fitOf(search, bgNbdParameterNames, box, found)
}

function leavingIsSeen({ minimum, groups, sample }: SearchResult, box: Box): boolean {
  if (isAtEdge(minimum.point, box, 2) || isAtEdge(minimum.point, box, 3)) return false
  const a = Math.exp(minimum.point[2]!)
  const b = Math.exp(minimum.point[3]!)
  if (a / (a + b) < SMALLEST_LEAVING) return false
  if (leavingEvidence(sample, box) > EVIDENCE_BEYOND_DOUBT) return true
  return leavingEvidence({ minimum, groups }, box) > EVIDENCE_NEEDED
}

/** Twice the log-likelihood that leaving adds to a model in which nobody leaves, which is NBD. */
function leavingEvidence({ minimum, groups }: Pick<SearchResult, 'minimum' | 'groups'>, box: Box): number {
  const ratesOnly = { lower: box.lower.slice(0, 2), upper: box.upper.slice(0, 2) }
  const stay = newton(nbdObjective(groups), minimum.point.subarray(0, 2), ratesOnly, { tolerance: 1e-2 })
  return 2 * (stay.value - minimum.value)
}
