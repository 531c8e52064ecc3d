import fc from 'fast-check'
import { expect, it } from 'vitest'
import { wilsonInterval } from './wilson-interval.ts'

// Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3 (score without continuity correction).
it.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i: %f to %f', (successes, n, low, high) => {
  const interval = wilsonInterval(successes, n)
  expect(interval.low).toBeCloseTo(low, 4)
  expect(interval.high).toBeCloseTo(high, 4)
})

it('holds the observed share, stays within 0 and 1, and narrows with a lower level', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const successes = Math.round(share * n)
      const wide = wilsonInterval(successes, n, 0.99)
      const narrow = wilsonInterval(successes, n, 0.8)
      expect(wide.low).toBeGreaterThanOrEqual(0)
      expect(wide.high).toBeLessThanOrEqual(1)
      expect(wide.low).toBeLessThanOrEqual(narrow.low)
      expect(narrow.high).toBeLessThanOrEqual(wide.high)
      expect(narrow.low).toBeLessThanOrEqual(successes / n)
      expect(narrow.high).toBeGreaterThanOrEqual(successes / n)
    }),
  )
})

it('refuses more successes than customers, and a level of certainty, both at once', () => {
  expect(() => wilsonInterval(5, 4, 1)).toThrow(/successes must be.*level must lie/)
})
