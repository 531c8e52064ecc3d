import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Identifier, recogniseParties } from '#kernel/parties/index.ts'
import { type Refused, refused } from './message.ts'

export interface Stranger {
  readonly partyId: string
  /** Known only as somebody's browser so far: nobody signed in there, and no shop gave them a number. */
  readonly isOnlyBrowser: boolean
  /** Nothing else is known of that browser either, and nothing but looking about was ever recorded of it. */
  readonly isVisit: boolean
}

/**
 * For names that are said to be one person's: another profile that holds one of them. Two profiles are never made one by a
 * machine where that could move money; people are asked.
 */
export async function strangersIn(
  house: House,
  queryable: Queryable,
  named: readonly { readonly identifiers: readonly Identifier[]; readonly partyId: string | undefined }[],
): Promise<readonly (Stranger | undefined)[]> {
  if (named.length === 0) return []
  const single = named.flatMap(({ identifiers, partyId }, order) =>
    partyId === undefined ? [] : identifiers.map(identifier => ({ order, partyId, identifier })),
  )
  const owners = await recogniseParties(
    house,
    queryable,
    single.map(({ identifier }) => ({ identifiers: [identifier] })),
  )
  const others = new Map<number, string>()
  for (const [index, { order, partyId }] of single.entries()) {
    const owner = owners[index]
    if (owner !== undefined && owner !== partyId) others.set(order, owner)
  }
  if (others.size === 0) return named.map(() => undefined)
  const rows = await queryable.query<{ party_id: string }>(
    `select distinct party_id from parties.identifier where party_id = any ($1) and kind <> 'anonymous_id'`,
    [[...new Set(others.values())]],
  )
  const known = new Set(rows.map(row => row.party_id))
  const visits = await queryable.query<{ party_id: string }>(
    `select p.party_id from parties.party p
     where p.party_id = any ($1) and p.kind = 'person' and p.birthday is null and p.details = '{}'
       and p.name in (select i.value from parties.identifier i where i.party_id = p.party_id)
       and not exists (select from parties.party m where m.canonical_party_id = p.party_id)
       and not exists (select from events.event e where e.party_id = p.party_id and e.kind <> all ($2))`,
    [[...new Set(others.values())].filter(partyId => !known.has(partyId)), ['client.viewed', 'client.tracked']],
  )
  const isVisit = new Set(visits.map(row => row.party_id))
  return named.map((_, order) => {
    const partyId = others.get(order)
    return partyId && { partyId, isOnlyBrowser: !known.has(partyId), isVisit: isVisit.has(partyId) }
  }) as (Stranger | undefined)[]
}

export function twoProfiles(one: string, other: string): Refused {
  return refused('events:problem.two-profiles', { one, other })
}
