import { addDays, type Day, localDay, startOfDay } from '#kernel/clock/index.ts'

/** Months are counted 12 x year + month, so that ages are differences. Example: `monthOf('2026-03-15')` -> 24314. */
export function monthOf(day: Day): number {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1
}

/** Example: `nameOfMonth(24314)` -> '2026-03'. */
export function nameOfMonth(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
}

const firstDayOf = (month: number): Day => `${nameOfMonth(month)}-01`

/** The first instant of a month where the business is. */
export function startOfMonth(month: number, zone: string): Date {
  return startOfDay(firstDayOf(month), zone)
}

/** The last instant of a month where the business is. */
export function endOfMonth(month: number, zone: string): Date {
  return new Date(startOfMonth(month + 1, zone).getTime() - 1)
}

/** The last instant of a day where the business is. */
export function endOfDay(day: Day, zone: string): Date {
  return new Date(startOfDay(addDays(day, 1), zone).getTime() - 1)
}

/** In which month an instant lies, and how much of it is over. The last instant of a month ends it: elapsed is 1. */
export function placeInMonth(at: Date, zone: string): { readonly month: number; readonly elapsed: number } {
  const month = monthOf(localDay(at, zone))
  const from = startOfMonth(month, zone).getTime()
  const until = endOfMonth(month, zone).getTime()
  return { month, elapsed: Math.min(1, (at.getTime() - from) / (until - from)) }
}

type Expiry =
  | { readonly kind: 'never' }
  | {
      readonly kind: 'months' | 'activity'
      readonly months: number
      readonly endOf: 'day' | 'month' | 'quarter' | 'year'
    }

const spanOf = { day: 1, month: 1, quarter: 3, year: 12 } as const

/**
 * The last age, in months, at which points earned in a month can be used; null where they never expire, or live on with every
 * purchase of their member.
 *
 * Example: 12 months to the end of the quarter, earned in February -> good until 31 March of the next year: age 13.
 */
export function lastAgeOf(vintage: number, expiry: Expiry): number | null {
  if (expiry.kind !== 'months') return null
  const span = spanOf[expiry.endOf]
  const end = vintage + expiry.months
  return end - (end % span) + span - 1 - vintage
}
