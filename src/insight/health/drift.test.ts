import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { stabilityBounds } from '#statistics/index.ts'
import { driftOf, profileOf } from './drift.ts'

const observed = (recency: readonly number[]) => ({ features: { recency } })

/** Days since the last purchase of customers who come every `days` days on average: quantiles of the exponential. */
const silences = (days: number, customers = 1000) =>
  Array.from({ length: customers }, (_, row) => Math.round(-days * Math.log(1 - (row + 0.5) / customers)))

describe('the drift of a base', () => {
  test('is 0 where the base has not changed, whatever it looks like', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 40 }), { minLength: 1, maxLength: 400 }),
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 400 }),
        (recency, spend) => {
          const base = { features: { recency, spend } }
          for (const { psi } of driftOf(profileOf(base), base)) expect(psi).toBe(0)
        },
      ),
    )
  })

  test('is never below 0, and does not ask in which order customers are read', () => {
    const values = fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, values, (then, now) => {
        const [found] = driftOf(profileOf(observed(then)), observed(now))
        expect(found!.psi).toBeGreaterThanOrEqual(0)
        expect(driftOf(profileOf(observed([...then].reverse())), observed([...now].reverse()))).toEqual([found])
      }),
    )
  })

  test.each<[string, number, 'same' | 'watch' | 'refit']>([
    ['customers come as often as before', 30, 'same'],
    ['they come a little less often', 33, 'same'],
    ['they come clearly less often', 45, 'watch'],
    ['they come half as often', 60, 'refit'],
    ['they come twice as often', 15, 'refit'],
  ])('says how far it has gone: %s', (_, days, verdict) => {
    const [found] = driftOf(profileOf(observed(silences(30))), observed(silences(days)))
    const { watch, refit } = stabilityBounds
    expect(found!.psi >= refit ? 'refit' : found!.psi >= watch ? 'watch' : 'same').toBe(verdict)
  })

  it('shows the ranges it counted: shares add up, the first begins and the last ends nowhere', () => {
    const [found] = driftOf(profileOf(observed(silences(30))), observed(silences(60)))
    const bins = found!.bins
    expect(bins).toHaveLength(10)
    expect(bins[0]!.from).toBeNull()
    expect(bins.at(-1)!.to).toBeNull()
    for (const side of ['before', 'now'] as const) {
      expect(bins.reduce((sum, bin) => sum + bin[side], 0)).toBeCloseTo(1, 12)
    }
    expect(bins.at(-1)!.now).toBeGreaterThan(2 * bins.at(-1)!.before)
  })

  it('makes fewer ranges of a small base, and one of customers who are all alike', () => {
    expect(profileOf(observed(silences(30, 120))).recency!.counts).toHaveLength(2)
    expect(profileOf(observed(new Array(500).fill(7))).recency).toEqual({ edges: [], counts: [500] })
  })

  it('leaves out a feature that one of the two days does not know', () => {
    expect(driftOf(profileOf(observed([1, 2])), { features: { spend: [1, 2] } })).toEqual([])
  })
})
