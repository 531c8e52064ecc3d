import { z } from 'zod'
import { job } from '#kernel/jobs/index.ts'
import { holdersOf } from '#kernel/parties/index.ts'

/**
 * What was recorded for a profile at the very moment in which it was merged by somebody else lies where nobody looks: it is brought
 * to who was kept. Usually there is none.
 */
export const gatherJob = job({
  name: 'merges.gather',
  input: z.object({}),
  visible: false,
  async run(house) {
    const rows = await house.database.query<{ partyId: string }>(
      `select p.party_id as "partyId" from parties.party p where p.canonical_party_id is not null
         and exists (select from events.event e where e.party_id = p.party_id) order by 1`,
    )
    for (const { partyId } of rows) {
      await house.database.transaction(async transaction => {
        const holderId = (await holdersOf(transaction, [partyId])).get(partyId)
        if (holderId !== undefined) await house.events.join(transaction, { from: partyId, to: holderId })
      })
    }
    return { profiles: rows.length }
  },
})
