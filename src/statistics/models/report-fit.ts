import { InvalidInput } from '../invalid-input.ts'
import { type Box, freeSlope } from '../optimisation/box.ts'
import type { CurvedMinimum } from '../optimisation/newton.ts'
import type { Columns } from './columns.ts'
import type { Fit, FitOptions, FitWarning } from './fit.ts'
import { covarianceAt, type ObservedInformation, observedInformation } from './standard-errors.ts'

/** Below this many customers who came back, a few numbers say more about chance than about customers. */
const FEWEST_REPEATERS = 50
/** Refuses options that mean nothing. */
export function checkFitOptions({ maximumIterations = 1 }: FitOptions): void {
  if (maximumIterations >= 1) return
  throw new InvalidInput([`maximumIterations must be a number of at least 1, found ${maximumIterations}`])
}

/** What a fit tells of the customers it used. */
export interface FittedBase {
  /** Sum of the weights: of all, and of those with repeat purchases. */
  readonly customers: number
  readonly repeaters: number
}

/** The search of a model of repeat buying as its fit; `found` are the warnings that only the model can know. */
export function fitOf<Parameters extends object>(
  { minimum, base }: { readonly minimum: CurvedMinimum; readonly base: FittedBase },
  names: readonly (keyof Parameters & string)[],
  box: Box,
  found: readonly FitWarning[],
): Fit<Parameters> {
  const { customers, repeaters } = base
  const parameters = Object.fromEntries(names.map((name, i) => [name, Math.exp(minimum.point[i]!)])) as Parameters
  const warnings: FitWarning[] = []
  if (repeaters < FEWEST_REPEATERS) warnings.push('too-few-customers')
  if (repeaters === 0) warnings.push('no-repeat-purchases')
  warnings.push(...found)
  return reportFit({ parameters, names, minimum, box, customers }, () => warnings)
}

export interface Finding<Parameters> {
  readonly parameters: Parameters
  readonly names: readonly (keyof Parameters & string)[]
  readonly minimum: CurvedMinimum
  readonly box: Box
  readonly customers: number
  /** Of the logarithms of the parameters, where other variables than these were searched for. */
  readonly covariance?: Float64Array | undefined
}

/** What every fit returns; `warningsFor` is told how sure the data are of the parameters. */
export function reportFit<Parameters extends object>(
  { parameters, names, minimum, box, customers, covariance = covarianceAt(minimum, box) }: Finding<Parameters>,
  warningsFor: (information: ObservedInformation<Parameters>) => readonly FitWarning[],
): Fit<Parameters> {
  const information = observedInformation(parameters, names, covariance)
  const { standardErrors, logCovariance, known } = information
  const warnings = [...warningsFor(information)]
  if (!minimum.converged) warnings.push('not-converged')
  if (!known) warnings.push('no-standard-errors')
  return {
    parameters,
    logLikelihood: -minimum.value,
    standardErrors,
    logCovariance,
    iterations: minimum.iterations,
    gradientNorm: freeSlope(minimum, box) / customers,
    converged: minimum.converged,
    customers,
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
