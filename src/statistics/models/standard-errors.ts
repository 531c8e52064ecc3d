import { type Box, isAtEdge, isHeld } from '../optimisation/box.ts'
import { invertPositiveDefinite } from '../optimisation/cholesky.ts'
import type { CurvedMinimum } from '../optimisation/newton.ts'

export interface ObservedInformation<Parameters> {
  readonly standardErrors: Parameters
  /** Covariance of the logarithms of the parameters, row by row. */
  readonly logCovariance: Float64Array
  /** False where the curvature is not that of a maximum; then every number above is NaN. */
  readonly known: boolean
}

/**
 * The covariance of what was searched for: the inverse of the curvature of the negative log-likelihood at its minimum, row by
 * row. A variable that was held has none. Undefined where another stands at the edge of the box, since there is no maximum
 * to measure, and where the curvature is not that of a maximum.
 * Example: second derivatives 4 and 25, the second variable held -> 0.25, 0, 0, 0.
 */
export function covarianceAt(
  { point, hessian }: Pick<CurvedMinimum, 'point' | 'hessian'>,
  box: Box,
): Float64Array | undefined {
  const size = point.length
  const free = [...point.keys()].filter(i => !isHeld(box, i))
  if (free.some(i => isAtEdge(point, box, i))) return undefined
  const part = Float64Array.from(free.flatMap(i => free.map(j => hessian[i * size + j]!)))
  const inverse = invertPositiveDefinite(part, free.length)
  if (!inverse) return undefined
  const covariance = new Float64Array(size * size)
  for (const [row, i] of free.entries()) {
    for (const [column, j] of free.entries()) covariance[i * size + j] = inverse[row * free.length + column]!
  }
  return covariance
}

/**
 * How sure a fit is of its parameters, from the covariance of their logarithms, row by row in the order of `names`: a
 * standard error on the scale of the parameter follows by the delta method (parameter x standard error of its logarithm).
 * Without a covariance nothing is claimed.
 * Example: parameter 2, log-variance 0.01 -> standard error 0.2.
 */
export function observedInformation<Parameters extends object>(
  parameters: Parameters,
  names: readonly (keyof Parameters & string)[],
  covariance: Float64Array | undefined,
): ObservedInformation<Parameters> {
  const size = names.length
  const logCovariance = covariance ?? new Float64Array(size * size).fill(Number.NaN)
  const standardErrors = Object.fromEntries(
    names.map((name, i) => [name, Number(parameters[name]) * Math.sqrt(logCovariance[i * size + i]!)]),
  )
  return { standardErrors: standardErrors as Parameters, logCovariance, known: covariance !== undefined }
}
