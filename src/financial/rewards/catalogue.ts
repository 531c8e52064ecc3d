import { worthMinorPer100 } from '#financial/points/index.ts'
import { ladder } from '#financial/tiers/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { declareAsset } from '#kernel/ledger/index.ts'
import { minorDigits } from '#kernel/locale/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { stampsOf } from './collect.ts'
import * as cards from './collect-store.ts'
import { type CardTerms, type RewardTerms, usualRewards } from './rules.ts'
import * as store from './store.ts'
import { rightOf } from './take.ts'

/** Puts a reward into the catalogue; the same id again changes nothing. */
export async function createReward(
  house: House,
  transaction: Transaction,
  { rewardId, terms }: { readonly rewardId: string; readonly terms: RewardTerms },
): Promise<void> {
  await requireKnown(house, transaction, terms)
  await declareAsset(house, transaction, rightOf(rewardId), 'right')
  await store.insertReward(transaction, { rewardId, terms, at: house.clock.now() })
  await house.live.announce(transaction, ['rewards'])
}

export async function changeReward(
  house: House,
  transaction: Transaction,
  { rewardId, terms }: { readonly rewardId: string; readonly terms: RewardTerms },
): Promise<void> {
  await requireKnown(house, transaction, terms)
  await transaction.query('select from rewards.reward where reward_id = $1 for update', [rewardId])
  const reward = await store.requireReward(transaction, house.clock.now(), rewardId)
  if (terms.stock !== null && (await isOnCard(house, transaction, rewardId))) {
    throw refuse('conflict', 'rewards:refusal.stock-of-card')
  }
  // Reservations that are over stand in the row until somebody needs their place: they must not be in the way here.
  await store.freeOver(transaction, rewardId, house.clock.now())
  if (terms.stock !== null && terms.stock < reward.gone) {
    throw refuse('conflict', 'rewards:refusal.stock-below-taken', { gone: reward.gone })
  }
  await store.updateReward(transaction, { ...reward, terms })
  await house.live.announce(transaction, ['rewards'])
}

/** What was taken stays good when a reward leaves the catalogue. */
export async function archiveReward(
  house: House,
  transaction: Transaction,
  { rewardId, isActive }: { readonly rewardId: string; readonly isActive: boolean },
): Promise<void> {
  const reward = await store.requireReward(transaction, house.clock.now(), rewardId)
  if (!isActive && (await isOnCard(house, transaction, rewardId))) {
    throw refuse('conflict', 'rewards:refusal.needed-by-card')
  }
  await store.updateReward(transaction, { ...reward, isActive })
  await house.live.announce(transaction, ['rewards'])
}

/** Begins a stamp card. Its reward is owed to whoever fills it, so the reward must be one that cannot run out. */
export async function createCard(
  house: House,
  transaction: Transaction,
  { cardId, terms }: { readonly cardId: string; readonly terms: CardTerms },
): Promise<void> {
  for (const merchant of terms.merchants) await requireMerchant(transaction, merchant)
  const reward = await store.requireReward(transaction, house.clock.now(), terms.rewardId)
  if (!reward.isActive) throw refuse('not-found', 'rewards:refusal.no-such-reward')
  if (reward.terms.stock !== null) throw refuse('conflict', 'rewards:refusal.stock-of-card')
  const { zone } = await house.settings.business(transaction)
  await declareAsset(house, transaction, stampsOf(cardId), 'stamp')
  await store.insertCard(transaction, { cardId, terms, at: house.clock.now() })
  if (terms.startsOn < localDay(house.clock.now(), zone)) {
    await house.jobs.enqueue(transaction, 'rewards.catch-up', {}, { key: 'rewards.catch-up' })
  }
  await house.live.announce(transaction, ['rewards', 'jobs'])
}

/** Says on which day a card gives its last stamp: never a day that is over, since what it gave stays given. */
export async function endCard(
  house: House,
  transaction: Transaction,
  { cardId, untilOn }: { readonly cardId: string; readonly untilOn: string | null },
): Promise<void> {
  const { zone } = await house.settings.business(transaction)
  const today = localDay(house.clock.now(), zone)
  if (untilOn !== null && untilOn < today) throw refuse('invalid', 'rewards:refusal.ends-in-the-past', { today })
  if (!(await store.updateCard(transaction, cardId, untilOn))) throw refuse('not-found', 'rewards:refusal.no-such-card')
  await house.live.announce(transaction, ['rewards'])
}

async function requireKnown(house: House, transaction: Transaction, terms: RewardTerms): Promise<void> {
  for (const merchant of terms.merchants) await requireMerchant(transaction, merchant)
  if (terms.tierPrices.length === 0) return
  const known = new Set((await ladder(house, transaction)).map(tier => tier.tierId))
  const unknown = terms.tierPrices.find(({ tierId }) => !known.has(tierId))
  if (unknown) throw refuse('invalid', 'rewards:refusal.unknown-tier', { tier: unknown.tierId })
}

async function isOnCard(house: House, transaction: Transaction, rewardId: string): Promise<boolean> {
  const { zone } = await house.settings.business(transaction)
  const today = localDay(house.clock.now(), zone)
  const all = await store.readCards(transaction)
  return all.some(({ terms, untilOn }) => terms.rewardId === rewardId && (untilOn === null || untilOn >= today))
}

/** The catalogue as staff see it. */
export async function readCatalogue(house: House) {
  const { database } = house
  const now = house.clock.now()
  const { zone, currency } = await house.settings.business()
  const todayOn = localDay(now, zone)
  const figures = await store.readFigures(database)
  const collected = await cards.readCardFigures(database)
  const worth = (await worthMinorPer100(house, database)) || 10 ** minorDigits(currency)
  const groups = await cards.categories(database)
  return {
    items: (await store.readRewards(database, now)).map(({ rewardId, terms, isActive, gone, reserved }) => ({
      rewardId,
      terms,
      isActive,
      left: terms.stock === null ? null : terms.stock - gone,
      reserved,
      ...(figures.get(rewardId) ?? { taken: 0, used: 0, points: 0 }),
    })),
    cards: (await store.readCards(database)).map(({ cardId, terms, untilOn }) => ({
      cardId,
      terms,
      untilOn,
      isActive: untilOn === null || untilOn >= todayOn,
      ...(collected.get(cardId) ?? { collectors: 0, collected: 0, completed: 0 }),
    })),
    usual: usualRewards(units => roundUp((units * 10 ** minorDigits(currency) * 100) / worth)),
    tiers: (await ladder(house)).map(({ tierId, name }) => ({ tierId, name })),
    categories: [...new Set(groups.values())].sort().slice(0, 200),
    currency,
    todayOn,
  }
}

/** A price that reads well: up to the next ten, or hundred from a thousand on. Example: 801 -> 810; 3,001 -> 3,100. */
function roundUp(points: number): number {
  const step = points >= 1000 ? 100 : 10
  return Math.ceil(points / step) * step
}
