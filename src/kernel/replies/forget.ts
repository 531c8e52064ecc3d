import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { emptyWhere, tracesOf } from '#kernel/parties/index.ts'

/** An answer that names somebody is emptied; its name stays, so that the request is still done once. */
export async function forgetReplies(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  const { identifiers, names } = await tracesOf(transaction, partyId)
  await emptyWhere(transaction, 'replies.reply', { body: `'{}'` }, [...identifiers, ...names])
  // What a member was answered about themselves, by whatever words.
  await transaction.query(
    `update replies.reply set body = '{}' where body is not null and (caller = $1 or strpos(body, $2) > 0)`,
    [`member:${partyId}`, partyId],
  )
}
