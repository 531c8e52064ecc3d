import fc from 'fast-check'
import { expect, it } from 'vitest'
import { logBeta } from './log-beta.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [0.3, 0.7, 1.356665241349742],
  [2, 3, -2.4849066497880004],
  [2.5, 25001.3, -25.032099879873527],
  [12, 15, -18.568172732389435],
  [5000, 7000, -8153.389330083462],
  [0.01, 300, 4.54245856227848],
])('ln B(%f, %f) is %f', (a, b, value) => {
  expect(Math.abs(logBeta(a, b) - value)).toBeLessThan(5e-15 * Math.max(1, Math.abs(value)))
})

it('obeys B(a, b) = B(a + 1, b) + B(a, b + 1) across all its branches', () => {
  const argument = fc.double({ min: 0.01, max: 5000, noNaN: true })
  fc.assert(
    fc.property(argument, argument, (a, b) => {
      const whole = logBeta(a, b)
      const parts = Math.exp(logBeta(a + 1, b) - whole) + Math.exp(logBeta(a, b + 1) - whole)
      expect(parts).toBeCloseTo(1, 11)
    }),
  )
})
