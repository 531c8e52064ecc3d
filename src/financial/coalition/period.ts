import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'

/** A settlement period is a calendar month of the business, `2026-03`. */
export type Month = string

export function monthOf(day: Day): Month {
  return day.slice(0, 7)
}

/** Example: `monthAfter('2026-12')` is `2027-01`. */
export function monthAfter(month: Month, months = 1): Month {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + months
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}`
}

export interface Period {
  readonly month: Month
  readonly startsOn: Day
  readonly endsOn: Day
  readonly startsAt: Date
  /** The first instant that is no longer in it. */
  readonly endsAt: Date
}

/** Example: `periodOf('2026-03', 'Asia/Shanghai')` begins at 2026-02-28T16:00Z. */
export function periodOf(month: Month, zone: string): Period {
  const startsOn = `${month}-01`
  const nextOn = `${monthAfter(month)}-01`
  return {
    month,
    startsOn,
    endsOn: addDays(nextOn, -1),
    startsAt: startOfDay(startsOn, zone),
    endsAt: startOfDay(nextOn, zone),
  }
}
