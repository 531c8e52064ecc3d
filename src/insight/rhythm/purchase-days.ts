import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'

interface Row {
  readonly party_id: string
  readonly occurred_at: Date
  readonly event_id: string
  readonly replaces: string | null
}

/**
 * The days on which these parties bought, oldest first. Reads only when things happened, not what was in the orders:
 * on a large base that is a hundredth of the bytes that `EventLog.history` would bring.
 */
export async function purchaseDaysOf(
  queryable: Queryable,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Day[]>> {
  const rows = await queryable.query<Row>(
    `select party_id, occurred_at, event_id, payload ->> 'replaces' as replaces from events.event
     where party_id = any($1) and kind = 'purchase.recorded' order by party_id, occurred_at`,
    [partyIds],
  )
  const replaced = new Set(rows.flatMap(row => row.replaces ?? []))
  const days = new Map<string, Day[]>()
  for (const row of rows) {
    if (replaced.has(row.event_id)) continue
    const on = localDay(row.occurred_at, zone)
    const known = days.get(row.party_id)
    if (!known) days.set(row.party_id, [on])
    else if (known.at(-1) !== on) known.push(on)
  }
  return days
}
