import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { happenedAt, paidByPoints, returnedShare, usablePoints } from './rules.ts'

describe('what points pay', () => {
  it.each([
    [250, 100, 250],
    [50, 33, 16],
    [0, 100, 0],
    [1, 1000, 10],
  ])('%i points, a hundred of them worth %i: %i', (points, worth, minor) => {
    expect(paidByPoints(points, worth)).toBe(minor)
  })

  const rules = { pointsPercent: 100, leastPoints: 1 }
  it.each([
    ['no more than there are', rules, 300, 100, 5_000, 300],
    ['no more than the basket', rules, 9_000, 100, 5_000, 5_000],
    ['no more than the share that points may pay', { ...rules, pointsPercent: 50 }, 9_000, 100, 3_600, 1_800],
    ['none below the least', { ...rules, leastPoints: 500 }, 499, 100, 5_000, 0],
    ['none where the basket takes less than the least', { ...rules, leastPoints: 500 }, 900, 100, 400, 0],
    ['none where they pay nothing', rules, 900, 0, 400, 0],
    ['the last point may be worth more than what is left', rules, 900, 1_000, 25, 3],
    ['nothing for nothing', rules, 900, 100, 0, 0],
  ])('%s', (_, given, available, worthMinorPer100, amountMinor, points) => {
    expect(usablePoints(given, { available, worthMinorPer100, amountMinor })).toBe(points)
  })
})

it('however a sale is refunded in parts, what it was paid with returns whole and never more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.array(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 8 }),
      (used, parts) => {
        const whole = parts.reduce((sum, part) => sum + part, 0)
        let refunded = 0
        let returned = 0
        for (const part of parts) {
          const more = returnedShare(used, refunded + part, whole) - returnedShare(used, refunded, whole)
          expect(more).toBeGreaterThanOrEqual(0)
          refunded += part
          returned += more
          expect(returned).toBeLessThanOrEqual(used)
        }
        expect(returned).toBe(used)
      },
    ),
  )
})

it.each([
  ['a right clock is believed', '10:00:00', '10:30:00', '10:30:04', '10:00:00'],
  ['one that is an hour behind is put right', '10:00:00', '10:30:00', '11:31:10', '11:01:00'],
  ['one that is ahead too', '12:00:00', '12:30:00', '11:30:00', '11:00:00'],
  ['never later than now', '10:29:59', '10:29:00', '10:29:30', '10:29:30'],
])('%s', (_, at, sentAt, now, happened) => {
  const of = (time: string) => new Date(`2026-05-01T${time}Z`)
  expect(happenedAt(of(at), { sentAt: of(sentAt), now: of(now) })).toEqual(of(happened))
})
