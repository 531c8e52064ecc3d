import type { Transaction } from '#kernel/database/index.ts'
import { joinedProfiles, ofPerson } from '#kernel/ledger/index.ts'
import type { Reason } from './earn.ts'
import { pointsAsset } from './reconcile.ts'
import { lockMembers, readEditions } from './store.ts'

export interface EarnedNow {
  readonly points: number
  readonly takenBack: number
  readonly lines: readonly { readonly points: number; readonly reason: Reason }[]
}

/**
 * What this very transaction has given a customer by the rules, or taken back: for a receipt, which must say what was posted and
 * not what somebody worked out beside it.
 */
export async function earnedInTransaction(transaction: Transaction, partyId: string): Promise<EarnedNow> {
  const rows = await transaction.query<{ code: 'issue' | 'revoke'; points: number; reason: Reason | null }>(
    `select p.code, p.amount as points, n.reason
     from ledger.posting p
     join ledger.transaction t on t.party_id = p.party_id and t.transaction_id = p.transaction_id
     left join points.line n on n.party_id = p.party_id and p.code = 'issue'
       and n.line_key = split_part(substr(t.key, 45), '#', 1)
       and n.generation::text = split_part(substr(t.key, 45), '#', 2)
     where p.xid = pg_current_xact_id() and p.party_id = ${ofPerson('$1')} and p.asset = $2 and t.actor = 'financial/points'
       and p.code in ('issue', 'revoke') order by p.transaction_id, p.position`,
    [partyId, pointsAsset],
  )
  const sum = (code: string) => rows.reduce((total, row) => (row.code === code ? total + row.points : total), 0)
  const lines = rows.flatMap(({ reason, points }) => (reason ? [{ points, reason }] : []))
  return { points: sum('issue'), takenBack: sum('revoke'), lines }
}

/**
 * Keeps others from working out what a customer earns until the transaction ends. Who uses points and tells of a purchase in one
 * transaction asks for this first: it is what a purchase told by itself locks first too, so that the two wait for each
 * other; all profiles of somebody, in the order of their ids.
 */
export async function lockEarnings(transaction: Transaction, partyId: string, at: Date): Promise<void> {
  if ((await readEditions(transaction)).length === 0) return
  await lockMembers(transaction, await joinedProfiles(transaction, partyId), at)
}
