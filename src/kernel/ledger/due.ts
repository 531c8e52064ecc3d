import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { addUpHouse } from './house-balance.ts'
import { post } from './post.ts'
import { verify } from './verify.ts'

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

async function watch(house: House, scope: 'whole' | 'changed') {
  const { findings, postings } = await verify(house, scope)
  const faulty = findings.filter(finding => finding.faults > 0)
  const faults = faulty.reduce((total, finding) => total + finding.faults, 0)
  if (faults > 0) house.log.error({ faults, claims: faulty.map(each => each.id) }, 'the ledger does not add up')
  return { postings, faults }
}

/** Every night all of it; what is found is red on the page of the ledger. */
export const verifyJob = job({
  name: 'ledger.verify',
  input: z.object({}),
  visible: true,
  run: house => watch(house, 'whole'),
})

/** Every few minutes those for whom something was posted. */
export const verifyChangedJob = job({
  name: 'ledger.verify-changed',
  input: z.object({}),
  visible: false,
  run: house => watch(house, 'changed'),
})
