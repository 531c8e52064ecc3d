import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyDays, anyHistory, anyParameters, GROCERY_IN_WEEKS } from '../../../bench/rhythm-arbitraries.ts'
import { probabilityAlive } from './probability-alive.ts'

// BTYDplus 1.2.0, MBG/CNBD-2 on the grocery set: purchases within 12 weeks, then 40 weeks of silence.
it.each([
  [1, 15.6],
  [2, 2.9],
  [3, 0.39],
  [4, 0.044],
  [5, 0.0046],
])('after %i gaps in 12 weeks and 40 silent weeks a grocery customer is alive with %f per cent', (gaps, perCent) => {
  const history = { gaps, gapDaysSum: 12, logGapSum: gaps * Math.log(12 / gaps) }
  const alive = 100 * probabilityAlive(GROCERY_IN_WEEKS, history, 40)
  expect(Number(alive.toPrecision(gaps === 1 ? 3 : 2))).toBe(perCent)
})

it('equals MBG/NBD with k = 1: 1 / (1 + a / (b + x) ((alpha + T) / (alpha + t_x))^(r + x))', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, (parameters, history, silentDays) => {
      const { r, alpha, a, b } = parameters
      const ratio = 1 + silentDays / (alpha + history.gapDaysSum)
      const expected = 1 / (1 + (a / (b + history.gaps)) * ratio ** (r + history.gaps))
      expect(probabilityAlive({ ...parameters, k: 1 }, history, silentDays)).toBeCloseTo(expected, 8)
    }),
  )
})

it('the more purchases before the same silence, the surer she has left (increasing-frequency paradox)', () => {
  const parameters = { k: 1, r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }
  const after = [10, 15, 20, 25].map(gaps =>
    probabilityAlive(parameters, { gaps, gapDaysSum: 20, logGapSum: gaps * Math.log(20 / gaps) }, 19),
  )
  expect(after).toEqual([...after].sort((one, other) => other - one))
})

it('lies between 0 and 1, falls with silence, and is (b + x) / (a + b + x) at the moment of a purchase', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, anyDays, (parameters, history, days, more) => {
      const now = probabilityAlive(parameters, history, days)
      const later = probabilityAlive(parameters, history, days + more)
      const staying = parameters.b + history.gaps
      expect(probabilityAlive(parameters, history, 0)).toBeCloseTo(staying / (parameters.a + staying), 12)
      expect(now).toBeLessThanOrEqual(1)
      expect(later).toBeGreaterThanOrEqual(0)
      expect(later).toBeLessThanOrEqual(now + 1e-12)
    }),
  )
})
