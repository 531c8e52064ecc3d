import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'

/**
 * The days on which these parties bought, oldest first. Reads only when things happened, not what was in the orders:
 * on a large base that is a hundredth of the bytes that `EventLog.history` would bring.
 */
export async function purchaseDaysOf(
  queryable: Queryable,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Day[]>> {
  const rows = await queryable.query<{ party_id: string; occurred_at: Date }>(
    `select e.party_id, e.occurred_at from events.event e
     where e.party_id = any($1) and e.kind = 'purchase.recorded' and not exists (
       select from events.event c where c.party_id = e.party_id and c.kind = 'purchase.recorded'
         and c.payload ? 'replaces' and c.payload ->> 'replaces' = e.event_id::text)
     order by e.party_id, e.occurred_at`,
    [partyIds],
  )
  const days = new Map<string, Day[]>()
  for (const row of rows) {
    const on = localDay(row.occurred_at, zone)
    const known = days.get(row.party_id)
    if (!known) days.set(row.party_id, [on])
    else if (known.at(-1) !== on) known.push(on)
  }
  return days
}
