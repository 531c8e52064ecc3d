import { expect, it } from 'vitest'
import { minimise, type Objective } from './minimise.ts'

/** Rosenbrock's valley: minimum 0 at (1, 1). */
const valley: Objective = (point, gradient, curvature) => {
  const [x, y] = point as unknown as [number, number]
  gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x)
  gradient[1] = 200 * (y - x * x)
  curvature?.set([1, 0, 0, 1])
  return 100 * (y - x * x) ** 2 + (1 - x) ** 2
}

it('finds the bottom of the curved valley', () => {
  const found = minimise(valley, [-1.2, 1], { lower: [-10, -10], upper: [10, 10] }, { tolerance: 1e-12 })
  expect(found.converged).toBe(true)
  expect(found.point[0]).toBeCloseTo(1, 4)
  expect(found.point[1]).toBeCloseTo(1, 4)
})

it('stops at the edge of the box where downhill leads out of it', () => {
  const found = minimise(valley, [-1.2, 1], { lower: [-10, -10], upper: [0.5, 10] }, { tolerance: 1e-12 })
  expect(found.converged).toBe(true)
  expect(found.point[0]).toBe(0.5)
  expect(found.point[1]).toBeCloseTo(0.25, 5)
})

it('says that it has not converged when the steps run out', () => {
  const found = minimise(valley, [-1.2, 1], { lower: [-10, -10], upper: [10, 10] }, { maximumIterations: 2 })
  expect(found.converged).toBe(false)
})
