import fc from 'fast-check'
import { expect, it } from 'vitest'
import { logScaledUpperGamma } from './incomplete-gamma.ts'
import { logGamma } from './log-gamma.ts'

const scaledUpperGamma = (k: number, x: number) => Math.exp(logScaledUpperGamma(k, x))

// mpmath: exp(x) * gammainc(k, x, inf, regularized=True), 30 digits.
it.each([
  [1, 50, 1],
  [2, 3, 4],
  [0.5, 0.01, 0.896456979969127],
  [0.5, 2, 0.336204002446341],
  [2.42, 1e-6, 1.000001000000499],
  [1.6, 700, 57.0595953465375],
  [50, 40, 2.1882942840339872e17],
  [0.05, 0.3, 0.0615790444296507],
])('k %d, x %d -> %d', (k, x, expected) => {
  expect(scaledUpperGamma(k, x) / expected).toBeCloseTo(1, 12)
})

it('for whole k is the sum of x^j / j! up to k - 1', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 300, noNaN: true }), (k, x) => {
      let term = 1
      let sum = 1
      for (let j = 1; j < k; j++) {
        term *= x / j
        sum += term
      }
      expect(scaledUpperGamma(k, x) / sum).toBeCloseTo(1, 11)
    }),
  )
})

it('steps from k to k + 1 by x^k / Gamma(k + 1)', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      fc.double({ min: 1e-6, max: 500, noNaN: true }),
      (k, x) => {
        const step = scaledUpperGamma(k + 1, x) - scaledUpperGamma(k, x)
        const expected = Math.exp(k * Math.log(x) - logGamma(k + 1))
        expect(Math.abs(step - expected)).toBeLessThan(1e-11 * scaledUpperGamma(k + 1, x) * (1 + x / 20))
      },
    ),
  )
})
