import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { tracesOf } from '#kernel/parties/index.ts'

/**
 * Free properties are deleted; events themselves hold nothing personal and are counted for ever. A rejected event that bears an
 * identifier of theirs keeps its reason and its place in the count, and loses what it said: it can no longer be repaired.
 */
export async function forgetEvents(house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('delete from events.property where party_id = $1', [partyId])
  const { identifiers, names } = await tracesOf(transaction, partyId)
  // A short name stands in the events of namesakes too; a rejected event is a fact that must not be lost for that.
  const telling = names.filter(name => [...name].length >= 4 || /^\p{Script=Han}{3,}$/u.test(name))
  await transaction.query(
    `update events.problem p set event = '{}', details = '{}', waits_for = null, state = 'dismissed', settled_at = $2
     where exists (select from unnest($1::text[]) as t (text)
       where strpos(lower(p.event || ' ' || p.details::text || ' ' || coalesce(p.waits_for, '')), lower(t.text)) > 0)`,
    [[...identifiers, ...telling], house.clock.now()],
  )
}
