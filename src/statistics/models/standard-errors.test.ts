import { expect, it } from 'vitest'
import { observedInformation } from './standard-errors.ts'

it('a second derivative of 100 in the logarithm of 2 is a standard error of 0.2', () => {
  const { standardErrors, logCovariance, known } = observedInformation({ r: 2 }, ['r'], new Float64Array([100]))
  expect(standardErrors.r).toBeCloseTo(0.2, 15)
  expect(logCovariance[0]).toBeCloseTo(0.01, 15)
  expect(known).toBe(true)
})

it('inverts the whole curvature, not its diagonal', () => {
  const { standardErrors, logCovariance } = observedInformation(
    { r: 1, alpha: 10 },
    ['r', 'alpha'],
    new Float64Array([2, 1, 1, 1]),
  )
  expect([...logCovariance]).toEqual([1, -1, -1, 2].map(value => expect.closeTo(value, 12)))
  expect(standardErrors.alpha).toBeCloseTo(10 * Math.SQRT2, 12)
})

it.each([
  ['that is not that of a maximum', [1, 2, 2, 1], false],
  ['that is singular', [1, 1, 1, 1], false],
  ['at a boundary', [2, 1, 1, 1], true],
])('claims nothing from a curvature %s', (_, hessian, atBoundary) => {
  const found = observedInformation({ r: 1, alpha: 1 }, ['r', 'alpha'], new Float64Array(hessian), atBoundary)
  expect(found.known).toBe(false)
  expect(found.standardErrors.r).toBeNaN()
  expect([...found.logCovariance].every(Number.isNaN)).toBe(true)
})
