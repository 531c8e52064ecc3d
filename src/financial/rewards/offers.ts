import { reachedTiers } from '#financial/tiers/index.ts'
import { localDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { codeOf, readSecret } from './code.ts'
import * as cards from './collect-store.ts'
import type { Collected, Offer, Taken, TakenWithCode } from './contract.ts'
import { offerOf } from './rules.ts'
import * as store from './store.ts'
import { canGiveBack, pointsAsset, stateAt } from './take.ts'

export interface PartyRewards {
  readonly points: number
  readonly offers: Offer[]
  readonly taken: Taken[]
  readonly cards: Collected[]
}

/** All that somebody could take now and why not, what they have taken, and their stamps. */
export async function rewardsOf(house: House, partyId: string): Promise<PartyRewards> {
  const { database } = house
  const now = house.clock.now()
  const { zone } = await house.settings.business()
  const today = localDay(now, zone)
  await store.nameOf(database, partyId)
  const rewards = await store.readRewards(database, now)
  const had = await store.countHad(database, partyId, now)
  const points = await store.spendable(database, partyId, pointsAsset, now)
  const reached = (await reachedTiers(house, database, partyId)).map(tier => tier.tierId)
  const offers = rewards
    .filter(({ isActive, terms }) => isActive && (terms.untilOn === null || terms.untilOn >= today))
    .map(({ rewardId, terms, isActive, gone }): Offer => {
      const left = terms.stock === null ? null : terms.stock - gone
      const asking = { today, isActive, left, reached, had: had.get(rewardId) ?? 0, points }
      const offer = offerOf(terms, asking)
      const { name, description, icon, merchants, untilOn, validDays, price } = terms
      const usualPrice = price !== null && offer.price !== null && offer.price < price ? price : null
      return { rewardId, name, description, icon, merchants, left, untilOn, validDays, usualPrice, ...offer }
    })
    // A reward that only a stamp card gives is shown on the card.
    .filter(offer => offer.whyNot !== 'stamps-only')
  const taken = await store.readTakenOf(database, partyId)
  return {
    points,
    offers,
    taken: taken.map(each => shownTaken(each, { rewards, now, zone })),
    cards: await collectedBy(database, partyId, { rewards, now, zone, today }),
  }
}

interface Seen {
  readonly rewards: readonly store.StoredReward[]
  readonly now: Date
  readonly zone: string
}

/** Something taken, as it stands at this instant. */
export function shownTaken(taken: store.StoredTaken, { rewards, now, zone }: Seen): Taken {
  const { name, icon } = rewards.find(reward => reward.rewardId === taken.rewardId)!.terms
  const state = stateAt(taken, now)
  const { takenId, partyId, rewardId, price, cardId, merchants, takenAt, reservedUntil, expiresAt } = taken
  return {
    takenId,
    partyId,
    rewardId,
    name,
    icon,
    state,
    price,
    cardId,
    merchants: [...merchants],
    takenAt: takenAt.toISOString(),
    reservedUntil: state === 'reserved' ? reservedUntil!.toISOString() : null,
    lastUsableOn: expiresAt === null ? null : localDay(new Date(expiresAt.getTime() - 1), zone),
    usedAt: taken.usedAt?.toISOString() ?? null,
    usedMerchant: taken.usedMerchant,
    canGiveBack: canGiveBack(taken, now),
  }
}

/** Something taken, for an answer of its own. */
export async function show(house: House, taken: store.StoredTaken): Promise<Taken> {
  const now = house.clock.now()
  const { zone } = await house.settings.business()
  const rewards = await store.readRewards(house.database, now, [taken.rewardId])
  return shownTaken(taken, { rewards, now, zone })
}

/** With its code, as long as that can be used. */
export async function withCodes<One extends Taken>(
  queryable: Queryable,
  taken: readonly One[],
): Promise<(One & Pick<TakenWithCode, 'code'>)[]> {
  const secret = await readSecret(queryable)
  return taken.map(each => ({ ...each, code: each.state === 'taken' ? codeOf(secret, each.takenId) : null }))
}

async function collectedBy(
  queryable: Queryable,
  partyId: string,
  { rewards, now, zone, today }: Seen & { readonly today: string },
): Promise<Collected[]> {
  const held = await cards.readCollected(queryable, partyId, now)
  return (await store.readCards(queryable)).flatMap(({ cardId, terms, untilOn }) => {
    const collected = held.get(cardId)
    const reward = rewards.find(each => each.rewardId === terms.rewardId)
    // A card that somebody made between our questions is there the next time.
    if (!collected || !reward) return []
    const { stamps, owed, completed, nextExpiresAt, next } = collected
    const isOver = (untilOn !== null && untilOn < today) || terms.startsOn > today
    if (isOver && stamps === 0) return []
    return [
      {
        cardId,
        name: terms.name,
        rewardName: reward.terms.name,
        icon: reward.terms.icon,
        stamps,
        needed: terms.stamps,
        owed,
        completed,
        nextExpiry: nextExpiresAt && {
          stamps: next,
          lastUsableOn: localDay(new Date(nextExpiresAt.getTime() - 1), zone),
        },
      },
    ]
  })
}
