import { lastDayOf, periodOf } from '#financial/points/index.ts'
import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import type { NewBenefit } from './contract.ts'

/** A promise for spend, as the rules read it. */
export type BenefitRules = NewBenefit & { readonly benefitId: string; readonly untilOn: Day | null }

/** What was bought, less what was given back of it. */
export interface Spent {
  readonly on: Day
  readonly merchant: string | null
  readonly currency: string
  readonly keptMinor: number
}

/** A benefit earned in a window; `windowKey` names the window for ever. */
export interface Award {
  readonly windowKey: string
  readonly earnedOn: Day
  /** The last day on which it can be used; null for ever. */
  readonly usableUntilOn: Day | null
}

function counts(rules: BenefitRules, spent: Spent): boolean {
  const { merchants, currency, fromOn, untilOn } = rules
  return (
    spent.keptMinor > 0 &&
    spent.currency === currency &&
    spent.on >= fromOn &&
    (untilOn === null || spent.on <= untilOn) &&
    (merchants === null || (spent.merchant !== null && merchants.includes(spent.merchant)))
  )
}

/**
 * What somebody has earned by all they bought, once for each window: a function of the facts alone, so that the order in which they
 * are told cannot matter. A rolling window is over when its benefit is earned, and the next begins with that day's length.
 *
 * Example: 300 a month for parking; 200 on the 3rd and 150 on the 20th of March -> earned on 2026-03-20, in `2026-03`.
 */
export function awardsOf(rules: BenefitRules, purchases: readonly Spent[]): Award[] {
  const days = new Map<Day, number>()
  for (const spent of purchases) {
    if (counts(rules, spent)) days.set(spent.on, (days.get(spent.on) ?? 0) + spent.keptMinor)
  }
  const inOrder = [...days].sort(([one], [other]) => (one < other ? -1 : 1))
  return rules.window.kind === 'rolling'
    ? rollingAwards(rules, inOrder, rules.window.days)
    : calendarAwards(rules, inOrder, rules.window.kind)
}

function calendarAwards(
  { atLeastMinor, usableDays }: BenefitRules,
  days: readonly (readonly [Day, number])[],
  kind: 'month' | 'quarter' | 'year',
): Award[] {
  const awards = new Map<string, Award>()
  const sums = new Map<string, number>()
  for (const [on, minor] of days) {
    const windowKey = periodOf(on, kind)
    const sum = (sums.get(windowKey) ?? 0) + minor
    sums.set(windowKey, sum)
    if (sum < atLeastMinor || awards.has(windowKey)) continue
    // Counted from the end of the window: the day on which it was reached moves when an older purchase is told late.
    const usableUntilOn = usableDays === null ? null : addDays(lastDayOf(on, kind), usableDays)
    awards.set(windowKey, { windowKey, earnedOn: on, usableUntilOn })
  }
  return [...awards.values()]
}

function rollingAwards(
  { atLeastMinor, usableDays }: BenefitRules,
  days: readonly (readonly [Day, number])[],
  length: number,
): Award[] {
  const awards: Award[] = []
  let first = 0
  let sum = 0
  for (const [on, minor] of days) {
    sum += minor
    const last = awards.at(-1)
    for (; first < days.length && dayNumber(days[first]![0]) <= dayNumber(on) - length; first++) sum -= days[first]![1]
    if (sum < atLeastMinor || (last && dayNumber(on) - dayNumber(last.earnedOn) < length)) continue
    const usableUntilOn = usableDays === null ? null : addDays(on, usableDays)
    awards.push({ windowKey: on, earnedOn: on, usableUntilOn })
  }
  return awards
}

/** How far somebody is in the window that runs now. */
export function progressOf(
  rules: BenefitRules,
  purchases: readonly Spent[],
  today: Day,
): { readonly spentMinor: number; readonly award: Award | null; readonly windowEndsOn: Day } {
  const { window } = rules
  const awards = awardsOf(
    rules,
    purchases.filter(spent => spent.on <= today),
  )
  const sum = (fromOn: Day) =>
    purchases.reduce(
      (total, spent) =>
        counts(rules, spent) && spent.on >= fromOn && spent.on <= today ? total + spent.keptMinor : total,
      0,
    )
  if (window.kind === 'rolling') {
    const award = awards.findLast(each => dayNumber(today) - dayNumber(each.earnedOn) < window.days) ?? null
    const windowEndsOn = award ? addDays(award.earnedOn, window.days - 1) : today
    return { spentMinor: sum(addDays(today, 1 - window.days)), award, windowEndsOn }
  }
  const key = periodOf(today, window.kind)
  const inWindow = purchases.filter(spent => periodOf(spent.on, window.kind) === key && spent.on <= today)
  const spentMinor = inWindow.reduce((total, spent) => (counts(rules, spent) ? total + spent.keptMinor : total), 0)
  const award = awards.find(each => each.windowKey === key) ?? null
  return { spentMinor, award, windowEndsOn: lastDayOf(today, window.kind) }
}
