import { readPredictions, readPurchaseDays } from '#insight/rhythm/index.ts'
import { addDays, type Day, daysBetween, localDay } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { wilsonInterval } from '#statistics/index.ts'

/** Where a customer has no rhythm of their own yet. */
const usualDays = 60
const longest = 120
const most = 5000

/**
 * Whether a customer came back within a time: a purchase on a later day, at the last on the day on which it runs out.
 *
 * Example: broken on 1 March, 60 days, bought on 30 April -> true; on 1 May -> false.
 */
export function cameBack(bought: readonly Day[], decidedOn: Day, withinDays: number): boolean {
  return bought.some(day => day > decidedOn && day <= addDays(decidedOn, withinDays))
}

/** Days until the first purchase after a day; null while there was none. */
export function daysUntilBack(bought: readonly Day[], decidedOn: Day): number | null {
  const next = bought.find(day => day > decidedOn)
  return next === undefined ? null : daysBetween(decidedOn, next)
}

/**
 * Of the customers whose promise was broken, and of those to whom it was kept: how many bought again within twice their usual
 * gap. Only cases whose time is over; each customer once, by the first. It describes; nobody drew lots for who is let down.
 */
export async function readAfterwards(house: House, promiseId: string) {
  const { zone } = await house.settings.business()
  const today = localDay(house.clock.now(), zone)
  const rows = await house.database.query<{ partyId: string; isBroken: boolean; decidedAt: Date }>(
    `select party_id as "partyId", bool_or(state = 'broken') as "isBroken",
       coalesce(min(decided_at) filter (where state = 'broken'), min(decided_at)) as "decidedAt"
     from guarantee.promise_case where promise_id = $1 and state in ('kept', 'broken') group by party_id
     order by bool_or(state = 'broken') desc, min(decided_at) desc limit $2`,
    [promiseId, most],
  )
  const partyIds = rows.map(row => row.partyId)
  const rhythms = await readPredictions(house, house.database, partyIds)
  const bought = await readPurchaseDays(house.database, partyIds, zone)
  const over = rows.flatMap(({ partyId, isBroken, decidedAt }) => {
    const decidedOn = localDay(decidedAt, zone)
    const usual = rhythms.get(partyId)?.usualDays ?? null
    const withinDays = usual === null ? usualDays : Math.min(longest, Math.max(1, Math.ceil(2 * usual)))
    if (addDays(decidedOn, withinDays) >= today) return []
    return [{ isBroken, returned: cameBack(bought.get(partyId) ?? [], decidedOn, withinDays) }]
  })
  return { broken: armOf(over.filter(each => each.isBroken)), kept: armOf(over.filter(each => !each.isBroken)) }
}

function armOf(list: readonly { readonly returned: boolean }[]) {
  const returned = list.filter(each => each.returned).length
  const interval = list.length > 0 ? wilsonInterval(returned, list.length) : null
  return { customers: list.length, returned, interval: interval && { from: interval.low, to: interval.high } }
}
