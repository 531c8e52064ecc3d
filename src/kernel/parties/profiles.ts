import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refreshSearchKeys } from './find.ts'

/** What a source may have changed about a known party; kept by whoever must be able to take it back. */
export interface ProfileState {
  readonly name: string
  readonly familyName: string | null
  readonly givenName: string | null
  readonly say: string | null
  readonly birthday: string | null
  readonly details: Readonly<Record<string, string>>
  /** Kind and normalised value of each identifier. */
  readonly identifiers: readonly string[]
}

export async function profilesOf(
  queryable: Queryable,
  partyIds: readonly string[],
): Promise<Map<string, ProfileState>> {
  if (partyIds.length === 0) return new Map()
  const rows = await queryable.query<ProfileState & { partyId: string }>(
    `select party_id as "partyId", name, family_name as "familyName", given_name as "givenName", say, birthday, details,
       array(select i.kind || chr(10) || i.value_key from parties.identifier i where i.party_id = p.party_id order by 1) as identifiers
     from parties.party p where party_id = any($1)`,
    [partyIds],
  )
  return new Map(rows.map(({ partyId, ...state }) => [partyId, state]))
}

export interface ProfileChange {
  readonly partyId: string
  readonly before: ProfileState
  readonly after: ProfileState
}

const fields = ['name', 'familyName', 'givenName', 'say', 'birthday'] as const

/** Puts back what a change did, field by field; what somebody else has changed since stays theirs. */
export async function takeBackProfiles(
  transaction: Transaction,
  house: House,
  changes: readonly ProfileChange[],
): Promise<void> {
  if (changes.length === 0) return
  const added = changes.flatMap(({ partyId, before, after }) =>
    after.identifiers.filter(key => !before.identifiers.includes(key)).map(key => ({ partyId, key })),
  )
  await transaction.query(
    `delete from parties.identifier i using unnest($1::uuid[], $2::text[]) as a (party_id, key)
     where i.party_id = a.party_id and i.kind || chr(10) || i.value_key = a.key`,
    [added.map(({ partyId }) => partyId), added.map(({ key }) => key)],
  )
  const current = await profilesOf(
    transaction,
    changes.map(({ partyId }) => partyId),
  )
  const restored = changes.flatMap(({ partyId, before, after }) => {
    const now = current.get(partyId)
    return now ? [{ partyId, ...restore(now, before, after) }] : []
  })
  await transaction.query(
    `update parties.party p set name = r.name, family_name = r."familyName", given_name = r."givenName", say = r.say,
       birthday = r.birthday, details = r.details, changed_at = $2
     from jsonb_to_recordset($1::jsonb) as r ("partyId" uuid, name text, "familyName" text, "givenName" text, say text,
       birthday text, details jsonb) where p.party_id = r."partyId"`,
    [JSON.stringify(restored), house.clock.now()],
  )
  await refreshSearchKeys(
    transaction,
    changes.map(({ partyId }) => partyId),
  )
}

function restore(now: ProfileState, before: ProfileState, after: ProfileState): Omit<ProfileState, 'identifiers'> {
  const kept = Object.fromEntries(
    fields.map(field => [field, now[field] === after[field] ? before[field] : now[field]]),
  )
  const details = { ...now.details }
  for (const [key, value] of Object.entries(after.details)) {
    if (details[key] !== value || before.details[key] === value) continue
    if (before.details[key] === undefined) delete details[key]
    else details[key] = before.details[key]
  }
  return { ...(kept as Pick<ProfileState, (typeof fields)[number]>), details }
}

/** Removes those of the parties about whom no event is known; for taking back what an import brought. */
export async function removeSilentParties(transaction: Transaction, partyIds: readonly string[]): Promise<number> {
  const rows = await transaction.query<{ party_id: string }>(
    `delete from parties.party p where p.party_id = any($1) and p.canonical_party_id is null
       and not exists (select from parties.party o where o.canonical_party_id = p.party_id)
       and not exists (select from events.event e where e.party_id = p.party_id) returning p.party_id`,
    [partyIds],
  )
  const gone = rows.map(row => row.party_id)
  await transaction.query('delete from parties.identifier where party_id = any($1)', [gone])
  await refreshSearchKeys(transaction, gone)
  return rows.length
}
