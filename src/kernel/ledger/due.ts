import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { addUpHouse } from './house-balance.ts'
import { post } from './post.ts'

const atOnce = 500

/**
 * Books what time alone has done: value matured, holds lapsed, lots expired. It reads only holdings that are due; nobody can
 * use what is expired before it came by, since every instruction settles its holding first.
 */
export const dueJob = job({
  name: 'ledger.due',
  input: z.object({}),
  visible: false,
  async run(house) {
    let settled = 0
    for (;;) {
      const count = await settleBatch(house)
      settled += count
      if (count < atOnce) break
    }
    await house.database.transaction(addUpHouse)
    return { settled }
  },
})

async function settleBatch(house: House): Promise<number> {
  return await house.database.transaction(async transaction => {
    const now = house.clock.now()
    const due = await transaction.query<{ partyId: string; asset: string; dueAt: Date }>(
      `select party_id as "partyId", asset, due_at as "dueAt" from ledger.holding where due_at <= $1
       order by due_at limit $2`,
      [now, atOnce],
    )
    const requests = due.map(({ partyId, asset, dueAt }) => ({
      author: { actor: 'kernel/ledger' },
      instructions: [
        {
          key: `settle ${partyId} ${asset} ${dueAt.toISOString()} ${now.toISOString()}`,
          act: 'settle' as const,
          partyId,
          asset,
          occurredAt: dueAt.getTime(),
        },
      ],
    }))
    await post(house, transaction, requests)
    return due.length
  })
}
