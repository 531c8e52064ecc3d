import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** Merchants argue about lines, not about people; where a sentence names somebody who is forgotten, it is emptied. */
export async function forgetDisputes(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  const { identifiers, names } = await tracesOf(transaction, partyId)
  const texts = [...identifiers, ...names]
  await emptyWhere(transaction, 'coalition.dispute', { reason: `'–'` }, texts)
  await emptyWhere(transaction, 'coalition.dispute', { answer: `'–'` }, texts)
}
