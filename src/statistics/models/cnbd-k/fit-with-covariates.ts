import { refuseAll } from '../../invalid-input.ts'
import { freeSlope, isAtEdge } from '../../optimisation/box.ts'
import { invertPositiveDefinite } from '../../optimisation/cholesky.ts'
import { newton } from '../../optimisation/newton.ts'
import { type Columns, everyNth } from '../columns.ts'
import type { Fit, FitWarning } from '../fit.ts'
import { type Covariates, type StandardCovariate, standardise } from '../pareto-nbd/covariates.ts'
import type { CovariateNumbers } from '../pareto-nbd/fit-with-covariates.ts'
import { checkQuestion } from '../question.ts'
import { covariateObjective } from './covariate-objective.ts'
import { type CnbdKFitOptions, fitCnbdK, searchBox } from './fit.ts'
import { type CnbdKParameters, parameterNames } from './parameters.ts'

/** A fit whose `parameters` are those of a customer with all covariates 0. */
export interface MbgCnbdKCovariateFit extends Fit<CnbdKParameters> {
  /**
   * One unit more of a transaction covariate multiplies the purchase rate by e^coefficient; of a lifetime one, the odds of
   * leaving after a purchase.
   */
  readonly coefficients: CovariateNumbers
  readonly coefficientErrors: CovariateNumbers
}

const SAMPLE = 30_000
/** In standard deviations of a covariate: e^10 between ordinary customers is not a trait but a mistake in the data. */
const LARGEST_COEFFICIENT = 10
const PLAIN = parameterNames.length
const ALPHA = parameterNames.indexOf('alpha')
const A = parameterNames.indexOf('a')

/**
 * Fits MBG/CNBD-k where alpha_i = alpha exp(-gamma' z_i) and a_i = a exp(delta' z_i): traits shift the rate of buying and the
 * odds of leaving. (Fader & Hardie 2007 let b have coefficients of its own too; a and b moved together would leave the mean
 * chance to leave where it is, and moved apart they say hardly more than a alone but no longer what one unit does.)
 *
 * Without covariates it is the plain fit. `parametersForMbgCnbdK` gives the model of one customer.
 * Example: customers of a channel who buy twice as often -> transaction coefficient ln 2 = 0.693.
 */
export function fitMbgCnbdKWithCovariates(
  columns: Columns,
  covariates: Covariates,
  options: CnbdKFitOptions = {},
): MbgCnbdKCovariateFit {
  const plain = fitCnbdK('mbg', columns, options)
  const all = standardise(covariates, columns.purchases.length)
  if (all.length === 0) {
    const none = { transaction: [], lifetime: [] }
    return { ...plain, coefficients: none, coefficientErrors: none }
  }
  const { maximumCustomers = Infinity, maximumIterations = 200, k: heldK } = options
  const plainBox = searchBox(columns, heldK)
  const box = {
    lower: [...plainBox.lower, ...all.map(() => -LARGEST_COEFFICIENT)],
    upper: [...plainBox.upper, ...all.map(() => LARGEST_COEFFICIENT)],
  }
  const objectiveOf = (most: number) => covariateObjective(everyNth(columns, most), everyNthValue(all, most))
  const start = [...parameterNames.map(name => Math.log(plain.parameters[name])), ...all.map(() => 0)]
  const sample = newton(objectiveOf(Math.min(SAMPLE, maximumCustomers)), start, box, { maximumIterations })
  const found =
    Math.min(columns.purchases.length, maximumCustomers) <= SAMPLE
      ? sample
      : newton(objectiveOf(maximumCustomers), sample.point, box, { maximumIterations })

  const size = PLAIN + all.length
  const first = heldK === undefined ? 0 : 1
  const edges = [...found.point.keys()].filter(i => i >= first && isAtEdge(found.point, box, i))
  const inverse = edges.length > 0 ? undefined : inverseFrom(found.hessian, size, first)
  const point = inOwnUnits(found.point, all)
  const covariance = inverse && covarianceInOwnUnits(inverse, all)
  const error = (i: number) => (covariance ? Math.sqrt(covariance[i * size + i]!) : Number.NaN)
  const parameters = namedBy(i => (i === 0 && heldK !== undefined ? heldK : Math.exp(point[i]!)))
  const warnings = plain.warnings.filter(warning => isOfTheBase.has(warning))
  if (edges.some(i => i === A || i === PLAIN - 1) && !warnings.includes('dropout-not-identified')) {
    warnings.push('dropout-not-identified')
  }
  if (edges.includes(0)) warnings.push('k-at-boundary')
  if (edges.some(i => i === 1 || i === ALPHA || i >= PLAIN)) warnings.push('rates-at-boundary')
  if (!found.converged) warnings.push('not-converged')
  if (!covariance) warnings.push('no-standard-errors')
  return {
    parameters,
    logLikelihood: -found.value,
    standardErrors: namedBy(i => Math.exp(point[i]!) * error(i)),
    logCovariance: Float64Array.from({ length: PLAIN * PLAIN }, (_, i) =>
      covariance ? covariance[Math.floor(i / PLAIN) * size + (i % PLAIN)]! : Number.NaN,
    ),
    iterations: found.iterations,
    gradientNorm: freeSlope(found, box) / plain.customers,
    converged: found.converged,
    customers: plain.customers,
    warnings,
    coefficients: byKind(all, i => point[PLAIN + i]!),
    coefficientErrors: byKind(all, i => error(PLAIN + i)),
  }
}

/** What the plain fit says of the base holds with covariates too; what it says of its own search does not. */
const isOfTheBase: ReadonlySet<FitWarning> = new Set([
  'too-few-customers',
  'no-repeat-purchases',
  'dropout-not-identified',
  'fitted-on-sample',
])

/**
 * The plain parameters of one customer, with which every function of `mbgCnbdK` answers.
 * Example: alpha 10, transaction coefficient ln 2, value 1 -> alpha 5: she buys twice as often.
 */
export function parametersForMbgCnbdK(
  fit: Pick<MbgCnbdKCovariateFit, 'parameters' | 'coefficients'>,
  values: Partial<CovariateNumbers>,
): CnbdKParameters {
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
  const { alpha, a } = fit.parameters
  return { ...fit.parameters, alpha: alpha * Math.exp(-transaction), a: a * Math.exp(lifetime) }
}

function everyNthValue(covariates: readonly StandardCovariate[], most: number): StandardCovariate[] {
  return covariates.map(covariate => {
    const stride = Math.ceil(covariate.values.length / most)
    return stride <= 1 ? covariate : { ...covariate, values: covariate.values.filter((_, row) => row % stride === 0) }
  })
}

/** The inverse of the Hessian of all variables from `first` on, with zeros for a k that was held. */
function inverseFrom(hessian: Float64Array, size: number, first: number): Float64Array | undefined {
  const free = size - first
  const part = Float64Array.from(
    { length: free * free },
    (_, i) => hessian[(first + Math.floor(i / free)) * size + first + (i % free)]!,
  )
  const inverse = invertPositiveDefinite(part, free)
  if (!inverse) return undefined
  const whole = new Float64Array(size * size)
  for (let i = 0; i < free; i++) {
    for (let j = 0; j < free; j++) whole[(first + i) * size + first + j] = inverse[i * free + j]!
  }
  return whole
}

/** Coefficient per unit instead of per standard deviation, and parameters of a customer with covariates 0 instead of mean. */
function inOwnUnits(point: Float64Array, covariates: readonly StandardCovariate[]): Float64Array {
  const own = Float64Array.from(point)
  for (const [i, { kind, mean, deviation }] of covariates.entries()) {
    const coefficient = own[PLAIN + i]! / deviation
    own[PLAIN + i] = coefficient
    if (kind === 'transaction') own[ALPHA]! += coefficient * mean
    else own[A]! -= coefficient * mean
  }
  return own
}

/** The same linear map on both sides of the covariance. */
function covarianceInOwnUnits(covariance: Float64Array, covariates: readonly StandardCovariate[]): Float64Array {
  const size = PLAIN + covariates.length
  const onRows = (matrix: Float64Array) => {
    const mapped = new Float64Array(size * size)
    for (let row = 0; row < size; row++) {
      mapped.set(inOwnUnits(matrix.subarray(row * size, (row + 1) * size), covariates), row * size)
    }
    return mapped
  }
  const turned = (matrix: Float64Array) =>
    Float64Array.from(matrix, (_, i) => matrix[(i % size) * size + Math.floor(i / size)]!)
  return onRows(turned(onRows(covariance)))
}

function namedBy(number: (i: number) => number): CnbdKParameters {
  const [k, r, alpha, a, b] = parameterNames.map((_, i) => number(i)) as [number, number, number, number, number]
  return { k, r, alpha, a, b }
}

function byKind(covariates: readonly StandardCovariate[], number: (i: number) => number): CovariateNumbers {
  const of = (kind: 'transaction' | 'lifetime') =>
    covariates.flatMap((covariate, i) => (covariate.kind === kind ? [number(i)] : []))
  return { transaction: of('transaction'), lifetime: of('lifetime') }
}
