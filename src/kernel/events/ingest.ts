import { batcher } from '#kernel/batcher.ts'
import type { House } from '#kernel/house.ts'
import type { EventSource } from './event.ts'
import { type KeptProblem, waitingProblems } from './problem.ts'
import { messageOf } from './repair.ts'
import { type Reading, translate } from './segment.ts'
import { type Item, type Outcome, takeIn } from './take-in.ts'

export interface Ingested {
  readonly accepted: number
  readonly duplicates: number
  readonly problems: number
}

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
  context: IngestContext = {},
): Promise<Ingested> {
  const outcomes = await ingestEach(house, source, messages, context)
  const count = (what: Outcome['what']) => outcomes.filter(each => each.what === what).length
  return { accepted: count('accepted'), duplicates: count('duplicate'), problems: count('problem') }
}

export interface IngestContext {
  readonly sentAt?: unknown
  readonly merchant?: string | null
}

/** As `ingest`, with what became of each message. */
export async function ingestEach(
  house: House,
  source: EventSource,
  messages: readonly unknown[],
  context: IngestContext = {},
): Promise<readonly Outcome[]> {
  const receivedAt = house.clock.now()
  const sentAt = typeof context.sentAt === 'string' ? new Date(context.sentAt) : undefined
  const { currency } = await businessOf(house)
  const reading = {
    receivedAt,
    sentAt: sentAt && !Number.isNaN(sentAt.getTime()) ? sentAt : undefined,
    currency,
    merchant: context.merchant ?? undefined,
  }
  const items = messages.map(message => itemOf(source, message, reading))
  return submitTo(house)(items)
}

const itemOf = (source: EventSource, message: unknown, reading: Reading): Item => ({
  source,
  message,
  reading,
  translation: translate(message, { ...reading, isBrowser: source.kind === 'browser' }),
})

function submitTo(house: House) {
  let submit = batchers.get(house)
  if (!submit) {
    submit = batcher<Item, Outcome>({ largest: 2000, lanes: 2, laneOf, commit: batch => commit(house, batch) })
    batchers.set(house, submit)
  }
  return submit
}

/** By whoever the message names first, so that one customer's events meet in one transaction. */
function laneOf({ translation }: Item): number {
  const name = translation.ok ? (translation.sighting?.identifiers[0]?.value ?? translation.about?.orderRef ?? '') : ''
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

/**
 * After the commit, whatever waited for one of these orders is looked at again; and what waits since just now is looked at too,
 * because its order may have come at the same time by another way. Whoever commits last sees the other.
 */
async function commit(house: House, items: readonly Item[]): Promise<readonly Outcome[]> {
  const outcomes = await takeIn(house, items)
  const orderRefs = items.flatMap(({ translation, problemId }, index) => {
    const { what, refusal } = outcomes[index]!
    if (refusal) return refusal.waitsFor && !problemId ? [refusal.waitsFor] : []
    const payload = translation.ok && translation.event?.kind === 'purchase.recorded' ? translation.event.payload : {}
    const { orderRef } = payload as { orderRef?: string }
    return orderRef && what === 'accepted' ? [orderRef] : []
  })
  if (orderRefs.length > 0) {
    const waiting = await waitingProblems(house.database, { orderRefs }, 500)
    if (waiting.length > 0) await replay(house, waiting)
  }
  return outcomes
}

/**
 * Sends problems through the door again, read as they were read when they came; `messages` are what to send instead of them, on
 * whose `authority` where it is no longer their sender's.
 */
export async function replay(
  house: House,
  problems: readonly KeptProblem[],
  messages: readonly unknown[] = problems.map(messageOf),
  authority?: EventSource,
): Promise<readonly Outcome[]> {
  const { currency } = await businessOf(house)
  return commit(
    house,
    problems.map(({ problemId, source, receivedAt, sentAt, merchant }, index) => {
      const reading = { receivedAt, sentAt: sentAt ?? undefined, merchant: merchant ?? undefined, currency }
      return { ...itemOf(authority ?? source, messages[index], reading), problemId }
    }),
  )
}
