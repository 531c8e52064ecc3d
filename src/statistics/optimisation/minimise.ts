import { type Box, clampToBox, freeVariables } from './box.ts'

export type { Box } from './box.ts'

/** A function to minimise: returns its value and writes its gradient, and where asked a first guess of its curvature. */
export type Objective = (point: Float64Array, gradient: Float64Array, curvature?: Float64Array) => number

export interface Minimum {
  readonly point: Float64Array
  readonly value: number
  readonly gradient: Float64Array
  readonly iterations: number
  readonly converged: boolean
}

/**
 * Minimises a smooth function of a few variables inside a box: projected BFGS (Nocedal & Wright, chapter 6), started from
 * the curvature the objective offers, so that the first step is already nearly Newton's.
 *
 * Stops when the quadratic model promises a gain below `tolerance` in the value itself: for a log-likelihood that is
 * a statement about evidence, and it does not depend on the units of the parameters.
 * Example: f(x) = (x - 3)^2 on [0, 2] -> point 2 (the edge), converged.
 */
export function minimise(
  objective: Objective,
  start: readonly number[],
  box: Box,
  { tolerance = 1e-7, maximumIterations = 200 }: { tolerance?: number; maximumIterations?: number } = {},
): Minimum {
  const size = start.length
  const point = clampToBox(start, box)
  const gradient = new Float64Array(size)
  const curvature = new Float64Array(size * size)
  let value = objective(point, gradient, curvature)
  strengthen(curvature, size)
  const next = new Float64Array(size)
  const nextGradient = new Float64Array(size)
  const moved = new Float64Array(size)
  const turned = new Float64Array(size)
  let small = 0
  for (let iteration = 0; iteration < maximumIterations; iteration++) {
    const free = freeVariables(point, gradient, box)
    const direction = newtonDirection(curvature, gradient, free)
    let promised = 0
    let longest = 0
    for (let i = 0; i < size; i++) {
      promised -= gradient[i]! * direction[i]!
      longest = Math.max(longest, Math.abs(direction[i]!))
    }
    // Twice in a row, because the curvature of the first guess may promise too little.
    small = promised < 2 * tolerance ? small + 1 : 0
    if (free.length === 0 || small >= 2) return { point, value, gradient, iterations: iteration, converged: true }
    // A step of more than e^2 in a scale parameter leaves the region where the model of the function means anything.
    let step = Math.min(1, 2 / longest)
    let nextValue = Infinity
    let gain = 0
    for (let halving = 0; halving < 40; halving++) {
      gain = 0
      for (let i = 0; i < size; i++) {
        next[i] = Math.min(box.upper[i]!, Math.max(box.lower[i]!, point[i]! + step * direction[i]!))
        moved[i] = next[i]! - point[i]!
        gain += gradient[i]! * moved[i]!
      }
      nextValue = objective(next, nextGradient)
      if (nextValue <= value + 1e-4 * gain) break
      nextValue = Number.NaN
      step *= 0.4
    }
    if (!(nextValue <= value)) {
      // No downhill step can be told from rounding: at the minimum when the promise is as small as the rounding.
      return {
        point,
        value,
        gradient,
        iterations: iteration,
        converged: promised < Math.max(100 * tolerance, 1e-9 * Math.abs(value)),
      }
    }
    for (let i = 0; i < size; i++) turned[i] = nextGradient[i]! - gradient[i]!
    updateCurvature(curvature, moved, turned)
    point.set(next)
    gradient.set(nextGradient)
    value = nextValue
  }
  return { point, value, gradient, iterations: maximumIterations, converged: false }
}

/** Keeps a first curvature that is singular (a parameter the data do not speak about) from asking for endless steps. */
function strengthen(curvature: Float64Array, size: number): void {
  let trace = 0
  for (let i = 0; i < size; i++) trace += curvature[i * size + i]!
  const ridge = trace > 0 ? (1e-6 * trace) / size : 1
  for (let i = 0; i < size; i++) curvature[i * size + i]! += ridge
}

/** Solves curvature x direction = -gradient over the free variables by Cholesky; the others stay put. */
function newtonDirection(curvature: Float64Array, gradient: Float64Array, free: readonly number[]): Float64Array {
  const size = gradient.length
  const count = free.length
  const factor = new Float64Array(count * count)
  const solution = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = curvature[free[i]! * size + free[j]!]!
      for (let l = 0; l < j; l++) sum -= factor[i * count + l]! * factor[j * count + l]!
      factor[i * count + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / factor[j * count + j]!
    }
  }
  for (let i = 0; i < count; i++) {
    let sum = -gradient[free[i]!]!
    for (let l = 0; l < i; l++) sum -= factor[i * count + l]! * solution[l]!
    solution[i] = sum / factor[i * count + i]!
  }
  for (let i = count - 1; i >= 0; i--) {
    let sum = solution[i]!
    for (let l = i + 1; l < count; l++) sum -= factor[l * count + i]! * solution[l]!
    solution[i] = sum / factor[i * count + i]!
  }
  const direction = new Float64Array(size)
  for (let i = 0; i < count; i++) direction[free[i]!] = solution[i]!
  return direction
}

/** Powell's damped BFGS update: the curvature stays positive definite even where the function is not convex. */
function updateCurvature(curvature: Float64Array, moved: Float64Array, turned: Float64Array): void {
  const size = moved.length
  const bent = new Float64Array(size)
  let bending = 0
  let turning = 0
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) bent[i]! += curvature[i * size + j]! * moved[j]!
    bending += moved[i]! * bent[i]!
    turning += moved[i]! * turned[i]!
  }
  if (!(bending > 0)) return
  const damping = turning >= 0.2 * bending ? 1 : (0.8 * bending) / (bending - turning)
  let product = 0
  for (let i = 0; i < size; i++) {
    turned[i] = damping * turned[i]! + (1 - damping) * bent[i]!
    product += moved[i]! * turned[i]!
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      curvature[i * size + j]! += (turned[i]! * turned[j]!) / product - (bent[i]! * bent[j]!) / bending
    }
  }
}
