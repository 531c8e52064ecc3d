import { type Day, dayNumber, dayOfNumber } from './day.ts'

const millisecondsPerDay = 86_400_000
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(zone: string): Intl.DateTimeFormat {
  let formatter = formatters.get(zone)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formatters.set(zone, formatter)
  }
  return formatter
}

/** Milliseconds that the zone's wall clock is ahead of UTC at this instant. */
function offsetAt(instantMs: number, zone: string): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatterOf(zone).formatToParts(instantMs)) parts[type] = Number(value)
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
  return wall - Math.floor(instantMs / 1000) * 1000
}

/**
 * Offsets are asked once per zone and UTC day: where the day begins and ends with the same offset it holds all day, which
 * spares a million calls of Intl in an import. Days on which the clock changes are asked instant by instant.
 */
const offsetsByDay = new Map<string, Map<number, number | undefined>>()

function offsetOf(instantMs: number, zone: string): number {
  if (zone === 'UTC') return 0
  let days = offsetsByDay.get(zone)
  if (!days) {
    days = new Map()
    offsetsByDay.set(zone, days)
  }
  const day = Math.floor(instantMs / millisecondsPerDay)
  if (!days.has(day)) {
    if (days.size > 100_000) days.clear()
    const first = offsetAt(day * millisecondsPerDay, zone)
    const last = offsetAt((day + 1) * millisecondsPerDay - 1000, zone)
    days.set(day, first === last ? first : undefined)
  }
  return days.get(day) ?? offsetAt(instantMs, zone)
}

/** The calendar day on which this instant falls for the business. */
export function localDay(instant: Date, zone: string): Day {
  const ms = instant.getTime()
  return dayOfNumber(Math.floor((ms + offsetOf(ms, zone)) / millisecondsPerDay))
}

/**
 * The instant of a wall-clock time. A time that a change of the clock skips is read with the offset from before the
 * change; one that happens twice is the first of the two.
 *
 * Example: `localInstant('2026-06-01', 9 * 3600, 'Asia/Shanghai')` is 01:00 UTC.
 */
export function localInstant(day: Day, secondsOfDay: number, zone: string): Date {
  const wall = dayNumber(day) * millisecondsPerDay + secondsOfDay * 1000
  const before = offsetOf(wall - millisecondsPerDay, zone)
  const early = wall - before
  if (offsetOf(early, zone) === before) return new Date(early)
  const after = offsetOf(wall + millisecondsPerDay, zone)
  const late = wall - after
  return new Date(offsetOf(late, zone) === after ? late : early)
}

export function startOfDay(day: Day, zone: string): Date {
  return localInstant(day, 0, zone)
}
