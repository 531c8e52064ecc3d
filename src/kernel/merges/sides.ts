import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { joinedProfiles } from '#kernel/ledger/index.ts'
import { consentsOf, personOf, readParty } from '#kernel/parties/index.ts'
import type { Side } from './contract.ts'

/** Somebody as they stand now, in what two people at a desk would compare. */
export async function sideOf(house: House, queryable: Queryable, partyId: string): Promise<Side> {
  const { holderId, profileIds } = await personOf(queryable, partyId)
  const party = await readParty(queryable, holderId)
  const { currency, zone } = await house.settings.business(queryable)
  const purchases = await house.events.history(queryable, [holderId], ['purchase.recorded'])
  const money = purchases.map(event => event.payload as { amountMinor: number; currency: string })
  const days = purchases.map(event => localDay(event.occurredAt, zone))
  const held = await queryable.query<{ asset: string; left: number }>(
    `select asset, sum(available - debt)::bigint as left from ledger.holding
     where party_id = any ($1) and asset = any ($2) group by asset`,
    [await joinedProfiles(queryable, holderId), ['points', `money:${currency}`]],
  )
  const consents = await consentsOf(queryable, holderId)
  const named = (each: { purpose: string; channel: string }) => `${each.purpose}-${each.channel}`
  const { name, say, birthday, identifiers, details, createdAt } = party
  return {
    ...{ partyId: holderId, name, say, birthday, identifiers, details, createdAt },
    profiles: profileIds.length,
    purchases: purchases.length,
    spendMinor: money.reduce((sum, each) => (each.currency === currency ? sum + each.amountMinor : sum), 0),
    currency,
    firstOn: days[0] ?? null,
    lastOn: days.at(-1) ?? null,
    points: held.find(each => each.asset === 'points')?.left ?? 0,
    creditMinor: held.find(each => each.asset === `money:${currency}`)?.left ?? 0,
    standings: [...(await house.standings(queryable, holderId))].map(({ key, words }) => ({
      key,
      words: { ...words },
    })),
    allows: consents.filter(each => each.isGiven).map(named),
    refuses: consents.filter(each => !each.isGiven && each.at !== null).map(named),
  }
}
