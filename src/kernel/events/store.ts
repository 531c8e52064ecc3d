import { productNames } from '#kernel/catalogue/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { EventSource } from './event.ts'

interface Item {
  readonly event_id: string
  readonly kind: string
  readonly party_id: string
  readonly party_name: string
  readonly occurred_at: Date
  readonly received_at: Date
  readonly source_id: string
  readonly source_kind: EventSource['kind']
  readonly payload: { lines?: readonly { sku: string }[] }
}

const shown = (row: Item) => ({
  eventId: row.event_id,
  kind: row.kind,
  occurredAt: row.occurred_at.toISOString(),
  sourceId: row.source_id,
  sourceKind: row.source_kind,
  payload: row.payload as Record<string, unknown>,
})

/** The cursor is the last event shown: its instant and id, so that many events of one instant are never skipped. */
export async function timeline(queryable: Queryable, partyId: string, before: string | undefined, limit: number) {
  const [instant, eventId] = before?.split('_') ?? []
  const rows = await queryable.query<Item>(
    `select e.*, coalesce(s.kind, 'system') as source_kind from events.event e
     left join events.source s on s.source_id = e.source_id
     where e.party_id = $1 and ($2::timestamptz is null or (e.occurred_at, e.event_id) < ($2::timestamptz, $3::uuid))
     order by e.occurred_at desc, e.event_id desc limit $4`,
    [partyId, instant ?? null, eventId ?? null, limit + 1],
  )
  const page = rows.slice(0, limit)
  const skus = new Set(page.flatMap(row => row.payload.lines?.map(line => line.sku) ?? []))
  const last = page.at(-1)
  return {
    items: page.map(shown),
    products: Object.fromEntries(await productNames(queryable, [...skus])),
    next: rows.length > limit && last ? `${last.occurred_at.toISOString()}_${last.event_id}` : null,
  }
}

/** What arrived last. The block-range index finds the recent blocks, so the window is tried small first, then wide. */
export async function latest(queryable: Queryable, limit: number, now: Date) {
  for (const hours of [1, 24, 24 * 31, 24 * 365 * 50]) {
    const rows = await queryable.query<Item>(
      `select e.*, coalesce(p.name, '') as party_name, coalesce(s.kind, 'system') as source_kind from (
         select * from events.event where received_at > $1 order by received_at desc, event_id desc limit $2) e
       left join parties.party p on p.party_id = e.party_id
       left join events.source s on s.source_id = e.source_id
       order by e.received_at desc, e.event_id desc`,
      [new Date(now.getTime() - hours * 3_600_000), limit],
    )
    if (rows.length === limit || hours > 24 * 365) {
      return rows.map(row => ({
        ...shown(row),
        partyId: row.party_id,
        partyName: row.party_name,
        receivedAt: row.received_at.toISOString(),
      }))
    }
  }
  return []
}

/** About how many events the log holds: the planner's own count, exact after each vacuum, free at any size. */
export async function roughCount(queryable: Queryable): Promise<number> {
  const [row] = await queryable.query<{ events: number }>(
    `select coalesce(sum(greatest(reltuples, 0)), 0)::bigint as events from pg_class c
     join pg_inherits i on i.inhrelid = c.oid where i.inhparent = 'events.event'::regclass`,
  )
  return row?.events ?? 0
}

/** Events that only their name is known of, counted among the newest that were received. */
export async function byName(queryable: Queryable, now: Date) {
  for (const hours of [24, 24 * 31, 24 * 365 * 50]) {
    const rows = await queryable.query<{ name: string; count: number; lastAt: Date; seen: number }>(
      `select payload ->> 'name' as name, count(*)::int as count, max(received_at) as "lastAt", sum(count(*)) over ()::int as seen
       from (select payload, received_at from events.event where kind = 'client.tracked' and received_at > $1
             order by received_at desc limit 10000) as newest
       group by 1 order by 2 desc, 1 limit 200`,
      [new Date(now.getTime() - hours * 3_600_000)],
    )
    if ((rows[0]?.seen ?? 0) >= 1000 || hours > 24 * 365) return rows
  }
  return []
}
