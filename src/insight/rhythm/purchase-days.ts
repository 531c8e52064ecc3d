import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import { moneyEventsOf } from './money-events.ts'

/** The days on which these parties bought, oldest first, each day once. */
export async function purchaseDaysOf(
  queryable: Queryable,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Day[]>> {
  const days = new Map<string, Day[]>()
  for (const [partyId, events] of await moneyEventsOf(queryable, partyIds)) {
    const bought = events.filter(event => event.kind === 'purchase.recorded')
    if (bought.length > 0) days.set(partyId, [...new Set(bought.map(event => localDay(event.occurredAt, zone)))])
  }
  return days
}
