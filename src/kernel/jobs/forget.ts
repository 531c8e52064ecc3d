import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** What a run said of itself loses the sentences in which somebody is named; that it ran, and how it ended, stays. */
export async function forgetRuns(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  const { identifiers, names } = await tracesOf(transaction, partyId)
  const texts = [...identifiers, ...names]
  await emptyWhere(transaction, 'jobs.run', { words: 'null', words_key: 'null' }, texts)
  await emptyWhere(transaction, 'jobs.run', { failure: 'null', result: 'null' }, texts)
}
