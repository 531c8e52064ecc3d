import { isKept, keptPointsOf, moneyKinds, purchasesOf } from '#financial/points/index.ts'
import { addDays, type Day, localDay } from '#kernel/clock/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import type { TierRules } from './rules.ts'
import { type Counted, type Standing, standingOn } from './standing.ts'
import * as store from './store.ts'

/** What counts for these customers, from the log as it now stands. */
export async function countedOf(
  house: House,
  queryable: Queryable,
  partyIds: readonly string[],
  given: { readonly rules: TierRules; readonly zone: string },
): Promise<Map<string, Counted[]>> {
  const { rules, zone } = given
  if (rules.measure === 'points') return keptPointsOf(queryable, partyIds, zone)
  const events = Map.groupBy(await house.events.history(queryable, partyIds, moneyKinds), event => event.partyId)
  const counted = new Map<string, Counted[]>()
  for (const [partyId, theirs] of events) {
    const kept = purchasesOf(theirs, zone).filter(each => isKept(each) && each.currency === rules.currency)
    counted.set(
      partyId,
      rules.measure === 'spend'
        ? kept.map(({ on, amountMinor, refundedMinor }) => ({ on, amount: amountMinor - refundedMinor }))
        : [...new Set(kept.map(({ on }) => on))].map(on => ({ on, amount: 1 })),
    )
  }
  return counted
}

/**
 * Works out from scratch where customers stand, keeps it, and says what changed. Whoever is about to drop is told once for
 * each drop, with what is missing.
 */
export async function recompute(
  house: House,
  transaction: Transaction,
  partyIds: readonly string[],
  given: { readonly rules: TierRules; readonly isQuiet?: boolean },
): Promise<NewEvent[]> {
  if (partyIds.length === 0) return []
  const { rules, isQuiet = false } = given
  const { zone } = await house.settings.business(transaction)
  const now = house.clock.now()
  const today = localDay(now, zone)
  const sorted = [...new Set(partyIds)].sort()
  const stored = await store.lockStandings(transaction, sorted, today)
  const counted = await countedOf(house, transaction, sorted, { rules, zone })
  const events: NewEvent[] = []
  const standings = sorted.map(partyId => {
    const before = stored.get(partyId)!
    const standing = standingOn(rules, counted.get(partyId) ?? [], today)
    const next = keptFrom(rules, before, { standing, today })
    const tell = (kind: string, payload: object) =>
      events.push({ kind: `tiers.${kind}`, partyId, occurredAt: now, payload })
    if (!isQuiet && next.tierId !== before.tierId) {
      const rank = (tierId: string | null) => rules.tiers.findIndex(tier => tier.tierId === tierId)
      const name = rules.tiers[standing.tier]?.name ?? null
      tell(standing.tier > rank(before.tierId) ? 'rose' : 'fell', { from: before.tierId, to: next.tierId, name })
    }
    if (!isQuiet && standing.drop && next.noticedFor !== before.noticedFor && next.noticedFor !== null) {
      const { on, missing } = standing.drop
      tell('ending', { tierId: next.tierId, name: rules.tiers[standing.tier]!.name, dropsOn: on, missing })
    }
    return next
  })
  await store.writeStandings(transaction, standings)
  await house.live.announce(transaction, ['points'])
  return events
}

/** The standing as it is kept, with the day on which somebody must look again though nothing was bought. */
function keptFrom(
  rules: TierRules,
  before: store.StoredStanding,
  { standing, today }: { standing: Standing; today: Day },
): store.StoredStanding {
  const { tier, sinceOn, drop } = standing
  const dropsOn = drop?.on ?? null
  const noticeOn = dropsOn === null ? null : addDays(dropsOn, -rules.noticeDays)
  const isTold = dropsOn !== null && noticeOn! <= today && rules.noticeDays > 0
  const noticedFor = isTold ? dropsOn : before.noticedFor === dropsOn ? before.noticedFor : null
  return {
    partyId: before.partyId,
    tierId: rules.tiers[tier]?.tierId ?? null,
    sinceOn: sinceOn ?? before.sinceOn,
    dropsOn,
    noticeOn,
    noticedFor,
    dueOn: isTold || rules.noticeDays === 0 ? dropsOn : noticeOn,
  }
}
