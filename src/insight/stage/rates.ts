import { readSituation } from '#insight/rhythm/index.ts'
import { addDays, type Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { wilsonInterval } from '#statistics/index.ts'
import { type Stage, stage } from './contract.ts'

/** Steps are looked at for a year back; older ones say little of today. */
const lookBackDays = 365

/**
 * Of those who reached each stage long enough ago to have had the time for it: which step they took next within so many
 * days, as shares with their interval.
 *
 * Example: 100 first bought in spring, 31 bought again within 90 days -> building 31, share .31, 95 in 100: .23 to .41.
 */
export async function ratesWithin(house: House, withinDays: number) {
  const { asOfOn, history } = await readSituation(house)
  const reachedToOn = addDays(asOfOn, -withinDays)
  const reachedFromOn = addDays(reachedToOn, 1 - lookBackDays)
  const rows = await house.database.query<{ month: Day; stage: Stage; next: Stage | null; count: number }>(
    `with step as (
       select c.changed_on, c.to_stage, lead(c.changed_on) over theirs as next_on, lead(c.to_stage) over theirs as next_stage
       from stage.change c where c.changed_on >= $1
       window theirs as (partition by c.party_id order by c.changed_on))
     select date_trunc('month', changed_on::timestamp)::date as month, to_stage as stage,
       case when next_on <= changed_on + $3::int4 then next_stage end as next, count(*) as count
     from step where changed_on <= $2 group by 1, 2, 3`,
    [reachedFromOn, reachedToOn, withinDays],
  )
  const sum = (chosen: readonly { readonly count: number }[]) => chosen.reduce((total, row) => total + row.count, 0)
  const rates = stage.options
    .map(each => {
      const theirs = rows.filter(row => row.stage === each)
      const reached = sum(theirs)
      const next = stage.options
        .map(to => ({ stage: to, customers: sum(theirs.filter(row => row.next === to)) }))
        .filter(({ customers }) => customers > 0)
        .map(({ stage: to, customers }) => {
          const { estimate, low, high } = wilsonInterval(customers, reached)
          return { stage: to, customers, share: estimate, low, high }
        })
      return { stage: each, reached, next, stayed: sum(theirs.filter(row => row.next === null)) }
    })
    .filter(({ reached }) => reached > 0)
  const firstTime = rows.filter(row => row.stage === 'first-time')
  const months = [...new Set(firstTime.map(row => row.month))].sort()
  return {
    reading: { asOfOn, history },
    withinDays,
    reachedFromOn,
    reachedToOn,
    rates,
    secondPurchase: months.map(month => {
      const theirs = firstTime.filter(row => row.month === month)
      return { month, reached: sum(theirs), again: sum(theirs.filter(row => row.next === 'building')) }
    }),
  }
}
