import { z } from 'zod'
import { moneyKinds } from '#financial/points/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, type RecordedEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { editionOn, readRules } from './editions.ts'
import { recompute } from './recompute.ts'
import * as store from './store.ts'

export const heardKinds = moneyKinds

/** A purchase lifts, a refund may take back: told in the transaction that records it. */
export async function hear(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<NewEvent[]> {
  const rules = await readRules(house, transaction)
  if (!rules) return []
  return recompute(
    house,
    transaction,
    events.map(event => event.partyId),
    { rules },
  )
}

export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const rules = await readRules(house, transaction)
  if (rules) await recompute(house, transaction, partyIds, { rules, isQuiet: true })
}

const atOnce = 500

/** What time alone does: drops, and the notice before them. Reads only who is due. */
export const dueJob = job({
  name: 'tiers.due',
  input: z.object({}),
  visible: false,
  async run(house, _input, progress) {
    let told = 0
    await placeByNewLadder(house)
    while (!progress.signal.aborted) {
      const rules = await readRules(house)
      if (!rules) break
      const { zone } = await house.settings.business()
      const now = house.clock.now()
      const partyIds = await store.dueParties(house.database, localDay(now, zone), atOnce)
      if (partyIds.length === 0) break
      told += await house.database.transaction(async transaction => {
        const events = await recompute(house, transaction, partyIds, { rules })
        await house.events.record(transaction, systemSource, events)
        return events.length
      })
      if (partyIds.length < atOnce) break
    }
    return { told }
  },
})

const placedSettings = z.object({ placedBy: z.string().nullable().catch(null).default(null) })
const settingsName = 'tiers'

/** A ladder that was published for a later day has begun. */
async function placeByNewLadder(house: House): Promise<void> {
  const { zone } = await house.settings.business()
  const edition = await editionOn(house.database, localDay(house.clock.now(), zone))
  const { placedBy } = await house.settings.read(settingsName, placedSettings)
  if (!edition || edition.editionId === placedBy) return
  await house.database.transaction(transaction =>
    house.jobs.enqueue(transaction, 'tiers.rebuild', {}, { key: 'tiers.rebuild' }),
  )
}

/** After the rules changed: everybody anew. Nobody is told; it was not their doing. */
export const rebuildJob = job({
  name: 'tiers.rebuild',
  input: z.object({}),
  visible: true,
  async run(house, _input, progress) {
    const { zone } = await house.settings.business()
    const edition = await editionOn(house.database, localDay(house.clock.now(), zone))
    const customers = edition?.rules ? await everybody(house, progress) : 0
    if (!edition?.rules) await house.database.query('delete from tiers.standing')
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, settingsName, { placedBy: edition?.editionId ?? null })
      await house.live.announce(transaction, ['points'])
    })
    return { customers }
  },
})

async function everybody(house: House, progress: Progress): Promise<number> {
  const rows = await house.database.query<{ partyId: string }>(
    `select distinct party_id as "partyId" from events.event where kind = 'purchase.recorded' order by 1`,
  )
  for (let done = 0; done < rows.length; done += atOnce) {
    const partyIds = rows.slice(done, done + atOnce).map(row => row.partyId)
    await house.database.transaction(async transaction => {
      const rules = await readRules(house, transaction)
      if (rules) await recompute(house, transaction, partyIds, { rules, isQuiet: true })
    })
    await progress.report({ done: Math.min(rows.length, done + atOnce), total: rows.length, unit: 'customers' })
    if (progress.signal.aborted) throw new Error('stopped before everybody had their tier; the job runs again')
  }
  return rows.length
}
