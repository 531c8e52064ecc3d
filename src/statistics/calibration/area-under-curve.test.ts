import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InvalidInput } from '../invalid-input.ts'
import { areaUnderCurve } from './area-under-curve.ts'

it.each([
  // The example of the scikit-learn manual.
  ['two of each', [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], undefined, 0.75],
  ['perfect order', [1, 2, 3], [0, 1, 1], undefined, 1],
  ['reversed order', [3, 2, 1], [0, 1, 1], undefined, 0],
  ['all tied', [1, 1, 1, 1], [0, 1, 0, 1], undefined, 0.5],
  ['a tie across', [1, 2, 2, 3], [0, 0, 1, 1], undefined, 0.875],
  ['weights: the wrong pair counts little', [1, 3, 2], [0, 0, 1], [9, 1, 1], 0.9],
] as const)('%s', (_, scores, outcomes, weights, area) => {
  expect(areaUnderCurve(scores, outcomes, weights)).toBeCloseTo(area, 14)
})

const anyScored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.constantFrom(0, 1), fc.integer({ min: 1, max: 5 })), {
    minLength: 2,
    maxLength: 60,
  })
  .filter(rows => new Set(rows.map(([, outcome]) => outcome)).size === 2)

it('is the share of pairs in the right order, a tie counting one half', () => {
  fc.assert(
    fc.property(anyScored, rows => {
      let won = 0
      let pairs = 0
      for (const [low, lowOutcome, lowWeight] of rows.filter(([, outcome]) => outcome === 0)) {
        for (const [high, , highWeight] of rows.filter(([, outcome]) => outcome === 1)) {
          const weight = lowWeight * highWeight + lowOutcome
          pairs += weight
          won += weight * (high > low ? 1 : high === low ? 0.5 : 0)
        }
      }
      const column = (i: 0 | 1 | 2) => rows.map(row => row[i])
      expect(areaUnderCurve(column(0), column(1), column(2))).toBeCloseTo(won / pairs, 12)
    }),
  )
})

it('refuses what cannot be compared, all faults at once', () => {
  expect(() => areaUnderCurve([1, 2], [1])).toThrow('outcomes has 1 rows where scores has 2')
  expect(() => areaUnderCurve([1, 2], [1, 1])).toThrow('both outcomes must occur')
  expect(() => areaUnderCurve([], [])).toThrow(InvalidInput)
  expect(() => areaUnderCurve([1, Number.NaN], [0, 2])).toThrow(
    'scores must be numbers: 1 rows; outcomes must be 0 or 1',
  )
})
