import { refuseAll } from '../../invalid-input.ts'
import { type Box, freeSlope, isAtEdge } from '../../optimisation/box.ts'
import { invertPositiveDefinite } from '../../optimisation/cholesky.ts'
import { type Columns, checkColumns, everyNth } from '../columns.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { checkQuestion } from '../question.ts'
import { type Stage, searchInStages } from '../staged-search.ts'
import { sortBase } from './base.ts'
import { covariateObjective } from './covariate-objective.ts'
import { type Covariates, type StandardCovariate, standardise } from './covariates.ts'
import { boxAround, fitParetoNbd, stageOf } from './fit.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** One number per covariate, in the order in which the columns were given. */
export interface CovariateNumbers {
  readonly transaction: readonly number[]
  readonly lifetime: readonly number[]
}

/** A fit whose `parameters` are those of a customer with all covariates 0. */
export interface ParetoNbdCovariateFit extends Fit<ParetoNbdParameters> {
  /** One unit more of a transaction covariate multiplies the purchase rate by e^coefficient; of a lifetime one, the rate of leaving. */
  readonly coefficients: CovariateNumbers
  readonly coefficientErrors: CovariateNumbers
}

const SAMPLE = 30_000
/** In standard deviations of a covariate: e^10 between ordinary customers is not a trait but a mistake in the data. */
const LARGEST_COEFFICIENT = 10

/**
 * Fits Pareto/NBD where alpha_i = alpha exp(-gamma' z_i) and beta_i = beta exp(-delta' z_i): traits shift the rates of buying
 * and of leaving (Fader & Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models").
 * Without covariates it is the plain fit. `parametersFor` gives the model of one customer.
 * Example: customers of a channel who buy twice as often -> transaction coefficient ln 2 = 0.693.
 */
export function fitParetoNbdWithCovariates(
  columns: Columns,
  covariates: Covariates,
  options: FitOptions = {},
): ParetoNbdCovariateFit {
  const plain = fitParetoNbd(columns, options)
  const standard = standardise(covariates, columns.purchases.length)
  const none = { transaction: [], lifetime: [] }
  if (standard.length === 0) return { ...plain, coefficients: none, coefficientErrors: none }
  const { r, alpha, s, beta } = plain.parameters
  const plainBox = boxAround(sortBase(columns))
  const box = {
    lower: [...plainBox.lower, ...standard.map(() => -LARGEST_COEFFICIENT)],
    upper: [...plainBox.upper, ...standard.map(() => LARGEST_COEFFICIENT)],
  }
  const starts = [[...[r, alpha, s, beta].map(Math.log), ...standard.map(() => 0)]]
  const found = searchInStages(growingStages(columns, standard, box), { starts, box, ...options }).at(-1)!
  const size = 4 + standard.length
  const edges = [...found.point.keys()].filter(i => isAtEdge(found.point, box, i))
  const inverse = edges.length > 0 ? undefined : invertPositiveDefinite(found.hessian, size)
  const point = inOwnUnits(found.point, standard)
  const covariance = inverse && covarianceInOwnUnits(inverse, standard)
  const [logR, logAlpha, logS, logBeta] = point as unknown as [number, number, number, number]
  const parameters = { r: Math.exp(logR), alpha: Math.exp(logAlpha), s: Math.exp(logS), beta: Math.exp(logBeta) }
  const error = (i: number) => (covariance ? Math.sqrt(covariance[i * size + i]!) : Number.NaN)
  const warnings = plain.warnings.filter(warning => isOfTheBase.has(warning))
  if ((edges.includes(2) || edges.includes(3)) && !warnings.includes('dropout-not-identified')) {
    warnings.push('dropout-not-identified')
  }
  if (edges.some(i => i < 2 || i > 3)) warnings.push('rates-at-boundary')
  if (!found.converged) warnings.push('not-converged')
  if (!covariance) warnings.push('no-standard-errors')
  return {
    parameters,
    logLikelihood: -found.value,
    standardErrors: {
      r: parameters.r * error(0),
      alpha: parameters.alpha * error(1),
      s: parameters.s * error(2),
      beta: parameters.beta * error(3),
    },
    logCovariance: Float64Array.from({ length: 16 }, (_, i) =>
      covariance ? covariance[Math.floor(i / 4) * size + (i % 4)]! : Number.NaN,
    ),
    iterations: found.iterations,
    gradientNorm: freeSlope(found, box) / plain.customers,
    converged: found.converged,
    customers: plain.customers,
    warnings,
    coefficients: byKind(standard, i => point[4 + i]!),
    coefficientErrors: byKind(standard, i => error(4 + i)),
  }
}

/** What the plain fit says of the base holds with covariates too; what it says of its own search does not. */
const isOfTheBase: ReadonlySet<FitWarning> = new Set([
  'too-few-customers',
  'no-repeat-purchases',
  'dropout-not-identified',
])

/**
 * The plain parameters of one customer, with which every other function answers.
 * Example: alpha 10, transaction coefficient ln 2, value 1 -> alpha 5: she buys twice as often.
 */
export function parametersFor(
  fit: Pick<ParetoNbdCovariateFit, 'parameters' | 'coefficients'>,
  values: Partial<CovariateNumbers>,
): ParetoNbdParameters {
  const { r, alpha, s, beta } = fit.parameters
  checkQuestion(fit.parameters)
  const messages: string[] = []
  const shiftOf = (kind: 'transaction' | 'lifetime') => {
    const coefficients = fit.coefficients[kind]
    const given = values[kind] ?? []
    if (given.length !== coefficients.length || !given.every(Number.isFinite)) {
      messages.push(`${kind} must be ${coefficients.length} finite numbers, found ${JSON.stringify(given)}`)
    }
    return coefficients.reduce((sum, coefficient, i) => sum + coefficient * given[i]!, 0)
  }
  const transaction = shiftOf('transaction')
  const lifetime = shiftOf('lifetime')
  refuseAll(messages)
  return { r, alpha: alpha * Math.exp(-transaction), s, beta: beta * Math.exp(-lifetime) }
}

function growingStages(columns: Columns, covariates: readonly StandardCovariate[], box: Box): Stage[] {
  checkColumns(columns)
  const stage = (some: Columns, theirs: readonly StandardCovariate[]) =>
    stageOf(weightOf(some), covariateObjective(some, theirs), box)
  const all = stage(columns, covariates)
  const rows = columns.purchases.length
  if (rows <= 2 * SAMPLE) return [all]
  const stride = Math.ceil(rows / SAMPLE)
  const some = covariates.map(covariate => ({
    ...covariate,
    values: covariate.values.filter((_, row) => row % stride === 0),
  }))
  return [stage(everyNth(columns, SAMPLE), some), all]
}

function weightOf({ purchases, weights }: Columns): number {
  if (!weights) return purchases.length
  let sum = 0
  for (let row = 0; row < weights.length; row++) sum += weights[row]!
  return sum
}

/** Coefficient per unit instead of per standard deviation, and parameters of a customer with covariates 0 instead of mean. */
function inOwnUnits(point: Float64Array, covariates: readonly StandardCovariate[]): Float64Array {
  const own = Float64Array.from(point)
  for (const [i, { kind, mean, deviation }] of covariates.entries()) {
    own[4 + i]! /= deviation
    own[kind === 'transaction' ? 1 : 3]! += own[4 + i]! * mean
  }
  return own
}

/** The same linear map on both sides of the covariance. */
function covarianceInOwnUnits(covariance: Float64Array, covariates: readonly StandardCovariate[]): Float64Array {
  const size = 4 + covariates.length
  const halfway = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    halfway.set(inOwnUnits(covariance.subarray(row * size, (row + 1) * size), covariates), row * size)
  }
  const own = new Float64Array(size * size)
  for (let column = 0; column < size; column++) {
    const mapped = inOwnUnits(
      Float64Array.from({ length: size }, (_, row) => halfway[row * size + column]!),
      covariates,
    )
    for (let row = 0; row < size; row++) own[row * size + column] = mapped[row]!
  }
  return own
}

function byKind(covariates: readonly StandardCovariate[], number: (i: number) => number): CovariateNumbers {
  const of = (kind: 'transaction' | 'lifetime') =>
    covariates.flatMap((covariate, i) => (covariate.kind === kind ? [number(i)] : []))
  return { transaction: of('transaction'), lifetime: of('lifetime') }
}
