import { z } from 'zod'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { holdersOf } from '#kernel/parties/index.ts'
import { countProfiles, evidenceBetween } from './candidates.ts'
import { likelihoodOf, saidToBeOne } from './evidence.ts'
import { mergeNow } from './merge.ts'

/** A sender says that two profiles are one person: they are shown among those that may be one. A mere visit is joined at once. */
export async function hearSaidToBeOne(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<[]> {
  const population = await countProfiles(transaction)
  for (const { partyId, payload } of events) {
    const { otherId: named, isVisit } = payload as { otherId: string; isVisit: boolean }
    const otherId = (await holdersOf(transaction, [named])).get(named) ?? named
    if (otherId === partyId) continue
    const reasons = [saidToBeOne(), ...(await evidenceBetween(transaction, partyId, otherId))]
    const [one, other] = [partyId, otherId].sort()
    await transaction.query(
      `insert into merges.candidate as c (candidate_id, one_party_id, other_party_id, weight, reasons, state, found_at)
       values ($1, $2, $3, $4, $5, 'waiting', $6)
       on conflict (one_party_id, other_party_id) do update set weight = excluded.weight, reasons = excluded.reasons
       where c.state = 'waiting'`,
      [house.newId(), one, other, likelihoodOf(reasons, population), JSON.stringify(reasons), house.clock.now()],
    )
    if (isVisit) await house.jobs.enqueue(transaction, 'merges.join-visit', { keptId: partyId, otherId })
    await house.live.announce(transaction, ['customers'])
  }
  return []
}

/**
 * Joins what a browser did to whoever signed in there, if nothing of value could move and nobody has said that they are two; as any
 * merge it can be undone. Work of its own, so that a merge never holds up the door.
 */
export const joinVisitJob = job({
  name: 'merges.join-visit',
  input: z.object({ keptId: z.uuid(), otherId: z.uuid() }),
  visible: false,
  async run(house, { keptId, otherId }) {
    if (!(await isOnlyVisit(house.database, keptId, otherId))) return { joined: 0 }
    const choices = { name: 'kept', birthday: 'kept' } as const
    await mergeNow(house, { keptId, otherId, choices, evidence: [saidToBeOne()], by: 'house' })
    return { joined: 1 }
  },
})

async function isOnlyVisit(queryable: Queryable, keptId: string, otherId: string): Promise<boolean> {
  const found = await queryable.query(
    `select from parties.party p where p.party_id = $2 and p.canonical_party_id is null
       and not exists (select from parties.identifier i where i.party_id = $2 and i.kind <> 'anonymous_id')
       and not exists (select from ledger.holding h where h.party_id = $2)
       and exists (select from merges.candidate c where c.one_party_id = least($1::uuid, $2::uuid)
         and c.other_party_id = greatest($1::uuid, $2::uuid) and c.state = 'waiting')`,
    [keptId, otherId],
  )
  return found.length > 0
}
