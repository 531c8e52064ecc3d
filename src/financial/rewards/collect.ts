import { z } from 'zod'
import { moneyKinds, purchasesOf } from '#financial/points/index.ts'
import { addDays, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Transaction } from '#kernel/database/index.ts'
import { type NewEvent, type RecordedEvent, systemSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { because, type Instruction, type PostingRequest, post } from '#kernel/ledger/index.ts'
import { assert } from '#kernel/refusal.ts'
import type { BusinessSettings } from '#kernel/settings/index.ts'
import { keepCodes } from './code.ts'
import * as cards from './collect-store.ts'
import { type StampStep, stampSteps, stampsDue } from './stamps.ts'
import * as store from './store.ts'
import { factOf, issuer, issuing, nameIn, notUsed, rightNow } from './take.ts'

export const heardKinds = moneyKinds
export const stampsOf = (cardId: string) => `stamps:${cardId}`
const author = { actor: 'financial/rewards' }

/** Takes in purchases and refunds: stamps come and go in the transaction that records them. */
export async function hear(
  house: House,
  transaction: Transaction,
  events: readonly RecordedEvent[],
): Promise<NewEvent[]> {
  const all = await store.readCards(transaction)
  if (all.length === 0) return []
  const { zone } = await house.settings.business(transaction)
  const first = all.map(({ terms }) => terms.startsOn).sort()[0]!
  const told = events.map(event => event.partyId)
  const since = events.filter(event => localDay(event.occurredAt, zone) >= first).map(event => event.partyId)
  // What is older than every card matters only to those who have stamps: a correction may have moved a purchase.
  return collect(house, transaction, all, [...since, ...(await cards.knownCollectors(transaction, told))])
}

/** After purchases or refunds were withdrawn. */
export async function refold(house: House, transaction: Transaction, partyIds: readonly string[]): Promise<void> {
  const all = await store.readCards(transaction)
  if (all.length > 0) await collect(house, transaction, all, partyIds)
}

interface Change {
  readonly partyId: string
  readonly card: store.StoredCard
  readonly step: StampStep
}

/**
 * Works out which stamps are due to these customers from all that is known of them, posts what differs from what was posted, and
 * turns full cards into rewards. Doing it again changes nothing.
 */
export async function collect(
  house: House,
  transaction: Transaction,
  all: readonly store.StoredCard[],
  partyIds: readonly string[],
): Promise<NewEvent[]> {
  const sorted = [...new Set(partyIds)].sort()
  if (sorted.length === 0) return []
  await cards.lockCollectors(transaction, sorted)
  const business = await house.settings.business(transaction)
  const { zone } = business
  const told = Map.groupBy(await house.events.history(transaction, sorted, moneyKinds), event => event.partyId)
  const posted = await cards.readStamps(transaction, sorted)
  const asksCategory = all.some(({ terms }) => terms.categories.length > 0)
  const groups = asksCategory ? await cards.categories(transaction) : new Map<string, string>()
  const changes = sorted.flatMap(partyId => {
    const purchases = purchasesOf(told.get(partyId) ?? [], zone)
    return all.flatMap((card): Change[] => {
      const due = stampsDue(card, purchases, sku => groups.get(sku))
      const lines = posted.filter(line => line.partyId === partyId && line.cardId === card.cardId)
      return stampSteps(due, lines).map(step => ({ partyId, card, step }))
    })
  })
  if (changes.length === 0) return []
  const outcomes = await post(
    house,
    transaction,
    changes.flatMap(change => postings(change, business, house.clock.now().getTime())),
  )
  for (const [outcome] of outcomes)
    assert(outcome!.state === 'posted', `stamps are posted (${JSON.stringify(outcome)})`)
  await cards.writeStamps(
    transaction,
    changes.map(({ partyId, card, step }) => ({ partyId, cardId: card.cardId, ...step.line })),
  )
  await house.live.announce(transaction, ['rewards'])
  return complete(house, transaction, changes)
}

type Business = Pick<BusinessSettings, 'zone' | 'language'>

/** A stamp counts until the end of a day; one told of after that is over when it comes, and is booked as such. */
function postings({ partyId, card, step }: Change, { zone, language }: Business, now: number): PostingRequest[] {
  const name = nameIn(card.terms.name, language)
  const { lineKey, generation, issued, kept } = step.line
  const source = `${lineKey}#${generation}`
  const base = { partyId, asset: stampsOf(card.cardId), source }
  const key = `stamps ${partyId} ${card.cardId} ${source}`
  if (step.kind === 'take') {
    const share = { numerator: issued - kept, denominator: issued }
    return [
      {
        author: { ...author, reason: because('stamp-back', name) },
        instructions: [{ ...base, ...share, act: 'revoke', key: `${key} keeps ${kept}`, occurredAt: now }],
      },
    ]
  }
  const { stampDays } = card.terms
  const expiresAt = stampDays === null ? undefined : startOfDay(addDays(step.due.on, stampDays + 1), zone).getTime()
  const given: Instruction = {
    ...base,
    act: 'issue',
    key,
    occurredAt: step.due.at,
    amount: issued,
    from: `issuance:${issuer}`,
    issuer,
    ...(expiresAt !== undefined && { expiresAt }),
  }
  return [{ author: { ...author, reason: because('stamp', name) }, instructions: [given] }]
}

/**
 * Turns full cards into their reward: the stamps are spent and the right is issued together or not at all. A card's reward is owed,
 * so no stock can run out on it.
 */
async function complete(house: House, transaction: Transaction, changes: readonly Change[]): Promise<NewEvent[]> {
  const gained = changes.filter(({ step }) => step.kind === 'give')
  const holders = new Map(gained.map(change => [`${change.partyId} ${change.card.cardId}`, change]))
  const full = (await cards.stampsHeld(transaction, [...holders.values()])).filter(
    ({ partyId, cardId, stamps }) => stamps >= holders.get(`${partyId} ${cardId}`)!.card.terms.stamps,
  )
  const now = house.clock.now()
  const earned: store.StoredTaken[] = []
  for (const { partyId, cardId, stamps } of full) {
    const { terms } = holders.get(`${partyId} ${cardId}`)!.card
    const reward = await store.requireReward(transaction, now, terms.rewardId)
    for (let left = stamps; left >= terms.stamps; left -= terms.stamps) {
      earned.push({
        ...(await rightNow(house, transaction, reward.terms)),
        partyId,
        takenId: house.newId(),
        rewardId: terms.rewardId,
        state: 'taken',
        price: 0,
        cardId,
        stamps: terms.stamps,
        merchant: null,
        reservedUntil: null,
        ...notUsed,
      })
    }
  }
  const outcomes = await post(
    house,
    transaction,
    earned.map(taken => ({
      author: { ...author, reason: because('card-full') },
      instructions: [stamping(taken, now.getTime()), issuing(taken)],
    })),
  )
  // Stamps whose time was over by now are not there after all.
  const kept = earned.filter((_, index) => outcomes[index]![0]!.state === 'posted')
  for (const taken of kept) await store.insertTaken(transaction, taken)
  await keepCodes(transaction, kept)
  return kept.map(taken => ({
    kind: 'reward.taken',
    partyId: taken.partyId,
    occurredAt: now,
    payload: factOf(taken, 'reward.taken'),
  }))
}

function stamping({ partyId, takenId, cardId, stamps }: store.StoredTaken, now: number): Instruction {
  return {
    act: 'spend',
    key: `reward ${takenId} stamps`,
    partyId,
    asset: stampsOf(cardId!),
    occurredAt: now,
    holdId: takenId,
    amount: stamps!,
    to: `redeemed:${issuer}`,
  }
}

const atOnce = 500

/** Gives everybody the stamps of a card that began in the past; run again it changes nothing. */
export const catchUpJob = job({
  name: 'rewards.catch-up',
  input: z.object({}),
  visible: true,
  async run(house, _input, progress) {
    const all = await store.readCards(house.database)
    const { zone } = await house.settings.business()
    const first = all.map(({ terms }) => terms.startsOn).sort()[0]
    if (first === undefined) return { customers: 0 }
    const buyers = await cards.buyersSince(house.database, startOfDay(first, zone))
    for (let done = 0; done < buyers.length; done += atOnce) {
      await house.database.transaction(async transaction => {
        const following = await collect(house, transaction, all, buyers.slice(done, done + atOnce))
        await house.events.record(transaction, systemSource, following)
      })
      await progress.report({ done: Math.min(buyers.length, done + atOnce), total: buyers.length, unit: 'customers' })
      if (progress.signal.aborted) throw new Error('stopped before everybody had their stamps; the job runs again')
    }
    return { customers: buyers.length }
  },
})
