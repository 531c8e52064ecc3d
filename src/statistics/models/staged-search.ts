import { type Box, clampToBox } from '../optimisation/box.ts'
import { solvePositiveDefinite } from '../optimisation/cholesky.ts'
import { minimise, type Objective } from '../optimisation/minimise.ts'
import { type CurvedMinimum, type CurvedObjective, newton } from '../optimisation/newton.ts'
import { type Columns, everyNth } from './columns.ts'

/** The starts compete on so many customers, and the winner is led so close by the second sample that few passes remain. */
const SAMPLES = [3000, 30_000]
/** Evidence left to gain: nobody needs the floor of a sample to more than this. */
const SAMPLE_TOLERANCE = 1e-3
const LAST_TOLERANCE = 1e-9
/** 99 % of chi-square with one degree of freedom, halved for a parameter tested at its boundary (Self & Liang 1987). */
const EVIDENCE_NEEDED = 5.41
/** Where a sample says it so clearly, the whole base need not be asked again. */
const EVIDENCE_BEYOND_DOUBT = 50

/** The negative log-likelihood of some of the customers. */
export interface Stage {
  /** Sum of their weights. */
  readonly customers: number
  readonly objective: CurvedObjective
  /** The same without its curvature, where that costs more passes. */
  readonly slopes?: Objective
}

export interface Search {
  readonly starts: readonly (readonly number[])[]
  readonly box: Box
  readonly maximumIterations?: number
}

/** Every n-th of a few customers, of more, and all; a small base is not divided. */
export function growingSamples(columns: Columns): Columns[] {
  const samples = SAMPLES.filter(size => columns.purchases.length > 2 * size).map(size => everyNth(columns, size))
  return [...samples.filter(({ weights }) => weights === undefined || weights.some(weight => weight > 0)), columns]
}

/**
 * Maximum likelihood by Newton's method over ever more customers, one minimum for each stage: from fixed starts on a small
 * sample, by a larger one, to the whole base. There each pass costs, and about three remain.
 */
export function searchInStages(
  stages: readonly Stage[],
  { starts, box, maximumIterations = 200 }: Search,
): CurvedMinimum[] {
  const found: CurvedMinimum[] = []
  for (const [i, stage] of stages.entries()) {
    const last = i === stages.length - 1
    const options = { maximumIterations, tolerance: last ? LAST_TOLERANCE : SAMPLE_TOLERANCE }
    const before = found.at(-1)
    const from = before
      ? [approach(stage, stages[i - 1]!, before, box)]
      : starts.map(start => descend(stage, start, { box, maximumIterations }))
    found.push(
      from
        .map(point => newton(stage.objective, point, box, options))
        .reduce((one, other) => (other.value < one.value ? other : one)),
    )
  }
  return found
}

/** Where curvature is dear, the way down into the valley goes without it. */
function descend(
  { customers, slopes }: Stage,
  start: readonly number[],
  { box, maximumIterations }: { box: Box; maximumIterations: number },
): ArrayLike<number> {
  if (!slopes) return start
  const size = start.length
  const guided: Objective = (point, gradient, curvature) => {
    // A tenth of a unit of information per customer and parameter: right to an order of magnitude, and never singular.
    for (let i = 0; curvature && i < size; i++) curvature[i * size + i] = 0.1 * customers
    return slopes(point, gradient)
  }
  return minimise(guided, start, box, { tolerance: SAMPLE_TOLERANCE, maximumIterations }).point
}

/**
 * Where curvature is dear, three steps by that of the sample, scaled up: it is so nearly that of more customers that each
 * takes more than a digit off the distance.
 */
function approach({ customers, slopes }: Stage, sample: Stage, { point, hessian }: CurvedMinimum, box: Box) {
  const curvature = hessian.map(value => (value * customers) / sample.customers)
  const gradient = new Float64Array(point.length)
  let here = point
  let value = Infinity
  for (let step = 0; slopes && step < 3; step++) {
    const next = slopes(here, gradient)
    const move = solvePositiveDefinite(curvature, gradient)
    if (!(next < value) || !move || move.some(length => !(Math.abs(length) < 1))) return point
    const from = here
    here = clampToBox(
      move.map((length, i) => from[i]! - length),
      box,
    )
    value = next
  }
  return here
}

/**
 * Whether an addition to a simpler model earns its place; `evidence` is by stage twice the log-likelihood it adds there.
 * The whole base is asked only where the sample leaves a doubt.
 * Example: evidence of 300 among 30,000 customers -> true, without a look at the million.
 */
export function isEvident(evidence: readonly (() => number)[]): boolean {
  const ofAll = evidence.at(-1)!
  return evidence.slice(1, -1).some(ofSample => ofSample() > EVIDENCE_BEYOND_DOUBT) || ofAll() > EVIDENCE_NEEDED
}
