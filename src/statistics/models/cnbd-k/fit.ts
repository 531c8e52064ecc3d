import { refuseAll } from '../../invalid-input.ts'
import { type Box, freeSlope, isAtEdge } from '../../optimisation/box.ts'
import { type CurvedMinimum, type CurvedObjective, newton } from '../../optimisation/newton.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { observedInformation } from '../standard-errors.ts'
import { cnbdKObjective } from './objective.ts'
import { type CnbdKParameters, type Leaving, parameterNames } from './parameters.ts'
import { type RowsByPurchases, rowsByPurchases } from './rows-by-purchases.ts'

export interface CnbdKFitOptions extends FitOptions {
  /** Holds k instead of fitting it: 1 is (M)BG/NBD, 2 the Erlang-2 rhythm of BTYDplus. */
  readonly k?: number
  /** Fits a larger base on every n-th customer; all customers where absent. A million take about a second. */
  readonly maximumCustomers?: number
}

/** Below this many customers who came back, five numbers say more about chance than about customers. */
const FEWEST_REPEATERS = 50
/** 99 % of chi-square with one degree of freedom, halved for a parameter tested at its boundary (Self & Liang 1987). */
const EVIDENCE_NEEDED = 5.41
/** A chance to leave below one in a hundred purchases is not seen in data of this kind; it is what is left of a fit without one. */
const SMALLEST_DROPOUT = 0.01
/** Where the search for (k, r, a, b) stops; alpha moves with the unit of the gaps. */
const SMALLEST = { k: 0.05, r: 0.01, a: 1e-4, b: 1e-3 }
const LARGEST = { k: 50, r: 1000, a: 1e4, b: 1e4 }
/** Two starts are tried on the first of these; the better one is carried on over the second, and then over everybody. */
const SAMPLES = [1500, 30_000] as const

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
  const { maximumCustomers = Infinity, maximumIterations = 200, k: heldK } = options
  const used = everyNth(columns, maximumCustomers)
  const rows = rowsByPurchases(used)
  const meanGap = meanGapOf(rows)
  const box = searchBox(rows, heldK)
  const objectiveOf = (most: number): CurvedObjective => {
    const some = everyNth(used, most)
    return cnbdKObjective(leaving, some === used ? rows : rowsByPurchases(some))
  }

  const first = objectiveOf(SAMPLES[0])
  const starts = [
    [0.4, 0, Math.log(meanGap), Math.log(0.5), Math.log(1.5)],
    [0.1, -0.4, Math.log(0.5 * meanGap), 0, Math.log(6)],
  ].map(start => newton(first, start, box, { maximumIterations, tolerance: 1e-3 }))
  const best = starts.reduce((one, other) => (other.value < one.value ? other : one))
  const second = objectiveOf(SAMPLES[1])
  const sample = newton(second, best.point, box, { maximumIterations })
  const objective = cnbdKObjective(leaving, rows)
  const found =
    used.purchases.length <= SAMPLES[1] ? sample : newton(objective, sample.point, box, { maximumIterations })

  // Leaving that a sample proves needs no proof from everybody.
  const proven = evidenceOfLeaving(second, sample, box, maximumIterations) >= EVIDENCE_NEEDED
  const identified =
    proven || (found !== sample && evidenceOfLeaving(objective, found, box, maximumIterations) >= EVIDENCE_NEEDED)
  return reported(found, rows, { box, identified, isSample: used !== columns, heldK })
}

/** Twice the log-likelihood that leaving adds over the best fit in which nobody leaves: a is held where it says nothing. */
function evidenceOfLeaving(
  objective: CurvedObjective,
  found: CurvedMinimum,
  box: Box,
  maximumIterations: number,
): number {
  const nobody = Math.log(1e-9)
  const held = (all: ArrayLike<number>) => [all[0]!, all[1]!, all[2]!, nobody, 0]
  const without = newton(
    objective,
    held(found.point),
    { lower: held(box.lower), upper: held(box.upper) },
    { maximumIterations, tolerance: 1e-2 },
  )
  return 2 * (without.value - found.value)
}

function reported(
  found: CurvedMinimum,
  rows: RowsByPurchases,
  about: { box: Box; identified: boolean; isSample: boolean; heldK: number | undefined },
): Fit<CnbdKParameters> {
  const { box, heldK } = about
  const [k, r, alpha, a, b] = Array.from(found.point, Math.exp) as [number, number, number, number, number]
  const parameters = { k: heldK ?? k, r, alpha, a, b }
  const atEdge = parameterNames.map((_, i) => isAtEdge(found.point, box, i))
  const [kAtEdge, rAtEdge, alphaAtEdge, aAtEdge, bAtEdge] = atEdge
  const repeaters = rows.groups.reduce((sum, group) => sum + (group.purchases > 0 ? group.end - group.first : 0), 0)
  const information = informationOf(parameters, found.hessian, heldK !== undefined, atEdge)
  const warnings: FitWarning[] = []
  if (repeaters < FEWEST_REPEATERS) warnings.push('too-few-customers')
  if (repeaters === 0) warnings.push('no-repeat-purchases')
  if (!about.identified || a / (a + b) < SMALLEST_DROPOUT || aAtEdge || bAtEdge) {
    warnings.push('dropout-not-identified')
  }
  if (heldK === undefined && kAtEdge) warnings.push('k-at-boundary')
  if (rAtEdge || alphaAtEdge) warnings.push('rates-at-boundary')
  if (!found.converged) warnings.push('not-converged')
  if (!information.known) warnings.push('no-standard-errors')
  if (about.isSample) warnings.push('fitted-on-sample')
  return {
    parameters,
    logLikelihood: -found.value,
    standardErrors: information.standardErrors,
    logCovariance: information.logCovariance,
    iterations: found.iterations,
    gradientNorm: freeSlope(found, box) / rows.customers,
    converged: found.converged,
    customers: rows.customers,
    warnings,
  }
}

/** A k that was held has no error: the information is that of the other four. */
function informationOf(
  parameters: CnbdKParameters,
  hessian: Float64Array,
  kIsHeld: boolean,
  atEdge: readonly boolean[],
) {
  const size = parameterNames.length
  if (!kIsHeld) return observedInformation(parameters, parameterNames, hessian, atEdge.includes(true))
  const others = parameterNames.slice(1)
  const part = new Float64Array((size - 1) ** 2)
  for (let i = 1; i < size; i++) {
    for (let j = 1; j < size; j++) part[(i - 1) * (size - 1) + j - 1] = hessian[i * size + j]!
  }
  const found = observedInformation(parameters, others, part, atEdge.slice(1).includes(true))
  const logCovariance = new Float64Array(size * size)
  for (let i = 1; i < size; i++) {
    for (let j = 1; j < size; j++) logCovariance[i * size + j] = found.logCovariance[(i - 1) * (size - 1) + j - 1]!
  }
  return { known: found.known, logCovariance, standardErrors: { ...found.standardErrors, k: 0 } }
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
export function searchBox(rows: RowsByPurchases, k: number | undefined): Box {
  const meanGap = meanGapOf(rows)
  const lower = [k ?? SMALLEST.k, SMALLEST.r, 1e-3 * meanGap, SMALLEST.a, SMALLEST.b]
  const upper = [k ?? LARGEST.k, LARGEST.r, LARGEST.k * LARGEST.r * meanGap, LARGEST.a, LARGEST.b]
  return { lower: lower.map(Math.log), upper: upper.map(Math.log) }
}

/** The mean gap sets the unit of the search; without any gap the mean silence stands in for it. */
function meanGapOf({ groups, recency, silent, weights, customers }: RowsByPurchases): number {
  let spans = 0
  let gaps = 0
  let silences = 0
  for (const { purchases, first, end } of groups) {
    for (let row = first; row < end; row++) {
      spans += weights[row]! * recency[row]!
      gaps += weights[row]! * purchases
      silences += weights[row]! * silent[row]!
    }
  }
  if (gaps > 0) return spans / gaps
  return silences > 0 ? silences / customers : 1
}
