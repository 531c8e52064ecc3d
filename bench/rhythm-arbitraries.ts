import fc from 'fast-check'
import type { CnbdKParameters, History } from '#statistics/index.ts'

/** The base of the grocery set as published for BTYDplus, k = 2, measured in weeks. */
export const GROCERY_IN_WEEKS: CnbdKParameters = { k: 2, r: 1.3292, alpha: 2.8126, a: 0.4247, b: 0.79 }

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)

/** Any model a fit may return. */
export const anyParameters: fc.Arbitrary<CnbdKParameters> = fc.record({
  k: between(0.1, 20),
  r: between(0.05, 100),
  alpha: between(0.01, 1e5),
  a: between(1e-3, 1e3),
  b: between(1e-2, 1e4),
})

export const anySpan = fc.oneof(fc.integer({ min: 0, max: 1000 }), between(1e-6, 1e9))

/** Any past a customer may have, from one purchase to thousands, and any silence since. */
export const anyHistory: fc.Arbitrary<Required<History>> = fc
  .record({
    purchases: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 10_000 })),
    mean: between(0.1, 500),
    evenness: between(0.01, 1),
    silent: anySpan,
  })
  .map(({ purchases, mean, evenness, silent }) => ({
    purchases,
    recency: purchases * mean,
    observed: purchases * mean + silent,
    logGapSum: purchases === 0 ? 0 : purchases * Math.log(mean * evenness),
  }))
