import { expect, it } from 'vitest'
import { differenceOfProportions } from './difference-of-proportions.ts'

// Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
it.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [0, 10, 0, 10, -0.2775, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
  [10, 10, 0, 10, 0.6075, 1],
])('%i/%i against %i/%i: %f to %f', (a, m, b, n, low, high) => {
  const interval = differenceOfProportions({ successes: a, n: m }, { successes: b, n })
  expect(interval.estimate).toBeCloseTo(a / m - b / n, 14)
  expect(interval.low).toBeCloseTo(low, 4)
  expect(interval.high).toBeCloseTo(high, 4)
})

it('turns its sign when the groups change places', () => {
  const one = { successes: 30, n: 200 }
  const other = { successes: 20, n: 100 }
  const forward = differenceOfProportions(one, other)
  const back = differenceOfProportions(other, one)
  expect([back.low, back.estimate, back.high]).toEqual([-forward.high, -forward.estimate, -forward.low])
})

it('refuses both groups at once, saying which', () => {
  expect(() => differenceOfProportions({ successes: 3, n: 2 }, { successes: -1, n: 5 })).toThrow(
    /first: successes.*second: successes/,
  )
})
