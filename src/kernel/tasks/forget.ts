import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** Notes are deleted, and nobody is asked any more to call; what was done stays counted. */
export async function forgetTasks(house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('delete from tasks.note where party_id = $1', [partyId])
  const { identifiers, names } = await tracesOf(transaction, partyId)
  // A colleague may have written about somebody on the page of another.
  await emptyWhere(transaction, 'tasks.note', { note: `'–'` }, identifiers)
  await emptyWhere(transaction, 'tasks.task', { words: `'{}'` }, [...identifiers, ...names])
  await transaction.query(
    `update tasks.task set state = 'withdrawn', closed_at = $2 where party_id = $1 and state in ('open', 'postponed')`,
    [partyId, house.clock.now()],
  )
}
