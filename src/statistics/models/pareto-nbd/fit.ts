import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { curvedByDifferences } from '../../optimisation/curved-by-differences.ts'
import { minimise, type Objective } from '../../optimisation/minimise.ts'
import type { CurvedMinimum } from '../../optimisation/newton.ts'
import { type Columns, checkColumns } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { checkFitOptions, fitOf } from '../report-fit.ts'
import { growingSamples, isEvident, type Stage, searchInStages } from '../staged-search.ts'
import { type Base, sortBase } from './base.ts'
import { baseLogLikelihood } from './objective.ts'
import { type ParetoNbdParameters, parameterNames } from './parameters.ts'

/** If the model says that fewer than this share left within the mean time watched, it says that nobody did. */
const SMALLEST_SHARE_LEAVING = 0.01
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
  checkColumns(columns)
  checkFitOptions(options)
  const bases = growingSamples(columns).map(sortBase)
  const base = bases.at(-1)!
  const box = boxAround(base)
  const slopes = bases.map(slopesOf)
  const stages = bases.map(({ customers }, i) => stageOf(customers, slopes[i]!, box))
  const minima = searchInStages(stages, { starts: startsFor(base), box, ...options })
  const minimum = minima.at(-1)!
  const evidence = minima.map((found, i) => () => leavingEvidence(slopes[i]!, found, box))
  return fitOf({ minimum, base }, parameterNames, box, warningsFor(minimum, meanObserved(base), { box, evidence }))
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

/** The log-likelihood has exact slopes, and its curvature from their differences. */
export function stageOf(customers: number, slopes: Objective, box: Box): Stage {
  return { customers, slopes, objective: curvedByDifferences(slopes, box) }
}

function slopesOf(base: Base): Objective {
  return (point, gradient) => {
    const parameters = parametersAt(point)
    const value = -baseLogLikelihood(base, parameters, gradient)
    for (const [i, name] of parameterNames.entries()) gradient[i]! *= -parameters[name]
    return value
  }
}

function parametersAt(point: Float64Array): ParetoNbdParameters {
  const [r, alpha, s, beta] = [...point].map(Math.exp) as [number, number, number, number]
  return { r, alpha, s, beta }
}

function warningsFor(
  { point }: CurvedMinimum,
  watched: number,
  { box, evidence }: { box: Box; evidence: readonly (() => number)[] },
): FitWarning[] {
  const { s, beta } = parametersAt(point)
  const atEdge = (i: number) => isAtEdge(point, box, i)
  const warnings: FitWarning[] = []
  const leaving = -Math.expm1(-s * Math.log1p(watched / beta))
  const somebodyLeaves = leaving >= SMALLEST_SHARE_LEAVING && point[2]! > box.lower[2]! + 1e-6
  if (!somebodyLeaves || !isEvident(evidence)) warnings.push('dropout-not-identified')
  else if (atEdge(2) || atEdge(3)) warnings.push('dropout-at-boundary')
  if (atEdge(0) || atEdge(1)) warnings.push('rates-at-boundary')
  return warnings
}

/** Twice the log-likelihood that leaving adds to a model in which nobody leaves (NBD: s so small that it says nothing). */
function leavingEvidence(slopes: Objective, { point, value }: CurvedMinimum, box: Box): number {
  const nobody = [Math.log(1e-12), point[3]!]
  const rates = (limits: readonly number[]) => [...limits.slice(0, 2), ...nobody]
  const held = { lower: rates(box.lower), upper: rates(box.upper) }
  const without = minimise(slopes, rates([...point]), held, { tolerance: 1e-2 })
  return 2 * (without.value - value)
}
