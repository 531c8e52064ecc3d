import type { Box } from './box.ts'
import type { Objective } from './minimise.ts'
import type { CurvedObjective } from './newton.ts'

const STEP = 1e-5

/**
 * A function with its Hessian by one-sided differences of its exact gradient, good to about five digits: one more
 * evaluation for each variable, and none outside the box.
 * Example: gradient (2x, 6y) anywhere -> Hessian 2, 0, 0, 6.
 */
export function curvedByDifferences(objective: Objective, box: Box): CurvedObjective {
  return (point, gradient, hessian) => {
    const value = objective(point, gradient)
    const size = point.length
    const moved = new Float64Array(size)
    hessian.fill(0)
    for (let i = 0; i < size; i++) {
      const step = point[i]! + STEP > box.upper[i]! ? -STEP : STEP
      const there = Float64Array.from(point)
      there[i]! += step
      objective(there, moved)
      for (let j = 0; j < size; j++) {
        const second = (moved[j]! - gradient[j]!) / step
        hessian[i * size + j]! += 0.5 * second
        hessian[j * size + i]! += 0.5 * second
      }
    }
    return value
  }
}
