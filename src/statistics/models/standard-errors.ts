import { invertPositiveDefinite } from '../optimisation/cholesky.ts'

export interface ObservedInformation<Parameters> {
  readonly standardErrors: Parameters
  /** Covariance of the logarithms of the parameters, row by row. */
  readonly logCovariance: Float64Array
  /** False where the curvature is not that of a maximum; then every number above is NaN. */
  readonly known: boolean
}

/**
 * How sure a fit is of its parameters: the inverse of the curvature of the negative log-likelihood at its minimum, taken
 * over the logarithms of the parameters, is their covariance; a standard error on the scale of the parameter follows by
 * the delta method (parameter x standard error of its logarithm).
 *
 * `hessian` is row by row in the order of `names`. Where a parameter stands at the boundary of the search there is no
 * maximum to measure: pass `atBoundary`, and nothing is claimed.
 * Example: parameter 2, second derivative in its logarithm 100 -> log-variance 0.01, standard error 0.2.
 */
export function observedInformation<Parameters extends object>(
  parameters: Parameters,
  names: readonly (keyof Parameters & string)[],
  hessian: Float64Array,
  atBoundary = false,
): ObservedInformation<Parameters> {
  const size = names.length
  const inverse = atBoundary ? undefined : invertPositiveDefinite(hessian, size)
  const logCovariance = inverse ?? new Float64Array(size * size).fill(Number.NaN)
  const standardErrors = Object.fromEntries(
    names.map((name, i) => [name, Number(parameters[name]) * Math.sqrt(logCovariance[i * size + i]!)]),
  )
  return { standardErrors: standardErrors as Parameters, logCovariance, known: inverse !== undefined }
}
