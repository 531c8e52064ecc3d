import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localInstant } from '#kernel/clock/index.ts'
import { addWorkingMinutes, deadlineOf, workingMinutesBetween } from './calendar.ts'
import { type BusinessCalendar, businessCalendar, type PromiseClock } from './terms.ts'

const day = [{ fromMinute: 540, untilMinute: 1080 }]
const office: BusinessCalendar = {
  calendarId: 'office',
  name: 'Office',
  zone: 'Asia/Shanghai',
  week: [day, day, day, day, day, [], []],
  special: [
    // The National Day, and the Saturday that is worked for it.
    { on: '2026-10-01', hours: [] },
    { on: '2026-10-10', hours: day },
  ],
}
const night = [
  { fromMinute: 0, untilMinute: 240 },
  { fromMinute: 1200, untilMinute: 1440 },
]
/** A desk that works through the night, so through the change of the clock. */
const desk: BusinessCalendar = {
  ...office,
  calendarId: 'desk',
  zone: 'Europe/London',
  week: [night, night, night, night, night, night, night],
  special: [],
}

const at = (calendar: BusinessCalendar, text: string) => {
  const [on, time] = text.split(' ')
  const [hours, minutes] = time!.split(':').map(Number)
  return localInstant(on!, hours! * 3600 + minutes! * 60, calendar.zone).getTime()
}

test.each([
  ['within a day', office, '2026-11-20 10:00', 120, '2026-11-20 12:00'],
  ['over the night and the week-end', office, '2026-11-20 17:30', 120, '2026-11-23 10:30'],
  ['to the last minute of the day, not the next morning', office, '2026-11-20 16:00', 120, '2026-11-20 18:00'],
  ['from before opening', office, '2026-11-20 07:00', 60, '2026-11-20 10:00'],
  ['from a Sunday', office, '2026-11-22 12:00', 1, '2026-11-23 09:01'],
  ['over a holiday', office, '2026-09-30 17:00', 120, '2026-10-02 10:00'],
  ['on a Saturday that is worked', office, '2026-10-09 17:00', 120, '2026-10-10 10:00'],
  // 29 March 2026: from 01:00 the clock shows 02:00. The night has an hour less to work in.
  ['over the hour that is skipped', desk, '2026-03-28 23:00', 180, '2026-03-29 03:00'],
  // 25 October 2026: the hour from 01:00 comes twice, and is worked twice.
  ['over the hour that comes twice', desk, '2026-10-24 23:00', 180, '2026-10-25 01:00'],
] as const)('working minutes run only while open: %s', (_, calendar, from, minutes, until) => {
  const due = addWorkingMinutes(calendar, at(calendar, from), minutes)
  const expected = at(calendar, until)
  // Of the two instants called 01:00, three hours of work end at the second.
  const isTwice = until === '2026-10-25 01:00'
  expect(new Date(due).toISOString()).toBe(new Date(expected + (isTwice ? 3_600_000 : 0)).toISOString())
  expect(workingMinutesBetween(calendar, at(calendar, from), due)).toBe(minutes)
})

test.each([
  [
    '48 hours are 48 hours when the clock springs',
    { kind: 'elapsed', minutes: 2880 },
    '2026-03-28 12:00',
    '2026-03-30 13:00',
  ],
  ['and when it falls back', { kind: 'elapsed', minutes: 2880 }, '2026-10-24 12:00', '2026-10-26 11:00'],
  [
    'by three in the afternoon of the same day',
    { kind: 'by', minuteOfDay: 900, daysLater: 0 },
    '2026-03-29 00:30',
    '2026-03-29 15:00',
  ],
  [
    'by the end of the next day, of 23 hours',
    { kind: 'by', minuteOfDay: 1440, daysLater: 1 },
    '2026-03-28 09:00',
    '2026-03-30 00:00',
  ],
  [
    'by the end of a day of 25 hours',
    { kind: 'by', minuteOfDay: 1440, daysLater: 0 },
    '2026-10-25 00:30',
    '2026-10-26 00:00',
  ],
] as const)('%s', (_, clock, from, until) => {
  const due = deadlineOf(clock as PromiseClock, at(desk, from), { zone: 'Europe/London', calendars: [] })
  expect(new Date(due).toISOString()).toBe(new Date(at(desk, until)).toISOString())
})

test('adding working minutes and counting them are each other’s inverse, in every zone and over every change of the clock', () => {
  const zones = ['Asia/Shanghai', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo']
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom(office, desk),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
      fc.integer({ min: 1, max: 3000 }),
      (zone, calendar, from, minutes) => {
        const there = { ...calendar, zone }
        const due = addWorkingMinutes(there, from, minutes)
        expect(due).toBeGreaterThan(from)
        expect(workingMinutesBetween(there, from, due)).toBeCloseTo(minutes, 6)
        expect(addWorkingMinutes(there, from, minutes + 1)).toBeGreaterThan(due)
      },
    ),
    { numRuns: 300 },
  )
})

test.each([
  ['never open', { ...office, week: [[], [], [], [], [], [], []] }],
  [
    'hours that overlap',
    { ...office, week: [[...day, { fromMinute: 600, untilMinute: 700 }], [], [], [], [], [], []] },
  ],
  ['a zone that nobody knows', { ...office, zone: 'Middle/Earth' }],
])('a calendar is refused that is %s', (_, calendar) => {
  expect(businessCalendar.safeParse(calendar).success).toBe(false)
})
