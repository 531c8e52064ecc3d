import { describe, expect, it, test } from 'vitest'
import { seeded } from '#statistics/index.ts'
import { backTest } from '../../../bench/liability-programmes.ts'
import { type Cell, curveOf, quantile, resampledCurves, toCome, usedByAge } from './curve.ts'

const cell = (vintage: number, age: number, issued: number, redeemed: number, lost = 0): Cell => ({
  vintage,
  age,
  group: vintage % 64,
  issued,
  redeemed,
  lost,
})

describe('the curve', () => {
  const cells = [cell(0, 0, 100, 20), cell(0, 1, 0, 8), cell(1, 0, 100, 30), cell(1, 1, 0, 7)]

  test.each([
    [1, [0.25, 0.1]],
    [0, [0.2]],
    [2, [0.25, 0.1, 0]],
  ])('counts only months that are over: until month %d', (lastMonth, used) => {
    expect(curveOf(cells, lastMonth).used.map(share => Number(share.toFixed(3)))).toEqual(used)
  })

  it('says how many will still be used, also in the rest of a month', () => {
    const curve = { used: [0.2, 0.1], lost: [0, 0], seenAges: 2 }
    expect(toCome(curve, { left: 80, age: 1, elapsed: 0, lastAge: 1 })).toBe(8)
    expect(toCome(curve, { left: 80, age: 1, elapsed: 0.5, lastAge: 1 })).toBe(4)
    expect(toCome(curve, { left: 100, age: 0, elapsed: 0, lastAge: 1 })).toBeCloseTo(28, 10)
    expect(toCome(curve, { left: 100, age: 5, elapsed: 0, lastAge: 4 })).toBe(0)
  })

  it('points that never expire and go on being used are all used in the end', () => {
    const curve = { used: [0.2, 0.2, 0.2], lost: [0, 0, 0], seenAges: 3 }
    expect(toCome(curve, { left: 100, age: 0, elapsed: 0, lastAge: null })).toBeCloseTo(100, 2)
    expect(usedByAge(curve, 2).map(share => Number(share.toFixed(3)))).toEqual([0.2, 0.36, 0.488])
  })

  it('the same seed draws the same curves', () => {
    const draw = () => [...resampledCurves(cells, 1, { random: seeded(3), replicates: 5 })]
    expect(draw()).toEqual(draw())
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  })
})

test('a year after they were earned, the final use of points is known to two points in a hundred (C10)', () => {
  const found = backTest({ programmes: 40, seed: 11 })
  expect(found.meanError).toBeLessThanOrEqual(0.02)
  expect(found.covered).toBeGreaterThanOrEqual(0.8)
}, 60_000)
