import { expect, it } from 'vitest'
import { trigamma } from './trigamma.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [0.001, 1000001.6425331959],
  [0.3, 12.24536454610773],
  [1, 1.6449340668482264],
  [7.25, 0.14787923315893217],
  [10, 0.10516633568168575],
  [1000, 0.0010005001666666333],
])('psi1(%f) is %f', (x, value) => {
  expect(Math.abs(trigamma(x) / value - 1)).toBeLessThan(1e-14)
})
