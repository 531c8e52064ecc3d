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
    let after = '00000000-0000-0000-0000-000000000000'
    while (!progress.signal.aborted) {
      // By a walk along the ids: whoever was looked at once is not read again for those who come later.
      const page = await house.database.query<{ partyId: string; isLacking: boolean }>(
        `select p.party_id as "partyId", p.name <> ''
           and not exists (select from parties.search_key k where k.party_id = p.party_id) as "isLacking"
         from parties.party p where p.party_id > $1 order by p.party_id limit $2`,
        [after, atOnce],
      )
      const ids = page.filter(row => row.isLacking).map(row => row.partyId)
      if (ids.length > 0) await house.database.transaction(transaction => refreshSearchKeys(transaction, ids))
      filled += ids.length
      after = page.at(-1)?.partyId ?? after
      if (page.length < atOnce) break
    }
    return { customers: filled }
  },
})

/** Asked for once, by the migration that brought the keys: it leaves the asking to whoever opens the house next. */
export function fillAtStart(house: House): { stop(): Promise<void> } {
  const asked = house.database.transaction(async transaction => {
    // Where somebody has keys the walk was asked for already, and the queue sees it to its end.
    const [lacking] = await transaction.query(
      `select 1 as one where exists (select from parties.party where name <> '')
         and not exists (select from parties.search_key)`,
    )
    if (lacking) await house.jobs.enqueue(transaction, fillSearchKeys.name, {}, { key: 'fill' })
  })
  asked.catch(() => {})
  return { stop: () => asked.catch(() => {}) }
}
