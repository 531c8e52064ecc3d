import { refuseAll } from '../invalid-input.ts'
import { type Box, type Minimum, minimise } from '../optimisation/minimise.ts'
import type { RhythmParameters } from './rhythm.ts'
import { checkColumns, everyNth, groupSinglePurchases, type RhythmColumns } from './rhythm-columns.ts'
import { rhythmObjective } from './rhythm-objective.ts'

/** Stable codes of what a fit has to say about itself; each is the key of a sentence for the reader. */
export type RhythmWarning =
  | 'too-few-customers'
  | 'no-repeat-purchases'
  | 'dropout-not-identified'
  | 'k-at-boundary'
  | 'rates-at-boundary'
  | 'not-converged'
  | 'fitted-on-sample'

export interface RhythmFit {
  readonly parameters: RhythmParameters
  /** Of the customers the fit used (see customersUsed), gaps measured in the unit of the columns. */
  readonly logLikelihood: number
  readonly iterations: number
  /** Largest slope of the mean log-likelihood in a log-parameter that is not held at its boundary. */
  readonly gradientNorm: number
  readonly converged: boolean
  readonly customersUsed: number
  /** Twice the log-likelihood that leaving adds over a model in which nobody leaves. */
  readonly dropoutEvidence: number
  readonly warnings: readonly RhythmWarning[]
}

export interface RhythmFitOptions {
  /** Larger bases are fitted on every n-th customer (default 250,000: about a second, all five numbers within a per cent). */
  readonly maximumCustomers?: number
  readonly maximumIterations?: number
  /** Holds k instead of fitting it: 1 is MBG/NBD, 2 the Erlang-2 rhythm of BTYDplus. */
  readonly k?: number
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

/**
 * Fits MBG/CNBD-k to a base of customers by maximum likelihood over the logarithms of (k, r, alpha, a, b).
 *
 * Deterministic: two fixed starts on a small sample, the better one carried on over all customers with exact gradients.
 * It says what it cannot know: on a young base nobody has had the time to leave, and then P(alive) is a story, not a number.
 * Example: the CDNOW sample in weeks (39 weeks) -> k 1.04; with k held at 1: r .525, alpha 6.183, a .891, b 1.614.
 */
export function fitRhythm(columns: RhythmColumns, options: RhythmFitOptions = {}): RhythmFit {
  checkColumns(columns)
  checkOptions(options)
  const { maximumCustomers = 250_000, maximumIterations = 200 } = options
  const used = everyNth(columns, maximumCustomers)
  const grouped = groupSinglePurchases(used)
  const meanGap = meanGapDays(grouped)
  const box = boxAround(meanGap, options.k)
  const limits = { maximumIterations, tolerance: 1e-6 }

  const sample = groupSinglePurchases(everyNth(used, 3000))
  const sampleObjective = rhythmObjective(sample)
  const starts = [
    [0.4, 0, Math.log(meanGap), Math.log(0.5), Math.log(1.5)],
    [0.1, -0.4, Math.log(0.5 * meanGap), 0, Math.log(6)],
  ]
  const best = starts
    .map(start => minimise(sampleObjective, start, box, { ...limits, tolerance: 1e-4 }))
    .reduce((one, other) => (other.value < one.value ? other : one))

  const objective = rhythmObjective(grouped)
  const fit = minimise(objective, [...best.point], box, limits)
  const dropoutEvidence = 2 * (withoutDropout(objective, fit, box, limits).value - fit.value)
  const [k, r, alpha, a, b] = [...fit.point].map(Math.exp) as [number, number, number, number, number]
  const parameters = { k, r, alpha, a, b }
  return {
    parameters,
    logLikelihood: -fit.value,
    iterations: fit.iterations + best.iterations,
    gradientNorm: freeSlope(fit, box) / sumOf(grouped.weights),
    converged: fit.converged,
    customersUsed: used.gaps.length,
    dropoutEvidence,
    warnings: warningsFor({ parameters, fit, box, used, isSample: used !== columns, dropoutEvidence }),
  }
}

/** The best fit in which nobody ever leaves: a is held so small that it says nothing. */
function withoutDropout(
  objective: ReturnType<typeof rhythmObjective>,
  fit: Minimum,
  box: Box,
  limits: { maximumIterations: number; tolerance: number },
): Minimum {
  const nobody = Math.log(1e-9)
  const start = [fit.point[0]!, fit.point[1]!, fit.point[2]!, nobody, 0]
  return minimise(
    objective,
    start,
    {
      lower: [box.lower[0]!, box.lower[1]!, box.lower[2]!, nobody, 0],
      upper: [box.upper[0]!, box.upper[1]!, box.upper[2]!, nobody, 0],
    },
    { ...limits, tolerance: 1e-2 },
  )
}

function warningsFor(found: {
  parameters: RhythmParameters
  fit: Minimum
  box: Box
  used: RhythmColumns
  isSample: boolean
  dropoutEvidence: number
}): RhythmWarning[] {
  const { parameters, fit, box, used, dropoutEvidence } = found
  const { a, b } = parameters
  const atEdge = (i: number) => fit.point[i]! <= box.lower[i]! + 1e-6 || fit.point[i]! >= box.upper[i]! - 1e-6
  const repeaters = countRepeaters(used)
  const warnings: RhythmWarning[] = []
  if (repeaters < FEWEST_REPEATERS) warnings.push('too-few-customers')
  if (repeaters === 0) warnings.push('no-repeat-purchases')
  if (dropoutEvidence < EVIDENCE_NEEDED || a / (a + b) < SMALLEST_DROPOUT || atEdge(3) || atEdge(4)) {
    warnings.push('dropout-not-identified')
  }
  if (box.lower[0] !== box.upper[0] && atEdge(0)) warnings.push('k-at-boundary')
  if (atEdge(1) || atEdge(2)) warnings.push('rates-at-boundary')
  if (!fit.converged) warnings.push('not-converged')
  if (found.isSample) warnings.push('fitted-on-sample')
  return warnings
}

function checkOptions({ maximumCustomers = 1, maximumIterations = 1, k = 1 }: RhythmFitOptions): void {
  const messages: string[] = []
  for (const [name, value] of Object.entries({ maximumCustomers, maximumIterations })) {
    if (!(value >= 1)) messages.push(`${name} must be a number of at least 1, found ${value}`)
  }
  if (!(k >= SMALLEST.k && k <= LARGEST.k)) {
    messages.push(`k must lie between ${SMALLEST.k} and ${LARGEST.k}, found ${k}`)
  }
  refuseAll(messages)
}

function countRepeaters({ gaps }: RhythmColumns): number {
  let repeaters = 0
  for (let row = 0; row < gaps.length; row++) if (gaps[row]! > 0) repeaters++
  return repeaters
}

function boxAround(meanGap: number, k: number | undefined): Box {
  const lower = [k ?? SMALLEST.k, SMALLEST.r, 1e-3 * meanGap, SMALLEST.a, SMALLEST.b]
  const upper = [k ?? LARGEST.k, LARGEST.r, LARGEST.k * LARGEST.r * meanGap, LARGEST.a, LARGEST.b]
  return { lower: lower.map(Math.log), upper: upper.map(Math.log) }
}

/** The mean gap sets the unit of the search; without any gap the mean silence stands in for it. */
function meanGapDays(columns: Required<RhythmColumns>): number {
  let days = 0
  let gaps = 0
  let silent = 0
  for (let row = 0; row < columns.gaps.length; row++) {
    days += columns.weights[row]! * columns.gapDaysSum[row]!
    gaps += columns.weights[row]! * columns.gaps[row]!
    silent += columns.weights[row]! * columns.silentDays[row]!
  }
  if (gaps > 0) return days / gaps
  return silent > 0 ? silent / sumOf(columns.weights) : 1
}

function freeSlope(fit: Minimum, box: Box): number {
  return fit.gradient.reduce((largest, slope, i) => {
    const held = (fit.point[i]! <= box.lower[i]! && slope >= 0) || (fit.point[i]! >= box.upper[i]! && slope <= 0)
    return held ? largest : Math.max(largest, Math.abs(slope))
  }, 0)
}

function sumOf(numbers: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < numbers.length; i++) sum += numbers[i]!
  return sum
}
