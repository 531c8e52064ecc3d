import { expect, it } from 'vitest'
import { logGamma } from './log-gamma.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [0.001, 6.907178885383853],
  [0.3, 1.0957979948180756],
  [1, 0],
  [1.5, -0.12078223763524522],
  [7.25, 7.05218545073854],
  [9.999, 12.799575780077411],
  [10, 12.801827480081469],
  [1000, 5905.220423209181],
  [123456.7, 1323900.975390918],
])('ln Gamma(%f) is %f', (x, value) => {
  expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-14 * Math.max(1, Math.abs(value)))
})

it('has no value below zero and no finite one at zero', () => {
  expect(logGamma(0)).toBe(Infinity)
  expect(logGamma(-1.5)).toBeNaN()
  expect(logGamma(Infinity)).toBe(Infinity)
})
