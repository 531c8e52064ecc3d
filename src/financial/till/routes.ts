import { merchantOf, topUp } from '#financial/credit/index.ts'
import { boundTo } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { actorOf, digest } from '#kernel/ledger/index.ts'
import { readMerchants } from '#kernel/merchants/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import { assert } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { customerOf, find, type NamedCustomer } from './customers.ts'
import { captureHold, makeHold, requireHold, shownHold, voidHold } from './holds.ts'
import { takeDelivery } from './offline.ts'
import { quote } from './quote.ts'
import { refundSale, requireSale, shownRefund } from './refund.ts'
import { pointsPay, readTillRules, receiptOf, recordSale } from './sale.ts'
import type { Till } from './uses.ts'

interface Asked {
  readonly caller: Caller
  readonly idempotencyKey?: string
}

/** The till that asks, and for which merchant it acts; a key that is bound to one acts for no other. */
async function tillOf(house: House, { caller }: Asked, named: string | undefined): Promise<Till> {
  assert(caller.kind !== 'nobody', 'whoever stands at a till is known')
  const merchantId = await merchantOf(house.database, caller, named)
  return { actor: actorOf(caller), source: { sourceId: caller.id, kind: caller.kind }, merchantId }
}

/** The same request of the same till has the same id for ever: so it is done once. */
function idOf(house: House, { caller, idempotencyKey }: Asked, what: string): string {
  return idempotencyKey === undefined ? house.newId() : digest(`${actorOf(caller)} ${what} ${idempotencyKey}`)
}

const known = (house: House, named: NamedCustomer) =>
  customerOf(house, house.database, { named, at: house.clock.now() })

const latestSales = 20

export const tillRoutes: NonNullable<Room['routes']> = [
  route(contract.findMember, (house, { body }) => find(house, body.text)),
  route(contract.tillQuote, async (house, request) => {
    const { body, language } = request
    const { amountMinor, taxMinor, usePoints, lines } = body
    const [customer, { merchantId }] = await Promise.all([
      known(house, body.customer),
      tillOf(house, request, body.merchantId),
    ])
    return await quote(house, { customer, merchantId, amountMinor, taxMinor, usePoints, lines, language })
  }),
  route(contract.holdUses, async (house, request) => {
    const { body } = request
    const till = await tillOf(house, request, body.merchantId)
    const { partyId } = await known(house, body.customer)
    const { holdMinutes } = await readTillRules(house)
    const until = new Date(house.clock.now().getTime() + (body.minutes ?? holdMinutes) * 60_000)
    const holdId = idOf(house, request, 'hold')
    const { points } = body.use
    const hold = await house.database.transaction(async transaction => {
      const most = Number.MAX_SAFE_INTEGER
      const pointsMinor =
        points > 0 ? await pointsPay(house, transaction, { points, restMinor: most, amountMinor: most }) : 0
      return await makeHold(house, transaction, { partyId, holdId, use: body.use, pointsMinor, until, till })
    })
    return shownHold(house, hold)
  }),
  route(contract.readHold, async (house, { params, caller }) =>
    shownHold(house, await requireHold(house.database, { ...params, boundTo: boundTo(caller) })),
  ),
  route(contract.captureHold, async (house, request) => {
    const till = await tillOf(house, request, undefined)
    const { params, body, caller } = request
    const hold = await house.database.transaction(async transaction => {
      const locked = await requireHold(transaction, { ...params, boundTo: boundTo(caller), isLocked: true })
      return await captureHold(house, transaction, { hold: locked, till, ...body })
    })
    return shownHold(house, hold)
  }),
  route(contract.voidHold, async (house, request) => {
    const till = await tillOf(house, request, undefined)
    const { params, caller } = request
    const hold = await house.database.transaction(async transaction => {
      const locked = await requireHold(transaction, { ...params, boundTo: boundTo(caller), isLocked: true })
      return await voidHold(house, transaction, { hold: locked, till })
    })
    return shownHold(house, hold)
  }),
  route(contract.recordSale, async (house, request) => {
    const { customer: named, merchantId, ...selling } = request.body
    const till = await tillOf(house, request, merchantId)
    const { partyId } = await known(house, named)
    const occurredAt = house.clock.now()
    await house.events.ensureMonths([occurredAt])
    const saleId = idOf(house, request, 'sale')
    return await house.database.transaction(async transaction => {
      const sale = await recordSale(house, transaction, {
        ...selling,
        taxMinor: selling.taxMinor,
        orderRef: selling.orderRef,
        partyId,
        saleId,
        occurredAt,
        till,
      })
      return await receiptOf(house, transaction, sale)
    })
  }),
  route(contract.refundSale, async (house, request) => {
    const { caller, body } = request
    const { saleId, orderRef, amountMinor, lines, exchange } = body
    const asked = await tillOf(house, request, body.merchantId)
    const occurredAt = house.clock.now()
    await house.events.ensureMonths([occurredAt])
    const refundId = idOf(house, request, 'refund')
    return await house.database.transaction(async transaction => {
      const sale = await requireSale(transaction, { saleId, orderRef, boundTo: body.merchantId ?? boundTo(caller) })
      const till = { ...asked, merchantId: sale.merchant }
      const refund = await refundSale(house, transaction, { sale, refundId, amountMinor, lines, till })
      const next = exchange && {
        ...exchange,
        taxMinor: exchange.taxMinor,
        orderRef: exchange.orderRef,
        partyId: sale.partyId,
        saleId: idOf(house, request, 'exchange'),
        exchangeOf: sale.saleId,
        occurredAt,
        till,
      }
      const sold = next && (await recordSale(house, transaction, next))
      return {
        refund: await shownRefund(house, transaction, { refund, sale }),
        exchange: sold ? await receiptOf(house, transaction, sold) : null,
      }
    })
  }),
  route(contract.tillTopUp, async (house, request) => {
    const { body } = request
    const { merchantId, actor } = await tillOf(house, request, body.merchantId)
    const { partyId } = await known(house, body.customer)
    const { amountMinor, method } = body
    const topUpId = idOf(house, request, 'top-up')
    const done = await house.database.transaction(transaction =>
      topUp(house, transaction, { partyId, topUpId, amountMinor, method, merchantId, actor }),
    )
    return { partyId, ...done }
  }),
  route(contract.deliverOffline, async (house, request) => {
    const { items, sentAt, merchantId } = request.body
    const till = await tillOf(house, request, merchantId)
    return { items: await takeDelivery(house, { items, sentAt: new Date(sentAt), till }) }
  }),
  route(contract.readTill, async (house, { caller }) => {
    const { currency } = await house.settings.business()
    const bound = boundTo(caller)
    const merchants = (await readMerchants(house.database)).filter(
      each => each.isActive && (bound === null || each.merchantId === bound),
    )
    const sales = await house.database.query<{
      saleId: string
      orderRef: string
      at: Date
      amountMinor: number
      refundedMinor: number
    }>(
      `select sale_id as "saleId", order_ref as "orderRef", occurred_at as at, amount_minor as "amountMinor",
         refunded_minor as "refundedMinor" from till.sale where $1::text is null or merchant = $1
       order by occurred_at desc limit $2`,
      [bound, latestSales],
    )
    return {
      rules: await readTillRules(house),
      currency,
      merchants: merchants.map(({ merchantId, name }) => ({ merchantId, name })),
      sales: sales.map(sale => ({ ...sale, at: sale.at.toISOString() })),
    }
  }),
  route(contract.changeTill, async (house, { body }) => {
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, 'till', body)
      await house.live.announce(transaction, ['credit'])
    })
    return body
  }),
]
