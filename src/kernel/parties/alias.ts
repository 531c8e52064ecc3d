import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'

/**
 * Who stands for whom. Two profiles of one person are joined by saying so (`canonical_party_id`), one level deep: every profile
 * points at the one that was kept. What must read over all profiles of somebody asks `profileIdsOf`.
 *
 * Example: B was merged into A -> `holdersOf([B, C])` is {B: A}; `profileIdsOf([A])` is {A: [A, B]}.
 */
export async function holdersOf(queryable: Queryable, partyIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await queryable.query<{ partyId: string; holderId: string }>(
    `select party_id as "partyId", canonical_party_id as "holderId" from parties.party
     where party_id = any ($1) and canonical_party_id is not null`,
    [partyIds],
  )
  return new Map(rows.map(row => [row.partyId, row.holderId]))
}

/** All profiles of each of these people, their own id first; whoever was never merged has one. Ask by the id that was kept. */
export async function profileIdsOf(
  queryable: Queryable,
  partyIds: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const rows = await queryable.query<{ partyId: string; holderId: string }>(
    `select party_id as "partyId", canonical_party_id as "holderId" from parties.party
     where canonical_party_id = any ($1) order by party_id`,
    [partyIds],
  )
  const others = Map.groupBy(rows, row => row.holderId)
  return new Map(partyIds.map(id => [id, [id, ...(others.get(id) ?? []).map(row => row.partyId)]]))
}

/** The one under whose id somebody goes on, whichever profile was asked for, and all their profiles, that one first. */
export async function personOf(
  queryable: Queryable,
  partyId: string,
): Promise<{ readonly holderId: string; readonly profileIds: readonly string[] }> {
  const holderId = (await holdersOf(queryable, [partyId])).get(partyId) ?? partyId
  return { holderId, profileIds: (await profileIdsOf(queryable, [holderId])).get(holderId)! }
}

/** Until when a house need not ask whether anybody was merged at all; few are, and events come by the thousand. */
const nobodyUntil = new WeakMap<House, number>()

/**
 * `holdersOf` for the ways by which events come in: where nobody was ever merged it asks once a second. A process that has not
 * heard yet of the first merge files an event where it came by; `merges.gather` brings it after.
 */
export async function holdersKnownTo(
  house: House,
  queryable: Queryable,
  partyIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const now = house.clock.elapsed()
  if ((nobodyUntil.get(house) ?? 0) > now) return new Map()
  const holders = await holdersOf(queryable, partyIds)
  if (holders.size > 0) return holders
  const merged = await queryable.query('select from parties.party where canonical_party_id is not null limit 1')
  if (merged.length === 0) nobodyUntil.set(house, now + 1000)
  return holders
}

/** `profileIdsOf`, without asking where nobody was ever merged. */
export async function profileIdsKnownTo(
  house: House,
  queryable: Queryable,
  partyIds: readonly string[],
): Promise<Map<string, readonly string[]>> {
  const isNobody = (nobodyUntil.get(house) ?? 0) > house.clock.elapsed()
  return isNobody ? new Map(partyIds.map(id => [id, [id]])) : await profileIdsOf(queryable, partyIds)
}

/** Somebody is merged: this process asks from now on. */
export function noteMerge(house: House): void {
  nobodyUntil.delete(house)
}
