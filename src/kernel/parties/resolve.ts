import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { holdersKnownTo, holdersOf, profileIdsOf } from './alias.ts'
import { refreshSearchKeys, writeSearchKeys } from './find.ts'
import { type Identifier, identifierKey } from './identifiers.ts'
import { nameParts } from './names.ts'
import { regionKnownTo } from './region.ts'

/** Somebody as a source describes them: by whatever identifiers it has, and what it knows besides. */
export interface Sighting {
  readonly identifiers: readonly Identifier[]
  readonly kind?: 'person' | 'organisation' | undefined
  readonly name?: string | undefined
  readonly familyName?: string | undefined
  readonly givenName?: string | undefined
  readonly birthday?: string | undefined
  readonly details?: Readonly<Record<string, string>> | undefined
  /** What somebody who is new is to the business; a customer where nothing is said. */
  readonly roles?: readonly string[] | undefined
}

export interface Resolution {
  /** The party of each sighting, in order. */
  readonly partyIds: readonly string[]
  /** By which of their profiles each was found; another than the party where profiles were merged. */
  readonly origins: readonly string[]
  /** Those that did not exist before. */
  readonly created: readonly string[]
}

/**
 * Finds the party of each sighting by its identifiers, in the order in which they are given, and creates who is not known.
 * New identifiers of a known party are added; an identifier that belongs to somebody else stays theirs (merging two
 * profiles is a decision of a person). Whoever was merged is answered for by who was kept. Safe against others resolving
 * the same people at the same time: the identifier's primary key decides who creates.
 */
export async function resolveParties(
  transaction: Transaction,
  house: House,
  sourceId: string,
  sightings: readonly Sighting[],
): Promise<Resolution> {
  const region = await regionKnownTo(house, transaction)
  const keyed = sightings.map(sighting =>
    sighting.identifiers.map(identifier => ({
      identifier,
      key: keyOf(identifier.kind, identifierKey(identifier, region)),
    })),
  )
  const known = await ownersOf(transaction, new Set(keyed.flatMap(list => list.map(entry => entry.key))))
  const created: string[] = []
  const claims = new Map<string, { identifier: Identifier; partyId: string }>()
  const origins = keyed.map(list => {
    const owner = list.map(entry => known.get(entry.key) ?? claims.get(entry.key)?.partyId).find(id => id !== undefined)
    const partyId = owner ?? house.newId()
    if (owner === undefined) created.push(partyId)
    for (const { identifier, key } of list) {
      if (!known.has(key) && !claims.has(key)) claims.set(key, { identifier, partyId })
    }
    return partyId
  })
  if (claims.size > 0) {
    const lost = await claim(transaction, claims)
    if (lost) return resolveParties(transaction, house, sourceId, sightings)
  }
  const fresh = new Set(created)
  await refreshSearchKeys(
    transaction,
    [...new Set([...claims.values()].map(claimed => claimed.partyId))].filter(id => !fresh.has(id)),
  )
  if (created.length > 0) await createAll(transaction, house, sourceId, origins, sightings, new Set(created))
  const holders = await holdersKnownTo(house, transaction, [...new Set(origins)])
  return { partyIds: origins.map(id => holders.get(id) ?? id), origins, created }
}

const keyOf = (kind: string, value: string) => `${kind}\n${value}`

async function ownersOf(queryable: Queryable, keys: ReadonlySet<string>): Promise<Map<string, string>> {
  const owners = new Map<string, string>()
  if (keys.size === 0) return owners
  const pairs = [...keys].map(key => key.split('\n') as [string, string])
  const rows = await queryable.query<{ kind: string; value_key: string; party_id: string }>(
    `select i.kind, i.value_key, i.party_id from unnest($1::text[], $2::text[]) as k (kind, value_key)
     join parties.identifier i on i.value_key = k.value_key and i.kind = k.kind`,
    [pairs.map(pair => pair[0]), pairs.map(pair => pair[1])],
  )
  for (const row of rows) owners.set(keyOf(row.kind, row.value_key), row.party_id)
  return owners
}

/** Writes the claims in sorted order, so that two who claim the same never wait for each other in a circle. */
async function claim(
  transaction: Transaction,
  claims: ReadonlyMap<string, { identifier: Identifier; partyId: string }>,
): Promise<boolean> {
  const sorted = [...claims.entries()].sort(([left], [right]) => (left < right ? -1 : 1))
  const rows = sorted.map(([key, { identifier, partyId }]) => {
    const [kind, value] = key.split('\n') as [string, string]
    return { kind, value, partyId, given: identifier.value }
  })
  const won = await transaction.query(
    `insert into parties.identifier (value_key, kind, party_id, value)
     select * from unnest($1::text[], $2::text[], $3::uuid[], $4::text[])
     on conflict do nothing returning party_id`,
    [rows.map(r => r.value), rows.map(r => r.kind), rows.map(r => r.partyId), rows.map(r => r.given)],
  )
  if (won.length === rows.length) return false
  // Somebody else was faster with one of them: give back ours and look again, now that theirs is visible.
  await transaction.query(
    `delete from parties.identifier i using unnest($1::text[], $2::text[], $3::uuid[]) as k (value_key, kind, party_id)
     where i.value_key = k.value_key and i.kind = k.kind and i.party_id = k.party_id`,
    [rows.map(r => r.value), rows.map(r => r.kind), rows.map(r => r.partyId)],
  )
  return true
}

async function createAll(
  transaction: Transaction,
  house: House,
  sourceId: string,
  partyIds: readonly string[],
  sightings: readonly Sighting[],
  created: Set<string>,
): Promise<void> {
  const now = house.clock.now().toISOString()
  const rows = []
  for (const [index, partyId] of partyIds.entries()) {
    if (!created.delete(partyId)) continue
    const sighting = sightings[index]!
    const values = sighting.identifiers.map(identifier => identifier.value)
    const parts = nameParts(sighting.name ?? values[0] ?? '')
    rows.push({
      party_id: partyId,
      kind: sighting.kind ?? 'person',
      name: parts.name,
      family_name: sighting.familyName ?? (sighting.name ? parts.familyName : null),
      given_name: sighting.givenName ?? (sighting.name ? parts.givenName : null),
      say: parts.say,
      birthday: sighting.birthday ?? null,
      roles: sighting.roles ?? ['customer'],
      details: sighting.details ?? {},
      known_name: sighting.name ?? '',
      values,
      source_id: sourceId,
      created_at: now,
      changed_at: now,
    })
  }
  await transaction.query(
    `insert into parties.party
       (party_id, kind, name, family_name, given_name, say, birthday, roles, details, grams, source_id, created_at, changed_at)
     select party_id, kind, name, family_name, given_name, say, birthday, roles, details, '{}', source_id, created_at, changed_at
     from jsonb_to_recordset($1::jsonb) as r (party_id uuid, kind text, name text, family_name text, given_name text, say text,
       birthday text, roles text[], details jsonb, source_id uuid, created_at timestamptz, changed_at timestamptz)`,
    [JSON.stringify(rows)],
  )
  await writeSearchKeys(
    transaction,
    rows.map(row => ({ partyId: row.party_id, name: row.known_name, say: row.say, identifiers: row.values })),
  )
}

/**
 * Fills in what is not known yet about parties that were resolved: a name where only an identifier stood, a birthday, new
 * details. What is already known is left as it is; overwriting is for people to decide.
 */
export async function enrichParties(
  transaction: Transaction,
  house: House,
  partyIds: readonly string[],
  sightings: readonly Sighting[],
): Promise<void> {
  const news = sightings.flatMap((sighting, index) => {
    const { name, birthday, details } = sighting
    const partyId = partyIds[index]!
    return name || birthday || Object.keys(details ?? {}).length > 0 || sighting.identifiers.length > 1
      ? [{ partyId, sighting }]
      : []
  })
  if (news.length === 0) return
  const ids = [...new Set(news.map(({ partyId }) => partyId))].sort()
  const rows = await transaction.query<{
    party_id: string
    name: string
    birthday: string | null
    details: Record<string, string>
  }>('select party_id, name, birthday, details from parties.party where party_id = any($1)', [ids])
  const values = await transaction.query<{ party_id: string; value: string }>(
    'select party_id, value from parties.identifier where party_id = any($1)',
    [ids],
  )
  const valuesOf = new Map<string, string[]>()
  for (const { party_id, value } of values) valuesOf.set(party_id, [...(valuesOf.get(party_id) ?? []), value])
  const now = house.clock.now().toISOString()
  const changed = []
  for (const row of rows) {
    const identifiers = valuesOf.get(row.party_id) ?? []
    const sightingsOfParty = news.filter(({ partyId }) => partyId === row.party_id).map(({ sighting }) => sighting)
    const unnamed = identifiers.includes(row.name) || row.name === ''
    const named = unnamed ? sightingsOfParty.find(sighting => sighting.name) : undefined
    const parts = named?.name ? nameParts(named.name) : undefined
    const birthday = row.birthday ?? sightingsOfParty.find(sighting => sighting.birthday)?.birthday ?? null
    const details = Object.assign({}, ...sightingsOfParty.map(sighting => sighting.details ?? {}), row.details)
    const same = !parts && birthday === row.birthday && Object.keys(details).length === Object.keys(row.details).length
    if (same) continue
    changed.push({
      party_id: row.party_id,
      name: parts?.name ?? row.name,
      family_name: parts ? (named?.familyName ?? parts.familyName) : undefined,
      given_name: parts ? (named?.givenName ?? parts.givenName) : undefined,
      say: parts?.say,
      birthday,
      details,
      changed_at: now,
    })
  }
  if (changed.length === 0) return
  await transaction.query(
    `update parties.party p set name = r.name, family_name = coalesce(r.family_name, p.family_name),
       given_name = coalesce(r.given_name, p.given_name), say = coalesce(r.say, p.say), birthday = r.birthday,
       details = r.details, changed_at = r.changed_at
     from jsonb_to_recordset($1::jsonb) as r (party_id uuid, name text, family_name text, given_name text, say text,
       birthday text, details jsonb, changed_at timestamptz)
     where p.party_id = r.party_id`,
    [JSON.stringify(changed)],
  )
  await refreshSearchKeys(
    transaction,
    changed.filter(row => row.say !== undefined).map(row => row.party_id),
  )
}

/** The party of each sighting where one of its identifiers is known; creates nobody. For telling what an import would do. */
export async function recogniseParties(
  house: House,
  queryable: Queryable,
  sightings: readonly Sighting[],
): Promise<(string | undefined)[]> {
  const found = await recogniseProfiles(house, queryable, sightings)
  const holders = await holdersOf(queryable, [...new Set(found.filter(id => id !== undefined))])
  return found.map(id => id && (holders.get(id) ?? id))
}

/** As `recogniseParties`, but by which of their profiles, where profiles were merged. */
export async function recogniseProfiles(
  house: House,
  queryable: Queryable,
  sightings: readonly Sighting[],
): Promise<(string | undefined)[]> {
  const region = await regionKnownTo(house, queryable)
  const keyed = sightings.map(({ identifiers }) =>
    identifiers.map(identifier => keyOf(identifier.kind, identifierKey(identifier, region))),
  )
  const known = await ownersOf(queryable, new Set(keyed.flat()))
  return keyed.map(keys => keys.map(key => known.get(key)).find(partyId => partyId !== undefined))
}

/** Whose each identifier is by itself, and by what kinds of identifiers that person is known, in any of their profiles. */
export async function knownByEach(
  house: House,
  queryable: Queryable,
  identifiers: readonly Identifier[],
): Promise<readonly ({ readonly partyId: string; readonly kinds: ReadonlySet<string> } | undefined)[]> {
  const region = await regionKnownTo(house, queryable)
  const keys = identifiers.map(identifier => keyOf(identifier.kind, identifierKey(identifier, region)))
  const owners = await ownersOf(queryable, new Set(keys))
  const ids = [...new Set(owners.values())]
  const holders = await holdersOf(queryable, ids)
  const people = await profileIdsOf(queryable, [...new Set(ids.map(id => holders.get(id) ?? id))])
  const rows = await queryable.query<{ partyId: string; kind: string }>(
    `select distinct party_id as "partyId", kind from parties.identifier where party_id = any ($1)`,
    [[...people.values()].flat()],
  )
  const kinds = new Map<string, Set<string>>()
  for (const [partyId, profileIds] of people) {
    kinds.set(partyId, new Set(rows.filter(row => profileIds.includes(row.partyId)).map(row => row.kind)))
  }
  return keys.map(key => {
    const owner = owners.get(key)
    const partyId = owner && (holders.get(owner) ?? owner)
    return partyId ? { partyId, kinds: kinds.get(partyId)! } : undefined
  })
}
