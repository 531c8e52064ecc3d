import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** Stands where somebody had written a sentence about a person who is forgotten; the posting itself is never touched. */
export const erasedReason = '–'

/** Reasons are free text of staff; of what was posted only they are personal, and every sum stays what it is. */
export async function forgetReasons(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  for (const table of ['ledger.adjustment', 'ledger.transaction']) {
    await transaction.query(
      `update ${table} set reason = $2 where party_id = $1 and reason is not null and reason <> $2`,
      [partyId, erasedReason],
    )
  }
  const { identifiers } = await tracesOf(transaction, partyId)
  await emptyWhere(transaction, 'ledger.adjustment', { reason: `'${erasedReason}'` }, identifiers)
}
