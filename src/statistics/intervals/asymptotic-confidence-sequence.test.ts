import { expect, it } from 'vitest'
import { normalQuantile } from '../functions/normal-quantile.ts'
import { asymptoticConfidenceSequence } from './asymptotic-confidence-sequence.ts'

// GrowthBook, packages/stats, sequential two-sided test with tuning parameter 1,000: relative lift of a group of 3,461
// (sum 2,422.7, sum of squares 134,698.29) over one of 3,000 (sum 1,396.87, sum of squares 52,377.9767).
it('equals the sequential test of GrowthBook: [-.55844, 1.56516]', () => {
  const base = { n: 3000, mean: 1396.87 / 3000, variance: (52377.9767 - 1396.87 ** 2 / 3000) / 2999 }
  const treated = { n: 3461, mean: 2422.7 / 3461, variance: (134698.29 - 2422.7 ** 2 / 3461) / 3460 }
  const variance =
    treated.variance / treated.n / base.mean ** 2 + (base.variance / base.n) * (treated.mean ** 2 / base.mean ** 4)
  const found = asymptoticConfidenceSequence(
    { estimate: treated.mean / base.mean - 1, variance, n: 6461 },
    { level: 0.95, sharpestAt: 1000 },
  )
  expect(found.low).toBeCloseTo(-0.55844, 5)
  expect(found.high).toBeCloseTo(1.56516, 5)
})

it('is wider than an interval for one look, and sharpest relative to it near the chosen size', () => {
  const penalty = (n: number) => {
    const { high } = asymptoticConfidenceSequence({ estimate: 0, variance: 1 / n, n }, { sharpestAt: 1000 })
    return high / (normalQuantile(0.975) * Math.sqrt(1 / n))
  }
  expect(penalty(1000)).toBeGreaterThan(1)
  expect(penalty(1000)).toBeLessThan(penalty(50))
  expect(penalty(1000)).toBeLessThan(penalty(100_000))
})

it('refuses every number that is none, at once', () => {
  expect(() =>
    asymptoticConfidenceSequence({ estimate: Number.NaN, variance: -1, n: 0 }, { level: 2, sharpestAt: 0 }),
  ).toThrow(/level.*estimate.*variance.*n must.*sharpestAt/)
})
