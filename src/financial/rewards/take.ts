import { reachedTiers } from '#financial/tiers/index.ts'
import { addDays, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { LostRace } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { because, type Instruction, post } from '#kernel/ledger/index.ts'
import type { Language } from '#kernel/locale/index.ts'
import { requireMerchant } from '#kernel/merchants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Asker } from './asker.ts'
import { keepCodes } from './code.ts'
import { offerOf, type RewardTerms, type WhyNot } from './rules.ts'
import * as store from './store.ts'

export const pointsAsset = 'points'
export const rightOf = (rewardId: string) => `reward:${rewardId}`
/** Names the programme in the ledger as issuer of rights and stamps. */
export const issuer = 'rewards'

export interface Wish {
  readonly partyId: string
  readonly rewardId: string
  /** The id of the taking, made from the request (see `requestId`). */
  readonly takenId: string
  /** Where it is taken: they are owed for the points. */
  readonly merchant: string | null
  readonly by: Asker
}

/**
 * Pays a reward with points at once: points, right, code and stock in one transaction, or nothing. The same taking again changes
 * nothing and answers the same.
 *
 * Order of locks, here and wherever a reward is touched: the taking, the ledger, how often somebody took it, the stock.
 */
export async function takeReward(house: House, transaction: Transaction, wish: Wish): Promise<store.StoredTaken> {
  return begin(house, transaction, wish, null)
}

/**
 * Sets points and stock aside until an instant. When that has passed both are free again, by whatever looks at them next: no job
 * has to come by.
 */
export async function reserveReward(
  house: House,
  transaction: Transaction,
  wish: Wish,
  until: Date,
): Promise<store.StoredTaken> {
  return begin(house, transaction, wish, until)
}

async function begin(
  house: House,
  transaction: Transaction,
  wish: Wish,
  reservedUntil: Date | null,
): Promise<store.StoredTaken> {
  const { partyId, rewardId, takenId, merchant, by } = wish
  const now = house.clock.now()
  const earlier = await store.lockTaken(transaction, partyId, takenId)
  if (earlier?.rewardId === rewardId) return earlier
  if (earlier) throw refuse('conflict', 'ledger:refusal.key-used')
  await store.nameOf(transaction, partyId)
  if (merchant !== null) await requireMerchant(transaction, merchant)
  const reward = await store.requireReward(transaction, now, rewardId)
  const price = await priceNow(house, transaction, reward, partyId)
  const taken = {
    ...(await rightNow(house, transaction, reward.terms)),
    partyId,
    takenId,
    rewardId,
    state: reservedUntil === null ? ('taken' as const) : ('reserved' as const),
    price,
    cardId: null,
    stamps: null,
    merchant,
    reservedUntil,
    ...notUsed,
  }
  const instructions =
    reservedUntil === null
      ? [...paying(taken, 'spend'), issuing(taken)]
      : price > 0
        ? [
            {
              ...ofPoints(taken, 'hold'),
              act: 'hold' as const,
              holdId: takenId,
              amount: price,
              until: reservedUntil.getTime(),
            },
          ]
        : []
  const reason = await noted(house, transaction, 'reward', reward.terms)
  await postOrRefuse(house, transaction, instructions, { ...by, reason })
  if (!(await store.insertTaken(transaction, taken))) throw new LostRace()
  await requireNotHadEnough(transaction, reward.terms, taken, now)
  if (reservedUntil === null) await finish(house, transaction, taken, by)
  await store.takeFromStock(transaction, { rewardId, version: reward.version, now })
  if (reservedUntil !== null) await store.insertReserved(transaction, { rewardId, takenId, until: reservedUntil })
  await house.live.announce(transaction, ['rewards', 'points'])
  return taken
}

/** Pays what was reserved. Once only, and never when the time is over: somebody else may have the place. */
export async function captureReward(
  house: House,
  transaction: Transaction,
  { partyId, takenId, by }: Pick<Wish, 'partyId' | 'takenId' | 'by'>,
): Promise<store.StoredTaken> {
  const now = house.clock.now()
  const reserved = await requireTaken(transaction, partyId, takenId)
  if (reserved.reservedUntil !== null && reserved.state === 'taken') return reserved
  requireReserved(reserved, now)
  const { terms } = await store.requireReward(transaction, now, reserved.rewardId)
  const taken = {
    ...reserved,
    ...(await rightNow(house, transaction, terms)),
    state: 'taken' as const,
  }
  const reason = await noted(house, transaction, 'reward', terms)
  await postOrRefuse(house, transaction, [...paying(taken, 'capture'), issuing(taken)], { ...by, reason })
  await store.updateTaken(transaction, taken)
  await finish(house, transaction, taken, by)
  if (!(await store.deleteReserved(transaction, taken.rewardId, takenId))) {
    throw refuse('conflict', 'rewards:refusal.not-reserved', { state: 'lapsed' })
  }
  await house.live.announce(transaction, ['rewards', 'points'])
  return taken
}

/** Lets go of what was reserved. */
export async function voidReward(
  house: House,
  transaction: Transaction,
  { partyId, takenId, by }: Pick<Wish, 'partyId' | 'takenId' | 'by'>,
): Promise<store.StoredTaken> {
  const reserved = await requireTaken(transaction, partyId, takenId)
  if (reserved.state === 'voided') return reserved
  requireReserved(reserved, house.clock.now())
  const voided = { ...reserved, state: 'voided' as const }
  const release = { ...ofPoints(voided, 'release'), act: 'release' as const, holdId: takenId }
  await postOrRefuse(house, transaction, voided.price > 0 ? [release] : [], { ...by, reason: because('reward-let-go') })
  await store.updateTaken(transaction, voided)
  await store.freeReserved(transaction, [voided])
  await house.live.announce(transaction, ['rewards', 'points'])
  return voided
}

/** Gives back what was taken and not used: the points return to the lots they came from, with the life that those had. */
export async function giveBack(
  house: House,
  transaction: Transaction,
  { partyId, takenId, by }: Pick<Wish, 'partyId' | 'takenId' | 'by'>,
): Promise<store.StoredTaken> {
  const now = house.clock.now()
  const taken = await requireTaken(transaction, partyId, takenId)
  if (taken.state === 'returned') return taken
  if (!canGiveBack(taken, now))
    throw refuse('conflict', 'rewards:refusal.not-given-back', { state: stateAt(taken, now) })
  const returned = { ...taken, state: 'returned' as const }
  // Not a revocation, which would take another right of the same reward where a till holds this one: that is refused here.
  const takeAway = {
    ...ofRight(returned, 'give back'),
    act: 'debit' as const,
    amount: 1,
    to: `adjustment:${issuer}` as const,
    only: { source: takenId },
  }
  const { terms } = await store.requireReward(transaction, now, taken.rewardId)
  const reason = await noted(house, transaction, 'reward-back', terms)
  await postOrRefuse(house, transaction, [...paying(returned, 'return'), takeAway], { ...by, reason })
  await store.updateTaken(transaction, returned)
  await tell(house, transaction, returned, { kind: 'reward.returned', by })
  await store.returnToStock(transaction, returned.rewardId)
  await house.live.announce(transaction, ['rewards', 'points'])
  return returned
}

/** What it costs this customer now; refuses where it cannot be taken, but for points, stock and how often, which are guarded. */
async function priceNow(
  house: House,
  transaction: Transaction,
  { terms, isActive }: store.StoredReward,
  partyId: string,
): Promise<number> {
  const reached = terms.tierPrices.length === 0 ? [] : await reachedTiers(house, transaction, partyId)
  const { zone } = await house.settings.business(transaction)
  const today = localDay(house.clock.now(), zone)
  const asking = { today, isActive, left: null, reached: reached.map(tier => tier.tierId), had: 0, points: Infinity }
  const { price, whyNot } = offerOf(terms, asking)
  if (whyNot !== null || price === null) throw cannotTake(whyNot ?? 'tier')
  return price
}

const cannotTake = (why: WhyNot) => refuse('conflict', 'rewards:refusal.cannot-take', { why })

async function requireNotHadEnough(
  transaction: Transaction,
  terms: RewardTerms,
  { partyId, rewardId }: store.StoredTaken,
  now: Date,
): Promise<void> {
  if (terms.perMember === null) return
  await store.lockTaker(transaction, partyId)
  const had = await store.countHad(transaction, partyId, now)
  if (had.get(rewardId)! > terms.perMember) throw cannotTake('had-enough')
}

/** Where and until when a right that is given at this moment can be used. */
export async function rightNow(house: House, transaction: Transaction, { merchants, validDays }: RewardTerms) {
  const { zone } = await house.settings.business(transaction)
  const takenAt = house.clock.now()
  const expiresAt = validDays === null ? null : startOfDay(addDays(localDay(takenAt, zone), validDays + 1), zone)
  return { merchants, takenAt, expiresAt }
}

export const notUsed = { useId: null, usedAt: null, usedBy: null, usedMerchant: null } as const

const ofPoints = ({ partyId, takenId, takenAt }: store.StoredTaken, what: string) => ({
  key: `reward ${takenId} ${what}`,
  partyId,
  asset: pointsAsset,
  occurredAt: takenAt.getTime(),
})

export const ofRight = ({ partyId, takenId, rewardId, takenAt }: store.StoredTaken, what: string) => ({
  key: `reward ${takenId} ${what}`,
  partyId,
  asset: rightOf(rewardId),
  occurredAt: takenAt.getTime(),
})

/** Names a reward in the journal, which keeps one name: in the language of the business where there is one. */
async function noted(house: House, transaction: Transaction, what: string, terms: Pick<RewardTerms, 'name'>) {
  const { language } = await house.settings.business(transaction)
  return because(what, nameIn(terms.name, language))
}

export const nameIn = (name: RewardTerms['name'], language: Language) =>
  name[language] ?? Object.values(name).find(Boolean) ?? ''

/** The movement of points, where any are asked for. */
function paying(taken: store.StoredTaken, act: 'spend' | 'capture' | 'return'): Instruction[] {
  const { price: amount, takenId: holdId, merchant } = taken
  if (amount === 0) return []
  const base = { ...ofPoints(taken, act), holdId, amount }
  return [act === 'return' ? { ...base, act } : { ...base, act, to: `redeemed:${merchant ?? 'house'}` }]
}

export function issuing(taken: store.StoredTaken): Instruction {
  const { takenId, expiresAt } = taken
  return {
    ...ofRight(taken, 'right'),
    act: 'issue',
    amount: 1,
    from: `issuance:${issuer}`,
    issuer,
    source: takenId,
    ...(expiresAt !== null && { expiresAt: expiresAt.getTime() }),
  }
}

/** The code and the fact. */
async function finish(house: House, transaction: Transaction, taken: store.StoredTaken, by: Asker): Promise<void> {
  await keepCodes(transaction, [taken])
  await tell(house, transaction, taken, { kind: 'reward.taken', by })
}

/** What others may want to know of it. */
export function factOf({ takenId, rewardId, price, cardId, merchant, usedMerchant }: store.StoredTaken, kind: string) {
  const where = kind.startsWith('reward.use') ? usedMerchant : merchant
  return { takenId, rewardId, price, ...(cardId !== null && { cardId }), ...(where !== null && { merchant: where }) }
}

export async function tell(
  house: House,
  transaction: Transaction,
  taken: store.StoredTaken,
  { kind, by }: { readonly kind: string; readonly by: Asker },
): Promise<void> {
  await house.events.record(transaction, by.source, [
    { kind, partyId: taken.partyId, occurredAt: house.clock.now(), payload: factOf(taken, kind) },
  ])
}

export async function postOrRefuse(
  house: House,
  transaction: Transaction,
  instructions: readonly Instruction[],
  { actor, reason }: Pick<Asker, 'actor'> & { readonly reason: string },
): Promise<void> {
  const [outcomes = []] = await post(house, transaction, [{ instructions, author: { actor, reason } }])
  const refused = outcomes.find(outcome => outcome.state === 'refused')
  if (refused) throw refuse('conflict', refused.code, refused.details)
}

export async function requireTaken(
  transaction: Transaction,
  partyId: string,
  takenId: string,
): Promise<store.StoredTaken> {
  const taken = await store.lockTaken(transaction, partyId, takenId)
  if (!taken) throw refuse('not-found', 'rewards:refusal.no-such-taking')
  return taken
}

function requireReserved(taken: store.StoredTaken, now: Date): void {
  const state = stateAt(taken, now)
  if (state !== 'reserved') throw refuse('conflict', 'rewards:refusal.not-reserved', { state })
}

/** What a taking is at an instant, whether or not a job has written it down. Example: taken, its time over -> `expired`. */
export function stateAt({ state, reservedUntil, expiresAt }: store.StoredTaken, now: Date): store.StoredTaken['state'] {
  if (state === 'reserved' && reservedUntil! <= now) return 'lapsed'
  if (state === 'taken' && expiresAt !== null && expiresAt <= now) return 'expired'
  return state
}

/** What was collected with stamps is not given back: it was not paid with points. */
export function canGiveBack(taken: store.StoredTaken, now: Date): boolean {
  return taken.cardId === null && stateAt(taken, now) === 'taken'
}
