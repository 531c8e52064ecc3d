import { addDays, type Day, dayNumber, daysBetween } from '#kernel/clock/index.ts'
import type { Task } from '#kernel/tasks/contract.ts'

/** What the rules look at: one customer in one gap, as known on the reading day. */
export interface LateCustomer {
  readonly partyId: string
  readonly kind: 'rhythm' | 'cycle'
  readonly type: 'prospect' | 'first-time' | 'building' | 'loyal' | 'drifting' | 'dormant' | 'lost'
  readonly purchases: number
  readonly silentDays: number
  readonly usualDays: number | null
  readonly cycleDays: number | null
  /** Chance of no purchase within the horizon; null while it cannot be told. */
  readonly noPurchase: number | null
  readonly likeThis: { readonly outOfTen: number } | null
  readonly horizonDays: number
  readonly spendPerYearMinor: number
  readonly currency: string
}

/**
 * Yearly spend that is at risk: chance of no purchase times what the customer spends in a year (SCIENCE 3.6: never rank
 * by P(alive) or by a ratio of gaps). Where the chance is not known, one in two is assumed.
 *
 * Example: 0.7 and ¥1,840 a year rank at ¥1,288; 0.9 and ¥200 at ¥180.
 */
export function spendAtRiskMinor(customer: Pick<LateCustomer, 'noPurchase' | 'spendPerYearMinor'>): number {
  return Math.round((customer.noPurchase ?? 0.5) * customer.spendPerYearMinor)
}

/** Most to lose first; equals in the order of their ids, so that a plan made twice is the same plan. */
export function rankLate<Late extends Pick<LateCustomer, 'noPurchase' | 'spendPerYearMinor' | 'partyId'>>(
  customers: readonly Late[],
): Late[] {
  return [...customers].sort(
    (left, right) => spendAtRiskMinor(right) - spendAtRiskMinor(left) || (left.partyId < right.partyId ? -1 : 1),
  )
}

export interface WeekPlan<Late> {
  readonly contact: readonly Late[]
  readonly heldOut: readonly Late[]
}

/**
 * Goes down the ranking until the week's contacts are used up. Those held out are met on the way and set aside without
 * using the budget: so contacted and held-out stood equally high, and differ only by the hash (intention to treat).
 *
 * Example: budget 2, one contacted already, ranking [a, b (held out), c] -> contact a; b and c wait.
 */
export function planWeek<Late>(
  ranked: readonly Late[],
  week: { readonly budget: number; readonly contactsThisWeek: number },
  heldOut: (customer: Late) => boolean,
): WeekPlan<Late> {
  const contact: Late[] = []
  const aside: Late[] = []
  let left = Math.max(0, week.budget - week.contactsThisWeek)
  for (const customer of ranked) {
    if (left === 0) break
    if (heldOut(customer)) aside.push(customer)
    else {
      contact.push(customer)
      left--
    }
  }
  return { contact, heldOut: aside }
}

/** Purchases from which on somebody is a regular, whom one calls rather than writes to. */
const regularPurchases = 10

/**
 * What to do first. A fixed cycle asks for a reminder; a regular, or somebody silent for very long, for a call; everybody
 * else for a few lines.
 *
 * Example: drifting after 4 purchases -> `warnings:step.write`.
 */
export function suggestStep(customer: Pick<LateCustomer, 'kind' | 'type' | 'purchases'>): string {
  if (customer.kind === 'cycle') return 'warnings:step.remind'
  if (customer.type === 'dormant' || customer.purchases >= regularPurchases) return 'warnings:step.call'
  return 'warnings:step.write'
}

/**
 * The why as a sentence: its translation key and values. Only what is known is said, and money only to those who may
 * see it. `count` is the usual gap or the cycle, so that each language can choose its plural.
 *
 * Example: "Usually every 24 days, now 61 days. 7 in 10 like this do not return within 60 days; about ¥1,840 a year."
 */
export function whyLate(customer: LateCustomer, money: boolean): { wordsKey: string; words: Task['words'] } {
  const { kind, usualDays, cycleDays, silentDays, likeThis, horizonDays, spendPerYearMinor, currency } = customer
  const days = kind === 'cycle' ? cycleDays : usualDays
  const isRhythm = kind === 'rhythm' && likeThis !== null
  const says = [kind, isRhythm ? 'like' : '', money && spendPerYearMinor > 0 ? 'money' : ''].filter(Boolean).join('-')
  return {
    wordsKey: `warnings:why.${says}`,
    words: {
      count: Math.max(1, Math.round(days ?? silentDays)),
      silentDays,
      ...(isRhythm && { outOfTen: likeThis.outOfTen, horizonDays }),
      ...(money && spendPerYearMinor > 0 && { yearly: { amountMinor: spendPerYearMinor, currency } }),
    },
  }
}

export type Returned = 'in-time' | 'not-in-time' | 'open' | 'void'

/**
 * Whether a selected customer bought within the horizon. `open` until the horizon has run out, also for those who came
 * back already: counting the quick ones early would make every young week look like a success. `void` when it turned out
 * later that there had been a purchase before the selection, so that nobody was late.
 *
 * Example: selected 1 March, horizon 60, returned 20 March -> `open` until 30 April, then `in-time`.
 */
export function returnedInTime(
  alert: { readonly selectedOn: Day; readonly returnedOn: Day | null; readonly horizonDays: number },
  today: Day,
): Returned {
  if (alert.returnedOn !== null && alert.returnedOn < alert.selectedOn) return 'void'
  const lastOn = addDays(alert.selectedOn, alert.horizonDays)
  if (today <= lastOn) return 'open'
  return alert.returnedOn !== null && alert.returnedOn <= lastOn ? 'in-time' : 'not-in-time'
}

/** Both arms need this many customers, and both together this many who returned and who did not. */
export const enough = { customers: 30, returned: 10, notReturned: 10 } as const

export interface Arm {
  readonly customers: number
  readonly returned: number
}

/**
 * Whether two arms say anything yet. With fewer customers an interval is so wide that it invites reading what is not
 * there.
 *
 * Example: 300 contacted (120 returned) against 33 held out (9 returned) is enough; 299 against 29 is not.
 */
export function isEnough(contacted: Arm, heldOut: Arm): boolean {
  const returned = contacted.returned + heldOut.returned
  const notReturned = contacted.customers + heldOut.customers - returned
  return (
    Math.min(contacted.customers, heldOut.customers) >= enough.customers &&
    returned >= enough.returned &&
    notReturned >= enough.notReturned
  )
}

/** Monday to Sunday around a day: `weekAround('2026-11-21')` is 16 to 22 November. */
export function weekAround(today: Day): { readonly fromOn: Day; readonly toOn: Day } {
  // 1 January 1970 was a Thursday, three days after a Monday.
  const fromOn = addDays(today, -((dayNumber(today) + 3) % 7))
  return { fromOn, toOn: addDays(fromOn, 6) }
}

/** Days of silence of a gap: until the purchase that ended it, otherwise until today. */
export function silenceOf(gapStartOn: Day, returnedOn: Day | null, today: Day): number {
  return Math.max(0, daysBetween(gapStartOn, returnedOn ?? today))
}
