import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { moneyKinds } from './facts.ts'
import { reconcile } from './reconcile.ts'
import * as store from './store.ts'

export const heardKinds = moneyKinds

/** Takes in purchases and refunds: what they earn is posted in the transaction that records them. */
export async function hear(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<[]> {
  const [first] = await store.readEditions(transaction)
  if (!first) return []
  const isCounted = (event: RecordedEvent) => event.occurredAt >= first.startsAt
  const told = [...new Set(events.map(event => event.partyId))]
  const touched = new Set(events.filter(isCounted).map(event => event.partyId))
  // What is older than the programme matters only to those who have earned already: their first purchase was earlier.
  const others = told.filter(partyId => !touched.has(partyId))
  if (others.length > 0) for (const partyId of await store.knownMembers(transaction, others)) touched.add(partyId)
  await reconcile(house, transaction, [...touched], events)
  return []
}

/** After purchases or refunds were withdrawn. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  await reconcile(house, transaction, await store.knownMembers(transaction, partyIds))
}
