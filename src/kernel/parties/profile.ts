import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { holdersOf, personOf } from './alias.ts'
import { identifierKind } from './contract.ts'
import { refreshSearchKeys } from './find.ts'
import { type Identifier, identifierKey } from './identifiers.ts'
import { regionKnownTo } from './region.ts'

export async function identifiersOf(queryable: Queryable, partyId: string): Promise<Identifier[]> {
  const { profileIds } = await personOf(queryable, partyId)
  return queryable.query<Identifier>(
    'select kind, value from parties.identifier where party_id = any ($1) order by kind, value',
    [profileIds],
  )
}

function readKind(kind: string): Identifier['kind'] {
  const read = identifierKind.safeParse(kind)
  if (!read.success) throw refuse('invalid', 'parties:refusal.identifier-unknown-kind')
  return read.data
}

/** Adds a number or address. Where it is somebody else's, it stays theirs; whose it is goes with the refusal, to be merged. */
export async function addIdentifier(
  transaction: Transaction,
  house: House,
  partyId: string,
  given: { readonly kind: string; readonly value: string; readonly by: string },
): Promise<void> {
  const identifier = { kind: readKind(given.kind), value: given.value }
  const { holderId, profileIds } = await personOf(transaction, partyId)
  const key = identifierKey(identifier, await regionKnownTo(house, transaction))
  const [added] = await transaction.query(
    `insert into parties.identifier (value_key, kind, party_id, value)
     select $1, $2, party_id, $4 from parties.party where party_id = $3 on conflict do nothing returning party_id`,
    [key, identifier.kind, holderId, identifier.value],
  )
  if (!added) {
    const [owner] = await transaction.query<{ partyId: string }>(
      'select party_id as "partyId" from parties.identifier where value_key = $1 and kind = $2',
      [key, identifier.kind],
    )
    if (!owner) throw refuse('not-found', 'parties:refusal.unknown')
    if (profileIds.includes(owner.partyId)) return
    const holders = await holdersOf(transaction, [owner.partyId])
    throw refuse('conflict', 'parties:refusal.identifier-of-other', {
      partyId: holders.get(owner.partyId) ?? owner.partyId,
    })
  }
  await note(transaction, house, holderId, { kind: identifier.kind, isAdded: true, reason: null, by: given.by })
}

export async function removeIdentifier(
  transaction: Transaction,
  house: House,
  partyId: string,
  given: { readonly kind: string; readonly value: string; readonly reason: string; readonly by: string },
): Promise<void> {
  const { profileIds } = await personOf(transaction, partyId)
  const [gone] = await transaction.query<{ partyId: string }>(
    `delete from parties.identifier where kind = $1 and value = $2 and party_id = any ($3) returning party_id as "partyId"`,
    [given.kind, given.value, profileIds],
  )
  if (!gone) return
  await note(transaction, house, gone.partyId, { kind: given.kind, isAdded: false, reason: given.reason, by: given.by })
}

async function note(
  transaction: Transaction,
  house: House,
  partyId: string,
  change: { kind: string; isAdded: boolean; reason: string | null; by: string },
): Promise<void> {
  const now = house.clock.now()
  await transaction.query(
    `insert into parties.identifier_change (party_id, change_id, kind, is_added, reason, changed_by, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [partyId, house.newId(), change.kind, change.isAdded, change.reason, change.by, now],
  )
  await transaction.query('update parties.party set changed_at = $2 where party_id = $1', [partyId, now])
  await refreshSearchKeys(transaction, [partyId])
  await house.live.announce(transaction, ['customers'])
}
