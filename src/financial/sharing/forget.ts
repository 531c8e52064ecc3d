import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** Gifts and shares stay as sums; codes that open them, and the name of a household that was theirs, do not. */
export async function forgetSharing(house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('delete from sharing.code where party_id = $1', [partyId])
  await transaction.query('delete from sharing.miss where party_id = $1', [partyId])
  await transaction.query('update sharing.household_member set left_at = $2 where party_id = $1 and left_at is null', [
    partyId,
    house.clock.now(),
  ])
  await transaction.query(`update sharing.household set name = '–' where founder_id = $1`, [partyId])
  const { identifiers, names } = await tracesOf(transaction, partyId)
  await emptyWhere(transaction, 'sharing.household', { name: `'–'` }, [...identifiers, ...names])
}
