import { earnedInTransaction, lockEarnings, worthMinorPer100 } from '#financial/points/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { NewEvent, PurchaseLine } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { announceSoon } from './announce.ts'
import type { Receipt, Uses } from './contract.ts'
import { captureHold, requireHold } from './holds.ts'
import { paidByPoints, tillRules } from './rules.ts'
import { balanceOf, spendUses, type Till } from './uses.ts'

export interface Selling {
  readonly partyId: string
  readonly saleId: string
  readonly orderRef: string | undefined
  readonly amountMinor: number
  readonly taxMinor: number | undefined
  readonly lines: readonly PurchaseLine[]
  readonly holdId?: string | undefined
  readonly use?: Uses | undefined
  /** Paid with points that were used apart from it. */
  readonly paidWithPointsMinor?: number
  readonly exchangeOf?: string
  readonly occurredAt: Date
  readonly till: Till
}

export interface StoredSale {
  readonly partyId: string
  readonly saleId: string
  readonly usesId: string
  readonly merchant: string | null
  readonly orderRef: string
  readonly amountMinor: number
  readonly currency: string
  readonly points: number
  readonly pointsMinor: number
  readonly creditMinor: number
  readonly visits: readonly string[]
  readonly rewards: readonly string[]
  readonly earnedPoints: number
  readonly earnedLines: Receipt['earned']['lines']
  readonly refundedMinor: number
  readonly occurredAt: Date
}

export const saleColumns = `party_id as "partyId", sale_id as "saleId", uses_id as "usesId", merchant, order_ref as "orderRef",
  amount_minor as "amountMinor", currency, points, points_minor as "pointsMinor", credit_minor as "creditMinor", visits, rewards,
  earned_points as "earnedPoints", earned_lines as "earnedLines", refunded_minor as "refundedMinor",
  occurred_at as "occurredAt"`

interface Paid {
  readonly usesId: string
  readonly points: number
  readonly pointsMinor: number
  readonly creditMinor: number
  readonly visits: readonly string[]
  readonly rewards: readonly string[]
}

/** What points pay of so much, by what they are worth now; more than the basket takes is refused. */
export async function pointsPay(
  house: House,
  queryable: Queryable,
  {
    points,
    restMinor,
    amountMinor,
  }: { readonly points: number; readonly restMinor: number; readonly amountMinor: number },
): Promise<number> {
  if (points === 0) return 0
  const worth = await worthMinorPer100(house, queryable)
  if (!worth) throw refuse('conflict', 'till:refusal.points-pay-nothing')
  const { pointsPercent } = await readTillRules(house, queryable)
  const mostMinor = Math.min(restMinor, Math.floor((amountMinor * pointsPercent) / 100))
  // The last point may be worth more than what is left to pay, but none beside it may be idle.
  if (paidByPoints(points - 1, worth) >= mostMinor) {
    throw refuse('conflict', 'till:refusal.more-than-the-basket', { most: mostMinor })
  }
  return Math.min(mostMinor, paidByPoints(points, worth))
}

export async function readTillRules(house: House, queryable?: Queryable) {
  return await house.settings.read('till', tillRules, queryable)
}

/**
 * Records a purchase and uses what it is paid with, in one transaction: both happen, or neither. Points are used before the purchase is
 * told, so that what it earns cannot pay for itself.
 */
export async function recordSale(house: House, transaction: Transaction, selling: Selling): Promise<StoredSale> {
  const { partyId, saleId, till } = selling
  const { currency } = await house.settings.business(transaction)
  // In the order in which all who lock them do: money, then what is earned, then points.
  await transaction.query(
    `select from ledger.holding where party_id = ${ofPerson('$1')} and asset like 'money:%' order by party_id, asset for no key update`,
    [partyId],
  )
  await lockEarnings(transaction, partyId, house.clock.now())
  const known = await readSale(transaction, { partyId, saleId })
  if (known) return known
  const paid = await payFor(house, transaction, selling)
  const orderRef = orderRefOf(selling)
  const { duplicates } = await house.events.record(transaction, till.source, [
    eventOf(selling, { paid, orderRef, currency }),
  ])
  if (duplicates.length > 0) throw refuse('conflict', 'till:refusal.order-known', { order: orderRef })
  const earned = await earnedInTransaction(transaction, partyId)
  const [sale] = await transaction.query<StoredSale>(
    `insert into till.sale (party_id, sale_id, uses_id, merchant, order_ref, amount_minor, currency, points, points_minor,
       credit_minor, visits, rewards, earned_points, earned_lines, exchange_of, occurred_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) returning ${saleColumns}`,
    [
      partyId,
      saleId,
      paid.usesId,
      till.merchantId,
      orderRef,
      selling.amountMinor,
      currency,
      paid.points,
      paid.pointsMinor,
      paid.creditMinor,
      paid.visits,
      paid.rewards,
      earned.points,
      JSON.stringify(earned.lines),
      selling.exchangeOf ?? null,
      selling.occurredAt,
    ],
  )
  announceSoon(house, ['points', 'credit', 'ledger'])
  return sale!
}

/** A sale that the shop's own books give no number gets one that can be read out. Example: `T260310-1db39fa6e8`. */
function orderRefOf({ orderRef, saleId, occurredAt }: Selling): string {
  return orderRef ?? `T${occurredAt.toISOString().slice(2, 10).replaceAll('-', '')}-${saleId.slice(-10)}`
}

const nothing: Uses = { points: 0, creditMinor: 0, visits: [], rewards: [] }

async function payFor(house: House, transaction: Transaction, selling: Selling): Promise<Paid> {
  const { partyId, saleId, holdId, amountMinor, till } = selling
  if (holdId !== undefined) {
    const locked = await requireHold(transaction, { holdId, boundTo: till.merchantId, isLocked: true })
    if (locked.partyId !== partyId) throw refuse('not-found', 'till:refusal.no-such-hold')
    const { points, creditMinor } = selling.use ?? locked
    const pointsMinor = await worthInBasket(house, transaction, { points, creditMinor, amountMinor })
    const hold = await captureHold(house, transaction, {
      hold: locked,
      till,
      orderRef: orderRefOf(selling),
      points,
      creditMinor,
    })
    const rewards = hold.rewards.map(each => each.takenId)
    return { usesId: holdId, points, pointsMinor, creditMinor, visits: hold.visits, rewards }
  }
  const use = selling.use ?? nothing
  const pointsMinor = await worthInBasket(house, transaction, { ...use, amountMinor })
  await spendUses(house, transaction, { partyId, usesId: saleId, use, till, orderRef: orderRefOf(selling) })
  return { usesId: saleId, ...use, pointsMinor }
}

async function worthInBasket(
  house: House,
  transaction: Transaction,
  { points, creditMinor, amountMinor }: { points: number; creditMinor: number; amountMinor: number },
): Promise<number> {
  const restMinor = amountMinor - creditMinor
  if (restMinor < 0) throw refuse('conflict', 'till:refusal.more-than-the-basket', { most: amountMinor })
  return await pointsPay(house, transaction, { points, restMinor, amountMinor })
}

/** The order's own number makes it itself, in the words of the log: told by events too, it is one purchase. */
function eventOf(
  selling: Selling,
  given: { readonly paid: Paid; readonly orderRef: string; readonly currency: string },
): NewEvent {
  const { partyId, amountMinor, taxMinor, lines, occurredAt, till } = selling
  const { paid, orderRef, currency } = given
  const withPoints = paid.pointsMinor + (selling.paidWithPointsMinor ?? 0)
  return {
    kind: 'purchase.recorded',
    partyId,
    occurredAt,
    keys: [['order', '', orderRef]],
    payload: {
      orderRef,
      amountMinor,
      currency,
      lines,
      ...(till.merchantId !== null && { merchant: till.merchantId }),
      ...(taxMinor !== undefined && { taxMinor }),
      ...(withPoints > 0 && { paidWithPointsMinor: withPoints }),
    },
  }
}

export async function readSale(
  queryable: Queryable,
  { partyId, saleId }: { readonly partyId: string; readonly saleId: string },
): Promise<StoredSale | undefined> {
  const [sale] = await queryable.query<StoredSale>(
    `select ${saleColumns} from till.sale where party_id = ${ofPerson('$1')} and sale_id = $2`,
    [partyId, saleId],
  )
  return sale
}

export async function receiptOf(house: House, queryable: Queryable, sale: StoredSale): Promise<Receipt> {
  const { saleId, orderRef, partyId, amountMinor, currency, points, pointsMinor, creditMinor } = sale
  return {
    saleId,
    orderRef,
    partyId,
    at: sale.occurredAt.toISOString(),
    amountMinor,
    currency,
    paid: {
      points,
      pointsMinor,
      creditMinor,
      visits: [...sale.visits],
      rewards: [...sale.rewards],
      restMinor: amountMinor - pointsMinor - creditMinor,
    },
    earned: { points: sale.earnedPoints, lines: sale.earnedLines },
    balance: await balanceOf(house, queryable, partyId),
  }
}
