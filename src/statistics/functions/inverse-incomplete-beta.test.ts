import fc from 'fast-check'
import { expect, it } from 'vitest'
import { incompleteBeta } from './incomplete-beta.ts'
import { inverseIncompleteBeta, inverseIncompleteBetaLogOdds } from './inverse-incomplete-beta.ts'

it('undoes the incomplete beta function', () => {
  const shape = fc.double({ min: 0.1, max: 2000, noNaN: true })
  const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true })
  fc.assert(
    fc.property(share, shape, shape, (p, a, b) => {
      const x = inverseIncompleteBeta(p, a, b)
      // Where the density is steep, the next number beside x changes I by more than any tolerance; so p must lie between
      // what I is a few roundings below x and a few above it.
      const roundings = 4 * Number.EPSILON
      expect(incompleteBeta(x * (1 - roundings), a, b)).toBeLessThanOrEqual(p + 5e-11)
      expect(incompleteBeta(Math.min(1, x * (1 + roundings)), a, b)).toBeGreaterThanOrEqual(p - 5e-11)
    }),
  )
})

it('stays a number where x itself rounds to 0 or 1', () => {
  // I_x(a, 1) = x^a, so x = p^(1/a); with a = 0.001 that is 1e-3000, whose logarithm is -6907.755.
  expect(inverseIncompleteBetaLogOdds(0.001, 0.001, 1)).toBeCloseTo(Math.log(0.001) / 0.001, 6)
  expect(inverseIncompleteBetaLogOdds(0.999, 1, 0.001)).toBeCloseTo(-Math.log(0.001) / 0.001, 6)
})

it('knows both ends', () => {
  expect(inverseIncompleteBeta(0, 2, 3)).toBe(0)
  expect(inverseIncompleteBeta(1, 2, 3)).toBe(1)
  expect(inverseIncompleteBeta(0.6875, 2, 3)).toBeCloseTo(0.5, 14)
})
