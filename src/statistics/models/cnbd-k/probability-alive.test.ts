import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHistory, anyParameters, anySpan, GROCERY_IN_WEEKS } from '../../../../bench/rhythm-arbitraries.ts'
import { probabilityAlive } from './probability-alive.ts'

const silentFor = <H extends { recency: number }>(history: H, silent: number) => ({
  ...history,
  observed: history.recency + silent,
})

// BTYDplus 1.2.0, MBG/CNBD-2 on the grocery set: purchases within 12 weeks, then 40 weeks of silence.
it.each([
  [1, 15.6],
  [2, 2.9],
  [3, 0.39],
  [4, 0.044],
  [5, 0.0046],
])(
  'after %i gaps in 12 weeks and 40 silent weeks a grocery customer is alive with %f per cent',
  (purchases, perCent) => {
    const alive = 100 * probabilityAlive('mbg', GROCERY_IN_WEEKS, { purchases, recency: 12, observed: 52 })
    expect(Number(alive.toPrecision(purchases === 1 ? 3 : 2))).toBe(perCent)
  },
)

it('equals MBG/NBD with k = 1: 1 / (1 + a / (b + x) ((alpha + T) / (alpha + t_x))^(r + x))', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, (parameters, history) => {
      const { r, alpha, a, b } = parameters
      const ratio = 1 + (history.observed - history.recency) / (alpha + history.recency)
      const expected = 1 / (1 + (a / (b + history.purchases)) * ratio ** (r + history.purchases))
      expect(probabilityAlive('mbg', { ...parameters, k: 1 }, history)).toBeCloseTo(expected, 8)
    }),
  )
})

it('equals BG/NBD with k = 1: 1 without repeat purchases, else the same with b + x - 1 (Fader & Hardie 2008)', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, (parameters, history) => {
      const { r, alpha, a, b } = parameters
      const { purchases, recency, observed } = history
      const ratio = 1 + (observed - recency) / (alpha + recency)
      const expected = purchases === 0 ? 1 : 1 / (1 + (a / (b + purchases - 1)) * ratio ** (r + purchases))
      expect(probabilityAlive('bg', { ...parameters, k: 1 }, history)).toBeCloseTo(expected, 8)
    }),
  )
})

it('the more purchases before the same silence, the surer she has left (increasing-frequency paradox)', () => {
  const parameters = { k: 1, r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 }
  const after = [10, 15, 20, 25].map(purchases =>
    probabilityAlive('mbg', parameters, { purchases, recency: 20, observed: 39 }),
  )
  expect(after).toEqual([...after].sort((one, other) => other - one))
})

it('lies between 0 and 1, falls with silence, and is (b + x) / (a + b + x) at the moment of a purchase', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anySpan, (parameters, history, more) => {
      for (const leaving of ['bg', 'mbg'] as const) {
        const now = probabilityAlive(leaving, parameters, history)
        const later = probabilityAlive(leaving, parameters, { ...history, observed: history.observed + more })
        expect(now).toBeLessThanOrEqual(1)
        expect(later).toBeGreaterThanOrEqual(0)
        expect(later).toBeLessThanOrEqual(now + 1e-12)
      }
      const staying = parameters.b + history.purchases
      const bought = probabilityAlive('mbg', parameters, silentFor(history, 0))
      expect(bought).toBeCloseTo(staying / (parameters.a + staying), 12)
    }),
  )
})
