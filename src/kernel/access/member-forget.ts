import type { Transaction } from '../database/index.ts'
import type { House } from '../house.ts'

/** Every way onto the card of somebody who is forgotten is closed. */
export async function forgetMember(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  for (const table of ['code_to_deliver', 'member_code', 'member_link', 'member_session']) {
    await transaction.query(`delete from access.${table} where party_id = $1`, [partyId])
  }
}
