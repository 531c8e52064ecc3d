import { productNames } from '#kernel/catalogue/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'
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
  if (before !== undefined && (!eventId || Number.isNaN(Date.parse(instant!))))
    throw refuse('invalid', 'events:refusal.cursor')
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

export async function problems(queryable: Queryable, limit: number) {
  const rows = await queryable.query<{
    problem_id: string
    received_at: Date
    code: string
    details: Record<string, unknown>
    event: unknown
  }>('select problem_id, received_at, code, details, event from events.problem order by received_at desc limit $1', [
    limit,
  ])
  const [count] = await queryable.query<{ total: number }>('select count(*) as total from events.problem')
  return {
    items: rows.map(row => ({
      problemId: row.problem_id,
      receivedAt: row.received_at.toISOString(),
      code: row.code,
      details: row.details,
      event: row.event,
    })),
    total: count?.total ?? 0,
  }
}
