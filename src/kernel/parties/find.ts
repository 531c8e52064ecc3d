import type { Queryable, Transaction } from '#kernel/database/index.ts'
import { searchesOf, searchKeys } from './search.ts'

/** After every other character in the order of the index. */
const last = '\u{10ffff}'

/** How many people a word may stand for before it is too common to start from. */
const fewEnough = 2000

/**
 * Who is found by a text, the closest first: by the shortest key that begins so. Reads one short range of the index however
 * many people there are; only where several words must all be met does it start from the rarest of them.
 */
export async function findPartyIds(queryable: Queryable, text: string, limit: number): Promise<string[]> {
  const { wholes, words } = searchesOf(text)
  // Somebody may be met by several of their keys, and several profiles may be one person.
  const found = new Set<string>()
  for (const whole of wholes) for (const id of await startingWith(queryable, whole, limit * 6)) found.add(id)
  if (found.size < limit && words.length > 1) {
    for (const id of await meetingAll(queryable, words, limit)) found.add(id)
  }
  return [...found]
}

async function startingWith(queryable: Queryable, beginning: string, most: number): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.search_key where key >= $1 and key < $2 order by key, party_id limit $3`,
    [beginning, beginning + last, most],
  )
  return rows.map(row => row.partyId)
}

async function meetingAll(queryable: Queryable, words: readonly string[][], limit: number): Promise<string[]> {
  let rarest: { ids: string[]; others: string[][] } | undefined
  for (const [index, ways] of words.entries()) {
    const ids: string[] = []
    for (const way of ways) ids.push(...(await startingWith(queryable, way, fewEnough)))
    if (!rarest || ids.length < rarest.ids.length) rarest = { ids, others: words.filter((_, other) => other !== index) }
  }
  let ids = [...new Set(rarest!.ids)]
  for (const ways of rarest!.others) {
    if (ids.length === 0) break
    const rows = await queryable.query<{ partyId: string }>(
      `select distinct k.party_id as "partyId" from unnest($1::uuid[]) as i (party_id)
       join parties.search_key k on k.party_id = i.party_id
       join unnest($2::text[]) as w (beginning) on k.key >= w.beginning and k.key < w.beginning || $3`,
      [ids, ways, last],
    )
    ids = rows.map(row => row.partyId)
  }
  return ids.slice(0, limit * 6)
}

/**
 * The condition of a list that only shows whom a text finds, as SQL over `p.party_id`; `value` takes a parameter and answers
 * with its place. Undefined where the text asks for nothing.
 */
export function foundBy(text: string, value: (parameter: unknown) => string): string | undefined {
  const { wholes, words } = searchesOf(text)
  if (wholes.length === 0) return undefined
  const ranges = (ways: readonly string[]) =>
    ways.map(way => `k.key >= ${value(way)} and k.key < ${value(way + last)}`).join(' or ')
  const one = (ways: readonly string[]) =>
    `p.party_id in (select k.party_id from parties.search_key k where ${ranges(ways)})`
  if (words.length === 1) return one(wholes)
  return `(${one(wholes)} or (${words.map(one).join(' and ')}))`
}

/** Writes the keys by which these profiles are found from now on, and takes away those that no longer hold. */
export async function writeSearchKeys(
  transaction: Transaction,
  profiles: readonly {
    readonly partyId: string
    readonly name: string
    readonly say: string | null
    readonly identifiers: readonly string[]
  }[],
): Promise<void> {
  if (profiles.length === 0) return
  const rows = profiles.flatMap(({ partyId, name, say, identifiers }) =>
    searchKeys(name, identifiers, say).map(key => ({ partyId, key })),
  )
  await transaction.query(
    `with keys as materialized (select * from unnest($1::uuid[], $2::text[]) as k (party_id, key)),
     gone as (delete from parties.search_key s where s.party_id = any ($3)
       and not exists (select from keys k where k.party_id = s.party_id and k.key = s.key))
     insert into parties.search_key (party_id, key) select party_id, key from keys on conflict do nothing`,
    [rows.map(row => row.partyId), rows.map(row => row.key), profiles.map(profile => profile.partyId)],
  )
}

/** Writes the keys of profiles anew from what stands in the database; for whoever changed names or identifiers there. */
export async function refreshSearchKeys(transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  if (partyIds.length === 0) return
  const rows = await transaction.query<{ partyId: string; name: string; say: string | null; identifiers: string[] }>(
    `select p.party_id as "partyId", p.name, p.say,
       array(select i.value from parties.identifier i where i.party_id = p.party_id) as identifiers
     from parties.party p where p.party_id = any ($1)`,
    [partyIds],
  )
  await writeSearchKeys(transaction, rows)
  const gone = partyIds.filter(id => !rows.some(row => row.partyId === id))
  if (gone.length > 0) await transaction.query('delete from parties.search_key where party_id = any ($1)', [gone])
}
