import { acceptedIssuers } from '#financial/coalition/index.ts'
import {
  captureHeld as captureCredit,
  holdPlanned,
  planPayment,
  planVisit,
  postAll,
  readCreditRules,
  redeemedAt,
  releaseHeld as releaseCredit,
  spendPlanned,
  visitBack,
} from '#financial/credit/index.ts'
import { redeem, usableBy } from '#financial/rewards/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { EventSource } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { because, digest, type Instruction, ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Uses } from './contract.ts'

export const pointsAsset = 'points'

/** Who acts at which till. */
export interface Till {
  readonly actor: string
  readonly source: EventSource
  readonly merchantId: string | null
}

export interface Using {
  readonly partyId: string
  /** Names in the ledger, for ever, what is used together. */
  readonly usesId: string
  readonly use: Uses
  readonly till: Till
  /** The order that is paid with it; where things are only set aside it may not be known yet. */
  readonly orderRef?: string
}

/** A reward that the customer has taken: one unit of its right, under the name of the taking. */
export interface HeldReward {
  readonly takenId: string
  readonly rewardId: string
}

export const pointsHold = (usesId: string) => digest(`${usesId} points`)
export const creditPayment = (usesId: string) => digest(`${usesId} credit`)
export const visitOf = (usesId: string, cardId: string) => digest(`${usesId} visit ${cardId}`)
const rewardHold = (usesId: string, takenId: string) => digest(`${usesId} reward ${takenId}`)

export function isNothing({ points, creditMinor, visits, rewards }: Uses): boolean {
  return points === 0 && creditMinor === 0 && visits.length === 0 && rewards.length === 0
}

/** Money first, in the order in which the ledger locks: tills that serve the same customer at once wait for each other. */
async function instructionsFor(
  house: House,
  transaction: Transaction,
  { partyId, usesId, use, till }: Using,
  until?: Date,
): Promise<Instruction[]> {
  const to = redeemedAt(till.merchantId)
  const instructions: Instruction[] = []
  if (use.creditMinor > 0) {
    const planned = await planPayment(house, transaction, {
      partyId,
      currency: await creditCurrency(house, transaction),
      amountMinor: use.creditMinor,
      paymentId: creditPayment(usesId),
    })
    instructions.push(...(until ? holdPlanned(house, planned, until) : spendPlanned(house, planned, to)))
  }
  if (use.points > 0) {
    const issuers = till.merchantId === null ? undefined : await acceptedIssuers(house, transaction, till.merchantId)
    const said = { ...pointsOf(house, partyId), holdId: pointsHold(usesId), amount: use.points, ...onlyOf(issuers) }
    instructions.push(
      until
        ? { ...said, key: `till hold ${usesId} points`, act: 'hold', until: until.getTime() }
        : { ...said, key: `till spend ${usesId} points`, act: 'spend', to },
    )
  }
  for (const cardId of [...use.visits].sort()) {
    const visitId = visitOf(usesId, cardId)
    const { merchantId } = till
    instructions.push(
      await planVisit(house, transaction, { partyId, cardId, visitId, merchantId, ...(until && { until }) }),
    )
  }
  return instructions
}

const onlyOf = (issuers: readonly string[] | undefined) => (issuers === undefined ? {} : { only: { issuers } })

function pointsOf(house: House, partyId: string) {
  return { partyId, asset: pointsAsset, occurredAt: house.clock.now().getTime() }
}

export async function creditCurrency(house: House, queryable: Queryable): Promise<string> {
  const rules = await readCreditRules(house, queryable)
  if (!rules) throw refuse('conflict', 'credit:refusal.closed')
  return rules.currency
}

/** Uses all of it at once, or none: what cannot be refuses the whole transaction. */
export async function spendUses(house: House, transaction: Transaction, using: Using): Promise<void> {
  const { till, use, orderRef } = using
  const instructions = await instructionsFor(house, transaction, using)
  await postAll(house, transaction, { actor: till.actor, reason: because('order', orderRef), instructions })
  await redeemAll(house, transaction, using, use.rewards)
}

async function redeemAll(
  house: House,
  transaction: Transaction,
  { partyId, usesId, till }: Omit<Using, 'use'>,
  rewards: readonly string[],
): Promise<void> {
  const by = { actor: till.actor, source: till.source }
  for (const takenId of [...rewards].sort()) {
    const useId = digest(`${usesId} use ${takenId}`)
    await redeem(house, transaction, { partyId, takenId, useId, merchant: till.merchantId, by })
  }
}

/** Sets all of it aside, or none, in one linked request. Answers the rewards by what they are rights to. */
export async function setAside(
  house: House,
  transaction: Transaction,
  using: Using,
  until: Date,
): Promise<readonly HeldReward[]> {
  const { partyId, usesId, use, till } = using
  const rewards: HeldReward[] = []
  const rights: Instruction[] = []
  if (use.rewards.length > 0) {
    const usable = await usableBy(house, transaction, partyId, till.merchantId)
    for (const takenId of [...use.rewards].sort()) {
      const taken = usable.find(each => each.takenId === takenId)
      if (!taken) throw refuse('conflict', 'rewards:refusal.not-usable', { state: 'used' })
      rewards.push({ takenId, rewardId: taken.rewardId })
      rights.push({
        key: `till hold ${usesId} reward ${takenId}`,
        partyId,
        asset: `reward:${taken.rewardId}`,
        occurredAt: house.clock.now().getTime(),
        act: 'hold',
        holdId: rewardHold(usesId, takenId),
        amount: 1,
        until: until.getTime(),
        only: { source: takenId },
      })
    }
  }
  const instructions = [...(await instructionsFor(house, transaction, using, until)), ...rights]
  await postAll(house, transaction, { actor: till.actor, instructions })
  return rewards
}

export interface SetAside {
  readonly partyId: string
  readonly usesId: string
  readonly points: number
  readonly creditMinor: number
  readonly currency: string | null
  readonly visits: readonly string[]
  readonly rewards: readonly HeldReward[]
  readonly till: Till
}

/** Uses what was set aside, or less of its points and money; the rest is free again. */
export async function captureAside(
  house: House,
  transaction: Transaction,
  held: SetAside,
  used: { readonly points: number; readonly creditMinor: number; readonly orderRef: string },
): Promise<void> {
  const { partyId, usesId, currency, till, rewards } = held
  const to = redeemedAt(till.merchantId)
  if (used.points > held.points) {
    throw refuse('conflict', 'ledger:refusal.more-than-held', { have: held.points, need: used.points })
  }
  const instructions: Instruction[] = []
  if (held.creditMinor > 0) {
    const payment = { partyId, currency: currency!, paymentId: creditPayment(usesId) }
    instructions.push(...(await captureCredit(house, transaction, { ...payment, amountMinor: used.creditMinor, to })))
  }
  if (held.points > 0) {
    const said = { ...pointsOf(house, partyId), holdId: pointsHold(usesId) }
    instructions.push(
      used.points > 0
        ? { ...said, key: `till capture ${usesId} points`, act: 'capture', amount: used.points, to }
        : { ...said, key: `till release ${usesId} points`, act: 'release' },
    )
  }
  instructions.push(
    ...held.visits.map(
      (cardId): Instruction => ({
        ...visitHold(house, held, cardId),
        key: `till capture ${usesId} visit ${cardId}`,
        act: 'capture',
        amount: 1,
        to,
      }),
    ),
    ...rewards.map(reward => rewardRelease(house, held, reward)),
  )
  await postAll(house, transaction, { actor: till.actor, reason: because('order', used.orderRef), instructions })
  await redeemAll(
    house,
    transaction,
    held,
    rewards.map(each => each.takenId),
  )
}

export async function releaseAside(house: House, transaction: Transaction, held: SetAside): Promise<void> {
  const { partyId, usesId, currency, till } = held
  const instructions: Instruction[] = []
  if (held.creditMinor > 0) {
    const payment = { partyId, currency: currency!, paymentId: creditPayment(usesId) }
    instructions.push(...(await releaseCredit(house, transaction, payment)))
  }
  if (held.points > 0) {
    const said = { ...pointsOf(house, partyId), holdId: pointsHold(usesId) }
    instructions.push({ ...said, key: `till release ${usesId} points`, act: 'release' })
  }
  instructions.push(
    ...held.visits.map(
      (cardId): Instruction => ({
        ...visitHold(house, held, cardId),
        key: `till release ${usesId} visit ${cardId}`,
        act: 'release',
      }),
    ),
    ...held.rewards.map(reward => rewardRelease(house, held, reward)),
  )
  await postAll(house, transaction, { actor: till.actor, instructions })
}

function visitHold(house: House, { partyId, usesId }: SetAside, cardId: string) {
  const occurredAt = house.clock.now().getTime()
  return { partyId, asset: `visits:${cardId}`, occurredAt, holdId: visitOf(usesId, cardId) }
}

/** A right is freed a moment before the room of rewards uses it, in the same transaction: nobody can come between. */
function rewardRelease(house: House, { partyId, usesId }: SetAside, { takenId, rewardId }: HeldReward): Instruction {
  return {
    key: `till release ${usesId} reward ${takenId}`,
    partyId,
    asset: `reward:${rewardId}`,
    occurredAt: house.clock.now().getTime(),
    act: 'release',
    holdId: rewardHold(usesId, takenId),
  }
}

/** Gives points back to the lots they came from. */
export function pointsBack(
  house: House,
  given: { readonly partyId: string; readonly usesId: string; readonly amount: number; readonly requestId: string },
): Instruction[] {
  const { partyId, usesId, amount, requestId } = given
  if (amount === 0) return []
  return [
    {
      ...pointsOf(house, partyId),
      key: `till return ${requestId} points`,
      act: 'return',
      holdId: pointsHold(usesId),
      amount,
    },
  ]
}

export function visitsBack(
  house: House,
  { partyId, usesId, visits }: { partyId: string; usesId: string; visits: readonly string[] },
): Instruction[] {
  return visits.map(cardId => visitBack(house, { partyId, cardId, visitId: visitOf(usesId, cardId) }))
}

/** What a customer could use now: points, with what matured since the ledger last looked, and stored money. */
export async function balanceOf(house: House, queryable: Queryable, partyId: string) {
  const now = house.clock.now()
  const currency = (await readCreditRules(house, queryable))?.currency
  const [row] = await queryable.query<{ points: number; pending: number; credit: number }>(
    `select
       coalesce(sum(case when l.asset = $2 then l.available + case when l.matures_at <= $4 then l.pending else 0 end end), 0)::bigint
         - coalesce((select sum(debt)::bigint from ledger.holding where party_id = ${ofPerson('$1')} and asset = $2), 0) as points,
       coalesce(sum(case when l.asset = $2 and l.matures_at > $4 then l.pending end), 0)::bigint as pending,
       coalesce(sum(case when l.asset = $3 then l.available end), 0)::bigint as credit
     from ledger.lot l
     where l.party_id = ${ofPerson('$1')} and l.asset = any (array[$2, $3]) and l.is_alive and (l.expires_at is null or l.expires_at > $4)`,
    [partyId, pointsAsset, currency === undefined ? '' : `money:${currency}`, now],
  )
  return { points: Math.max(0, row!.points), pendingPoints: row!.pending, creditMinor: row!.credit }
}
