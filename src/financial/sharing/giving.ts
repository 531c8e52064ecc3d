import type { GiftSettings } from './rules.ts'

/** What is known of a giver at the moment of giving. Amounts are of the asset that is given. */
export interface Giver {
  /** Usable now. */
  readonly available: number
  /** Of that, what came as a gift so lately that it must not be given on. */
  readonly lately: number
  readonly givenToday: number
  readonly giftsToday: number
  /** How long ago the profile was changed; null where it never was, or where staff give on behalf of who stands there. */
  readonly changedHoursAgo: number | null
}

export interface Refused {
  readonly code: string
  readonly details: Readonly<Record<string, number>>
}

/**
 * Whether a gift may be given, and if not, why: the first reason in the order in which a person would like to hear them.
 *
 * Example: 100 usable, 40 of them received yesterday, 80 to give -> `sharing:refusal.received-lately` {have: 60}.
 */
export function whyNotGiven(settings: GiftSettings, giver: Giver, asset: string, amount: number): Refused | null {
  const no = (code: string, details: Refused['details'] = {}) => ({ code: `sharing:refusal.${code}`, details })
  const { smallest, mostPerDay, giftsPerDay, onwardDays, coolingOffHours } = settings
  if (!settings.isActive) return no('gifts-off')
  if (!settings.assets.includes(asset)) return no('asset')
  if (amount < smallest) return no('too-small', { least: smallest })
  if (giver.changedHoursAgo !== null && giver.changedHoursAgo < coolingOffHours) {
    return no('cooling-off', { hours: Math.ceil(coolingOffHours - giver.changedHoursAgo) })
  }
  if (giver.giftsToday >= giftsPerDay) return no('gifts-per-day', { most: giftsPerDay })
  if (giver.givenToday + amount > mostPerDay)
    return no('day-limit', { have: Math.max(0, mostPerDay - giver.givenToday) })
  if (amount > giver.available)
    return { code: 'ledger:refusal.insufficient', details: { have: giver.available, need: amount } }
  if (amount > giver.available - giver.lately) {
    return no('received-lately', { have: Math.max(0, giver.available - giver.lately), days: onwardDays })
  }
  return null
}

/** What somebody may see of another: enough to know whom they meant. Example: 王小明 -> 王**, Ada Field -> A**. */
export function veiled(name: string): string {
  const [first] = name.trim()
  return first === undefined ? '**' : `${first}**`
}
