import { batcher } from '#kernel/batcher.ts'
import { upsertProducts } from '#kernel/catalogue/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { enrichParties, resolveParties } from '#kernel/parties/index.ts'
import type { EventSource, NewEvent } from './event.ts'
import { type Translation, translate } from './segment.ts'

export interface Ingested {
  readonly accepted: number
  readonly duplicates: number
  readonly problems: number
}

interface Item {
  readonly source: EventSource
  readonly message: unknown
  readonly translation: Translation
}

type Outcome = 'accepted' | 'duplicate' | 'problem'

/** One batcher for each house; held weakly, so that a closed house takes its batcher along. */
const batchers = new WeakMap<House, (items: readonly Item[]) => Promise<readonly Outcome[]>>()

/**
 * Takes in messages of the Segment interface: durable when the promise resolves. What cannot be understood is kept with
 * its reason (`events.problem`), never dropped; what was seen before changes nothing.
 */
export async function ingest(
  house: House,
  source: EventSource,
  messages: readonly unknown[],
  context: { readonly sentAt?: unknown; readonly merchant?: string | null } = {},
): Promise<Ingested> {
  const receivedAt = house.clock.now()
  const sentAt = typeof context.sentAt === 'string' ? new Date(context.sentAt) : undefined
  const { currency } = await businessOf(house)
  const reading = {
    receivedAt,
    sentAt: sentAt && !Number.isNaN(sentAt.getTime()) ? sentAt : undefined,
    currency,
    merchant: context.merchant ?? undefined,
  }
  const items = messages.map(message => ({ source, message, translation: translate(message, reading) }))
  let submit = batchers.get(house)
  if (!submit) {
    submit = batcher<Item, Outcome>({ largest: 2000, lanes: 2, laneOf, commit: batch => commit(house, batch) })
    batchers.set(house, submit)
  }
  const outcomes = await submit(items)
  const count = (outcome: Outcome) => outcomes.filter(each => each === outcome).length
  return { accepted: count('accepted'), duplicates: count('duplicate'), problems: count('problem') }
}

/** By whoever the message names first, so that one customer's events meet in one transaction. */
function laneOf({ translation }: Item): number {
  const name = translation.ok ? (translation.sighting.identifiers[0]?.value ?? '') : ''
  let hash = 0
  for (let index = 0; index < name.length; index++) hash = (hash * 31 + name.charCodeAt(index)) >>> 0
  return hash
}

/** The currency is asked of the database at most once a second: the hot path must not wait for settings. */
const remembered = new WeakMap<House, { until: number; currency: string }>()

async function businessOf(house: House): Promise<{ currency: string }> {
  const now = house.clock.elapsed()
  const known = remembered.get(house)
  if (known && known.until > now) return known
  const { currency } = await house.settings.business()
  const fresh = { until: now + 1000, currency }
  remembered.set(house, fresh)
  return fresh
}

async function commit(house: House, items: readonly Item[]): Promise<readonly Outcome[]> {
  const good = items.flatMap((item, index) => (item.translation.ok ? [{ index, item, read: item.translation }] : []))
  await house.events.ensureMonths(good.flatMap(({ read }) => (read.event ? [read.event.occurredAt] : [])))
  return house.database.transaction(async transaction => {
    const outcomes: Outcome[] = items.map(item => (item.translation.ok ? 'accepted' : 'problem'))
    await keepProblems(transaction, house, items)
    for (const [source, group] of bySource(good)) {
      const sightings = group.map(({ read }) => read.sighting)
      // What arrives belongs to the profile by whose identifiers it came; the log says for whom that profile stands.
      const { origins } = await resolveParties(transaction, house, source.sourceId, sightings)
      await enrichParties(transaction, house, origins, sightings)
      await upsertProducts(
        transaction,
        group.flatMap(({ read }) => read.products),
      )
      const events: NewEvent[] = []
      const positions: number[] = []
      for (const [order, { index, read }] of group.entries()) {
        if (!read.event) continue
        const { properties, ...event } = read.event
        events.push({ ...event, partyId: origins[order]!, ...(properties && { properties }) })
        positions.push(index)
      }
      const { duplicates } = await house.events.record(transaction, source, events)
      for (const duplicate of duplicates) outcomes[positions[duplicate]!] = 'duplicate'
    }
    await house.live.announce(transaction, ['events', 'customers'])
    return outcomes
  })
}

function bySource<Each extends { item: Item }>(entries: readonly Each[]): Map<EventSource, Each[]> {
  const groups = new Map<string, [EventSource, Each[]]>()
  for (const entry of entries) {
    const { source } = entry.item
    const group = groups.get(source.sourceId)
    if (group) group[1].push(entry)
    else groups.set(source.sourceId, [source, [entry]])
  }
  return new Map(groups.values())
}

async function keepProblems(transaction: Transaction, house: House, items: readonly Item[]): Promise<void> {
  const problems = items.flatMap(({ source, message, translation }) =>
    translation.ok ? [] : [{ source, message, code: translation.code, details: translation.details }],
  )
  if (problems.length === 0) return
  await transaction.query(
    `insert into events.problem (problem_id, source_id, received_at, code, details, event)
     select i, s, $6, c, d::jsonb, e::jsonb from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as t (i, s, c, d, e)`,
    [
      problems.map(() => house.newId()),
      problems.map(problem => problem.source.sourceId),
      problems.map(problem => problem.code),
      problems.map(problem => JSON.stringify(problem.details)),
      // PostgreSQL cannot hold a NUL in JSON, so it is shown as the replacement character.
      problems.map(problem =>
        JSON.stringify(problem.message ?? null)
          .replaceAll('\\u0000', '\\ufffd')
          .slice(0, 32_768),
      ),
      house.clock.now(),
    ],
  )
}
