import type { Clock } from '#kernel/clock/index.ts'
import { type Database, type Queryable, type Transaction, Unprepared } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { holdersKnownTo, holdersOf } from '#kernel/parties/index.ts'
import { assert } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import type { EventLog, EventSource, FoundOrder, NewEvent, RecordedEvent, Recording } from './event.ts'
import { keyOf, type Names, namesOf, severalOf } from './keys.ts'
import { monthsOn } from './months.ts'

/** The house's own source: events that follow from others. */
export const systemSource: EventSource = { sourceId: '00000000-0000-7000-8000-000000000000', kind: 'system' }

/** What follows from an event may have consequences of its own; a chain this long can only be two rooms in a circle. */
const longestChain = 8

export function eventLogOn(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly newId: () => string
  readonly rooms: readonly Room[]
  readonly house: () => House
}): EventLog {
  const { database, clock, newId, rooms, house } = parts
  const schemas = new Map(rooms.flatMap(room => Object.entries(room.vocabulary ?? {})))
  const months = monthsOn(database)

  async function record(
    transaction: Transaction,
    source: EventSource,
    events: readonly NewEvent[],
  ): Promise<Recording> {
    return recordAt({ depth: 0, cause: source }, transaction, source, events)
  }

  async function recordAt(
    chain: Chain,
    transaction: Transaction,
    source: EventSource,
    events: readonly NewEvent[],
  ): Promise<Recording> {
    if (events.length === 0) return { recorded: [], duplicates: [] }
    assert(chain.depth < longestChain, 'events do not follow from each other in a circle')
    const missing = months.missing(events.map(event => event.occurredAt))
    if (missing.size > 0) throw new Unprepared(() => months.make(missing))
    const receivedAt = clock.now()
    const holders = await holdersKnownTo(house(), transaction, [...new Set(events.map(event => event.partyId))])
    const entries = events.map(event => {
      const holderId = holders.get(event.partyId)
      assert(schemas.has(event.kind), `the vocabulary knows ${event.kind}`)
      return {
        names: namesOf(event.keys ?? [], event.payload),
        properties: event.properties,
        originId: holderId === undefined ? null : event.partyId,
        recorded: {
          eventId: newId(),
          kind: event.kind,
          partyId: holderId ?? event.partyId,
          occurredAt: event.occurredAt,
          receivedAt,
          sourceId: source.sourceId,
          payload: event.payload,
        } satisfies RecordedEvent,
      }
    })
    const fresh = await keepNew(transaction, entries)
    const kept = entries.filter(entry => fresh.has(entry.recorded.eventId))
    await append(transaction, source, kept)
    const recorded = kept.map(entry => entry.recorded)
    await tell(chain, transaction, recorded)
    return {
      recorded,
      duplicates: entries.flatMap((entry, index) => (fresh.has(entry.recorded.eventId) ? [] : [index])),
    }
  }

  /** Moves rows of the log between two parties: all of them, or those that came by some profiles. */
  async function rehome(
    transaction: Transaction,
    move: { readonly from: string; readonly to: string; readonly profileIds: readonly string[] | null },
  ): Promise<void> {
    const parameters = [move.from, move.to, move.profileIds]
    // Taken out and put in again: on a cluster a row cannot change the party by which it is placed.
    await transaction.query(
      `with moved as (
         delete from events.event where party_id = $1 and ($3::uuid[] is null or origin_party_id = any ($3)) returning *),
       free as (
         delete from events.property p using moved m where p.party_id = $1 and p.event_id = m.event_id returning p.*),
       put as (
         insert into events.property (party_id, event_id, properties) select $2, event_id, properties from free)
       insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at, origin_party_id)
       select $2, occurred_at, event_id, kind, payload, source_id, received_at, nullif(coalesce(origin_party_id, $1), $2) from moved`,
      parameters,
    )
    const sorted = [move.from, move.to].sort()
    for (const room of rooms) await room.refold?.(house(), transaction, sorted)
  }

  /** Lets the rooms take the events in, one room after the other, and records what follows. */
  async function tell(chain: Chain, transaction: Transaction, events: readonly RecordedEvent[]): Promise<void> {
    if (events.length === 0) return
    const ordered = [...events].sort(byPartyAndTime)
    for (const room of rooms) {
      if (!room.hear || !room.listens) continue
      const { listens } = room
      const heard = listens === 'everything' ? ordered : ordered.filter(event => listens.includes(event.kind))
      if (heard.length === 0) continue
      const following = await room.hear(house(), transaction, heard, chain.cause)
      await recordAt({ depth: chain.depth + 1, cause: chain.cause }, transaction, systemSource, following)
    }
  }

  return {
    kinds: [...schemas.keys()].sort(),
    record,
    ensureMonths: instants => months.make(months.missing(instants)),
    history,
    lookup,
    findOrder,
    join: (transaction, { from, to }) => rehome(transaction, { from, to, profileIds: null }),
    separate: rehome,
    async withdraw(transaction, sourceId, named) {
      // What came by a profile that was merged since lies with who was kept.
      const holders = await holdersOf(transaction, named)
      const partyIds = [...new Set([...named, ...holders.values()])]
      const removed = await transaction.query(
        'delete from events.event where source_id = $1 and party_id = any($2) returning event_id',
        [sourceId, partyIds],
      )
      await transaction.query('delete from events.key where source_id = $1 and party_id = any($2)', [
        sourceId,
        partyIds,
      ])
      // What the house itself noted about somebody of whom nobody speaks any more (late, due) was about nothing.
      await transaction.query(
        `delete from events.event e where e.party_id = any($1) and e.source_id = $2
           and not exists (select from events.event o where o.party_id = e.party_id and o.source_id <> $2)`,
        [partyIds, systemSource.sourceId],
      )
      await transaction.query(
        `insert into events.withdrawal as w (source_id, events, withdrawn_at) values ($1, $2, $3)
         on conflict (source_id) do update set events = w.events + excluded.events, withdrawn_at = excluded.withdrawn_at`,
        [sourceId, removed.length, clock.now()],
      )
      const sorted = [...partyIds].sort()
      for (const room of rooms) await room.refold?.(house(), transaction, sorted)
      return removed.length
    },
  }
}

/** How far an event is from what began it, and whence that came. */
interface Chain {
  readonly depth: number
  readonly cause: EventSource
}

interface Entry {
  readonly names: Names
  /** The profile by which it came, where that was merged into the party. */
  readonly originId: string | null
  readonly properties: object | undefined
  readonly recorded: RecordedEvent
}

/**
 * Claims the keys of all entries and says which events are new: all of their keys were free, and their number too, or it belongs
 * to another merchant. Keys are written in sorted order, so that two batches with the same events wait for each other instead of
 * deadlocking.
 */
async function keepNew(transaction: Transaction, entries: readonly Entry[]): Promise<ReadonlySet<string>> {
  const fresh = new Set(entries.map(entry => entry.recorded.eventId))
  const owner = new Map<string, Entry>()
  const shared = new Map<string, Entry>()
  for (const entry of entries) {
    const { keys, numbers } = entry.names
    const isKnown =
      keys.some(key => owner.has(key)) ||
      numbers.some(number => owner.has(number) && !isOfAnother(entry, merchantOf(owner.get(number)!)))
    if (isKnown) fresh.delete(entry.recorded.eventId)
    else {
      for (const key of keys) owner.set(key, entry)
      for (const number of numbers) {
        if (owner.has(number)) shared.set(severalOf(number), entry)
        else owner.set(number, entry)
      }
    }
  }
  if (owner.size === 0) return fresh
  const won = await claim(transaction, owner)
  if (won.size < owner.size) {
    // A duplicate's other key may have been free: it stays claimed, since whatever it names has been seen.
    for (const { names, recorded } of entries)
      if (!names.keys.every(key => won.has(key))) fresh.delete(recorded.eventId)
    const doubtful = entries.filter(
      ({ names, recorded }) => fresh.has(recorded.eventId) && names.numbers.some(number => !won.has(number)),
    )
    if (doubtful.length > 0) {
      const lost = doubtful.flatMap(({ names }) => names.numbers.filter(number => !won.has(number)))
      const holders = await merchantsOf(transaction, [...new Set(lost)])
      for (const entry of doubtful) {
        const theirs = entry.names.numbers.filter(number => !won.has(number))
        if (theirs.every(number => isOfAnother(entry, holders.get(number)))) {
          for (const number of theirs) shared.set(severalOf(number), entry)
        } else fresh.delete(entry.recorded.eventId)
      }
      // The number with the merchant was free, but names nothing: it is not to be found by it.
      const empty = doubtful.filter(({ recorded }) => !fresh.has(recorded.eventId)).flatMap(({ names }) => names.own)
      if (empty.length > 0) await transaction.query('delete from events.key where key = any ($1)', [empty])
    }
  }
  if (shared.size > 0) await claim(transaction, shared)
  return fresh
}

const merchantOf = ({ recorded }: Entry) => (recorded.payload as { merchant?: string }).merchant

/** A number that nobody's merchant is known of may be the same order: it counts once. */
function isOfAnother(entry: Entry, holder: string | undefined): boolean {
  return holder !== undefined && holder !== merchantOf(entry)
}

/** Writes keys for their events; answers those that were free. */
async function claim(transaction: Transaction, owner: ReadonlyMap<string, Entry>): Promise<ReadonlySet<string>> {
  const claimed = [...owner.keys()].sort()
  const owners = claimed.map(key => owner.get(key)!)
  const events = owners.map(entry => entry.recorded)
  const won = await transaction.query<{ key: string }>(
    `insert into events.key (key, party_id, occurred_at, event_id, source_id)
     select * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::uuid[])
     on conflict do nothing returning key`,
    [
      claimed,
      // A key stays with its profile for ever, so that nothing has to be put right when profiles are joined or separated.
      owners.map(entry => entry.originId ?? entry.recorded.partyId),
      events.map(event => event.occurredAt.toISOString()),
      events.map(event => event.eventId),
      events.map(event => event.sourceId),
    ],
  )
  return new Set(won.map(row => row.key))
}

/** The merchants of the events that keys stand for, where they name one. */
async function merchantsOf(queryable: Queryable, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await queryable.query<KeyRow>(
    'select key, event_id, party_id, occurred_at from events.key where key = any($1)',
    [keys],
  )
  const holders = await holdersOf(queryable, [...new Set(rows.map(row => row.party_id))])
  const told = await queryable.query<{ event_id: string; merchant: string | null }>(
    `select e.event_id, e.payload->>'merchant' as merchant
     from unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as t (p, o, i)
     join events.event e on e.party_id = t.p and e.occurred_at = t.o and e.event_id = t.i`,
    [
      rows.map(row => holders.get(row.party_id) ?? row.party_id),
      rows.map(row => row.occurred_at.toISOString()),
      rows.map(row => row.event_id),
    ],
  )
  const merchants = new Map(told.map(row => [row.event_id, row.merchant]))
  return new Map(
    rows.flatMap(row => {
      const merchant = merchants.get(row.event_id)
      return merchant ? [[row.key, merchant] as const] : []
    }),
  )
}

async function append(transaction: Transaction, source: EventSource, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return
  const events = entries.map(entry => entry.recorded)
  await transaction.query(
    `insert into events.source (source_id, kind) select $1, $2
     where not exists (select from events.source where source_id = $1) on conflict do nothing`,
    [source.sourceId, source.kind],
  )
  await transaction.query(
    `insert into events.event (party_id, occurred_at, event_id, kind, payload, source_id, received_at, origin_party_id)
     select p, o, e, k, j, $6, $7, n from rows from (unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $8::uuid[]),
       jsonb_array_elements($5::jsonb)) as t (p, o, e, k, n, j)`,
    [
      events.map(event => event.partyId),
      events.map(event => event.occurredAt.toISOString()),
      events.map(event => event.eventId),
      events.map(event => event.kind),
      JSON.stringify(events.map(event => event.payload)),
      source.sourceId,
      events[0]!.receivedAt,
      entries.map(entry => entry.originId),
    ],
  )
  const free = entries.filter(entry => entry.properties !== undefined)
  if (free.length === 0) return
  await transaction.query(
    `insert into events.property (party_id, event_id, properties)
     select p, e, j::jsonb from unnest($1::uuid[], $2::uuid[], $3::text[]) as t (p, e, j)`,
    [
      free.map(entry => entry.recorded.partyId),
      free.map(entry => entry.recorded.eventId),
      free.map(entry => JSON.stringify(entry.properties)),
    ],
  )
}

function byPartyAndTime(left: RecordedEvent, right: RecordedEvent): number {
  if (left.partyId !== right.partyId) return left.partyId < right.partyId ? -1 : 1
  const gap = left.occurredAt.getTime() - right.occurredAt.getTime()
  return gap !== 0 ? gap : left.eventId < right.eventId ? -1 : 1
}

interface EventRow {
  readonly party_id: string
  readonly occurred_at: Date
  readonly event_id: string
  readonly kind: string
  readonly payload: { readonly replaces?: string }
  readonly source_id: string
  readonly received_at: Date
}

async function history(
  queryable: Queryable,
  partyIds: readonly string[],
  kinds?: readonly string[],
  since: Date | '-infinity' = '-infinity',
) {
  const rows = await queryable.query<EventRow>(
    `select party_id, occurred_at, event_id, kind, payload, source_id, received_at from events.event
     where party_id = any($1) and ($2::text[] is null or kind = any($2)) and occurred_at >= $3
     order by party_id, occurred_at, event_id`,
    [partyIds, kinds ?? null, since],
  )
  const replaced = new Set(rows.map(row => row.payload.replaces).filter(id => id !== undefined))
  return rows
    .filter(row => !replaced.has(row.event_id))
    .map(row => ({
      eventId: row.event_id,
      kind: row.kind,
      partyId: row.party_id,
      occurredAt: row.occurred_at,
      receivedAt: row.received_at,
      sourceId: row.source_id,
      payload: row.payload,
    }))
}

interface KeyRow {
  readonly key: string
  readonly event_id: string
  readonly party_id: string
  readonly occurred_at: Date
}

/** The order that a number stands for: with a merchant its own or one that names none, without one the only one. */
async function findOrder(
  queryable: Queryable,
  { orderRef, merchant }: { readonly orderRef: string; readonly merchant?: string | undefined },
): Promise<FoundOrder | 'unseen' | 'several'> {
  const parts = ['order', '', orderRef]
  const number = keyOf(parts)
  const [first] = await lookup(queryable, [parts])
  const holder = first && (await merchantsOf(queryable, [number])).get(number)
  if (merchant !== undefined) {
    if (first && (holder === undefined || holder === merchant)) return { ...first, merchant: holder ?? null }
    const [own] = await lookup(queryable, [[...parts, merchant]])
    return own ? { ...own, merchant } : 'unseen'
  }
  const [several] = await lookup(queryable, [['several', number]])
  if (several) return 'several'
  return first ? { ...first, merchant: holder ?? null } : 'unseen'
}

async function lookup(queryable: Queryable, keys: readonly (readonly string[])[]) {
  const folded = keys.map(keyOf)
  const rows = await queryable.query<KeyRow>(
    'select key, event_id, party_id, occurred_at from events.key where key = any($1)',
    [folded],
  )
  const byKey = new Map(rows.map(row => [row.key, row]))
  const holders = await holdersOf(queryable, [...new Set(rows.map(row => row.party_id))])
  return folded.map(key => {
    const row = byKey.get(key)
    const partyId = row && (holders.get(row.party_id) ?? row.party_id)
    return row && { eventId: row.event_id, partyId: partyId!, occurredAt: row.occurred_at }
  })
}
