import { refuseAll } from '../../invalid-input.ts'
import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { minimise } from '../../optimisation/minimise.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { observedInformation } from '../standard-errors.ts'
import { type Base, sortBase } from './base.ts'
import { baseLogLikelihood } from './objective.ts'
import { type ParetoNbdParameters, parameterNames } from './parameters.ts'
import { type Stage, type StagedMinimum, searchInStages } from './staged-search.ts'

/** Below this many customers who came back, four numbers say more about chance than about customers. */
export const FEWEST_REPEATERS = 50
/** 99 % of chi-square with one degree of freedom, halved for a parameter tested at its boundary (Self & Liang 1987). */
const EVIDENCE_NEEDED = 5.41
/** So much evidence in a sample leaves no doubt about all. */
const EVIDENCE_BEYOND_DOUBT = 100
/** If the model says that fewer than this share left within the mean time watched, it says that nobody did. */
const SMALLEST_SHARE_LEAVING = 0.01
/** The search starts on a few customers and goes on with more. */
const FEW = 3000
const MANY = 30_000
/** Where the search ends; alpha and beta are multiples of the mean time watched. */
const SMALLEST = { r: 1e-4, alpha: 1e-6, s: 1e-5, beta: 1e-6 }
const LARGEST = { r: 1e3, alpha: 1e5, s: 1e3, beta: 1e5 }

/**
 * Fits Pareto/NBD to a base of customers by maximum likelihood over the logarithms of (r, alpha, s, beta). Deterministic.
 *
 * Where the data cannot tell leaving from waiting (s runs to 0, or a model in which nobody leaves is about as likely) it
 * warns `dropout-not-identified`: P(alive) and long forecasts are then stories. Where s and beta run away together it warns
 * `dropout-at-boundary`: there is leaving, at one rate for all.
 * Example: the CDNOW sample in weeks (39 weeks) -> r .553, alpha 10.58, s .606, beta 11.66, log-likelihood -9594.98.
 */
export function fitParetoNbd(columns: Columns, options: FitOptions = {}): Fit<ParetoNbdParameters> {
  const { maximumIterations = 200 } = options
  checkColumns(columns)
  if (!(maximumIterations >= 1)) {
    refuseAll([`maximumIterations must be a number of at least 1, found ${maximumIterations}`])
  }
  const bases = growingBases(columns)
  const base = bases.at(-1)!
  const box = boxAround(base)
  const found = searchInStages({
    stages: bases.map(stageOf),
    starts: startsFor(base),
    box,
    maximumIterations,
  })
  const parameters = parametersAt(found.point)
  const warnings = warningsFor(bases.slice(1).length > 0 ? bases.slice(1) : bases, found, box)
  const information = observedInformation(
    parameters,
    parameterNames,
    found.hessian,
    parameterNames.some((_, i) => isAtEdge(found.point, box, i)),
  )
  if (!information.known) warnings.push('no-standard-errors')
  return {
    parameters,
    logLikelihood: -found.value,
    standardErrors: information.standardErrors,
    logCovariance: information.logCovariance,
    iterations: found.iterations,
    gradientNorm: found.slope,
    converged: found.converged,
    customers: base.customers,
    warnings,
  }
}

/** Every n-th of a few, of more, and all customers, each sorted for the likelihood; small bases are not divided. */
export function growingBases(columns: Columns): Base[] {
  const sizes = [FEW, MANY].filter(size => columns.purchases.length > 2 * size)
  const samples = sizes
    .map(size => everyNth(columns, size))
    .filter(({ weights }) => weights === undefined || weights.some(w => w > 0))
  return [...samples, columns].map(sortBase)
}

export function startsFor(base: Base): number[][] {
  const unit = meanObserved(base)
  // Half the rate seen for a base in which half the time watched is after leaving; and a base in which few leave.
  const rate = Math.max(base.purchases, 0.5) / (unit * base.customers)
  return [
    [0.6, 0.6 / (2 * rate), 0.6, 0.5 * unit],
    [0.6, 0.6 / (1.2 * rate), 0.2, unit],
  ].map(start => start.map(Math.log))
}

export function boxAround(base: Base): Box {
  const unit = meanObserved(base)
  const limits = ({ r, alpha, s, beta }: ParetoNbdParameters) => [r, alpha * unit, s, beta * unit].map(Math.log)
  return { lower: limits(SMALLEST), upper: limits(LARGEST) }
}

function meanObserved(base: Base): number {
  return base.observed > 0 ? base.observed / base.customers : 1
}

function stageOf(base: Base): Stage {
  return {
    customers: base.customers,
    objective(point, gradient) {
      const parameters = parametersAt(point)
      const value = -baseLogLikelihood(base, parameters, gradient)
      for (const [i, name] of parameterNames.entries()) gradient[i]! *= -parameters[name]
      return value
    },
  }
}

function parametersAt(point: Float64Array): ParetoNbdParameters {
  const [r, alpha, s, beta] = [...point].map(Math.exp) as [number, number, number, number]
  return { r, alpha, s, beta }
}

/** `bases`: samples first; the evidence for leaving is asked of all customers only where a sample leaves a doubt. */
function warningsFor(bases: readonly Base[], found: StagedMinimum, box: Box): FitWarning[] {
  const base = bases.at(-1)!
  const { s, beta } = parametersAt(found.point)
  const atEdge = (i: number) => isAtEdge(found.point, box, i)
  const warnings: FitWarning[] = []
  if (base.repeaters < FEWEST_REPEATERS) warnings.push('too-few-customers')
  if (base.repeaters === 0) warnings.push('no-repeat-purchases')
  const leaving = -Math.expm1(-s * Math.log1p(meanObserved(base) / beta))
  const somebodyLeaves = leaving >= SMALLEST_SHARE_LEAVING && found.point[2]! > box.lower[2]! + 1e-6
  if (!somebodyLeaves || !isLeavingEvident(bases, found.point, box)) warnings.push('dropout-not-identified')
  else if (atEdge(2) || atEdge(3)) warnings.push('dropout-at-boundary')
  if (atEdge(0) || atEdge(1)) warnings.push('rates-at-boundary')
  if (!found.converged) warnings.push('not-converged')
  return warnings
}

/** Whether leaving adds enough to the likelihood of a model in which nobody ever leaves (NBD: s so small that it says nothing). */
function isLeavingEvident(bases: readonly Base[], point: Float64Array, box: Box): boolean {
  const nobody = [Math.log(1e-12), point[3]!]
  const rates = (limits: readonly number[]) => [...limits.slice(0, 2), ...nobody]
  const held = { lower: rates(box.lower), upper: rates(box.upper) }
  for (const base of bases) {
    const { objective } = stageOf(base)
    const without = minimise(objective, rates([...point]), held, { tolerance: 1e-2 })
    const evidence = 2 * (without.value - objective(point, new Float64Array(4)))
    if (evidence >= EVIDENCE_BEYOND_DOUBT) return true
    if (base === bases.at(-1)) return evidence >= EVIDENCE_NEEDED
  }
  return false
}
