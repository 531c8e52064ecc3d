import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/** What was taken and not used lapses with whoever took it; the right itself was let go when the request was settled. */
export async function endTaken(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query(`update rewards.taken set state = 'expired' where party_id = $1 and state = 'taken'`, [
    partyId,
  ])
}
