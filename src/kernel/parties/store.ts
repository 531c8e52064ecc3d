import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { personOf } from './alias.ts'
import type { Party } from './contract.ts'
import { nameParts } from './names.ts'
import { queryGrams, searchGrams } from './search.ts'

interface PartyRow {
  readonly party_id: string
  readonly kind: Party['kind']
  readonly name: string
  readonly family_name: string | null
  readonly given_name: string | null
  readonly say: string | null
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
  return {
    partyId: row.party_id,
    kind: row.kind,
    name: row.name,
    familyName: row.family_name,
    givenName: row.given_name,
    say: row.say,
    birthday: row.birthday,
    roles: row.roles,
    identifiers,
    details: row.details,
    createdAt: row.created_at.toISOString(),
  }
}

/** Finds by the pieces of `search.ts`; the hint is an identifier by which a person at a desk can tell two namesakes apart. */
export async function findParties(queryable: Queryable, text: string, limit: number) {
  const grams = queryGrams(text)
  if (grams.length === 0) return []
  const rows = await queryable.query<{ party_id: string; name: string; hint: string | null }>(
    `select k.party_id, k.name,
       (select i.value from parties.identifier i where i.party_id = k.party_id
        order by array_position(array['phone', 'email', 'card', 'customer_id', 'anonymous_id'], i.kind) limit 1) as hint
     from (select distinct coalesce(p.canonical_party_id, p.party_id) as party_id from parties.party p where p.grams @> $1) f
     join parties.party k on k.party_id = f.party_id
     order by k.name, k.party_id limit $2`,
    [grams, limit],
  )
  return rows.map(row => ({ partyId: row.party_id, name: row.name, hint: masked(row.hint ?? '') }))
}

/** Long numbers show only their end: enough to tell people apart, too little to copy a list of phones from a screen. */
function masked(value: string): string {
  return /^\+?[\d\s-]{7,}$/.test(value) ? `•••• ${value.replace(/\D/g, '').slice(-4)}` : value
}

export interface PartyChange {
  readonly name?: string | undefined
  readonly familyName?: string | null | undefined
  readonly givenName?: string | null | undefined
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
  const parts = change.name === undefined ? before : nameParts(change.name)
  const after = {
    name: parts.name,
    say: parts.say,
    familyName: change.familyName === undefined ? parts.familyName : change.familyName,
    givenName: change.givenName === undefined ? parts.givenName : change.givenName,
    birthday: change.birthday === undefined ? before.birthday : change.birthday,
    details: { ...before.details, ...change.details },
  }
  await transaction.query(
    `update parties.party set name = $2, say = $3, family_name = $4, given_name = $5, birthday = $6, details = $7, grams = $8,
       changed_at = $9 where party_id = $1`,
    [
      partyId,
      after.name,
      after.say,
      after.familyName,
      after.givenName,
      after.birthday,
      JSON.stringify(after.details),
      searchGrams(
        after.name,
        before.identifiers.map(identifier => identifier.value),
      ),
      house.clock.now(),
    ],
  )
  return readParty(transaction, partyId)
}
