import { z } from 'zod'
import { readSituation } from '#insight/rhythm/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { normalQuantile } from '#statistics/index.ts'
import { type IndexName, indexNames } from './contract.ts'
import { readFacts } from './facts.ts'
import { indexOf, scoresOf } from './indices.ts'
import { meaningOf, type Seen, seenThings } from './listening.ts'
import { saveMeasurement } from './store.ts'

/**
 * Of a larger base a fair part is looked at, always the same one: thirty thousand fix a mean to a third of a point, and
 * the night is short.
 */
const mostLookedAt = 30_000
const pageSize = 1000

/** Measures the base's five indices as of the reading day and keeps them, so that they have a history. */
export const measureJob = job({
  name: 'indices.measure',
  input: z.object({}),
  visible: false,
  async run(house, _, progress) {
    const { asOfOn } = await readSituation(house)
    const [base] = await house.database.query<{ customers: number }>(
      `select count(*) as customers from parties.party p where ${isCustomer}`,
    )
    const parts = Math.max(1, Math.ceil(base!.customers / mostLookedAt))
    const seen = await thingsSeen(house)
    const values = new Map<IndexName, number[]>(indexNames.map(index => [index, []]))
    let lookedAt = 0
    let last: string | null = null
    for (;;) {
      if (progress.signal.aborted) throw new Error('stopped before the base was measured; the job runs again')
      const rows: { party_id: string }[] = await house.database.query<{ party_id: string }>(
        `select p.party_id from parties.party p where ${isCustomer} and ($1::uuid is null or p.party_id > $1)
           and (hashtext(p.party_id::text) & 2147483647) % $2 = 0 order by p.party_id limit ${pageSize}`,
        [last, parts],
      )
      if (rows.length === 0) break
      const partyIds = rows.map(row => row.party_id)
      for (const known of (await readFacts(house, partyIds, seen)).values()) {
        const scores = scoresOf(known.facts)
        for (const index of indexNames) {
          const { value } = indexOf(index, scores)
          if (value !== null) values.get(index)!.push(value)
        }
      }
      lookedAt += rows.length
      last = partyIds.at(-1)!
    }
    const means = indexNames.flatMap(index => {
      const mean = meanOf(values.get(index)!)
      return mean ? [{ index, ...mean }] : []
    })
    await house.database.transaction(async transaction => {
      await saveMeasurement(transaction, {
        measuredOn: asOfOn,
        measuredAt: house.clock.now(),
        customers: base!.customers,
        lookedAt,
        seen: [...seen].sort(),
        means,
      })
      await house.live.announce(transaction, ['rhythm'])
    })
    return { customers: lookedAt }
  },
})

const isCustomer = `p.canonical_party_id is null and 'customer' = any(p.roles)`

/** Which of the things that a business may or may not record stand in the log at all. */
async function thingsSeen(house: House): Promise<Set<Seen>> {
  const rows = await house.database.query<{ kind: string; name: string | null }>(
    `select distinct kind, case kind when 'client.tracked' then payload ->> 'name' end as name from events.event
     where kind <> 'purchase.recorded'`,
  )
  const found = new Set(rows.map(row => meaningOf(row.kind, row.name)?.seen))
  return new Set(seenThings.filter(each => found.has(each)))
}

/**
 * Mean of an index over the customers of whom it can be told, and where the mean of such customers lies 95 times in 100;
 * undefined for nobody, without an interval for one.
 *
 * Example: 60, 70, 80 -> mean 70, 58.7 to 81.3.
 */
export function meanOf(values: readonly number[]) {
  const customers = values.length
  if (customers === 0) return undefined
  const mean = values.reduce((sum, value) => sum + value, 0) / customers
  if (customers === 1) return { mean, low: null, high: null, customers }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (customers - 1)
  const half = normalQuantile(0.975) * Math.sqrt(variance / customers)
  return { mean, low: Math.max(0, mean - half), high: Math.min(100, mean + half), customers }
}
