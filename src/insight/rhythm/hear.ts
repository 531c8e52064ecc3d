import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { foldCycles, refoldCycles } from './cycles.ts'
import { fold, foldHistory, mustRefold, type Place } from './fold.ts'
import { moneyEventsOf } from './money-events.ts'
import { forgetStates, loadStates, type StateRow, saveStates } from './store.ts'

/**
 * Takes a batch of purchases and refunds in: one statement to load, one to write, whatever the size. Parties whose
 * events came late or were corrected are folded again from the log, in the same transaction.
 */
export async function hear(house: House, transaction: Transaction, events: readonly RecordedEvent[]): Promise<[]> {
  const place: Place = await house.settings.business(transaction)
  const byParty = Map.groupBy(events, event => event.partyId)
  const { states, model } = await loadStates(house, transaction, [...byParty.keys()])
  const folded: StateRow[] = []
  const again: string[] = []
  for (const [partyId, theirs] of byParty) {
    const before = states.get(partyId)!
    let state = before.state
    const inOrder = theirs.every(event => {
      if (mustRefold(state, event, place)) return false
      state = fold(state, event, place)
      return true
    })
    if (inOrder) folded.push({ ...before, state })
    else again.push(partyId)
  }
  if (again.length > 0) {
    for (const [partyId, state] of await historiesOf(transaction, again, place)) {
      folded.push({ partyId, version: states.get(partyId)!.version, state })
    }
  }
  await saveStates(transaction, folded, model)
  await foldCycles(transaction, events, place)
  if (again.length > 0) await refoldCycles(house, transaction, again, place)
  return []
}

/** Derives these parties anew from the log, and forgets those about whom it says nothing any more. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const place: Place = await house.settings.business(transaction)
  const { states, model } = await loadStates(house, transaction, partyIds)
  const histories = await historiesOf(transaction, partyIds, place)
  await saveStates(
    transaction,
    [...histories].map(([partyId, state]) => ({ partyId, version: states.get(partyId)!.version, state })),
    model,
  )
  await forgetStates(
    transaction,
    partyIds.filter(partyId => !histories.has(partyId)),
  )
  await refoldCycles(house, transaction, partyIds, place)
  await house.live.announce(transaction, ['customers', 'rhythm'])
}

async function historiesOf(transaction: Transaction, partyIds: readonly string[], place: Place) {
  const events = await moneyEventsOf(transaction, partyIds)
  return new Map([...events].map(([partyId, theirs]) => [partyId, foldHistory(theirs, place)]))
}
