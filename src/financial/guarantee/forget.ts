import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/** By what a compensation was paid may name an account of theirs; that it was paid, and how much, stays. */
export async function forgetPayments(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query(
    'update guarantee.compensation set payment_reference = null where party_id = $1 and payment_reference is not null',
    [partyId],
  )
}
