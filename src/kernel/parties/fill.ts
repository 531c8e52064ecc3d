import { z } from 'zod'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { refreshSearchKeys } from './find.ts'

const atOnce = 2000

/** Gives keys to search by to whoever has none yet: profiles written by a release that searched in another way. */
export const fillSearchKeys = job({
  name: 'parties.fill-search-keys',
  input: z.object({}),
  visible: false,
  async run(house, _input, progress) {
    let filled = 0
    while (!progress.signal.aborted) {
      const rows = await house.database.query<{ partyId: string }>(
        `select p.party_id as "partyId" from parties.party p where p.name <> ''
           and not exists (select from parties.search_key k where k.party_id = p.party_id) limit $1`,
        [atOnce],
      )
      const ids = rows.map(row => row.partyId)
      await house.database.transaction(transaction => refreshSearchKeys(transaction, ids))
      filled += ids.length
      if (ids.length < atOnce) break
    }
    return { customers: filled }
  },
})

/** Asked for once, by the migration that brought the keys: it leaves the asking to whoever opens the house next. */
export function fillAtStart(house: House): { stop(): Promise<void> } {
  const asked = house.database.transaction(async transaction => {
    const [lacking] = await transaction.query(
      `select 1 as one from parties.party p where p.name <> ''
         and not exists (select from parties.search_key k where k.party_id = p.party_id) limit 1`,
    )
    if (lacking) await house.jobs.enqueue(transaction, fillSearchKeys.name, {}, { key: 'fill' })
  })
  asked.catch(() => {})
  return { stop: () => asked.catch(() => {}) }
}
