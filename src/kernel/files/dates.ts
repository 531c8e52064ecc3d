import { addDays, type Day, isDay } from '#kernel/clock/index.ts'
import type { DateOrder } from './contract.ts'

/** A wall-clock moment as written; `offsetMinutes` only where the text itself names its distance from UTC. */
export interface Moment {
  readonly day: Day
  readonly seconds: number
  readonly offsetMinutes?: number | undefined
}

export type DateProblem = 'not-a-date' | 'no-such-day' | 'two-digit-year' | 'no-such-time'

export interface DateReading {
  readonly order: DateOrder | null
  readonly twoDigitYearsFrom: number | null
  /** Whether bare numbers are days since 1899-12-30, as spreadsheets count. */
  readonly serial: boolean
}

const time =
  '(?:[T\\s,]*(?<meridiemBefore>[AaPp]\\.?[Mm]\\.?|上午|下午)?\\s*(?<hour>\\d{1,2})[:时点](?<minute>\\d{1,2})(?:[:分](?<second>\\d{1,2})(?:[.,]\\d{1,9})?)?[秒分]?\\s*(?<meridiem>[AaPp]\\.?[Mm]\\.?)?)?\\s*(?<offset>Z|UTC|GMT|[+-]\\d{2}:?\\d{2})?'
const yearFirst = new RegExp(`^(?<year>\\d{4})[-/.年](?<month>\\d{1,2})[-/.月](?<date>\\d{1,2})日?${time}$`)
const compact = /^(?<year>\d{4})(?<month>\d{2})(?<date>\d{2})(?:T?(?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})?)?$/
const yearLast = new RegExp(`^(?<first>\\d{1,2})[-/.](?<middle>\\d{1,2})[-/.](?<year>\\d{4}|\\d{2})${time}$`)
const named = new RegExp(
  `^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\\s+)?(?:(?<date>\\d{1,2})(?:st|nd|rd|th)?[-\\s/](?<name>[A-Za-z]{3,9})\\.?|(?<name2>[A-Za-z]{3,9})\\.?[-\\s](?<date2>\\d{1,2})(?:st|nd|rd|th)?)[-,\\s/]+(?<year>\\d{4}|\\d{2})${time}$`,
  'i',
)
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * Reads a date, with or without a time, in the order of day and month that was chosen for the file.
 *
 * Example: `readMoment('31/02/2024', {order: 'dmy', ...})` is `no-such-day`; `1/12/2010 8:26` is 1 December with `dmy`.
 */
export function readMoment(text: string, reading: DateReading): Moment | DateProblem {
  const trimmed = text.trim()
  if (reading.serial && /^\d{4,5}(\.\d+)?$/.test(trimmed)) return ofSerial(Number(trimmed))
  const groups = (yearFirst.exec(trimmed) ?? compact.exec(trimmed))?.groups
  if (groups) return moment(groups, Number(groups.year), Number(groups.month), Number(groups.date))
  const last = yearLast.exec(trimmed)?.groups
  if (last) return ofYearLast(last, reading)
  const written = named.exec(trimmed)?.groups
  if (written) {
    const month = months.indexOf((written.name ?? written.name2)!.slice(0, 3).toLowerCase()) + 1
    if (month === 0) return 'not-a-date'
    const year = fullYear(written.year!, reading)
    return year === undefined ? 'two-digit-year' : moment(written, year, month, Number(written.date ?? written.date2))
  }
  return 'not-a-date'
}

function ofYearLast(groups: Record<string, string | undefined>, reading: DateReading): Moment | DateProblem {
  const { first, middle, year } = groups as { first: string; middle: string; year: string }
  if (reading.order === 'ymd' && year.length === 2) {
    const full = fullYear(first, reading)
    return full === undefined ? 'two-digit-year' : moment(groups, full, Number(middle), Number(year))
  }
  if (reading.order !== 'dmy' && reading.order !== 'mdy') return 'not-a-date'
  const full = fullYear(year, reading)
  if (full === undefined) return 'two-digit-year'
  const [date, month] = reading.order === 'dmy' ? [first, middle] : [middle, first]
  return moment(groups, full, Number(month), Number(date))
}

function fullYear(text: string, reading: DateReading): number | undefined {
  if (text.length !== 2) return Number(text)
  return reading.twoDigitYearsFrom === null ? undefined : reading.twoDigitYearsFrom + Number(text)
}

function moment(
  groups: Record<string, string | undefined>,
  year: number,
  month: number,
  date: number,
): Moment | DateProblem {
  const day = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
  if (month < 1 || month > 12 || date < 1 || date > 31 || !isDay(day)) return 'no-such-day'
  if (groups.hour === undefined) return { day, seconds: 0 }
  const meridiem = (groups.meridiem ?? groups.meridiemBefore ?? '').toLowerCase().replaceAll('.', '')
  let hour = Number(groups.hour)
  const minute = Number(groups.minute)
  const second = Number(groups.second ?? 0)
  if ((meridiem === 'pm' || meridiem === '下午') && hour < 12) hour += 12
  if ((meridiem === 'am' || meridiem === '上午') && hour === 12) hour = 0
  if (minute > 59 || second > 60 || hour > 24 || (hour === 24 && minute + second > 0)) return 'no-such-time'
  const seconds = hour * 3600 + minute * 60 + Math.min(second, 59)
  const at = seconds === 86_400 ? { day: addDays(day, 1), seconds: 0 } : { day, seconds }
  return groups.offset === undefined ? at : { ...at, offsetMinutes: offsetOf(groups.offset) }
}

function offsetOf(text: string): number {
  if (!/^[+-]/.test(text)) return 0
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2))
  return text.startsWith('-') ? -minutes : minutes
}

/** Excel counts days from 1899-12-30 (which makes 1900-03-01 day 61, hiding the 29 February 1900 that never was). */
function ofSerial(serial: number): Moment | DateProblem {
  if (serial < 20_000 || serial > 80_000) return 'not-a-date'
  const whole = Math.floor(serial)
  const seconds = Math.round((serial - whole) * 86_400)
  const day = addDays('1899-12-30', whole + (seconds === 86_400 ? 1 : 0))
  return { day, seconds: seconds === 86_400 ? 0 : seconds }
}

export interface DateShape {
  /** Share of the values that read as a date in some order. */
  readonly share: number
  /** The order that the values prove, nothing when day and month could be either. */
  readonly order: DateOrder | null
  readonly twoDigitYears: boolean
  readonly serial: boolean
}

/** What the values of a column say about how dates are written in it. */
export function dateShapeOf(values: readonly string[]): DateShape {
  const filled = values.map(value => value.trim()).filter(value => value !== '')
  if (filled.length === 0) return { share: 0, order: null, twoDigitYears: false, serial: false }
  const serial = filled.every(
    value => /^\d{5}(\.\d+)?$/.test(value) && Number(value) >= 20_000 && Number(value) <= 80_000,
  )
  if (serial) return { share: 1, order: 'ymd', twoDigitYears: false, serial }
  let fits = 0
  let plainOrder = 0
  let dayFirst = false
  let monthFirst = false
  let yearFirstShort = false
  let twoDigitYears = false
  for (const value of filled) {
    const last = yearLast.exec(value)?.groups
    const short = (last?.year ?? named.exec(value)?.groups?.year)?.length === 2
    if (short) twoDigitYears = true
    if (last) {
      const [first, middle] = [Number(last.first), Number(last.middle)]
      const shortYear = last.year!.length === 2
      if (first <= 31 && middle <= 31 && (first <= 12 || middle <= 12 || shortYear)) fits++
      if (first > 31 && shortYear) yearFirstShort = true
      else if (first > 12) dayFirst = true
      if (middle > 12) monthFirst = true
      continue
    }
    const read = readMoment(value, { order: null, twoDigitYearsFrom: 2000, serial: false })
    if (typeof read === 'object' || read === 'no-such-day' || read === 'no-such-time') {
      fits++
      plainOrder++
    }
  }
  const share = fits / filled.length
  if (plainOrder === fits) return { share, order: 'ymd', twoDigitYears, serial }
  if (yearFirstShort) return { share, order: 'ymd', twoDigitYears, serial }
  return { share, order: dayFirst === monthFirst ? null : dayFirst ? 'dmy' : 'mdy', twoDigitYears, serial }
}
