import { readPurchaseDays, readSituation } from '#insight/rhythm/index.ts'
import { type Day, localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { advance, mustTellAnew, tell } from './history.ts'
import {
  forgetChanges,
  forgetStandings,
  readStandings,
  type Stored,
  saveTellings,
  type Telling,
  type Timeline,
  timelineOf,
} from './store.ts'

export const heardKinds = ['purchase.recorded'] as const

/**
 * A purchase moves its customer at once, in the transaction that records it. Whoever bought on a day that was told
 * already, or whose purchase was put right, is told anew from the log.
 */
export async function hear(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<[]> {
  const { zone } = await house.settings.business(transaction)
  const timeline = await timelineOf(house, transaction)
  const known = await readStandings(transaction, [...new Set(events.map(event => event.partyId))])
  const tellings: Telling[] = []
  const again: string[] = []
  for (const [partyId, theirs] of Map.groupBy(events, event => event.partyId)) {
    const stored = known.get(partyId)
    const days = theirs.map(event => localDay(event.occurredAt, zone))
    const isCorrected = theirs.some(event => (event.payload as { replaces?: string }).replaces !== undefined)
    if (isCorrected || (stored && mustTellAnew(stored.standing, days))) again.push(partyId)
    else if (!stored || days.some(day => day > stored.standing.facts.lastOn)) {
      tellings.push({ partyId, version: stored?.version ?? 0, ...advance(stored?.standing, days, timeline.segments) })
    }
  }
  await saveTellings(transaction, tellings, timeline.epochNo)
  if (again.length > 0) await tellAnew(house, transaction, again, { known, timeline })
  return []
}

/** Tells these parties anew from the log, and forgets those who bought nothing any more. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const known = await readStandings(transaction, partyIds)
  const timeline = await timelineOf(house, transaction)
  await tellAnew(house, transaction, partyIds, { known, timeline })
  await house.live.announce(transaction, ['rhythm'])
}

export async function tellAnew(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
  { known, timeline }: { readonly known: ReadonlyMap<string, Stored>; readonly timeline: Timeline },
): Promise<void> {
  const { asOfOn, zone } = await readSituation(house, transaction)
  const bought = await readPurchaseDays(transaction, partyIds, zone)
  await forgetChanges(transaction, partyIds)
  await saveTellings(
    transaction,
    [...bought].map(([partyId, days]: [string, readonly Day[]]) => ({
      partyId,
      version: known.get(partyId)?.version ?? 0,
      ...tell(days, timeline.segments, asOfOn),
    })),
    timeline.epochNo,
  )
  await forgetStandings(
    transaction,
    partyIds.filter(partyId => known.has(partyId) && !bought.has(partyId)),
  )
}
