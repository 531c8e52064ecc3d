import { expect, it } from 'vitest'
import { type CurvedObjective, newton } from './newton.ts'

/** Rosenbrock's valley: minimum 0 at (1, 1). */
const valley: CurvedObjective = (point, gradient, hessian) => {
  const [x, y] = point as unknown as [number, number]
  gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x)
  gradient[1] = 200 * (y - x * x)
  hessian.set([1200 * x * x - 400 * y + 2, -400 * x, -400 * x, 200])
  return 100 * (y - x * x) ** 2 + (1 - x) ** 2
}
const wide = { lower: [-10, -10], upper: [10, 10] }

it('finds the bottom of the curved valley to many digits in few evaluations', () => {
  const found = newton(valley, [-1.2, 1], wide)
  expect(found.converged).toBe(true)
  expect(Math.abs(found.point[0]! - 1)).toBeLessThan(1e-9)
  expect(Math.abs(found.point[1]! - 1)).toBeLessThan(1e-9)
  expect(found.iterations).toBeLessThan(35)
})

it('stops at the edge of the box where downhill leads out of it', () => {
  const found = newton(valley, [-1.2, 1], { lower: [-10, -10], upper: [0.5, 10] })
  expect(found.converged).toBe(true)
  expect(found.point[0]).toBe(0.5)
  expect(found.point[1]).toBeCloseTo(0.25, 9)
})

it('leaves a variable alone whose limits meet', () => {
  const found = newton(valley, [-1.2, 1], { lower: [-10, 4], upper: [10, 4] })
  expect(found.converged).toBe(true)
  expect(found.point[1]).toBe(4)
})

it('says that it has not converged when the evaluations run out', () => {
  const found = newton(valley, [-1.2, 1], wide, { maximumIterations: 3 })
  expect(found).toMatchObject({ converged: false, iterations: 3 })
})

it('walks down from a hilltop, where the curvature points the wrong way', () => {
  const waves: CurvedObjective = ([x], gradient, hessian) => {
    gradient[0] = -Math.sin(x!)
    hessian[0] = -Math.cos(x!)
    return Math.cos(x!)
  }
  const found = newton(waves, [0.1], { lower: [-4], upper: [4] })
  expect(found.converged).toBe(true)
  expect(Math.abs(found.point[0]!)).toBeCloseTo(Math.PI, 9)
})

it('runs along a slope without end to the edge of the box, and not beyond', () => {
  const slope: CurvedObjective = ([x], gradient, hessian) => {
    const away = Math.exp(-x!)
    gradient[0] = -1000 * away
    hessian[0] = 1000 * away
    return 1000 * away
  }
  expect(newton(slope, [0], { lower: [-5], upper: [9] })).toMatchObject({
    converged: true,
    point: new Float64Array([9]),
  })
})

it('steps around a point where the function is no number', () => {
  const barrier: CurvedObjective = ([x], gradient, hessian) => {
    gradient[0] = 1 - 1 / (x! + 1)
    hessian[0] = 1 / (x! + 1) ** 2
    return x! - Math.log(x! + 1)
  }
  expect(newton(barrier, [1.9], { lower: [-3], upper: [3] }).point[0]).toBeCloseTo(0, 7)
})

it('stops at once where nothing depends on anything', () => {
  const flat: CurvedObjective = (_, gradient, hessian) => {
    gradient.fill(0)
    hessian.fill(0)
    return 7
  }
  expect(newton(flat, [1, 2], wide)).toMatchObject({ converged: true, iterations: 1, value: 7 })
})
