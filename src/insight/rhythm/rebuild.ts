import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job, type Progress } from '#kernel/jobs/index.ts'
import { refold } from './hear.ts'

const pageSize = 500

/** Derives every customer's state anew from the log, page by page; then the rhythms are learned anew. */
export const rebuildJob = job({
  name: 'rhythm.rebuild',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const customers = await refoldEverybody(house, progress)
    await house.database.transaction(transaction =>
      house.jobs.enqueue(transaction, 'rhythm.fit', {}, { key: 'rhythm.fit' }),
    )
    return { customers }
  },
})

async function refoldEverybody(house: House, progress: Progress): Promise<number> {
  const [total] = await house.database.query<{ count: number }>('select count(*) as count from parties.party')
  let last: string | null = null
  let done = 0
  while (!progress.signal.aborted) {
    const rows: { party_id: string }[] = await house.database.query<{ party_id: string }>(
      `select party_id from (
         (select party_id from parties.party where $1::uuid is null or party_id > $1 order by party_id limit ${pageSize})
         union
         (select party_id from rhythm.state where $1::uuid is null or party_id > $1 order by party_id limit ${pageSize})
       ) as known order by party_id limit ${pageSize}`,
      [last],
    )
    if (rows.length === 0) break
    const partyIds = rows.map(row => row.party_id)
    await house.database.transaction(transaction => refold(house, transaction, partyIds))
    done += rows.length
    last = partyIds.at(-1)!
    await progress.report({ done, total: Math.max(done, total!.count), unit: 'customers' })
  }
  return done
}
