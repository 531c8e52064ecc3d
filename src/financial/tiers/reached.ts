import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { readRules } from './editions.ts'
import { countedOf } from './recompute.ts'
import type { Tier } from './rules.ts'
import { standingOn } from './standing.ts'

/**
 * The tiers that a customer has reached now, from the lowest up, worked out from the log; none where there is no ladder.
 *
 * Example: silver, gold, jade, and a customer who stands at gold -> silver, gold.
 */
export async function reachedTiers(house: House, queryable: Queryable, partyId: string): Promise<readonly Tier[]> {
  const rules = await readRules(house, queryable)
  if (!rules) return []
  const { zone } = await house.settings.business(queryable)
  const counted = await countedOf(house, queryable, [partyId], { rules, zone })
  const { tier } = standingOn(rules, counted.get(partyId) ?? [], localDay(house.clock.now(), zone))
  return rules.tiers.slice(0, tier + 1)
}

/** The ladder, from the lowest tier up; empty where there is none. */
export async function ladder(house: House, queryable?: Queryable): Promise<readonly Tier[]> {
  return (await readRules(house, queryable))?.tiers ?? []
}
