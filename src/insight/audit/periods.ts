import { type Day, dayNumber, dayOfNumber } from '#kernel/clock/index.ts'
import type { CalendarPeriod, Period, Unit } from './contract.ts'

/** Months of a unit. */
export const monthsOf = { month: 1, quarter: 3, year: 12 } as const satisfies Record<Unit, number>

/**
 * A whole number of months before a day: the same date, or the last of a shorter month.
 *
 * Example: 12 months before 2012-02-29 is 2011-02-28.
 */
export function monthsBefore(day: number, months: number): number {
  const date = dayOfNumber(day)
  const index = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months
  const last = lengthOfMonth(index)
  return dayNumber(`${monthName(index)}-${String(Math.min(Number(date.slice(8, 10)), last)).padStart(2, '0')}`)
}

const monthName = (index: number): string =>
  `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}`

const lengthOfMonth = (index: number): number =>
  dayNumber(`${monthName(index + 1)}-01`) - dayNumber(`${monthName(index)}-01`)

export function periodOf(from: number, to: number): Period {
  return { fromOn: dayOfNumber(from), toOn: dayOfNumber(to), days: to - from + 1 }
}

/** The calendar periods that a span of days touches, in order. */
export function calendarOf(firstDay: number, lastDay: number, unit: Unit): CalendarPeriod[] {
  const periods: CalendarPeriod[] = []
  for (let from = beginOf(firstDay, unit); from <= lastDay; ) {
    const next = nextOf(from, unit)
    periods.push({
      fromOn: dayOfNumber(from),
      toOn: dayOfNumber(next - 1),
      complete: from >= firstDay && next - 1 <= lastDay,
    })
    from = next
  }
  return periods
}

function beginOf(day: number, unit: Unit): number {
  const index = monthIndex(dayOfNumber(day))
  return dayNumber(`${monthName(index - (index % monthsOf[unit]))}-01`)
}

const monthIndex = (day: Day): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1

function nextOf(begin: number, unit: Unit): number {
  return dayNumber(`${monthName(monthIndex(dayOfNumber(begin)) + monthsOf[unit])}-01`)
}

/** Of each day from the first to the last, in which of the calendar periods it lies. */
export function placesOf(periods: readonly CalendarPeriod[], firstDay: number, lastDay: number): Int32Array {
  const places = new Int32Array(lastDay - firstDay + 1)
  let place = 0
  for (let day = firstDay; day <= lastDay; day++) {
    while (place + 1 < periods.length && dayNumber(periods[place + 1]!.fromOn) <= day) place++
    places[day - firstDay] = place
  }
  return places
}

/** Months up to about two years, then quarters up to eight years, then years: a page holds some two dozen columns. */
export function unitFor(days: number): Unit {
  return days <= 800 ? 'month' : days <= 2950 ? 'quarter' : 'year'
}
