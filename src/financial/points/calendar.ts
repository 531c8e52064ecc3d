import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import type { Expiry, Period } from './rules.ts'

/**
 * The same day of the month so many months later, or the last day of that month where there is none.
 *
 * Example: `addMonths('2024-01-31', 1)` is `2024-02-29`.
 */
export function addMonths(day: Day, months: number): Day {
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  const month = monthOf(count)
  const last = lastOfMonth(month)
  const same = `${month}-${day.slice(8, 10)}`
  return same < last ? same : last
}

function monthOf(count: number): string {
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`
}

function lastOfMonth(month: string): Day {
  const next = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7))
  return addDays(`${monthOf(next)}-01`, -1)
}

/** `2026-03`, `2026-Q1` or `2026`: the calendar period in which a day lies. */
export function periodOf(day: Day, period: Period): string {
  if (period === 'month') return day.slice(0, 7)
  const year = day.slice(0, 4)
  return period === 'year' ? year : `${year}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`
}

export function firstDayOf(day: Day, period: Period): Day {
  if (period === 'month') return `${day.slice(0, 7)}-01`
  if (period === 'year') return `${day.slice(0, 4)}-01-01`
  const month = Math.floor((Number(day.slice(5, 7)) - 1) / 3) * 3 + 1
  return `${day.slice(0, 4)}-${String(month).padStart(2, '0')}-01`
}

/** Example: `lastDayOf('2026-02-10', 'quarter')` is `2026-03-31`. */
export function lastDayOf(day: Day, period: Period): Day {
  const months = { month: 0, quarter: 2, year: 11 }[period]
  return lastOfMonth(addMonths(firstDayOf(day, period), months).slice(0, 7))
}

/**
 * The last day on which points earned on a day can be used; null where they never expire.
 *
 * Example: earned on 2026-01-31, one month, end of the quarter: `2026-03-31`.
 */
export function lastUsableDay(earnedOn: Day, expiry: Expiry): Day | null {
  if (expiry.kind === 'never') return null
  const same = addMonths(earnedOn, expiry.months)
  return expiry.endOf === 'day' ? same : lastDayOf(same, expiry.endOf)
}

/** The instant at which a day is over for the business. */
export function endOfDay(day: Day, zone: string): number {
  return startOfDay(addDays(day, 1), zone).getTime()
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7
}
