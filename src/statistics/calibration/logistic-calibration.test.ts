import { expect, it } from 'vitest'
import { seeded } from '../sampling/seeded.ts'
import { applyCalibration } from './apply-calibration.ts'
import { logisticCalibration } from './logistic-calibration.ts'

/** Customers whose true chance is logistic(intercept + slope logit(stated)). */
function customers(intercept: number, slope: number, n: number) {
  const random = seeded(1)
  const stated = Array.from({ length: n }, () => 0.02 + 0.96 * random())
  const truth = stated.map(p => 1 / (1 + Math.exp(-(intercept + slope * Math.log(p / (1 - p))))))
  return { stated, outcomes: truth.map(p => (random() < p ? 1 : 0)) }
}

it.each([
  [0, 1],
  [0.8, 1],
  [-0.5, 0.6],
])('recovers intercept %f and slope %f', (intercept, slope) => {
  const { stated, outcomes } = customers(intercept, slope, 40_000)
  const found = logisticCalibration(stated, outcomes)
  expect(Math.abs(found.intercept - intercept)).toBeLessThan(0.05)
  expect(Math.abs(found.slope - slope)).toBeLessThan(0.05)
})

it('equals the closed answer of a two-by-two table', () => {
  // Stated 0.25 came true 2 times in 10, stated 0.75 came true 6 times in 10: two points fix the line.
  const stated = [...Array(10).fill(0.25), ...Array(10).fill(0.75)]
  const outcomes = [...Array(10).keys()]
    .map(i => (i < 2 ? 1 : 0))
    .concat([...Array(10).keys()].map(i => (i < 6 ? 1 : 0)))
  const found = logisticCalibration(stated, outcomes)
  expect(applyCalibration(found, 0.25)).toBeCloseTo(0.2, 2)
  expect(applyCalibration(found, 0.75)).toBeCloseTo(0.6, 2)
})

it('stays finite where the outcomes are perfectly separated', () => {
  const found = logisticCalibration([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
  expect(Number.isFinite(found.slope)).toBe(true)
  expect(found.slope).toBeGreaterThan(1)
})

it('refuses equal statements and one-sided outcomes', () => {
  expect(() => logisticCalibration([0.5, 0.5], [0, 1])).toThrow('all probabilities are equal')
  expect(() => logisticCalibration([0.4, 0.5], [1, 1])).toThrow('both outcomes must occur')
})
