import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { allocateToPoints, grantedLiability, partOf, recognise } from './allocation.ts'

describe('published cases, exact to one unit', () => {
  // IFRS 15 Illustrative Example 52 (IE267-IE270): 100,000 of goods, 10,000 points of 1, of which 9,500 are expected to be used.
  const iasb = { considerationMinor: 100_000, goodsMinor: 100_000, points: 10_000, worthMinorPer100: 100 }

  it('IASB Example 52: 8,676 belongs to the points and 91,324 to the goods', () => {
    const allocated = allocateToPoints({ ...iasb, breakagePpm: 50_000 })
    expect([allocated, 100_000 - allocated]).toEqual([8676, 91_324])
  })

  // KPMG's handbook on revenue, Examples 10A and 10B, begins where 9,000 has been allocated to the points.
  it.each([
    [
      'IASB Example 52',
      8676,
      [
        [4500, 9500, 4110],
        [8500, 9700, 3493],
      ],
    ],
    [
      'KPMG Example 10A, more used than thought',
      9000,
      [
        [4500, 9700, 4175],
        [8500, 9900, 3552],
      ],
    ],
    [
      'KPMG Example 10B, fewer used than thought',
      9000,
      [
        [4500, 9700, 4175],
        [8500, 9200, 4140],
      ],
    ],
  ] as const)('%s: of %d, revenue year by year', (_, allocated, years) => {
    let before = 0
    for (const [redeemed, expected, revenue] of years) {
      const now = recognise(allocated, { redeemed, expected, outstanding: 10_000 - redeemed })
      expect(now - before).toBe(revenue)
      before = now
    }
  })

  it('IASB Example 52: what is left as a liability is 4,566, then 1,073', () => {
    const left = (redeemed: number, expected: number) =>
      8676 - recognise(8676, { redeemed, expected, outstanding: 10_000 - redeemed })
    expect([left(4500, 9500), left(8500, 9700)]).toEqual([4566, 1073])
  })
})

describe('at the ends', () => {
  it.each([
    ['nothing used', 9000, 0, 9700, 10_000, 0],
    ['all that was expected is used, some are left', 9000, 9700, 9700, 300, 9000],
    ['more is used than was expected', 9000, 9800, 9700, 200, 9000],
    ['everything expired: the rest is released', 9000, 4500, 9700, 0, 9000],
    ['nothing is expected to be used any more', 9000, 0, 0, 100, 9000],
  ])('%s', (_, allocated, redeemed, expected, outstanding, revenue) => {
    expect(recognise(allocated, { redeemed, expected, outstanding })).toBe(revenue)
  })

  test('a half is rounded up, and numbers beyond doubles stay exact', () => {
    expect(partOf(5, 1, 2)).toBe(3)
    expect(partOf(9_007_199_254_740_991, 999_999_999_999, 1_000_000_000_000)).toBe(9_007_199_254_731_984)
  })

  test('points that nobody will use take nothing of the price; goods for nothing are all points', () => {
    const sale = { considerationMinor: 1000, goodsMinor: 1000, points: 100, worthMinorPer100: 100 }
    expect(allocateToPoints({ ...sale, breakagePpm: 1_000_000 })).toBe(0)
    expect(allocateToPoints({ ...sale, goodsMinor: 0, breakagePpm: 0 })).toBe(1000)
    expect(grantedLiability(4000, 80)).toBe(3200)
  })
})

const amount = fc.integer({ min: 0, max: 1_000_000_000 })
test('never more than was paid, never less than nothing, and more points take more', () => {
  fc.assert(
    fc.property(
      amount,
      amount,
      amount,
      fc.integer({ min: 0, max: 10_000 }),
      (paid, goods, points, worthMinorPer100) => {
        const sale = { considerationMinor: paid, goodsMinor: goods, points, worthMinorPer100, breakagePpm: 100_000 }
        const allocated = allocateToPoints(sale)
        expect(allocated).toBeGreaterThanOrEqual(0)
        expect(allocated).toBeLessThanOrEqual(paid)
        expect(allocateToPoints({ ...sale, points: points + 1000 })).toBeGreaterThanOrEqual(allocated)
      },
    ),
  )
})

test('revenue and liability are what was allocated, and revenue only grows as points are used', () => {
  fc.assert(
    fc.property(
      amount,
      fc.integer({ min: 1, max: 100_000 }),
      fc.nat(100_000),
      fc.nat(1000),
      (all, expected, used, more) => {
        const at = (redeemed: number) => recognise(all, { redeemed, expected, outstanding: 1 })
        expect(at(used)).toBeGreaterThanOrEqual(0)
        expect(at(used)).toBeLessThanOrEqual(all)
        expect(at(used + more)).toBeGreaterThanOrEqual(at(used))
      },
    ),
  )
})
