/** A calendar day of the business's own zone, `2026-11-21`. Days compare as strings and carry no time. */
export type Day = string

const millisecondsPerDay = 86_400_000

/** Whole days since 1970-01-01; the difference of two is the gap in days, whatever the daylight saving did between. */
export function dayNumber(day: Day): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / millisecondsPerDay
}

export function dayOfNumber(number: number): Day {
  return new Date(number * millisecondsPerDay).toISOString().slice(0, 10)
}

/** `addDays('2026-02-28', 1)` is `2026-03-01`. */
export function addDays(day: Day, days: number): Day {
  return dayOfNumber(dayNumber(day) + days)
}

/** `daysBetween('2026-11-01', '2026-11-21')` is 20; negative when the second lies before the first. */
export function daysBetween(from: Day, to: Day): number {
  return dayNumber(to) - dayNumber(from)
}

/** True for a day that exists: `2026-02-29` is false. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayOfNumber(dayNumber(text)) === text
}
