import { addDays, type Day, localDay, localInstant } from '#kernel/clock/index.ts'
import { assert } from '#kernel/refusal.ts'
import type { BusinessCalendar, PromiseClock } from './terms.ts'

type Instant = number
const minute = 60_000

/** A year of holidays in a row would be a mistake of the calendar, not a long wait. */
const longestWait = 400

/**
 * The hours of one day as instants. Hours that a change of the clock skips do not count; hours that happen twice count
 * twice, because somebody works through them.
 */
function openingsOn(calendar: BusinessCalendar, on: Day): { from: Instant; until: Instant }[] {
  const special = calendar.special.find(day => day.on === on)
  const hours = special?.hours ?? calendar.week[weekdayOf(on) - 1]!
  return hours.map(({ fromMinute, untilMinute }) => ({
    from: localInstant(on, fromMinute * 60, calendar.zone).getTime(),
    until: instantAt(on, untilMinute, calendar.zone),
  }))
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}

function instantAt(on: Day, minuteOfDay: number, zone: string): Instant {
  const isEndOfDay = minuteOfDay === 1440
  return localInstant(isEndOfDay ? addDays(on, 1) : on, isEndOfDay ? 0 : minuteOfDay * 60, zone).getTime()
}

/**
 * The instant at which so many working minutes have passed since another.
 *
 * Example: 2 working hours from Friday 17:30, open 9:00 to 18:00 on weekdays -> Monday 10:30.
 */
export function addWorkingMinutes(calendar: BusinessCalendar, from: Instant, minutes: number): Instant {
  let left = minutes * minute
  let on = localDay(new Date(from), calendar.zone)
  for (let waited = 0; waited < longestWait; on = addDays(on, 1)) {
    const before = left
    for (const opening of openingsOn(calendar, on)) {
      const begins = Math.max(opening.from, from)
      const open = Math.max(0, opening.until - begins)
      // What ends with the working day ends then, not when the next one begins.
      if (open > 0 && left <= open) return begins + left
      left -= open
    }
    waited = left === before ? waited + 1 : 0
  }
  assert(false, 'a business calendar opens on some day')
}

/**
 * Working minutes between two instants; 0 where the second is not later.
 *
 * Example: Friday 17:30 to Monday 10:30, open 9:00 to 18:00 on weekdays -> 120.
 */
export function workingMinutesBetween(calendar: BusinessCalendar, from: Instant, until: Instant): number {
  let total = 0
  const last = localDay(new Date(until), calendar.zone)
  for (let on = localDay(new Date(from), calendar.zone); on <= last; on = addDays(on, 1)) {
    for (const opening of openingsOn(calendar, on)) {
      total += Math.max(0, Math.min(opening.until, until) - Math.max(opening.from, from))
    }
  }
  return total / minute
}

export interface ClockGround {
  /** The zone of the business when the promise was published. */
  readonly zone: string
  readonly calendars: readonly BusinessCalendar[]
}

/**
 * The last instant at which a promise is still kept. Elapsed hours are hours, also on days of 23 or 25 of them.
 *
 * Example: 48 hours from 2026-03-28 12:00 in London -> 2026-03-30 13:00 on the wall, the clock having changed.
 */
export function deadlineOf(clock: PromiseClock, startedAt: Instant, { zone, calendars }: ClockGround): Instant {
  if (clock.kind === 'elapsed') return startedAt + clock.minutes * minute
  if (clock.kind === 'by')
    return instantAt(addDays(localDay(new Date(startedAt), zone), clock.daysLater), clock.minuteOfDay, zone)
  return addWorkingMinutes(calendarOf(calendars, clock.calendarId), startedAt, clock.minutes)
}

/** How long it took as this clock counts. Example: working hours do not run at night. */
export function minutesTaken(clock: PromiseClock, from: Instant, until: Instant, { calendars }: ClockGround): number {
  if (clock.kind !== 'working') return Math.max(0, until - from) / minute
  return workingMinutesBetween(calendarOf(calendars, clock.calendarId), from, until)
}

function calendarOf(calendars: readonly BusinessCalendar[], calendarId: string): BusinessCalendar {
  const calendar = calendars.find(each => each.calendarId === calendarId)
  assert(calendar, `the calendar ${calendarId} of a promise in force is kept`)
  return calendar
}
