import { type Day, dayNumber } from '#kernel/clock/index.ts'
import type { Language } from './languages.ts'

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

/** Formatters cost far more to make than to use. */
function once<Format extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => Format): Format {
  const known = made.get(key)
  if (known) return known as Format
  const format = make()
  made.set(key, format)
  return format
}

/**
 * How many digits a currency has behind the point: ISO 4217 as the machine's Intl knows it.
 *
 * Example: `minorDigits('JPY')` is 0, `minorDigits('CNY')` is 2, `minorDigits('KWD')` is 3.
 */
export function minorDigits(currency: string): number {
  let digits = digitsOf.get(currency)
  if (digits === undefined) {
    digits = currencyFormat(currency, 'en').resolvedOptions().maximumFractionDigits ?? 2
    digitsOf.set(currency, digits)
  }
  return digits
}

/** Remembered apart from the formats, because every purchase that arrives asks. */
const digitsOf = new Map<string, number>()

function currencyFormat(currency: string, language: Language): Intl.NumberFormat {
  return once(
    `money ${currency} ${language}`,
    () => new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
  )
}

/**
 * Money in the reader's way of writing. The amount goes to Intl as decimal text, so no digit passes through a float.
 *
 * Example: `formatMoney(123456, 'CNY', 'zh-CN')` is `¥1,234.56`; `formatMoney(-500, 'JPY', 'en')` is `-¥500`.
 */
export function formatMoney(minor: number, currency: string, language: Language): string {
  const digits = minorDigits(currency)
  const text = String(Math.abs(minor)).padStart(digits + 1, '0')
  const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
  return currencyFormat(currency, language).format(`${minor < 0 ? '-' : ''}${decimal}` as Intl.StringNumericLiteral)
}

export function formatNumber(value: number, language: Language, digits = 0): string {
  return once(
    `number ${digits} ${language}`,
    () => new Intl.NumberFormat(language, { maximumFractionDigits: digits }),
  ).format(value)
}

/**
 * A calendar day of the business, free of any zone.
 *
 * Example: `formatDay('2026-11-21', 'en')` is `Nov 21, 2026`; in `zh-CN` it is `2026年11月21日`.
 */
export function formatDay(day: Day, language: Language): string {
  return once(
    `day ${language}`,
    () => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }),
  ).format(dayNumber(day) * 86_400_000)
}
