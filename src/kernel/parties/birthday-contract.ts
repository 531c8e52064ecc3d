/**
 * A birthday as somebody keeps it: in the Gregorian calendar or in the Chinese lunar one. `isLeapMonth` is the second of two
 * months of one name, which only some lunar years have.
 */
export interface Birthday {
  readonly calendar: 'gregorian' | 'lunar'
  readonly year: number | null
  readonly month: number
  readonly day: number
  readonly isLeapMonth: boolean
}

/** How a birthday is written in a profile, in files and between rooms. */
export const birthdayPattern = /^(?:lunar:(?:\d{4}|-)-\d{2}\+?-\d{2}|(?:\d{4}|-)-\d{2}-\d{2})$/

const parts = /^(lunar:)?(\d{4}|-)-(\d{2})(\+?)-(\d{2})$/

/**
 * Reads a birthday; undefined where there can be no such day (the 30th of February, a 13th month).
 *
 * Example: `lunar:1984-10+-08` is the 8th of the second tenth month of the lunar year 1984.
 */
export function readBirthday(text: string): Birthday | undefined {
  const found = parts.exec(text)
  if (!found) return undefined
  const [, lunar, yearText, monthText, leap, dayText] = found
  const calendar = lunar ? 'lunar' : 'gregorian'
  const [year, month, day] = [yearText === '-' ? null : Number(yearText), Number(monthText), Number(dayText)]
  const isLeapMonth = leap === '+'
  if (month < 1 || month > 12 || day < 1) return undefined
  if (calendar === 'gregorian' && (isLeapMonth || day > daysInMonth(year ?? 2000, month))) return undefined
  if (calendar === 'lunar' && day > 30) return undefined
  return { calendar, year, month, day, isLeapMonth }
}

/** The text of a birthday, which `readBirthday` reads back. */
export function writeBirthday({ calendar, year, month, day, isLeapMonth }: Birthday): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const rest = `${year === null ? '-' : String(year).padStart(4, '0')}-${two(month)}${isLeapMonth ? '+' : ''}-${two(day)}`
  return calendar === 'lunar' ? `lunar:${rest}` : rest
}

/** 28 to 31, in the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
