import fc from 'fast-check'
import { expect, it } from 'vitest'
import { normalCdf } from './normal-cdf.ts'
import { normalQuantile } from './normal-quantile.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [1e-300, -37.0470962993612],
  [1e-10, -6.361340902404056],
  [0.001, -3.090232306167814],
  [0.025, -1.9599639845400543],
  [0.3, -0.5244005127080408],
  [0.5, 0],
  [0.9, 1.2815515655446004],
])('the normal quantile of %f is %f', (p, value) => {
  expect(normalQuantile(p)).toBeCloseTo(value, 12)
})

it('undoes the normal distribution', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), p => {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 13)
    }),
  )
})

it('has its ends at infinity and no value outside', () => {
  expect([normalQuantile(0), normalQuantile(1), normalQuantile(1.1)]).toEqual([-Infinity, Infinity, Number.NaN])
})
