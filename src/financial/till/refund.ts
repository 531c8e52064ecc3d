import { postAll, returnPaid } from '#financial/credit/index.ts'
import { earnedInTransaction, lockEarnings } from '#financial/points/index.ts'
import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { PurchaseLine } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { because, ofPerson } from '#kernel/ledger/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { announceSoon } from './announce.ts'
import type { TillRefund } from './contract.ts'
import { returnedShare } from './rules.ts'
import { type StoredSale, saleColumns } from './sale.ts'
import { balanceOf, creditPayment, pointsBack, type Till, visitsBack } from './uses.ts'

/** A sale by its id or by its order, of one merchant where one is given: of another's nothing is known there. */
export async function requireSale(
  queryable: Queryable,
  given: {
    readonly saleId?: string | undefined
    readonly orderRef?: string | undefined
    readonly boundTo: string | null
  },
): Promise<StoredSale> {
  const { saleId, orderRef, boundTo } = given
  const sales = await queryable.query<StoredSale>(
    `select ${saleColumns} from till.sale where ($1::uuid is not null and sale_id = $1 or $1::uuid is null and order_ref = $2)
     and ($3::text is null or merchant = $3) order by occurred_at desc limit 2`,
    [saleId ?? null, orderRef ?? '', boundTo],
  )
  const [sale, other] = sales
  if (!sale) throw refuse('not-found', 'till:refusal.no-such-sale')
  // Two merchants may both have an order of this number, and giving back the wrong one cannot be undone.
  if (other) throw refuse('conflict', 'till:refusal.order-of-several', { order: sale.orderRef })
  return sale
}

export interface Refunding {
  readonly sale: StoredSale
  readonly refundId: string
  readonly amountMinor: number | undefined
  readonly lines: readonly PurchaseLine[] | undefined
  readonly till: Till
}

interface StoredRefund {
  readonly refundId: string
  readonly saleId: string
  readonly amountMinor: number
  readonly points: number
  readonly pointsMinor: number
  readonly creditMinor: number
  readonly visits: readonly string[]
  readonly takenBackPoints: number
  readonly leftMinor: number
}

const columns = `refund_id as "refundId", sale_id as "saleId", amount_minor as "amountMinor", points, points_minor as "pointsMinor",
  credit_minor as "creditMinor", visits, taken_back_points as "takenBackPoints", left_minor as "leftMinor"`

/**
 * Refunds a sale, whole or in part. The share of the sale that was given back over all refunds says how much of the points and the stored
 * money it was paid with has returned: so no number of refunds, in any order, gives back more than was used. Visits return with the last
 * part; a reward that was used stays used.
 *
 * Example: ¥100 paid with 2,000 points (¥20) and ¥30 from store; ¥50 given back -> 1,000 points, ¥15 into store, ¥25 by other means.
 */
export async function refundSale(house: House, transaction: Transaction, asked: Refunding): Promise<StoredRefund> {
  const { sale: named, refundId, till } = asked
  const { partyId, saleId } = named
  await transaction.query(
    `select from ledger.holding where party_id = ${ofPerson('$1')} and asset like 'money:%' order by party_id, asset for no key update`,
    [partyId],
  )
  await lockEarnings(transaction, partyId, house.clock.now())
  const [sale] = await transaction.query<StoredSale>(
    `select ${saleColumns} from till.sale where party_id = ${ofPerson('$1')} and sale_id = $2 for update`,
    [partyId, saleId],
  )
  const [known] = await transaction.query<StoredRefund>(
    `select ${columns} from till.refund where party_id = ${ofPerson('$1')} and refund_id = $2`,
    [partyId, refundId],
  )
  if (known) return known
  const amountMinor = amountOf(sale!, asked)
  const refund = { refundId, saleId, ...partOf(sale!, amountMinor) }
  await giveBack(house, transaction, { sale: sale!, refund, till })
  await house.events.record(transaction, till.source, [
    {
      kind: 'refund.recorded',
      partyId,
      occurredAt: house.clock.now(),
      keys: [['refund', 'till', refundId]],
      payload: {
        refundRef: refundId,
        of: sale!.orderRef,
        amountMinor,
        currency: sale!.currency,
        lines: (asked.lines ?? []).map(line => ({ ...line, of: sale!.orderRef })),
        ...(sale!.merchant !== null && { merchant: sale!.merchant }),
      },
    },
  ])
  const { takenBack } = await earnedInTransaction(transaction, partyId)
  return await keep(house, transaction, { ...refund, partyId, takenBackPoints: takenBack })
}

/** All that is left where nothing is said; what the lines cost where they are named. */
function amountOf(sale: StoredSale, { amountMinor, lines }: Pick<Refunding, 'amountMinor' | 'lines'>): number {
  const left = sale.amountMinor - sale.refundedMinor
  const ofLines = lines?.reduce((sum, line) => sum + Math.abs(line.amountMinor), 0)
  const asked = amountMinor ?? ofLines ?? left
  if (asked === 0 || asked > left) throw refuse('conflict', 'till:refusal.more-than-left', { left })
  return asked
}

function partOf(sale: StoredSale, amountMinor: number) {
  const before = sale.refundedMinor
  const after = before + amountMinor
  const part = (used: number) =>
    returnedShare(used, after, sale.amountMinor) - returnedShare(used, before, sale.amountMinor)
  const leftMinor = sale.amountMinor - after
  return {
    amountMinor,
    points: part(sale.points),
    pointsMinor: part(sale.pointsMinor),
    creditMinor: part(sale.creditMinor),
    visits: leftMinor === 0 ? sale.visits : [],
    leftMinor,
  }
}

async function giveBack(
  house: House,
  transaction: Transaction,
  given: {
    readonly sale: StoredSale
    readonly refund: Omit<StoredRefund, 'takenBackPoints'>
    readonly till: Till
  },
): Promise<void> {
  const { sale, refund, till } = given
  const { partyId, usesId, currency } = sale
  const { refundId: requestId, points: amount, creditMinor, visits } = refund
  const instructions = [
    ...(creditMinor > 0
      ? await returnPaid(house, transaction, {
          partyId,
          currency,
          paymentId: creditPayment(usesId),
          amountMinor: creditMinor,
          requestId,
        })
      : []),
    ...pointsBack(house, { partyId, usesId, amount, requestId }),
    ...visitsBack(house, { partyId, usesId, visits }),
  ]
  await postAll(house, transaction, { actor: till.actor, reason: because('order-back', sale.orderRef), instructions })
}

async function keep(
  house: House,
  transaction: Transaction,
  refund: StoredRefund & { readonly partyId: string },
): Promise<StoredRefund> {
  const { partyId, refundId, saleId, amountMinor, points, pointsMinor, creditMinor, visits } = refund
  await transaction.query(
    `insert into till.refund (party_id, refund_id, sale_id, amount_minor, points, points_minor, credit_minor, visits,
       taken_back_points, left_minor, occurred_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      partyId,
      refundId,
      saleId,
      amountMinor,
      points,
      pointsMinor,
      creditMinor,
      visits,
      refund.takenBackPoints,
      refund.leftMinor,
      house.clock.now(),
    ],
  )
  await transaction.query(
    'update till.sale set refunded_minor = refunded_minor + $3 where party_id = $1 and sale_id = $2',
    [partyId, saleId, amountMinor],
  )
  announceSoon(house, ['points', 'credit', 'ledger'])
  return refund
}

export async function shownRefund(
  house: House,
  queryable: Queryable,
  { refund, sale }: { readonly refund: StoredRefund; readonly sale: StoredSale },
): Promise<TillRefund> {
  const { refundId, saleId, amountMinor, points, pointsMinor, creditMinor, takenBackPoints, leftMinor } = refund
  return {
    refundId,
    saleId,
    orderRef: sale.orderRef,
    amountMinor,
    points,
    pointsMinor,
    creditMinor,
    visits: [...refund.visits],
    restMinor: amountMinor - pointsMinor - creditMinor,
    takenBackPoints,
    leftMinor,
    balance: await balanceOf(house, queryable, sale.partyId),
  }
}
