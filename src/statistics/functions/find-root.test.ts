import { expect, it } from 'vitest'
import { findRoot } from './find-root.ts'

it.each([
  ['a parabola', (x: number) => x * x - 2, 0, 2, Math.SQRT2],
  ['a bracket given from above', (x: number) => x * x - 2, 2, 0, Math.SQRT2],
  ['a cubic that is flat at its root', (x: number) => (x - 1) ** 3, -3, 7, 1],
  ['a step', (x: number) => (x < 0.3 ? -1 : 1), 0, 1, 0.3],
  ['a curve that hugs the axis', (x: number) => Math.exp(20 * x) - 2, -5, 5, Math.LN2 / 20],
  ['a root at an end', (x: number) => x, 0, 5, 0],
])('finds the root of %s', (_, f, lower, upper, root) => {
  expect(findRoot(f, lower, upper)).toBeCloseTo(root, 5)
})

it('is exact to the last digits where the function crosses the axis', () => {
  expect(Math.abs(findRoot(x => x * x - 2, 0, 2) - Math.SQRT2)).toBeLessThan(1e-15)
  expect(Math.abs(findRoot(x => Math.cos(x) - x, 0, 1) - 0.7390851332151607)).toBeLessThan(1e-15)
})

it('needs few evaluations', () => {
  let evaluations = 0
  findRoot(
    x => {
      evaluations++
      return Math.exp(x) - 5
    },
    -10,
    10,
  )
  expect(evaluations).toBeLessThan(25)
})

it('throws where there is no change of sign', () => {
  expect(() => findRoot(x => x * x + 1, -1, 1)).toThrow(/no change of sign/)
})
