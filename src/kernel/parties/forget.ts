import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/**
 * By what a profile can be recognised in a text that somebody else wrote: names and identifiers, as they were given and as
 * we compare them. For rooms that keep such texts, to find those that speak of somebody who is being forgotten. Short
 * fragments are left out, since a name of one character stands in half of all texts.
 */
export async function tracesOf(queryable: Queryable, partyId: string): Promise<string[]> {
  const rows = await queryable.query<{ text: string | null }>(
    `select unnest(array[name, preferred_name]) as text from parties.party where party_id = $1
     union select unnest(array[value, value_key]) from parties.identifier where party_id = $1`,
    [partyId],
  )
  const traces = new Set(rows.flatMap(({ text }) => (text && [...text].length >= 2 ? [text] : [])))
  // A number may have been written down with or without its country.
  for (const text of [...traces]) if (/^\+\d{9,}$/.test(text)) traces.add(text.slice(-8))
  return [...traces]
}

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
