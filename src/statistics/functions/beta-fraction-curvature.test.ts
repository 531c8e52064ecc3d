import fc from 'fast-check'
import { expect, it } from 'vitest'
import { betaFractionCurvature, FRACTION_CURVATURE } from './beta-fraction-curvature.ts'
import { logIncompleteBeta } from './incomplete-beta.ts'
import { logBeta } from './log-beta.ts'

const anyShape = fc.double({ min: Math.log(0.1), max: Math.log(300), noNaN: true }).map(Math.exp)
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true })

function at(x: number, a: number, b: number): Float64Array {
  const out = new Float64Array(FRACTION_CURVATURE)
  betaFractionCurvature(x, a, b, out)
  return out
}

it('with a = b = 1 and x = 0.5 the fraction is 2', () => {
  expect(at(0.5, 1, 1)[0]).toBeCloseTo(Math.LN2, 14)
})

it('is what stands between the incomplete beta function and its front', () => {
  fc.assert(
    fc.property(share, anyShape, anyShape, (part, a, b) => {
      const x = (part * (a + 1)) / (a + b + 2)
      const front = a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - logBeta(a, b)
      const expected = logIncompleteBeta(x, a, b) - front
      expect(Math.abs(at(x, a, b)[0]! - expected)).toBeLessThan(1e-12 * (1 + Math.abs(front)))
    }),
  )
})

it('its derivatives are what differences show', () => {
  fc.assert(
    fc.property(share, anyShape, anyShape, (part, a, b) => {
      const x = (part * (a + 1)) / (a + b + 2)
      const found = at(x, a, b)
      const stepA = 1e-4 * a
      const stepB = 1e-4 * b
      const overA = at(x, a + stepA, b).map((value, i) => (value - at(x, a - stepA, b)[i]!) / (2 * stepA))
      const overB = at(x, a, b + stepB).map((value, i) => (value - at(x, a, b - stepB)[i]!) / (2 * stepB))
      // In units of each parameter, so that one tolerance fits all.
      const same = (one: number, other: number, unit: number) =>
        expect(Math.abs(one - other) * unit).toBeLessThan(1e-6 * (1 + Math.abs(one) * unit))
      same(found[1]!, overA[0]!, a)
      same(found[2]!, overB[0]!, b)
      same(found[3]!, overA[1]!, a * a)
      same(found[4]!, overA[2]!, a * b)
      same(found[5]!, overB[2]!, b * b)
    }),
  )
})
