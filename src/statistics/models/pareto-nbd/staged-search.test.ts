import { expect, it } from 'vitest'
import { type Stage, searchInStages } from './staged-search.ts'

/** n customers whose mean negative log-likelihood is a bent valley with its floor at (1 + off, 2). */
function valley(customers: number, off: number): Stage & { passes: number } {
  const stage = {
    customers,
    passes: 0,
    objective(point: Float64Array, gradient: Float64Array) {
      stage.passes++
      const x = point[0]! - 1 - off
      const y = point[1]! - 2 - 0.5 * x * x
      gradient[0] = customers * (Math.sinh(x) - 4 * y * x)
      gradient[1] = customers * 4 * y
      return customers * (Math.cosh(x) + 2 * y * y)
    },
  }
  return stage
}
const box = { lower: [-9, -9], upper: [9, 9] }

it('finds the floor of the last stage to rounding, with few passes over it', () => {
  const all = valley(1e6, 0)
  const found = searchInStages({
    stages: [valley(3000, 0.05), valley(30_000, 0.01), all],
    starts: [
      [-3, 5],
      [4, -4],
    ],
    box,
    maximumIterations: 200,
  })
  expect(found.converged).toBe(true)
  expect(found.point[0]).toBeCloseTo(1, 9)
  expect(found.point[1]).toBeCloseTo(2, 9)
  expect(found.slope).toBeLessThan(1e-9)
  expect(all.passes).toBeLessThan(15)
})

it('measures the curvature there', () => {
  const { hessian } = searchInStages({ stages: [valley(100, 0)], starts: [[0, 0]], box, maximumIterations: 200 })
  for (const [i, wanted] of [100, 0, 0, 400].entries()) expect(hessian[i]).toBeCloseTo(wanted, 1)
})

it('stops at the edge of the box', () => {
  const narrow = { lower: [-9, -9], upper: [0.5, 9] }
  const found = searchInStages({ stages: [valley(100, 0)], starts: [[0, 0]], box: narrow, maximumIterations: 200 })
  expect(found.point[0]).toBe(0.5)
  expect(found.slope).toBeLessThan(1e-5)
})
