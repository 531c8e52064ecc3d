import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../functions/normal-quantile.ts'
import { wilsonInterval } from '../intervals/wilson-interval.ts'
import { normalDraw } from '../sampling/draws.ts'
import { seeded } from '../sampling/seeded.ts'
import { normalMixtureBound } from './normal-mixture-bound.ts'
import { proportionConfidenceSequence } from './proportion-confidence-sequence.ts'

// Howard, Ramdas, McAuliffe & Sekhon: library confseq, uniform_boundaries_unittest, values of its reference in R.
describe('published bounds', () => {
  it('variance 100, sharpest at 100, alpha .05: 30.35209 two-sided, 27.66071 one-sided', () => {
    expect(normalMixtureBound(100, { sharpestAt: 100 })).toBeCloseTo(30.35209, 5)
    expect(normalMixtureBound(100, { sharpestAt: 100, sides: 1 })).toBeCloseTo(27.66071, 5)
  })

  it('700 of 1,000, sharpest at 100: [.651629, .745949]', () => {
    const found = proportionConfidenceSequence(700, 1000, { sharpestAt: 100 })
    expect(found.estimate).toBe(0.7)
    expect(found.low).toBeCloseTo(0.651629, 5)
    expect(found.high).toBeCloseTo(0.745949, 5)
  })
})

describe('for every sum and share', () => {
  const variances = fc.double({ min: 1e-6, max: 1e9, noNaN: true })

  it('the bound is wider than for a single look, and narrower on one side than on two', () => {
    fc.assert(
      fc.property(variances, variances, (variance, sharpestAt) => {
        const two = normalMixtureBound(variance, { sharpestAt })
        const one = normalMixtureBound(variance, { sharpestAt, sides: 1 })
        expect(two).toBeGreaterThan(normalQuantile(0.975) * Math.sqrt(variance))
        expect(one).toBeGreaterThan(normalQuantile(0.95) * Math.sqrt(variance))
        // The one-sided mixture is sharpest at the same place and spends all its doubt on one side.
        if (variance <= sharpestAt * 100 && sharpestAt <= variance * 100) expect(one).toBeLessThan(two)
      }),
    )
  })

  it('no other mixture is narrower at the variance asked for', () => {
    for (const other of [0.3, 0.9, 1.1, 3]) {
      expect(normalMixtureBound(50, { sharpestAt: 50 })).toBeLessThan(
        normalMixtureBound(50, { sharpestAt: 50 * other }),
      )
    }
  })

  it('a share lies inside its interval, which is wider than Wilson\u2019s and lies in [0, 1]', () => {
    const counts = fc
      .integer({ min: 1, max: 100_000 })
      .chain(n => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
    fc.assert(
      fc.property(counts, ([successes, n]) => {
        const { estimate, low, high } = proportionConfidenceSequence(successes, n)
        const once = wilsonInterval(successes, n)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(estimate)
        expect(high).toBeGreaterThanOrEqual(estimate)
        expect(high).toBeLessThanOrEqual(1)
        if (successes >= 30 && n - successes >= 30) expect(high - low).toBeGreaterThan(once.high - once.low)
      }),
    )
  })
})

it('of 400 walks watched at every step, at most 5 % ever leave the bound', () => {
  const random = seeded(9)
  let left = 0
  for (let walk = 0; walk < 400; walk++) {
    let sum = 0
    for (let step = 1; step <= 1000; step++) {
      sum += normalDraw(random)
      if (Math.abs(sum) > normalMixtureBound(step, { sharpestAt: 200 })) {
        left++
        break
      }
    }
  }
  expect(left).toBeLessThanOrEqual(20)
  expect(left).toBeGreaterThan(0)
})

it('refuses what is no bound, all faults at once', () => {
  expect(() => normalMixtureBound(-1, { sharpestAt: 0, level: 1 })).toThrow(/level.*variance.*sharpestAt/)
  expect(() => normalMixtureBound(1, { sharpestAt: 1, sides: 1, level: 0.4 })).toThrow(/one-sided/)
  expect(() => proportionConfidenceSequence(3, 2, { level: 0, sharpestAt: 0 })).toThrow(/successes.*level.*sharpestAt/)
})
