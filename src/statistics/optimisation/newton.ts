import { type Box, clampToBox, freeVariables } from './box.ts'
import { solvePositiveDefinite } from './cholesky.ts'
import type { Minimum } from './minimise.ts'

/** A function to minimise that writes its exact gradient and its exact Hessian (row by row) and returns its value. */
export type CurvedObjective = (point: Float64Array, gradient: Float64Array, hessian: Float64Array) => number

export interface CurvedMinimum extends Minimum {
  /** Like the gradient as last measured: at most a short step (1e-4 in each variable) away from the point. */
  readonly hessian: Float64Array
}

/** A Newton step shorter than this leaves an error of about its square, so nobody needs to look where it ends. */
const SHORT_STEP = 1e-4
/** A step of more than e^2 in a scale parameter leaves the region where the model of the function means anything. */
const LONGEST_STEP = 2

/**
 * Minimises a smooth function of a few variables inside a box by Newton's method, damped (Levenberg 1944, Marquardt 1963)
 * where the function is not convex or a step does not pay. Meant for log-parameters: every pass over millions of customers
 * costs, and near the maximum each pass doubles the number of right digits. The last, short step is not measured again:
 * its value is the one the quadratic promises.
 *
 * Stops when the promised gain is below `tolerance` in the value itself (evidence, whatever the units of the parameters).
 * `iterations` counts evaluations. Example: f(x) = (x - 3)^2 on [0, 2] -> point 2 (the edge), converged.
 */
export function newton(
  objective: CurvedObjective,
  start: ArrayLike<number>,
  box: Box,
  { tolerance = 1e-9, maximumIterations = 200 }: { tolerance?: number; maximumIterations?: number } = {},
): CurvedMinimum {
  const size = start.length
  let point = clampToBox(start, box)
  let gradient = new Float64Array(size)
  let hessian = new Float64Array(size * size)
  let value = objective(point, gradient, hessian)
  let damping = 0
  let iterations = 1
  for (;;) {
    const free = freeVariables(point, gradient, box)
    const found = { point, value, gradient, hessian, iterations }
    if (free.length === 0) return { ...found, converged: true }
    const full = dampedStep(gradient, hessian, free, 0)
    const end = moved(point, full.direction, box)
    if (full.damping === 0 && longestOf(end.move) < SHORT_STEP) {
      return { ...found, point: end.point, value: value - promisedGain(gradient, hessian, end.move), converged: true }
    }
    if (full.gain < tolerance) return { ...found, converged: true }
    if (iterations >= maximumIterations) return { ...found, converged: false }
    const step = damping > 0 ? dampedStep(gradient, hessian, free, damping) : full
    damping = step.damping
    const { point: next, move } = moved(point, step.direction, box)
    const promised = promisedGain(gradient, hessian, move)
    const nextGradient = new Float64Array(size)
    const nextHessian = new Float64Array(size * size)
    const nextValue = objective(next, nextGradient, nextHessian)
    iterations++
    if (nextValue < value) {
      const paid = (value - nextValue) / promised
      if (paid > 0.5) damping = damping < 1e-3 ? 0 : damping / 10
      else if (!(paid > 0.1)) damping = Math.max(4 * damping, 1e-3)
      point = next
      value = nextValue
      gradient = nextGradient
      hessian = nextHessian
    } else {
      // No downhill step can be told from rounding: at the minimum when the promise is as small as the rounding.
      if (full.gain < 1e-13 * Math.abs(value)) return { ...found, converged: true }
      damping = Math.max(8 * damping, 1e-3)
      if (damping > 1e12) return { ...found, converged: false }
    }
  }
}

function moved(point: Float64Array, direction: Float64Array, box: Box): { point: Float64Array; move: Float64Array } {
  const next = clampToBox(
    point.map((at, i) => at + direction[i]!),
    box,
  )
  return { point: next, move: next.map((at, i) => at - point[i]!) }
}

function longestOf(moves: Float64Array): number {
  return moves.reduce((most, move) => Math.max(most, Math.abs(move)), 0)
}

interface Step {
  readonly direction: Float64Array
  readonly damping: number
  /** What the damped quadratic promises for the full direction. */
  readonly gain: number
}

/** Solves (hessian + damping x scale) direction = -gradient over the free variables, damped until it leads downhill. */
function dampedStep(gradient: Float64Array, hessian: Float64Array, free: readonly number[], least: number): Step {
  const size = gradient.length
  const count = free.length
  const uphill = Float64Array.from(free, i => -gradient[i]!)
  let largest = 0
  for (const i of free) largest = Math.max(largest, Math.abs(hessian[i * size + i]!))
  if (!(largest > 0)) largest = 1
  for (let damping = least; ; damping = Math.max(4 * damping, 1e-6)) {
    const matrix = new Float64Array(count * count)
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) matrix[i * count + j] = hessian[free[i]! * size + free[j]!]!
      matrix[i * count + i]! += damping * (Math.abs(hessian[free[i]! * size + free[i]!]!) + 1e-6 * largest)
    }
    const solution = solvePositiveDefinite(matrix, uphill)
    if (!solution && damping < 1e15) continue
    const moves = solution ?? uphill
    const longest = longestOf(moves)
    const direction = new Float64Array(size)
    let gain = 0
    for (let i = 0; i < count; i++) {
      gain += 0.5 * uphill[i]! * moves[i]!
      direction[free[i]!] = moves[i]! * Math.min(1, LONGEST_STEP / longest)
    }
    return { direction, damping, gain }
  }
}

/** How much the undamped quadratic falls along a move that the box may have cut short. */
function promisedGain(gradient: Float64Array, hessian: Float64Array, move: Float64Array): number {
  const size = move.length
  let gain = 0
  for (let i = 0; i < size; i++) {
    gain -= gradient[i]! * move[i]!
    for (let j = 0; j < size; j++) gain -= 0.5 * move[i]! * hessian[i * size + j]! * move[j]!
  }
  return gain
}
