import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { assert } from '#kernel/refusal.ts'
import type { Instruction } from './instruction.ts'
import { noteJoining } from './joined.ts'
import { joiner, post } from './post.ts'

/** All profiles whose accounts are there for this one, itself first; whoever was never joined has one. */
export async function joinedProfiles(queryable: Queryable, partyId: string): Promise<string[]> {
  const rows = await queryable.query<{ partyId: string }>(
    `select o.party_id as "partyId" from ledger.joined me join ledger.joined o on o.holder_id = me.holder_id
     where me.party_id = $1 and o.party_id <> $1 order by o.party_id`,
    [partyId],
  )
  return [partyId, ...rows.map(row => row.partyId)]
}

/**
 * SQL for "one of the profiles of this person": `where l.party_id = ${ofPerson('$1')}`. An array, so that the planner goes by the key
 * whatever it knows of who is joined.
 */
export const ofPerson = (parameter: string) =>
  `any (array(select ${parameter}::uuid union all select o.party_id from ledger.joined me join ledger.joined o
     on o.holder_id = me.holder_id and o.party_id <> me.party_id where me.party_id = ${parameter}::uuid))`

/** From now on these profiles are one person: what one has is there for all. Nothing moves. */
export async function joinProfiles(
  house: Pick<House, 'clock'>,
  transaction: Transaction,
  profileIds: readonly string[],
  holderId: string,
): Promise<void> {
  await transaction.query(
    `insert into ledger.joined (party_id, holder_id) select *, $2 from unnest($1::uuid[])
     on conflict (party_id) do update set holder_id = excluded.holder_id`,
    [profileIds, holderId],
  )
  noteJoining(house)
}

/**
 * Parts profiles that were joined into groups, each under its holder. What was brought over between profiles that are parted now
 * goes back to where it came from, as far as it is left; what was spent is spent.
 */
export async function partProfiles(
  house: Pick<House, 'clock' | 'newId'>,
  transaction: Transaction,
  groups: readonly { readonly holderId: string; readonly profileIds: readonly string[] }[],
  cause: string,
): Promise<void> {
  const groupOf = new Map(groups.flatMap(({ holderId, profileIds }) => profileIds.map(id => [id, holderId] as const)))
  const all = [...groupOf.keys()]
  await transaction.query('delete from ledger.joined where party_id = any ($1)', [all])
  for (const { holderId, profileIds } of groups) {
    if (profileIds.length > 1) await joinProfiles(house, transaction, profileIds, holderId)
  }
  const occurredAt = house.clock.now().getTime()
  // The lock of the holdings makes sure that nothing is brought over after this look.
  await transaction.query(
    'select from ledger.holding where party_id = any ($1) order by party_id, asset for no key update',
    [all],
  )
  const lots = await transaction.query<{
    lotId: string
    partyId: string
    asset: string
    amount: number
    fromId: string
  }>(
    `select l.lot_id as "lotId", l.party_id as "partyId", l.asset, l.available as amount, o.party_id as "fromId"
     from ledger.lot l
     join ledger.posting p on p.party_id = l.party_id and p.lot_id = l.lot_id and p.code = 'transfer' and p.to_account = 'available'
     join ledger.transaction t on t.party_id = p.party_id and t.transaction_id = p.transaction_id and t.actor = $2
     join ledger.lot o on o.party_id = any ($1) and o.lot_id = l.parent_id
     where l.party_id = any ($1) and l.is_alive and l.available > 0 and (l.expires_at is null or l.expires_at > $3)
     order by l.lot_id`,
    [all, joiner.actor, new Date(occurredAt)],
  )
  const back = lots.filter(lot => groupOf.get(lot.partyId) !== groupOf.get(lot.fromId))
  const outcomes = await post(
    house,
    transaction,
    back.map(({ lotId, partyId, asset, amount, fromId }) => {
      const only = { lots: [lotId] }
      const key = `${cause} ${lotId} back`
      const instruction: Instruction = {
        ...{ act: 'transfer', key, partyId, asset, occurredAt, toPartyId: fromId, amount, keepsSource: true, only },
      }
      return { instructions: [instruction], author: joiner }
    }),
  )
  for (const [outcome] of outcomes) {
    assert(outcome!.state === 'posted', `what was brought over goes back (${JSON.stringify(outcome)})`)
  }
}
