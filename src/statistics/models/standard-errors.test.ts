import { expect, it } from 'vitest'
import { covarianceAt, observedInformation } from './standard-errors.ts'

const wide = { lower: [-9, -9], upper: [9, 9] }
const curved = (...hessian: number[]) => ({ point: new Float64Array(2), hessian: Float64Array.from(hessian) })

it('a variance of 0.01 in the logarithm of 2 is a standard error of 0.2', () => {
  const { standardErrors, logCovariance, known } = observedInformation({ r: 2 }, ['r'], Float64Array.of(0.01))
  expect(standardErrors.r).toBeCloseTo(0.2, 15)
  expect([...logCovariance]).toEqual([0.01])
  expect(known).toBe(true)
})

it('inverts the whole curvature, not its diagonal', () => {
  expect([...covarianceAt(curved(2, 1, 1, 1), wide)!]).toEqual([1, -1, -1, 2].map(value => expect.closeTo(value, 12)))
})

it('what was held has no error, and gives none to the others', () => {
  const held = { lower: [0, -9], upper: [0, 9] }
  expect([...covarianceAt(curved(2, 1, 1, 4), held)!]).toEqual([0, 0, 0, 0.25])
})

it.each([
  ['that is not that of a maximum', [1, 2, 2, 1], wide],
  ['that is singular', [1, 1, 1, 1], wide],
  ['at a boundary', [2, 1, 1, 1], { lower: [-9, 0], upper: [9, 9] }],
])('knows nothing from a curvature %s', (_, hessian, box) => {
  expect(covarianceAt(curved(...hessian), box)).toBeUndefined()
})

it('claims nothing without a covariance', () => {
  const found = observedInformation({ r: 1, alpha: 1 }, ['r', 'alpha'], undefined)
  expect(found.known).toBe(false)
  expect(found.standardErrors.r).toBeNaN()
  expect([...found.logCovariance]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN])
})
