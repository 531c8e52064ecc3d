import { z } from 'zod'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, type RecordedEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { grantUnanswered } from './claims.ts'
import { compensated } from './compensate.ts'
import { soughtBy } from './facts.ts'
import { reconcile } from './reconcile.ts'
import * as store from './store.ts'
import { evidenceKinds, settingsName } from './terms.ts'

export const heardKinds: readonly string[] = [...evidenceKinds, 'task.closed', 'task.reopened']

/** Takes in facts: a promise begins, is kept, or turns out broken, in the transaction that records them. */
export async function hear(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<NewEvent[]> {
  const tasks = events.filter(event => event.kind === 'task.closed' || event.kind === 'task.reopened')
  const told = tasks.length > 0 ? await noteCalls(house, transaction, tasks) : []
  const editions = await store.readEditions(transaction)
  const [first] = editions
  if (!first) return told
  const { kinds, names } = soughtBy(editions)
  const isSought = ({ kind, payload }: RecordedEvent) =>
    kind === 'client.tracked' ? names.includes((payload as { name: string }).name) : kinds.includes(kind)
  const facts = events.filter(event => isSought(event) && !tasks.includes(event))
  // What is older than the first promise matters only to those who were promised something already.
  const touched = new Set(
    facts.filter(event => event.occurredAt.getTime() >= first.startsAt).map(event => event.partyId),
  )
  const older = facts.filter(event => !touched.has(event.partyId)).map(event => event.partyId)
  for (const partyId of await store.knownCustomers(transaction, older)) touched.add(partyId)
  return [...told, ...(await reconcile(house, transaction, [...touched].sort()))]
}

/** After facts were withdrawn. What follows is recorded here, since nobody waits for it. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const events = await reconcile(house, transaction, await store.knownCustomers(transaction, partyIds))
  await house.events.record(transaction, systemSource, events)
}

/** An apology is made by the call: when somebody says that it was made, it is paid. */
async function noteCalls(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<NewEvent[]> {
  const followed: NewEvent[] = []
  for (const event of events) {
    const { taskId, programme } = event.payload as { taskId: string; programme: string }
    if (programme !== settingsName) continue
    const isMade = event.kind === 'task.closed'
    const calls = [{ partyId: event.partyId, taskId }]
    const settled = await store.settleCalls(transaction, calls, isMade ? event.occurredAt : null)
    if (settled.length === 0) continue
    await house.live.announce(transaction, ['promises'])
    if (!isMade) continue
    const cases = await store.readCases(transaction, [event.partyId])
    for (const { caseId } of settled) {
      const theirs = cases.find(each => each.caseId === caseId)!
      const apology = { kind: 'apology', asset: null, amount: 0, by: 'call' } as const
      followed.push(compensated(theirs, apology, event.occurredAt))
    }
  }
  return followed
}

const atOnce = 200

/**
 * What time alone does: promises whose deadline and grace are over are judged, and claims that nobody answered are granted. Reads
 * only who is due.
 */
export const dueJob = job({
  name: 'guarantee.due',
  input: z.object({}),
  visible: false,
  async run(house, _input, progress) {
    let customers = 0
    while (!progress.signal.aborted) {
      const now = house.clock.now()
      const due = await store.dueCustomers(house.database, now, atOnce)
      if (due.length === 0) break
      const partyIds = due.map(each => each.partyId).sort()
      await house.database.transaction(async transaction => {
        const events = await reconcile(house, transaction, partyIds)
        const granted = await grantUnanswered(house, transaction, partyIds)
        await house.events.record(transaction, systemSource, [...events, ...granted])
      })
      customers += due.length
      if (due.length < atOnce) break
    }
    return { customers }
  },
})
