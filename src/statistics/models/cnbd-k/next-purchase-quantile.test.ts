import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHistory, anyParameters } from '../../../../bench/rhythm-arbitraries.ts'
import { InvalidInput } from '../../invalid-input.ts'
import { nextPurchaseQuantile } from './next-purchase-quantile.ts'
import { logSurvival } from './survival.ts'

const once = { purchases: 0, recency: 0, observed: 0 }

it.each([
  [0.5, 30],
  [0.9, 270],
  [0.99, 2970],
])('after a first purchase with k 1, r 1, alpha 30, share %f is back within %d days', (p, days) => {
  expect(nextPurchaseQuantile({ k: 1, r: 1, alpha: 30, a: 1, b: 1 }, once, p)).toBeCloseTo(days, 8)
})

it('is where the gap ends with exactly that probability', () => {
  const anyShare = fc.double({ min: 0.001, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(anyParameters, anyHistory, anyShare, (parameters, history, p) => {
      const days = nextPurchaseQuantile(parameters, history, p)
      if (days > 1e-280 && days < 1e280) {
        expect(-Math.expm1(logSurvival(parameters, history, days))).toBeCloseTo(p, 9)
      }
    }),
  )
})

it('pulls toward her own gaps as they become many', () => {
  const base = { k: 3, r: 2, alpha: 60, a: 1, b: 1 }
  const weekly = (gaps: number) => ({ purchases: gaps, recency: 7 * gaps, observed: 7 * gaps })
  const medians = [0, 2, 10, 100_000].map(gaps => nextPurchaseQuantile(base, gaps === 0 ? once : weekly(gaps), 0.5))
  expect(medians).toEqual([...medians].sort((one, other) => other - one))
  // The median of Gamma(3) is 2.674 of its scale, and weekly gaps mean a scale of 7 / 3.
  expect(medians.at(-1)).toBeCloseTo((2.674 * 7) / 3, 1)
})

it('refuses certainty', () => {
  for (const p of [0, 1, -0.1, Number.NaN]) {
    expect(() => nextPurchaseQuantile({ k: 1, r: 1, alpha: 1, a: 1, b: 1 }, once, p)).toThrow(InvalidInput)
  }
})
