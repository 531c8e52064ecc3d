import { type CountryCode, getCountries } from 'libphonenumber-js/min'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

export type Region = CountryCode

const known = new Map<string, CountryCode>()

/**
 * The country in which a number without a country code is dialled: the one whose clocks the business goes by.
 *
 * Example: `regionOf('Europe/London')` is `GB`; a zone of no country (`UTC`) is taken for China.
 */
export function regionOf(zone: string): CountryCode {
  const found = known.get(zone) ?? getCountries().find(country => zonesOf(country).includes(zone)) ?? 'CN'
  known.set(zone, found)
  return found
}

function zonesOf(country: CountryCode): readonly string[] {
  // Node knows it; the types of the language do not yet.
  const locale = new Intl.Locale('und', { region: country }) as Intl.Locale & { getTimeZones?(): string[] }
  return locale.getTimeZones?.() ?? []
}

const remembered = new WeakMap<House, { readonly until: number; readonly region: CountryCode }>()

/** The region of the business, asked at most once a second: the ways by which events come in must not wait for settings. */
export async function regionKnownTo(house: House, queryable: Queryable): Promise<CountryCode> {
  const now = house.clock.elapsed()
  const held = remembered.get(house)
  if (held && held.until > now) return held.region
  const region = regionOf((await house.settings.business(queryable)).zone)
  remembered.set(house, { until: now + 1000, region })
  return region
}
