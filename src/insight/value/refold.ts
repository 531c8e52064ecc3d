import { readSituation } from '#insight/rhythm/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { valueParties } from './apply.ts'
import { currentModel, currentSnapshot, forgetValued, valueAlone } from './store.ts'

/** After a withdrawal: values these parties by what the log still says, and forgets those about whom it says nothing. */
export async function forgetWhoIsGone(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
): Promise<void> {
  await valueAlone(transaction)
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
