import { expect, it } from 'vitest'
import { seeded } from '../../../bench/rhythm-arbitraries.ts'
import { InvalidInput } from '../invalid-input.ts'
import { checkColumns } from './rhythm-columns.ts'
import { simulateRhythm } from './simulate-rhythm.ts'

const parameters = { k: 2, r: 1, alpha: 10, a: 0.5, b: 2 }

it('makes a sound base that can be repeated from the same source of numbers', () => {
  const columns = simulateRhythm(parameters, 1000, seeded(1))
  expect(() => checkColumns(columns)).not.toThrow()
  expect(simulateRhythm(parameters, 1000, seeded(1))).toEqual(columns)
})

it('with k, r, alpha known, gaps of customers who never leave have mean alpha k / (r - 1)', () => {
  const { gaps, gapDaysSum } = simulateRhythm({ k: 3, r: 400, alpha: 1000, a: 1e-6, b: 1 }, 500, seeded(2))
  const sum = (column: Iterable<number>) => [...column].reduce((total, value) => total + value, 0)
  expect(sum(gapDaysSum) / sum(gaps)).toBeCloseTo((1000 * 3) / 399, 0)
})

it('where leaving is certain everybody buys once', () => {
  expect(Math.max(...simulateRhythm({ ...parameters, a: 1e9, b: 1e-3 }, 200, seeded(3)).gaps)).toBe(0)
})

it('watches nobody longer than the window', () => {
  const { gapDaysSum, silentDays } = simulateRhythm(parameters, 500, seeded(4), {
    joinWithinDays: 10,
    observedDays: 60,
  })
  for (let row = 0; row < 500; row++) {
    expect(gapDaysSum[row]! + silentDays[row]!).toBeLessThanOrEqual(60)
    expect(gapDaysSum[row]! + silentDays[row]!).toBeGreaterThanOrEqual(50)
  }
})

it('refuses half a customer and a window that ends before it begins, both at once', () => {
  const act = () => simulateRhythm(parameters, 1.5, seeded(1), { joinWithinDays: 90, observedDays: 30 })
  expect(act).toThrow(InvalidInput)
  expect(act).toThrow(/n must be.*joinWithinDays/)
})
