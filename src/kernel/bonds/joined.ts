import type { Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { holdersOf } from '#kernel/parties/index.ts'
import { otherSide } from './contract.ts'

const kind = 'member-of'

/** Somebody was said to belong to an organisation: both pages show it. Who is forgotten belongs to nobody any more. */
export async function relateJoined(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<void> {
  const joined = events.map(({ partyId, payload }) => ({
    partyId,
    organisationId: (payload as { organisationId: string }).organisationId,
  }))
  const holders = await holdersOf(transaction, [...new Set(joined.map(({ organisationId }) => organisationId))])
  const pairs = new Map(
    joined.map(({ partyId, organisationId }) => {
      const holderId = holders.get(organisationId) ?? organisationId
      return [`${partyId} ${holderId}`, [partyId, holderId, house.newId()] as const]
    }),
  )
  const said = [...pairs.values()]
  await transaction.query(
    `with said as (
       select s.* from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as s (party_id, other_party_id, relation_id)
       join parties.party p on p.party_id = s.party_id and p.name <> ''
       join parties.party o on o.party_id = s.other_party_id and o.name <> '' and o.party_id <> p.party_id
       where not exists (select from bonds.relation r
         where r.party_id = s.party_id and r.other_party_id = s.other_party_id and r.kind = $4))
     insert into bonds.relation (party_id, relation_id, kind, other_party_id, created_at, is_from_log)
     select party_id, relation_id, $4, other_party_id, $6::timestamptz, true from said
     union all select other_party_id, relation_id, $5, party_id, $6, true from said`,
    [
      said.map(([partyId]) => partyId),
      said.map(([, organisationId]) => organisationId),
      said.map(([, , relationId]) => relationId),
      kind,
      otherSide[kind],
      house.clock.now(),
    ],
  )
}

/** What the log no longer says goes from both pages, what it says of somebody else now goes to theirs. */
export async function refoldJoined(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const gone = await transaction.query<{ partyId: string; relationId: string; otherId: string; isRemoved: boolean }>(
    `delete from bonds.relation where party_id = any ($1) and kind = $2 and is_from_log
     returning party_id as "partyId", relation_id as "relationId", other_party_id as "otherId", removed_at is not null as "isRemoved"`,
    [partyIds, kind],
  )
  await transaction.query(
    `delete from bonds.relation r using unnest($1::uuid[], $2::uuid[]) as g (party_id, relation_id)
     where r.party_id = g.party_id and r.relation_id = g.relation_id`,
    [gone.map(each => each.otherId), gone.map(each => each.relationId)],
  )
  await relateJoined(house, transaction, await house.events.history(transaction, partyIds, ['client.joined']))
  // Somebody took it away by hand; that the log is read again is no reason to say it again.
  const removed = gone.filter(each => each.isRemoved)
  if (removed.length === 0) return
  const holders = await holdersOf(transaction, partyIds)
  await transaction.query(
    `with away as (
       update bonds.relation r set removed_at = $3 from unnest($1::uuid[], $2::uuid[]) as g (party_id, other_party_id)
       where r.party_id = g.party_id and r.other_party_id = g.other_party_id and r.kind = $4 and r.is_from_log
       returning r.relation_id, r.other_party_id)
     update bonds.relation r set removed_at = $3 from away a
     where r.party_id = a.other_party_id and r.relation_id = a.relation_id`,
    [
      removed.map(each => holders.get(each.partyId) ?? each.partyId),
      removed.map(each => each.otherId),
      house.clock.now(),
      kind,
    ],
  )
}
