import { type Day, localDay } from '#kernel/clock/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import { firstDayOf } from './calendar.ts'
import { asksForGroups, type Edition } from './earn.ts'
import type { MoneyEvent } from './facts.ts'

/** A correction may take another event's place whatever its day, a refund may be of any order. */
export function isPlain({ kind, payload }: Pick<MoneyEvent, 'kind' | 'payload'>): boolean {
  return kind === 'purchase.recorded' && (payload as { replaces?: string }).replaces === undefined
}

/**
 * From which day on these events can change what somebody earns whose history is of purchases alone; what lies before earns the same with
 * them as without. Null where all of it may change: a rule counts months in a row, or asks for the groups of products, which change
 * too, or points live by later purchases, or days were counted in several zones.
 *
 * Example: a purchase on 20 May where a rule counts quarters -> 1 April.
 */
export function touchedFrom(
  heard: readonly Pick<RecordedEvent, 'kind' | 'payload' | 'occurredAt'>[],
  editions: readonly Edition[],
): Day | null {
  const [first] = editions
  if (!first || heard.length === 0 || !heard.every(isPlain) || asksForGroups(editions)) return null
  const rules = editions.flatMap(edition => edition.rules.earning)
  if (rules.some(rule => rule.kind === 'regularity')) return null
  if (editions.some(({ zone, rules: { expiry } }) => zone !== first.zone || expiry.kind === 'activity')) return null
  const periods = ['month' as const, ...rules.flatMap(rule => (rule.kind === 'volume' ? [rule.per] : []))]
  const [on] = heard.map(event => localDay(event.occurredAt, first.zone)).sort()
  return periods.map(period => firstDayOf(on!, period)).sort()[0]!
}

/** The rules for a first purchase: what one of them gave says when it was. */
export function firstRules(editions: readonly Edition[]): string[] {
  const rules = editions.flatMap(edition => edition.rules.earning)
  return rules.filter(rule => rule.kind === 'first').map(rule => rule.ruleId)
}
