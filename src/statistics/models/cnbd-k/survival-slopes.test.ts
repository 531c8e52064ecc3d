import fc from 'fast-check'
import { expect, it } from 'vitest'
import { logIncompleteBetaComplement } from '../../functions/incomplete-beta.ts'
import { betaConstants, SURVIVAL_NUMBERS, survivalSlopes } from './survival-slopes.ts'

const anyShape = fc.double({ min: Math.log(0.1), max: Math.log(300), noNaN: true }).map(Math.exp)
const anyLogOdds = fc.double({ min: -8, max: 6, noNaN: true })

function at(logOdds: number, k: number, shape: number): Float64Array {
  const out = new Float64Array(SURVIVAL_NUMBERS)
  survivalSlopes(logOdds, betaConstants(k, shape), out)
  return out
}

it('is the logarithm of the complement of the incomplete beta function', () => {
  fc.assert(
    fc.property(anyLogOdds, anyShape, anyShape, (logOdds, k, shape) => {
      const x = 1 / (1 + Math.exp(-logOdds))
      const expected = logIncompleteBetaComplement(x, k, shape)
      expect(Math.abs(at(logOdds, k, shape)[0]! - expected)).toBeLessThan(1e-10 * (1 + Math.abs(expected)))
    }),
  )
})

it('its derivatives are what differences show, on both sides of the mean', () => {
  fc.assert(
    fc.property(anyLogOdds, anyShape, anyShape, (logOdds, k, shape) => {
      const found = at(logOdds, k, shape)
      const stepK = 1e-4 * k
      const stepShape = 1e-4 * shape
      const overK = at(logOdds, k + stepK, shape).map((v, i) => (v - at(logOdds, k - stepK, shape)[i]!) / (2 * stepK))
      const overShape = at(logOdds, k, shape + stepShape).map(
        (v, i) => (v - at(logOdds, k, shape - stepShape)[i]!) / (2 * stepShape),
      )
      const same = (one: number, other: number, unit: number) =>
        expect(Math.abs(one - other) * unit).toBeLessThan(2e-6 * (1 + Math.abs(one) * unit + Math.abs(found[0]!)))
      same(found[1]!, overK[0]!, k)
      same(found[2]!, overShape[0]!, shape)
      same(found[3]!, overK[1]!, k * k)
      same(found[4]!, overShape[1]!, k * shape)
      same(found[5]!, overShape[2]!, shape * shape)
    }),
  )
})
