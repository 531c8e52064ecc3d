import type { Said, Value } from '../contract.ts'

/** Says what an audit found, in the reader's language: for the page and for the report alike. */
export interface Speech {
  readonly language: string
  say(said: Said): string
  value(value: Value): string
  /** As short as it can be: for axes and for dense tables. */
  short(value: Value): string
  /** Amounts up to `mostMinor` in one unit that keeps them to a few digits, and the name of that unit. */
  scale(mostMinor: number, currency: string | null): { readonly name: string; show(amountMinor: number): string }
}

type Translate = (key: string, values: Readonly<Record<string, string | number>>) => string

/** Example: `speechOf('en', t).value({ share: 0.041 })` is `4.1%`; in `zh-CN`, `{ period: '2010-01-01', unit: 'month' }` is `2010年1月`. */
export function speechOf(language: string, translate: Translate): Speech {
  const number = (value: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: 1, ...options }).format(value)
  const compact = { notation: 'compact', maximumSignificantDigits: 3 } as const

  const fixed = (value: number, digits: number) =>
    number(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })

  function money(amountMinor: number, currency: string | null, isShort: boolean): string {
    const amount = amountMinor / 10 ** digitsOf(currency)
    const small = Math.abs(amount) < 100 && amount % 1 !== 0
    const digits = small && !isShort ? digitsOf(currency) : 0
    return number(amount, {
      ...(currency && { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
      ...(isShort ? compact : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    })
  }

  function percent(share: number, options: Intl.NumberFormatOptions = {}): string {
    const size = Math.abs(share)
    const digits = size > 0 && size < 0.001 ? 2 : size < 0.1 && size > 0 ? 1 : 0
    return number(share, { style: 'percent', maximumFractionDigits: digits, ...options })
  }

  function calendar(day: string, unit: 'month' | 'quarter' | 'year', isShort: boolean): string {
    const date = dateOf(day)
    const format = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options }).format(date)
    if (unit === 'year') return format({ year: 'numeric' })
    if (unit === 'month') {
      return isShort
        ? day.slice(0, 7)
        : format({ year: 'numeric', month: language.startsWith('zh') ? 'long' : 'short' })
    }
    const quarter = Math.ceil(Number(day.slice(5, 7)) / 3)
    const key = isShort ? 'audit:quarter-short' : 'audit:quarter'
    return translate(key, { year: day.slice(0, 4), quarter })
  }

  function shown(value: Value, isShort: boolean): string {
    if (typeof value === 'string') return value
    if (typeof value === 'number') return isShort && Math.abs(value) >= 10_000 ? number(value, compact) : number(value)
    if ('share' in value) return isShort ? percent(value.share, { maximumFractionDigits: 0 }) : percent(value.share)
    if ('change' in value) return percent(value.change, { signDisplay: 'exceptZero', maximumFractionDigits: 1 })
    if ('points' in value) return number(value.points * 100, { signDisplay: 'exceptZero' })
    if ('decimal' in value) return fixed(value.decimal, isShort ? 1 : 2)
    if ('amountMinor' in value) return money(value.amountMinor, value.currency, isShort)
    if ('period' in value) return calendar(value.period, value.unit, isShort)
    return new Intl.DateTimeFormat(language, { dateStyle: isShort ? 'short' : 'medium', timeZone: 'UTC' }).format(
      dateOf(value.day),
    )
  }

  function scale(mostMinor: number, currency: string | null): ReturnType<Speech['scale']> {
    const powers = language.startsWith('zh') ? [8, 4, 0] : [9, 6, 3, 0]
    const units = 10 ** digitsOf(currency)
    const power = powers.find(each => mostMinor / units >= 3 * 10 ** each) ?? 0
    const digits = mostMinor / units / 10 ** power < 100 ? 1 : 0
    const sign = currency
      ? (new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
          .formatToParts(1)
          .find(({ type }) => type === 'currency')?.value ?? currency)
      : ''
    return {
      name: translate(`audit:scale.${power}`, { sign }).trim(),
      show: amountMinor => fixed(amountMinor / units / 10 ** power, digits),
    }
  }

  return {
    language,
    scale,
    value: value => shown(value, false),
    short: value => shown(value, true),
    say: ({ key, values }) =>
      translate(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value, false)]))),
  }
}

const dateOf = (day: string): Date => new Date(`${day}T00:00:00Z`)

const digits = new Map<string, number>()

function digitsOf(currency: string | null): number {
  if (currency === null) return 2
  let known = digits.get(currency)
  if (known === undefined) {
    known = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digits.set(currency, known)
  }
  return known
}
