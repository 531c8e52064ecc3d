import type { Queryable, Transaction } from '#kernel/database/index.ts'

/** By what somebody can be recognised in a text that another wrote. */
export interface Traces {
  /** Numbers and addresses: they are nobody else's. */
  readonly identifiers: readonly string[]
  /** Names: others may bear them too, so a text is only emptied by them where it is no fact, such as a sample of a file. */
  readonly names: readonly string[]
}

/**
 * By what a profile can be recognised, as it was given and as we compare it. For rooms that keep texts of others, to find those
 * that speak of somebody who is being forgotten. What is very short is left out: it stands in half of all texts.
 */
export async function tracesOf(queryable: Queryable, partyId: string): Promise<Traces> {
  const given = await queryable.query<{ text: string; kind: string }>(
    `select unnest(array[value, value_key]) as text, kind from parties.identifier where party_id = $1`,
    [partyId],
  )
  const identifiers = new Set(given.flatMap(({ text }) => (text.length >= 3 ? [text] : [])))
  // A number may have been written down without its country.
  for (const { text, kind } of given) if (kind === 'phone' && /^\+\d{9,}$/.test(text)) identifiers.add(text.slice(-8))
  const [party] = await queryable.query<{ name: string; preferred: string | null }>(
    'select name, preferred_name as preferred from parties.party where party_id = $1',
    [partyId],
  )
  const names = [party?.name, party?.preferred].filter(text => text && [...text].length >= 2 && !identifiers.has(text))
  return { identifiers: [...identifiers], names: names as string[] }
}

/**
 * Empties the columns of those rows of a table in which one of the texts stands. `columns` says what is put in place of each.
 *
 * Example: `emptyWhere(transaction, 'jobs.run', { words: 'null', failure: 'null' }, ['wang@example.org'])`.
 */
export async function emptyWhere(
  transaction: Transaction,
  table: string,
  columns: Readonly<Record<string, string>>,
  texts: readonly string[],
): Promise<void> {
  if (texts.length === 0) return
  const names = Object.keys(columns)
  const stands = (column: string) =>
    `exists (select from unnest($1::text[]) as t (text) where strpos(lower(${column}::text), lower(t.text)) > 0)`
  await transaction.query(
    `update ${table} set ${names.map(name => `${name} = ${columns[name]}`).join(', ')} where ${names.map(stands).join(' or ')}`,
    [texts],
  )
}
