import { z } from 'zod'
import { readSituation } from '#insight/rhythm/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { valueParties } from './apply.ts'
import { currentModel, currentSnapshot, forgetValued, isValuedElsewhere, valueAlone } from './store.ts'

const atOnce = 2000

/**
 * After a withdrawal or a merge: values these parties by what the log says now. While everybody is being valued, which takes
 * minutes for a large base, nobody waits for that with a merge in their hands: a job values them as soon as it is done.
 */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  if (!(await isValuedElsewhere(transaction))) return await valueAnew(house, transaction, partyIds)
  for (let start = 0; start < partyIds.length; start += atOnce) {
    await house.jobs.enqueue(transaction, 'value.those', { partyIds: partyIds.slice(start, start + atOnce) })
  }
}

export const thoseJob = job({
  name: 'value.those',
  input: z.object({ partyIds: z.array(z.uuid()) }),
  visible: false,
  async run(house, { partyIds }) {
    await refresh(house, partyIds)
    return { customers: partyIds.length }
  },
})

/** Values these parties in a transaction of its own, which waits for whoever values somebody. */
export async function refresh(house: House, partyIds: readonly string[]): Promise<void> {
  for (let start = 0; start < partyIds.length; start += atOnce) {
    await house.database.transaction(async transaction => {
      await valueAlone(transaction)
      await valueAnew(house, transaction, partyIds.slice(start, start + atOnce))
    })
  }
}

/** Values these parties by what the log says, and forgets those about whom it says nothing. */
async function valueAnew(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const model = await currentModel(house, transaction)
  const snapshot = await currentSnapshot(transaction)
  if (!model || !snapshot) return
  const valued = await valueParties(transaction, model, {
    partyIds,
    situation: await readSituation(house, transaction),
    settings: snapshot.settings,
    snapshotNo: snapshot.snapshotNo,
  })
  await forgetValued(
    transaction,
    partyIds.filter(partyId => !valued.has(partyId)),
  )
}
