import { refuseAll } from '../invalid-input.ts'
import { type Box, isAtEdge, isHeld } from '../optimisation/box.ts'
import type { CurvedMinimum } from '../optimisation/newton.ts'
import { type Columns, everyNth, everyNthNumber } from './columns.ts'
import {
  type CovariateKind,
  type CovariateNumbers,
  type Covariates,
  covariateKinds,
  type StandardCovariate,
  standardise,
} from './covariates.ts'
import type { Fit, FitOptions, FitWarning } from './fit.ts'
import { checkQuestion } from './question.ts'
import { reportFit } from './report-fit.ts'
import { type Stage, searchInStages } from './staged-search.ts'
import { covarianceAt } from './standard-errors.ts'

/** A fit whose `parameters` are those of a customer with all covariates 0. */
export interface CovariateFit<Parameters> extends Fit<Parameters> {
  /** One unit more of a covariate multiplies what it shifts by e^coefficient: the rate of buying, and the readiness to leave. */
  readonly coefficients: CovariateNumbers
  readonly coefficientErrors: CovariateNumbers
}

/** A model of repeat buying in which traits of a customer, known from the start, shift her parameters. */
export interface CovariateModel<Parameters extends object, Options extends FitOptions = FitOptions> {
  /** Maximum likelihood over the parameters and the coefficients. Without covariates it is the plain fit. */
  fit(columns: Columns, covariates: Covariates, options?: Options): CovariateFit<Parameters>
  /**
   * The plain parameters of one customer, with which every function of the plain model answers.
   * Example: alpha 10, transaction coefficient ln 2, value 1 -> alpha 5: she buys twice as often.
   */
  parametersFor(
    fit: Pick<CovariateFit<Parameters>, 'parameters' | 'coefficients'>,
    values: Partial<CovariateNumbers>,
  ): Parameters
}

/** What a plain model has to say so that covariates can be added to it. */
export interface Shiftable<Parameters extends object, Options extends FitOptions> {
  readonly parameterNames: readonly (keyof Parameters & string)[]
  /** The one parameter that each kind of covariate shifts: e^effect multiplies it (1) or divides it (-1). */
  readonly shifts: Readonly<Record<CovariateKind, { readonly name: keyof Parameters & string; readonly sign: 1 | -1 }>>
  /** What it means that a parameter ran to the end of its range; a coefficient there is `rates-at-boundary`. */
  readonly atBoundary: Readonly<Record<keyof Parameters & string, FitWarning>>
  fit(columns: Columns, options: Options): Fit<Parameters>
  /** Where the plain fit looks for the logarithms of the parameters. */
  box(columns: Columns, options: Options): Box
  /** The negative log-likelihood over the logarithms of the parameters, and behind them the coefficients. */
  stage(columns: Columns, covariates: readonly StandardCovariate[], box: Box, customers: number): Stage
}

const SAMPLE = 30_000
/** In standard deviations of a covariate: e^10 between ordinary customers is not a trait but a mistake in the data. */
const LARGEST_COEFFICIENT = 10
/** What the plain fit says of the base holds with covariates too; what it says of its own search does not. */
const isOfTheBase: ReadonlySet<FitWarning> = new Set([
  'too-few-customers',
  'no-repeat-purchases',
  'dropout-not-identified',
  'fitted-on-sample',
])

/** Adds covariates to a model (Fader & Hardie 2007, "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models"). */
export function withCovariates<
  Parameters extends object,
  Options extends FitOptions & { readonly maximumCustomers?: number },
>(model: Shiftable<Parameters, Options>): CovariateModel<Parameters, Options> {
  return {
    fit(columns, covariates, options = {} as Options) {
      const plain = model.fit(columns, options)
      const standard = standardise(covariates, columns.purchases.length)
      if (standard.length === 0) {
        const none = { transaction: [], lifetime: [] }
        return { ...plain, coefficients: none, coefficientErrors: none }
      }
      const { maximumCustomers = Infinity } = options
      const used = everyNth(columns, maximumCustomers)
      const box = boxWith(standard, model.box(used, options))
      const stageOf = (most: number): Stage => {
        const some = everyNth(used, most)
        const theirs = standard.map(covariate => ({
          ...covariate,
          values: everyNthNumber(everyNthNumber(covariate.values, maximumCustomers), most),
        }))
        return model.stage(some, theirs, box, weightOf(some))
      }
      const stages = (used.purchases.length > 2 * SAMPLE ? [SAMPLE, Infinity] : [Infinity]).map(stageOf)
      const start = [
        ...model.parameterNames.map(name => Math.log(Number(plain.parameters[name]))),
        ...standard.map(() => 0),
      ]
      const minimum = searchInStages(stages, { starts: [start], box, ...options }).at(-1)!
      return reported(model, plain, { minimum, box, standard })
    },
    parametersFor({ parameters, coefficients }, values) {
      checkQuestion(parameters)
      const messages: string[] = []
      const own = { ...parameters }
      for (const kind of covariateKinds) {
        const given = values[kind] ?? []
        const expected = coefficients[kind].length
        if (given.length !== expected || !given.every(Number.isFinite)) {
          messages.push(`${kind} must be ${expected} finite numbers, found ${JSON.stringify(given)}`)
        }
        const { name, sign } = model.shifts[kind]
        const effect = coefficients[kind].reduce((sum, coefficient, i) => sum + coefficient * given[i]!, 0)
        Object.assign(own, { [name]: Number(parameters[name]) * Math.exp(sign * effect) })
      }
      refuseAll(messages)
      return own
    },
  }
}

function boxWith(covariates: readonly StandardCovariate[], { lower, upper }: Box): Box {
  return {
    lower: [...lower, ...covariates.map(() => -LARGEST_COEFFICIENT)],
    upper: [...upper, ...covariates.map(() => LARGEST_COEFFICIENT)],
  }
}

function weightOf({ purchases, weights }: Columns): number {
  if (!weights) return purchases.length
  let sum = 0
  for (let row = 0; row < weights.length; row++) sum += weights[row]!
  return sum
}

interface Finding {
  readonly minimum: CurvedMinimum
  readonly box: Box
  readonly standard: readonly StandardCovariate[]
}

function reported<Parameters extends object, Options extends FitOptions>(
  model: Shiftable<Parameters, Options>,
  plain: Fit<Parameters>,
  { minimum, box, standard }: Finding,
): CovariateFit<Parameters> {
  const names = model.parameterNames
  const plainSize = names.length
  const size = plainSize + standard.length
  const inOwnUnits = ownUnits(model, standard)
  const point = inOwnUnits(minimum.point)
  const found = covarianceAt(minimum, box)
  const covariance = found && covarianceIn(inOwnUnits, found, size)
  const parameterAt = (name: keyof Parameters & string, i: number) =>
    isHeld(box, i) ? plain.parameters[name] : Math.exp(point[i]!)
  const parameters = Object.fromEntries(names.map((name, i) => [name, parameterAt(name, i)])) as Parameters
  const warnings = new Set(plain.warnings.filter(warning => isOfTheBase.has(warning)))
  for (let i = 0; i < size; i++) {
    if (isHeld(box, i) || !isAtEdge(minimum.point, box, i)) continue
    warnings.add(i < plainSize ? model.atBoundary[names[i]!] : 'rates-at-boundary')
  }
  const ofParameters = covariance?.filter((_, i) => i % size < plainSize && i < plainSize * size)
  const { customers } = plain
  const fit = reportFit({ parameters, names, minimum, box, customers, covariance: ofParameters }, () => [...warnings])
  const errorOf = (i: number) => (covariance ? Math.sqrt(covariance[i * size + i]!) : Number.NaN)
  return {
    ...fit,
    coefficients: byKind(standard, i => point[plainSize + i]!),
    coefficientErrors: byKind(standard, i => errorOf(plainSize + i)),
  }
}

/** Coefficient per unit instead of per standard deviation, and parameters of a customer with covariates 0 instead of mean. */
function ownUnits<Parameters extends object, Options extends FitOptions>(
  { parameterNames, shifts }: Shiftable<Parameters, Options>,
  covariates: readonly StandardCovariate[],
) {
  return (point: Float64Array): Float64Array => {
    const own = Float64Array.from(point)
    for (const [i, { kind, mean, deviation }] of covariates.entries()) {
      const { name, sign } = shifts[kind]
      const place = parameterNames.length + i
      own[place]! /= deviation
      own[parameterNames.indexOf(name)]! -= sign * own[place]! * mean
    }
    return own
  }
}

/** The same linear map on both sides of the covariance. */
function covarianceIn(map: (row: Float64Array) => Float64Array, covariance: Float64Array, size: number): Float64Array {
  const onRows = (matrix: Float64Array) => {
    const mapped = new Float64Array(size * size)
    for (let row = 0; row < size; row++) mapped.set(map(matrix.subarray(row * size, (row + 1) * size)), row * size)
    return mapped
  }
  const turned = (matrix: Float64Array) => matrix.map((_, i) => matrix[(i % size) * size + Math.floor(i / size)]!)
  return onRows(turned(onRows(covariance)))
}

function byKind(covariates: readonly StandardCovariate[], number: (i: number) => number): CovariateNumbers {
  const of = (kind: CovariateKind) => covariates.flatMap((covariate, i) => (covariate.kind === kind ? [number(i)] : []))
  return { transaction: of('transaction'), lifetime: of('lifetime') }
}
