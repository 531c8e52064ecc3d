import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { personOf } from './alias.ts'
import { readBirthday } from './birthday-contract.ts'
import type { Party } from './contract.ts'
import { findPartyIds, refreshSearchKeys } from './find.ts'
import { greetingOf, latinNameOf } from './greeting.ts'
import { nameParts } from './names.ts'
import type { Title } from './profile-contract.ts'

interface PartyRow {
  readonly party_id: string
  readonly kind: Party['kind']
  readonly name: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly say: string | null
  readonly title: Title | null
  readonly preferred_name: string | null
  readonly birthday: string | null
  readonly roles: Party['roles']
  readonly details: Record<string, string>
  readonly created_at: Date
}

/** A profile that was merged is answered for by the one that was kept, with the identifiers of both. */
export async function readParty(queryable: Queryable, partyId: string): Promise<Party> {
  const { holderId, profileIds } = await personOf(queryable, partyId)
  const [row] = await queryable.query<PartyRow>('select * from parties.party where party_id = $1', [holderId])
  if (!row) throw refuse('not-found', 'parties:refusal.unknown')
  const identifiers = await queryable.query<Party['identifiers'][number]>(
    'select kind, value from parties.identifier where party_id = any ($1) order by kind, value',
    [profileIds],
  )
  const named = { ...row, familyName: row.family_name, preferredName: row.preferred_name }
  return {
    partyId: row.party_id,
    kind: row.kind,
    name: row.name,
    familyName: row.family_name,
    givenName: row.given_name,
    say: row.say,
    latinName: row.kind === 'person' ? latinNameOf(named) : null,
    title: row.title,
    preferredName: row.preferred_name,
    greeting: { en: greetingOf(named, 'en'), zh: greetingOf(named, 'zh') },
    birthday: row.birthday,
    roles: row.roles,
    identifiers,
    details: row.details,
    createdAt: row.created_at.toISOString(),
  }
}

/** Finds by beginnings (`search.ts`), the closest first; the hint is an identifier by which a desk can tell two namesakes apart. */
export async function findParties(queryable: Queryable, text: string, limit: number) {
  // A few more than are shown, as some may be profiles of one person; each costs reading a page that nobody has read lately.
  const ids = (await findPartyIds(queryable, text, limit)).slice(0, limit + 4)
  if (ids.length === 0) return []
  const rows = await queryable.query<{ party_id: string; name: string; hint: string | null }>(
    `select k.party_id, k.name,
       (select i.value from parties.identifier i where i.party_id = k.party_id
        order by array_position(array['phone', 'email', 'card', 'customer_id', 'anonymous_id'], i.kind) limit 1) as hint
     from unnest($1::uuid[]) with ordinality as f (party_id, place)
     join parties.party p on p.party_id = f.party_id
     join parties.party k on k.party_id = coalesce(p.canonical_party_id, p.party_id)
     order by f.place`,
    [ids],
  )
  const people = new Map(rows.map(row => [row.party_id, row]))
  return [...people.values()]
    .slice(0, limit)
    .map(row => ({ partyId: row.party_id, name: row.name, hint: masked(row.hint ?? '') }))
}

/** Long numbers show only their end: enough to tell people apart, too little to copy a list of phones from a screen. */
function masked(value: string): string {
  return /^\+?[\d\s-]{7,}$/.test(value) ? `•••• ${value.replace(/\D/g, '').slice(-4)}` : value
}

export interface PartyChange {
  readonly name?: string | undefined
  readonly familyName?: string | null | undefined
  readonly givenName?: string | null | undefined
  readonly say?: string | null | undefined
  readonly title?: Title | null | undefined
  readonly preferredName?: string | null | undefined
  readonly roles?: Party['roles'] | undefined
  readonly birthday?: string | null | undefined
  readonly details?: Readonly<Record<string, string>> | undefined
}

export async function changeParty(
  transaction: Transaction,
  house: House,
  named: string,
  change: PartyChange,
): Promise<Party> {
  const before = await readParty(transaction, named)
  const { partyId } = before
  if (change.birthday && !readBirthday(change.birthday)) throw refuse('invalid', 'parties:refusal.no-such-day')
  const parts = change.name === undefined ? before : nameParts(change.name)
  const after = {
    name: parts.name,
    say: change.say === undefined ? parts.say : change.say || null,
    title: change.title === undefined ? before.title : change.title,
    preferredName: change.preferredName === undefined ? before.preferredName : change.preferredName || null,
    roles: change.roles ?? before.roles,
    familyName: change.familyName === undefined ? parts.familyName : change.familyName,
    givenName: change.givenName === undefined ? parts.givenName : change.givenName,
    birthday: change.birthday === undefined ? before.birthday : change.birthday,
    details: { ...before.details, ...change.details },
  }
  await transaction.query(
    `update parties.party set name = $2, say = $3, family_name = $4, given_name = $5, birthday = $6, details = $7,
       changed_at = $8, title = $9, preferred_name = $10, roles = $11 where party_id = $1`,
    [
      partyId,
      after.name,
      after.say,
      after.familyName,
      after.givenName,
      after.birthday,
      JSON.stringify(after.details),
      house.clock.now(),
      after.title,
      after.preferredName,
      after.roles,
    ],
  )
  await refreshSearchKeys(transaction, [partyId])
  return readParty(transaction, partyId)
}
