import { type Box, clampToBox, freeSlope, freeVariables } from '../../optimisation/box.ts'
import { solvePositiveDefinite } from '../../optimisation/cholesky.ts'
import { minimise } from '../../optimisation/minimise.ts'

/** A negative log-likelihood with its exact gradient, and how many customers it speaks of. */
export interface Stage {
  readonly customers: number
  readonly objective: (point: Float64Array, gradient: Float64Array) => number
}

export interface StagedMinimum {
  readonly point: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  /** At the point, of the last stage. */
  readonly hessian: Float64Array
  readonly iterations: number
  readonly converged: boolean
  /** Largest slope per customer in a variable that is not held at its limit. */
  readonly slope: number
}

export interface StagedSearch {
  /** From a few customers to all of them. */
  readonly stages: readonly Stage[]
  readonly starts: readonly (readonly number[])[]
  readonly box: Box
  readonly maximumIterations: number
}

/** Evidence left to gain. The last Newton step takes it; to search for less is to measure the rounding of the sum. */
const LAST_TOLERANCE = 1e-6
const FIRST_TOLERANCE = 1e-2
/** A last step this short ends within its square of the minimum. */
const SHORT_STEP = 1e-3

/**
 * Minimises over ever more customers: the small stages are cheap and find the place, and their curvature, measured there
 * and scaled up, is so nearly that of the next stage that few passes over all customers remain. The curvature of the
 * last stage, from differences of its exact gradient, gives the last Newton step and the standard errors.
 */
export function searchInStages({ stages, starts, box, maximumIterations }: StagedSearch): StagedMinimum {
  const [first, ...later] = stages as [Stage, ...Stage[]]
  const last = stages.at(-1)!
  const tolerance = (stage: Stage) => (stage === last ? LAST_TOLERANCE : FIRST_TOLERANCE)
  let found = starts
    .map(start =>
      minimise(withCurvature(first, roughCurvature(first, start.length)), start, box, {
        tolerance: tolerance(first),
        maximumIterations,
      }),
    )
    .reduce((one, other) => (other.value < one.value ? other : one))
  let previous = first
  for (const stage of later) {
    const hessian = curvatureAt(previous, found.point, found.gradient, box)
    const curvature = hessian.map(value => (value * stage.customers) / previous.customers)
    const usable = solvePositiveDefinite(curvature, found.gradient) !== undefined
    found = minimise(
      withCurvature(stage, usable ? curvature : roughCurvature(stage, found.point.length)),
      [...found.point],
      box,
      { tolerance: tolerance(stage), maximumIterations },
    )
    previous = stage
  }
  const hessian = curvatureAt(last, found.point, found.gradient, box)
  const polished = lastStep(last, found, hessian, box)
  return {
    ...polished,
    hessian,
    iterations: found.iterations,
    converged: found.converged,
    slope: freeSlope(polished, box) / last.customers,
  }
}

function withCurvature({ objective }: Stage, curvature: Float64Array) {
  return (point: Float64Array, gradient: Float64Array, guess?: Float64Array) => {
    guess?.set(curvature)
    return objective(point, gradient)
  }
}

/** A tenth of a unit of information per customer and parameter: right to an order of magnitude, and never singular. */
function roughCurvature({ customers }: Stage, size: number): Float64Array {
  const curvature = new Float64Array(size * size)
  for (let i = 0; i < size; i++) curvature[i * size + i] = 0.1 * customers
  return curvature
}

/** Second derivatives by one-sided differences of the exact gradient, good to about five digits. */
export function curvatureAt({ objective }: Stage, point: Float64Array, gradient: Float64Array, box: Box): Float64Array {
  const size = point.length
  const hessian = new Float64Array(size * size)
  const moved = new Float64Array(size)
  for (let i = 0; i < size; i++) {
    const step = point[i]! >= box.upper[i]! - 1e-5 ? -1e-5 : 1e-5
    const there = Float64Array.from(point)
    there[i]! += step
    objective(there, moved)
    for (let j = 0; j < size; j++) {
      const second = (moved[j]! - gradient[j]!) / step
      hessian[i * size + j]! += 0.5 * second
      hessian[j * size + i]! += 0.5 * second
    }
  }
  return hessian
}

/** One Newton step among the free variables, kept where it is short and does not lead uphill. */
function lastStep(
  { objective }: Stage,
  found: { point: Float64Array; value: number; gradient: Float64Array },
  hessian: Float64Array,
  box: Box,
): { point: Float64Array; value: number; gradient: Float64Array } {
  const { point, value, gradient } = found
  const size = point.length
  const free = freeVariables(point, gradient, box)
  const step = solvePositiveDefinite(
    Float64Array.from(free.flatMap(i => free.map(j => hessian[i * size + j]!))),
    Float64Array.from(free, i => -gradient[i]!),
  )
  if (!step || step.some(move => Math.abs(move) > SHORT_STEP)) return { point, value, gradient }
  const target = Float64Array.from(point)
  for (const [i, variable] of free.entries()) target[variable]! += step[i]!
  const next = clampToBox(target, box)
  const nextGradient = new Float64Array(size)
  const nextValue = objective(next, nextGradient)
  return nextValue <= value + 1e-12 * Math.abs(value)
    ? { point: next, value: nextValue, gradient: nextGradient }
    : { point, value, gradient }
}
