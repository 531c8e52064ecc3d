import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/** Who stands at the machine has no account with us, hence no id. */
const nobodySignedIn = '00000000-0000-0000-0000-000000000000'

/**
 * Keeps an act that nobody signed in did, because it cannot be done otherwise: a restore, with the server stopped.
 *
 * Example: `{ operation: 'restore', room: 'backups', named: 'guanxi-2026-03-01.backup' }`.
 */
export async function keepAtMachine(
  house: House,
  transaction: Transaction,
  act: {
    readonly operation: string
    readonly room: string
    readonly named: string
    readonly asked?: object
    readonly at: Date
  },
): Promise<void> {
  const actId = house.newId()
  await transaction.query(
    `insert into audit_log.act (act_id, acted_at, actor_kind, actor_id, actor_name, operation, room, subject, outcome)
     values ($1, $2, 'machine', $3, '', $4, $5, '{}', 'done')`,
    [actId, act.at, nobodySignedIn, act.operation, act.room],
  )
  await transaction.query(
    `insert into audit_log.content (act_id, party_ids, asked, changes) values ($1, '{}', $2, '[]')`,
    [actId, JSON.stringify({ named: act.named, ...act.asked })],
  )
}
