import { expect, it } from 'vitest'
import { digamma } from './digamma.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [0.001, -1000.5755719318103],
  [0.3, -3.502524222200133],
  [1, -0.5772156649015329],
  [7.25, 1.9104535268837362],
  [10, 2.251752589066721],
  [1000, 6.907255195648812],
])('psi(%f) is %f', (x, value) => {
  expect(Math.abs(digamma(x) - value)).toBeLessThan(1e-14 * Math.max(1, Math.abs(value)))
})
