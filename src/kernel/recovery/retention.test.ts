import { expect, it, test } from 'vitest'
import { alarmOf, keptOf } from './retention.ts'

const hour = 3_600_000
const nightly = (days: number) =>
  Array.from({ length: days }, (_, day) => ({
    backupId: `${day}`,
    madeAt: new Date(Date.parse('2026-11-22T19:00:00Z') - day * 24 * hour),
    madeBy: 'schedule' as const,
    isVerified: true,
  }))
const rule = { keepDaily: 7, keepWeekly: 4, keepMonthly: 12 }

it('keeps seven days, four weeks and twelve months of two years of nights: 21 files at most', () => {
  const kept = keptOf(nightly(730), rule, 'Asia/Shanghai')
  const count = (as: string) => [...kept.values()].filter(each => each === as).length
  expect(count('daily')).toBe(7)
  expect(kept.size).toBeLessThanOrEqual(21)
  const oldest = Math.max(...[...kept.keys()].map(Number))
  expect(oldest).toBeGreaterThan(300)
})

it('lets a day without a good backup reach back to the day before, and never counts what failed', () => {
  const backups = nightly(4).map((each, day) => ({ ...each, isVerified: day !== 0 }))
  expect([...keptOf(backups, { keepDaily: 2, keepWeekly: 0, keepMonthly: 0 }, 'UTC').keys()]).toEqual(['1', '2'])
})

it('keeps what somebody made by hand until somebody removes it, beside those of the calendar', () => {
  const byHand = { backupId: 'hand', madeAt: new Date('2020-01-01'), madeBy: 'staff' as const, isVerified: true }
  const kept = keptOf([byHand, ...nightly(30)], { keepDaily: 1, keepWeekly: 0, keepMonthly: 0 }, 'UTC')
  expect([...kept]).toEqual([
    ['hand', 'by-hand'],
    ['0', 'daily'],
  ])
})

test.each([
  ['a house of today without a backup', undefined, undefined, 5, null],
  ['a house of three days without a backup', undefined, undefined, 72, 'never'],
  ['a good one of yesterday', 24, undefined, 999, null],
  ['a good one of exactly two days', 48, undefined, 999, null],
  ['a good one of more than two days', 49, undefined, 999, 'late'],
  ['one that failed after the last good one', 24, 1, 999, 'failed'],
  ['one that failed before the last good one', 1, 24, 999, null],
  ['a house of today whose first one failed', undefined, 1, 5, 'failed'],
] as const)('%s', (_, good, failed, house, alarm) => {
  const now = new Date('2026-11-22T12:00:00Z')
  const ago = (hours: number | undefined) => (hours === undefined ? undefined : new Date(now.getTime() - hours * hour))
  expect(alarmOf({ newestGoodAt: ago(good), newestFailedAt: ago(failed), houseBeganAt: ago(house)! }, now)).toBe(alarm)
})
