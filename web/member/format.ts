import { todayIn } from '../days.ts'

/** Says numbers, money and days as the reader is used to, in the zone of the business. */
export function formatOf(language: string, zone: string) {
  // English is read in Britain and in America: of the chosen language, the region that the browser prefers.
  const region = navigator.languages.find(name => name.split('-')[0] === language) ?? language
  const noon = (day: string) => new Date(`${day}T12:00:00Z`)
  const thisYear = todayIn(zone).slice(0, 4)
  const dayOf = (iso: string) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(iso))
  const day = (on: string) =>
    new Intl.DateTimeFormat(region, {
      day: 'numeric',
      month: 'short',
      ...(on.slice(0, 4) === thisYear ? {} : { year: 'numeric' }),
      timeZone: 'UTC',
    })
      .format(noon(on))
      // A day stays in one line.
      .replaceAll(' ', '\u00a0')
  const clock = (iso: string) =>
    new Intl.DateTimeFormat(region, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }).format(
      new Date(iso),
    )
  return {
    number: (value: number) => new Intl.NumberFormat(region, { maximumFractionDigits: 1 }).format(value),
    percent: (share: number) =>
      new Intl.NumberFormat(region, { style: 'percent', maximumSignificantDigits: 2 }).format(share),
    /** Without `.00`. Example: ¥120, ¥3.40. */
    money(amountMinor: number, currency: string) {
      const shape = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const
      const digits = new Intl.NumberFormat('en', shape).resolvedOptions().maximumFractionDigits ?? 2
      return new Intl.NumberFormat(region, { ...shape, trailingZeroDisplay: 'stripIfInteger' }).format(
        amountMinor / 10 ** digits,
      )
    },
    day,
    dayOf: (iso: string) => day(dayOf(iso)),
    clock,
    /** Time alone where it was today. Example: 14:02; 21 Nov, 14:02. */
    moment: (iso: string) => (dayOf(iso) === todayIn(zone) ? clock(iso) : `${day(dayOf(iso))}, ${clock(iso)}`),
  }
}

export type Format = ReturnType<typeof formatOf>
