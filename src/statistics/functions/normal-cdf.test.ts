import { expect, it } from 'vitest'
import { normalCdf } from './normal-cdf.ts'

// Reference values: mpmath with 50 digits.
it.each([
  [-30, 4.906713927148187e-198],
  [-8, 6.220960574271784e-16],
  [-3, 0.0013498980316300946],
  [-2, 0.02275013194817921],
  [-1.2, 0.11506967022170828],
  [0, 0.5],
  [0.5, 0.691462461274013],
  [1.96, 0.9750021048517796],
  [3, 0.9986501019683699],
])('the normal distribution at %f is %f', (x, value) => {
  expect(normalCdf(x) / value).toBeCloseTo(1, 13)
})
