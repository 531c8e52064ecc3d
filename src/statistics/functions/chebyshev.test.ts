import { expect, it } from 'vitest'
import { chebyshevAt, chebyshevSum } from './chebyshev.ts'

it.each([
  ['an exponential', Math.exp, 0, 1],
  ['a logarithm far from its pole', Math.log, 1, 40],
  ['a wave', (x: number) => Math.sin(20 * x), -1, 1],
  ['a constant', () => 7, -1, 1],
  ['a line', (x: number) => 3 * x - 2, 0, 10],
])('is as exact as %s', (_, f, lower, upper) => {
  const sum = chebyshevSum(f, lower, upper)!
  for (let i = 0; i <= 100; i++) {
    const x = lower + ((upper - lower) * i) / 100
    expect(Math.abs(chebyshevAt(sum, x) - f(x))).toBeLessThan(1e-12 * Math.max(1, Math.abs(f(x))))
  }
})

it('takes no more terms than are needed', () => {
  expect(chebyshevSum(Math.exp, 0, 1)!.coefficients.length).toBeLessThan(15)
  expect(chebyshevSum(x => 3 * x - 2, 0, 10)!.coefficients.length).toBe(2)
})

it('of an interval without width is the value there', () => {
  expect(chebyshevAt(chebyshevSum(Math.exp, 2, 2)!, 2)).toBe(Math.exp(2))
})

it.each([
  ['with a corner', (x: number) => Math.abs(x - 0.1)],
  ['that is infinite', (x: number) => 1 / (x + 1)],
])('gives up on a function %s', (_, f) => {
  expect(chebyshevSum(f, -1, 1)).toBeUndefined()
})
