import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { announceSoon } from './announce.ts'
import type { TillHold, Uses } from './contract.ts'
import {
  captureAside,
  creditCurrency,
  type HeldReward,
  isNothing,
  releaseAside,
  type SetAside,
  setAside,
  type Till,
} from './uses.ts'

export interface StoredHold {
  readonly holdId: string
  readonly partyId: string
  readonly merchant: string | null
  readonly points: number
  readonly pointsMinor: number
  readonly creditMinor: number
  readonly currency: string | null
  readonly visits: readonly string[]
  readonly rewards: readonly HeldReward[]
  readonly state: 'open' | 'captured' | 'voided'
  readonly until: Date
  readonly orderRef: string | null
}

const columns = `hold_id as "holdId", party_id as "partyId", merchant, points, points_minor as "pointsMinor",
  credit_minor as "creditMinor", currency, visits, rewards, state, until, order_ref as "orderRef"`

/** A hold of this till's merchant; of another's nothing is known here. */
export async function requireHold(
  queryable: Queryable,
  given: { readonly holdId: string; readonly boundTo: string | null; readonly isLocked?: true },
): Promise<StoredHold> {
  const { holdId, boundTo, isLocked } = given
  const [hold] = await queryable.query<StoredHold>(
    `select ${columns} from till.hold where hold_id = $1 ${isLocked ? 'for update' : ''}`,
    [holdId],
  )
  if (!hold || (boundTo !== null && hold.merchant !== boundTo)) throw refuse('not-found', 'till:refusal.no-such-hold')
  return hold
}

export function shownHold(house: House, { merchant: _, currency: __, rewards, until, state, ...hold }: StoredHold) {
  const isOver = state === 'open' && until <= house.clock.now()
  return {
    ...hold,
    visits: [...hold.visits],
    rewards: rewards.map(each => each.takenId),
    until: until.toISOString(),
    state: isOver ? ('lapsed' as const) : state,
  } satisfies TillHold
}

/** The rewards of somebody that wait at tills now, so that no other till is offered them. */
export async function rewardsSetAside(house: House, queryable: Queryable, partyId: string): Promise<string[]> {
  const rows = await queryable.query<{ takenId: string }>(
    `select r->>'takenId' as "takenId" from till.hold h, jsonb_array_elements(h.rewards) r
     where h.party_id = ${ofPerson('$1')} and h.state = 'open' and h.until > $2`,
    [partyId, house.clock.now()],
  )
  return rows.map(row => row.takenId)
}

/** Sets things aside under the name of the request; asked again it is the same hold. */
export async function makeHold(
  house: House,
  transaction: Transaction,
  asked: {
    readonly partyId: string
    readonly holdId: string
    readonly use: Uses
    readonly pointsMinor: number
    readonly until: Date
    readonly till: Till
  },
): Promise<StoredHold> {
  const { partyId, holdId, use, pointsMinor, until, till } = asked
  if (isNothing(use)) throw refuse('invalid', 'till:refusal.nothing-to-use')
  const [known] = await transaction.query<StoredHold>(
    `select ${columns} from till.hold where party_id = ${ofPerson('$1')} and hold_id = $2`,
    [partyId, holdId],
  )
  if (known) return known
  const currency = use.creditMinor > 0 ? await creditCurrency(house, transaction) : null
  const rewards = await setAside(house, transaction, { partyId, usesId: holdId, use, till }, until)
  const [made] = await transaction.query<StoredHold>(
    `insert into till.hold (party_id, hold_id, merchant, points, points_minor, credit_minor, currency, visits, rewards, state,
       until, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11) returning ${columns}`,
    [
      partyId,
      holdId,
      till.merchantId,
      use.points,
      pointsMinor,
      use.creditMinor,
      currency,
      use.visits,
      JSON.stringify(rewards),
      until,
      house.clock.now(),
    ],
  )
  announceSoon(house, ['points', 'credit', 'ledger'])
  return made!
}

const asideOf = (hold: StoredHold, till: Till): SetAside => ({
  ...hold,
  usesId: hold.holdId,
  till: { ...till, merchantId: hold.merchant },
})

export interface Capturing {
  readonly hold: StoredHold
  readonly till: Till
  readonly orderRef: string
  readonly points?: number | undefined
  readonly creditMinor?: number | undefined
}

/** Uses a locked hold for an order; asked again for the same order and the same amounts nothing happens. */
export async function captureHold(house: House, transaction: Transaction, asked: Capturing): Promise<StoredHold> {
  const { hold, till, orderRef } = asked
  const points = asked.points ?? hold.points
  const creditMinor = asked.creditMinor ?? hold.creditMinor
  if (hold.state !== 'open') {
    const isSame = hold.state === 'captured' && hold.orderRef === orderRef
    if (isSame && hold.points === points && hold.creditMinor === creditMinor) return hold
    throw refuse('conflict', 'ledger:refusal.hold-ended', { state: hold.state })
  }
  await captureAside(house, transaction, asideOf(hold, till), { points, creditMinor, orderRef })
  const share = hold.points === 0 ? 0 : Math.floor((hold.pointsMinor * points) / hold.points)
  return await endHold(house, transaction, {
    ...hold,
    state: 'captured',
    orderRef,
    points,
    creditMinor,
    pointsMinor: share,
  })
}

export async function voidHold(
  house: House,
  transaction: Transaction,
  { hold, till }: { readonly hold: StoredHold; readonly till: Till },
): Promise<StoredHold> {
  if (hold.state === 'voided') return hold
  if (hold.state !== 'open') throw refuse('conflict', 'ledger:refusal.hold-ended', { state: hold.state })
  await releaseAside(house, transaction, asideOf(hold, till))
  return await endHold(house, transaction, { ...hold, state: 'voided' })
}

async function endHold(house: House, transaction: Transaction, hold: StoredHold): Promise<StoredHold> {
  await transaction.query(
    `update till.hold set state = $3, order_ref = $4, points = $5, points_minor = $6, credit_minor = $7
     where party_id = $1 and hold_id = $2`,
    [hold.partyId, hold.holdId, hold.state, hold.orderRef, hold.points, hold.pointsMinor, hold.creditMinor],
  )
  announceSoon(house, ['points', 'credit', 'ledger'])
  return hold
}
