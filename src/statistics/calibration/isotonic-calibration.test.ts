import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applyCalibration } from './apply-calibration.ts'
import { brierScore } from './brier-score.ts'
import { isotonicCalibration } from './isotonic-calibration.ts'

it('pools neighbours that fall and leaves those that rise', () => {
  expect(isotonicCalibration([0.2, 0.4, 0.6], [1, 0, 1])).toEqual({
    kind: 'isotonic',
    probabilities: [0.2, 0.4, 0.6],
    frequencies: [0.5, 0.5, 1],
  })
})

it('a chain of falls becomes one pool with its weighted mean', () => {
  const curve = isotonicCalibration([0.1, 0.2, 0.3], [1, 1, 0], [1, 1, 2])
  expect(curve).toEqual({ kind: 'isotonic', probabilities: [0.1, 0.3], frequencies: [0.5, 0.5] })
})

it('equal statements share one frequency', () => {
  expect(isotonicCalibration([0.3, 0.3, 0.3, 0.3], [1, 0, 0, 0]).frequencies).toEqual([0.25])
})

const anyStated = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 20 }).map(part => part / 20),
    fc.constantFrom(0, 1),
  ),
  { minLength: 1, maxLength: 80 },
)

it('never falls, keeps the mean, and is at its own statements never worse than what was stated', () => {
  fc.assert(
    fc.property(anyStated, rows => {
      const stated = rows.map(([probability]) => probability)
      const outcomes = rows.map(([, outcome]) => outcome)
      const curve = isotonicCalibration(stated, outcomes)
      const calibrated = stated.map(probability => applyCalibration(curve, probability))
      const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length
      expect(curve.frequencies).toEqual([...curve.frequencies].sort((one, other) => one - other))
      expect(mean(calibrated)).toBeCloseTo(mean(outcomes), 10)
      expect(brierScore(calibrated, outcomes)).toBeLessThanOrEqual(brierScore(stated, outcomes) + 1e-12)
    }),
  )
})

it('refuses outcomes that are no outcomes', () => {
  expect(() => isotonicCalibration([0.5], [0.5])).toThrow('outcomes must be 0 or 1')
})
