import { refuseAll } from '../../invalid-input.ts'
import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { type CurvedMinimum, type CurvedObjective, newton } from '../../optimisation/newton.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { fitOf, meanGap } from '../report-fit.ts'
import { growingSamples, isEvident, searchInStages } from '../staged-search.ts'
import { cnbdKObjective } from './objective.ts'
import { type CnbdKParameters, type Leaving, parameterNames } from './parameters.ts'
import { rowsByPurchases } from './rows-by-purchases.ts'

export interface CnbdKFitOptions extends FitOptions {
  /** Holds k instead of fitting it: 1 is (M)BG/NBD, 2 the Erlang-2 rhythm of BTYDplus. */
  readonly k?: number
  /** Fits a larger base on every n-th customer; all customers where absent. A million take about a second. */
  readonly maximumCustomers?: number
}

/** A chance to leave below one in a hundred purchases is not seen in data of this kind; it is what is left of a fit without one. */
const SMALLEST_DROPOUT = 0.01
/** Where the search for (k, r, a, b) stops; alpha moves with the unit of the gaps. */
const SMALLEST = { k: 0.05, r: 0.01, a: 1e-4, b: 1e-3 }
const LARGEST = { k: 50, r: 1000, a: 1e4, b: 1e4 }

/**
 * Fits (M)BG/CNBD-k to a base of customers by maximum likelihood over the logarithms of (k, r, alpha, a, b).
 *
 * Deterministic: two fixed starts on a small sample, the better one carried on by Newton's method. It says what it cannot
 * know: on a young base nobody has had the time to leave, and then P(alive) is a story, not a number.
 * Example: MBG on the CDNOW sample in weeks (39 weeks) -> k 1.04; with k held at 1: r .525, alpha 6.183, a .891, b 1.614.
 */
export function fitCnbdK(leaving: Leaving, columns: Columns, options: CnbdKFitOptions = {}): Fit<CnbdKParameters> {
  checkColumns(columns)
  checkOptions(options, columns)
  const { maximumCustomers = Infinity, k: heldK } = options
  const used = everyNth(columns, maximumCustomers)
  const box = searchBox(used, heldK)
  const gap = gapOf(used)
  const starts = [[1.5, 1, gap, 0.5, 1.5].map(Math.log), [1.1, 0.67, 0.5 * gap, 1, 6].map(Math.log)]
  const bases = growingSamples(used).map(rowsByPurchases)
  const stages = bases.map(base => ({ customers: base.customers, objective: cnbdKObjective(leaving, base) }))
  const minima = searchInStages(stages, { starts, box, ...options })
  const minimum = minima.at(-1)!
  const evidence = minima.map((found, i) => () => leavingEvidence(stages[i]!.objective, found, box))

  const atEdge = (i: number) => isAtEdge(minimum.point, box, i)
  const warnings: FitWarning[] = []
  if (!leavingIsPossible(minimum, box) || !isEvident(evidence)) warnings.push('dropout-not-identified')
  if (heldK === undefined && atEdge(0)) warnings.push('k-at-boundary')
  if (atEdge(1) || atEdge(2)) warnings.push('rates-at-boundary')
  if (used !== columns) warnings.push('fitted-on-sample')
  const fit = fitOf<CnbdKParameters>({ minimum, base: bases.at(-1)! }, parameterNames, box, warnings)
  // The logarithm of a k that was held need not lead back to it.
  return heldK === undefined ? fit : { ...fit, parameters: { ...fit.parameters, k: heldK } }
}

function leavingIsPossible({ point }: CurvedMinimum, box: Box): boolean {
  if (isAtEdge(point, box, 3) || isAtEdge(point, box, 4)) return false
  const a = Math.exp(point[3]!)
  const b = Math.exp(point[4]!)
  return a / (a + b) >= SMALLEST_DROPOUT
}

/** Twice the log-likelihood that leaving adds over the best fit in which nobody leaves: a is held where it says nothing. */
function leavingEvidence(objective: CurvedObjective, { point, value }: CurvedMinimum, box: Box): number {
  const held = (all: ArrayLike<number>) => [all[0]!, all[1]!, all[2]!, Math.log(1e-9), 0]
  const nobodyLeaves = { lower: held(box.lower), upper: held(box.upper) }
  return 2 * (newton(objective, held(point), nobodyLeaves, { tolerance: 1e-2 }).value - value)
}

function checkOptions({ maximumCustomers = 1, maximumIterations = 1, k }: CnbdKFitOptions, columns: Columns): void {
  const messages: string[] = []
  for (const [name, value] of Object.entries({ maximumCustomers, maximumIterations })) {
    if (!(value >= 1)) messages.push(`${name} must be a number of at least 1, found ${value}`)
  }
  if (k !== undefined && !(k >= SMALLEST.k && k <= LARGEST.k)) {
    messages.push(`k must lie between ${SMALLEST.k} and ${LARGEST.k}, found ${k}`)
  }
  if (k !== 1 && !columns.logGapSum) {
    messages.push('logGapSum is needed: with k other than 1 it matters how even the gaps are')
  }
  refuseAll(messages)
}

/** Where the logarithms of the parameters are looked for; a k that is given is held. */
export function searchBox(columns: Columns, k: number | undefined): Box {
  const gap = gapOf(columns)
  const lower = [k ?? SMALLEST.k, SMALLEST.r, 1e-3 * gap, SMALLEST.a, SMALLEST.b]
  const upper = [k ?? LARGEST.k, LARGEST.r, LARGEST.k * LARGEST.r * gap, LARGEST.a, LARGEST.b]
  return { lower: lower.map(Math.log), upper: upper.map(Math.log) }
}

/** A sample knows the unit of the search well enough. */
function gapOf(columns: Columns): number {
  return meanGap(everyNth(columns, 30_000))
}
