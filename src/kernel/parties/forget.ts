import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/**
 * Leaves of a profile what is no longer anybody: its id, whether it was a person, and when it came. The log of consents keeps
 * what was said and when, which must be shown to an authority, without who heard it where.
 */
export async function forgetParty(_house: House, transaction: Transaction, partyId: string): Promise<void> {
  await transaction.query('delete from parties.identifier where party_id = $1', [partyId])
  await transaction.query('delete from parties.identifier_change where party_id = $1', [partyId])
  await transaction.query('delete from parties.search_key where party_id = $1', [partyId])
  await transaction.query(`update parties.consent set evidence = '{}', language = null where party_id = $1`, [partyId])
  await transaction.query(
    `update parties.party set name = '', family_name = null, given_name = null, say = null, title = null,
       preferred_name = null, birthday = null, details = '{}', grams = '{}' where party_id = $1`,
    [partyId],
  )
}
