import { tiersOf } from '#financial/tiers/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import type { Edition, Fact, Ground } from './cases.ts'
import { type Evidence, guaranteeSettings, settingsName } from './terms.ts'

/** What the promises in some editions look for in the log. */
export function soughtBy(editions: readonly Edition[]): { kinds: string[]; names: string[] } {
  const sought = editions.flatMap(({ terms }): Evidence[] => {
    if (!terms) return []
    const { judged } = terms
    const all = judged.kind === 'timed' ? [judged.start, judged.stop, judged.void] : [judged.broken]
    return all.filter(each => each !== null)
  })
  const tiers = editions.some(({ terms }) => terms?.scope.tiers) ? ['tiers.rose', 'tiers.fell'] : []
  return {
    // Purchases are always read: they say what an order came to.
    kinds: [...new Set(['purchase.recorded', ...tiers, ...sought.map(each => each.kind)])].filter(
      kind => kind !== 'client.tracked',
    ),
    names: [...new Set(sought.flatMap(each => (each.name === null ? [] : [each.name])))],
  }
}

/** An order may have been placed long before the promise that its delivery is part of. */
const lookBackMs = 400 * 86_400_000

/** These customers' facts, as the log now stands, each with the profile by which it came: what was corrected is left out. */
export async function readFacts(
  queryable: Queryable,
  partyIds: readonly string[],
  editions: readonly Edition[],
): Promise<Map<string, (Fact & { readonly profileId: string })[]>> {
  const { kinds, names } = soughtBy(editions)
  const since = Math.min(...editions.map(edition => edition.startsAt)) - lookBackMs
  const rows = await queryable.query<{
    partyId: string
    profileId: string
    eventId: string
    kind: string
    occurredAt: Date
    receivedAt: Date
    payload: Record<string, unknown>
    properties: Record<string, unknown> | null
  }>(
    `select e.party_id as "partyId", coalesce(e.origin_party_id, e.party_id) as "profileId", e.event_id as "eventId", e.kind, e.occurred_at as "occurredAt",
       e.received_at as "receivedAt", e.payload, p.properties
     from events.event e left join events.property p on p.party_id = e.party_id and p.event_id = e.event_id
     where e.party_id = any ($1) and e.occurred_at >= $2
       and (e.kind = any ($3) or (e.kind = 'client.tracked' and e.payload ->> 'name' = any ($4)
         -- Anybody can say with the key of a web page that something was late.
         and not exists (select from events.source s where s.source_id = e.source_id and s.kind = 'browser')))`,
    [partyIds, new Date(since), kinds, names],
  )
  const replaced = new Set(rows.map(row => row.payload.replaces).filter(id => id !== undefined))
  const facts = rows
    .filter(row => !replaced.has(row.eventId))
    .map(({ occurredAt, receivedAt, ...row }) => ({
      ...row,
      at: occurredAt.getTime(),
      receivedAt: receivedAt.getTime(),
    }))
  return Map.groupBy(facts, fact => fact.partyId)
}

/** What the rules lean on besides the log; `of` says it for one customer. */
export async function readGround(
  house: House,
  queryable: Queryable,
  editions: readonly Edition[],
  partyIds: readonly string[],
): Promise<{ of(partyId: string): Ground }> {
  const { calendars } = await house.settings.read(settingsName, guaranteeSettings, queryable)
  const byCategory = editions.some(({ terms }) => terms?.scope.categories)
  const byTier = editions.some(({ terms }) => terms?.scope.tiers)
  const categories = byCategory ? await readCategories(queryable) : new Map<string, string>()
  const tiers = byTier ? await tiersOf(queryable, partyIds) : new Map<string, string | null>()
  const shared = { calendars, digitsOf: minorDigits, categoryOf: (sku: string) => categories.get(sku) }
  return { of: partyId => ({ ...shared, tierId: tiers.get(partyId) ?? null }) }
}

async function readCategories(queryable: Queryable): Promise<Map<string, string>> {
  const rows = await queryable.query<{ sku: string; category: string }>(
    'select sku, category from catalogue.product where category is not null',
  )
  return new Map(rows.map(row => [row.sku, row.category]))
}
