import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  incompleteBeta,
  incompleteBetaComplement,
  logIncompleteBeta,
  logIncompleteBetaComplement,
} from './incomplete-beta.ts'

// Reference values: mpmath with 50 digits; ln I, then ln(1 - I).
describe.each([
  [0.5, 2, 3, -0.3746934494414107, -1.163150809805681],
  [0.1, 0.3, 0.7, -0.836301762565496, -0.5679429455106448],
  [0.999, 0.3, 0.7, -0.002927321784242427, -5.835130644620047],
  [0.0001, 2.5, 25001.3, -0.5375112740648897, -0.8775517675842099],
  [0.001, 2.5, 25001.3, -1.3669137889169082e-9, -20.410710347775176],
  [0.4, 500, 700, -2.1159703560218985, -0.12842023582814846],
  [0.45, 500, 700, -0.009954605565520615, -4.614693137859072],
  [1e-12, 1.5, 3, -39.970625154084445, -4.37499999999475e-18],
])('I_%f(%f, %f)', (x, a, b, logLower, logUpper) => {
  it('equals the reference in both tails, relative to the tail', () => {
    expect(logIncompleteBeta(x, a, b) / logLower).toBeCloseTo(1, 12)
    expect(logIncompleteBetaComplement(x, a, b) / logUpper).toBeCloseTo(1, 12)
  })
})

const shape = fc.double({ min: 0.05, max: 3000, noNaN: true })
const share = fc.double({ min: 0, max: 1, noNaN: true })

it('is a probability, and the two tails make one', () => {
  fc.assert(
    fc.property(share, shape, shape, (x, a, b) => {
      const lower = incompleteBeta(x, a, b)
      const upper = incompleteBetaComplement(x, a, b)
      expect(lower).toBeGreaterThanOrEqual(0)
      expect(upper).toBeGreaterThanOrEqual(0)
      expect(lower + upper).toBeCloseTo(1, 12)
    }),
  )
})

it('is its own mirror: I_x(a, b) = 1 - I_(1-x)(b, a)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1023 }), shape, shape, (part, a, b) => {
      const x = part / 1024
      expect(incompleteBeta(x, a, b)).toBeCloseTo(incompleteBetaComplement(1 - x, b, a), 11)
    }),
  )
})

it('is 0 at 0 and 1 at 1', () => {
  expect(incompleteBeta(0, 2, 3)).toBe(0)
  expect(incompleteBeta(1, 2, 3)).toBe(1)
})
