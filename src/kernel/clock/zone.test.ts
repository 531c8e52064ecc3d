import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addDays, dayNumber, dayOfNumber, daysBetween, isDay } from './day.ts'
import { localDay, localInstant } from './zone.ts'

test.each([
  ['2026-06-01', 9 * 3600, 'Asia/Shanghai', '2026-06-01T01:00:00.000Z'],
  ['2026-01-15', 0, 'Europe/London', '2026-01-15T00:00:00.000Z'],
  ['2026-07-15', 0, 'Europe/London', '2026-07-14T23:00:00.000Z'],
  // Skipped by the change to summer time: read with the offset from before.
  ['2026-03-29', 5400, 'Europe/London', '2026-03-29T01:30:00.000Z'],
  // Happens twice: the first of the two.
  ['2026-10-25', 5400, 'Europe/London', '2026-10-25T00:30:00.000Z'],
  ['2011-12-30', 43_200, 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
])('%s at second %i in %s is %s', (day, seconds, zone, instant) => {
  expect(localInstant(day, seconds, zone).toISOString()).toBe(instant)
})

test('an instant falls on the day that the wall shows', () => {
  expect(localDay(new Date('2026-03-01T16:30:00Z'), 'Asia/Shanghai')).toBe('2026-03-02')
  expect(localDay(new Date('2026-03-01T16:30:00Z'), 'America/New_York')).toBe('2026-03-01')
})

test('noon of any day is an instant of that day in every zone', () => {
  const zones = ['Asia/Shanghai', 'Europe/London', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC']
  fc.assert(
    fc.property(fc.integer({ min: 7305, max: 30_000 }), fc.constantFrom(...zones), (number, zone) => {
      const day = dayOfNumber(number)
      expect(localDay(localInstant(day, 43_200, zone), zone)).toBe(day)
    }),
  )
})

test('days count as calendar days, over leap days and changes of the clock', () => {
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
  expect(isDay('2026-02-29')).toBe(false)
  expect(isDay('2024-02-29')).toBe(true)
  fc.assert(fc.property(fc.integer({ min: -20_000, max: 80_000 }), number => dayNumber(dayOfNumber(number)) === number))
})
