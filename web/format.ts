import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { todayIn } from './days.ts'
import { useOptionalSession } from './session.tsx'

export interface Money {
  readonly amountMinor: number
  readonly currency: string
}

const digitsOfCurrency = new Map<string, number>()

function fractionDigits(currency: string): number {
  let digits = digitsOfCurrency.get(currency)
  if (digits === undefined) {
    digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
    digitsOfCurrency.set(currency, digits)
  }
  return digits
}

/** A hyphen is too short to be seen before a number; this is the sign that is as wide as a plus. */
const withMinus = (said: string) => said.replace('-', '−')

/**
 * Says numbers, money and days as the reader is used to. Money over a hundred leaves out the small change unless asked
 * for it: `format.money(184_050, 'CNY')` is ¥1,841, `format.exactMoney(184_050, 'CNY')` is ¥1,840.50.
 */
export function formatOf(language: string, zone: string) {
  const money = (amountMinor: number, currency: string, exact: boolean) => {
    const digits = fractionDigits(currency)
    const amount = amountMinor / 10 ** digits
    const shown = exact || Math.abs(amount) < 100 ? digits : 0
    const format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: shown,
      maximumFractionDigits: shown,
    })
    return withMinus(format.format(amount))
  }
  const thisYear = todayIn(zone).slice(0, 4)
  const noon = (day: string) => new Date(`${day}T12:00:00Z`)
  return {
    language,
    zone,
    money: (amountMinor: number, currency: string) => money(amountMinor, currency, false),
    exactMoney: (amountMinor: number, currency: string) => money(amountMinor, currency, true),
    shortMoney: (amountMinor: number, currency: string) =>
      withMinus(
        new Intl.NumberFormat(language, {
          style: 'currency',
          currency,
          currencyDisplay: 'narrowSymbol',
          notation: 'compact',
          maximumSignificantDigits: 3,
        }).format(amountMinor / 10 ** fractionDigits(currency)),
      ),
    number: (value: number, digits = 0) =>
      withMinus(
        new Intl.NumberFormat(language, { maximumFractionDigits: digits, signDisplay: 'negative' }).format(value),
      ),
    percent: (share: number, digits = 0) =>
      withMinus(
        new Intl.NumberFormat(language, {
          style: 'percent',
          maximumFractionDigits: digits,
          signDisplay: 'negative',
        }).format(share),
      ),
    /** Days in the calendar of the business, which carry no zone of their own. */
    day: (day: string) =>
      new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
        noon(day),
      ),
    /** Without the year where it is this one. */
    nearDay: (day: string) =>
      new Intl.DateTimeFormat(language, {
        day: 'numeric',
        month: 'short',
        ...(day.slice(0, 4) === thisYear ? {} : { year: 'numeric' }),
        timeZone: 'UTC',
      }).format(noon(day)),
    dayRange: (from: string, to: string) => {
      const year = from.slice(0, 4) === thisYear && to.slice(0, 4) === thisYear ? {} : ({ year: 'numeric' } as const)
      const shape = { day: 'numeric', month: 'short', timeZone: 'UTC', ...year } as const
      const days = new Intl.DateTimeFormat(language, shape)
      // In Chinese, Intl writes ranges with slashes, unlike any single day.
      if (!language.startsWith('zh')) return days.formatRange(noon(from), noon(to))
      const sameYear = from.slice(0, 4) === to.slice(0, 4)
      const end = new Intl.DateTimeFormat(language, sameYear ? { ...shape, year: undefined } : shape)
      return `${days.format(noon(from))}至${end.format(noon(to))}`
    },
    month: (day: string) =>
      new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(noon(day)),
    shortDay: (day: string) =>
      new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(noon(day)),
    longToday: (now: Date) =>
      new Intl.DateTimeFormat(language, { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone }).format(now),
    instant: (iso: string) =>
      new Intl.DateTimeFormat(language, {
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZone: zone,
      }).format(new Date(iso)),
    clock: (iso: string) =>
      new Intl.DateTimeFormat(language, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hourCycle: 'h23',
        timeZone: zone,
      }).format(new Date(iso)),
    dayOf: (iso: string) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(iso)),
    hourOf: (now: Date) =>
      Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone }).format(now)),
    currencyName: (currency: string) => new Intl.DisplayNames(language, { type: 'currency' }).of(currency) ?? currency,
    digits: fractionDigits,
  }
}

export type Format = ReturnType<typeof formatOf>

/** English is read in Britain and in America: of the chosen language, the region that the browser prefers. */
function regionOf(language: string): string {
  return navigator.languages.find(name => name.split('-')[0] === language) ?? language
}

export function useFormat(): Format {
  const { i18n } = useTranslation()
  const zone = useOptionalSession()?.business.zone ?? 'UTC'
  return useMemo(() => formatOf(regionOf(i18n.language), zone), [i18n.language, zone])
}
