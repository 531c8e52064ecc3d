import { type Day, localDay } from '#kernel/clock/index.ts'
import type { PurchaseLine } from '#kernel/events/index.ts'

/** An order as the rules see it: what was bought, and how much of it was given back so far. */
export interface Purchase {
  readonly eventId: string
  readonly orderRef: string | null
  /** The shop that sold it, where there are several. */
  readonly merchant: string | null
  readonly at: number
  readonly on: Day
  readonly amountMinor: number
  readonly currency: string
  readonly taxMinor: number
  readonly paidWithPointsMinor: number
  readonly paidWithGiftCardMinor: number
  readonly lines: readonly PurchaseLine[]
  refundedMinor: number
}

/** The events that speak of money, as the log tells them. */
export interface MoneyEvent {
  readonly eventId: string
  readonly kind: string
  readonly occurredAt: Date
  readonly payload: object
}

interface Payload {
  readonly orderRef?: string
  readonly merchant?: string
  readonly of?: string
  readonly amountMinor: number
  readonly currency: string
  readonly taxMinor?: number
  readonly paidWithPointsMinor?: number
  readonly paidWithGiftCardMinor?: number
  readonly lines?: readonly (PurchaseLine & { readonly of?: string })[]
}

export const moneyKinds = ['purchase.recorded', 'refund.recorded'] as const

/**
 * A customer's orders, oldest first, each with all that was refunded of it, whichever came first. A refund that names its
 * order waits for it; one that names none is taken from the latest orders before it.
 *
 * Example: orders of 100 and 50, then a refund of 60 without a name: 50 of the second, 10 of the first.
 */
export function purchasesOf(events: readonly MoneyEvent[], zone: string): Purchase[] {
  const purchases: Purchase[] = []
  const refunds: { readonly at: number; readonly said: Payload }[] = []
  for (const { eventId, kind, occurredAt, payload } of events) {
    const said = payload as Payload
    if (kind === 'refund.recorded') refunds.push({ at: occurredAt.getTime(), said })
    else
      purchases.push({
        eventId,
        orderRef: said.orderRef ?? null,
        merchant: said.merchant ?? null,
        at: occurredAt.getTime(),
        on: localDay(occurredAt, zone),
        amountMinor: said.amountMinor,
        currency: said.currency,
        taxMinor: said.taxMinor ?? 0,
        paidWithPointsMinor: said.paidWithPointsMinor ?? 0,
        paidWithGiftCardMinor: said.paidWithGiftCardMinor ?? 0,
        lines: said.lines ?? [],
        refundedMinor: 0,
      })
  }
  if (refunds.length === 0) return purchases
  const unnamed: { at: number; currency: string; leftMinor: number }[] = []
  for (const { at, said } of refunds) {
    const named = namedShares(said)
    const { currency } = said
    for (const [orderRef, amountMinor] of named) {
      if (orderRef === null) unnamed.push({ at, currency, leftMinor: amountMinor })
      else
        take(
          ofMerchant(
            purchases.filter(each => each.orderRef === orderRef && each.currency === currency),
            said.merchant,
          ).reverse(),
          amountMinor,
        )
    }
  }
  for (const { at, currency, leftMinor } of unnamed) {
    take(purchases.filter(each => each.at <= at && each.currency === currency).reverse(), leftMinor)
  }
  return purchases
}

/** Two merchants may use the same number: the one that is named first, then orders that name none, then whatever has the number. */
function ofMerchant(orders: readonly Purchase[], merchant: string | undefined): Purchase[] {
  if (merchant === undefined) return [...orders]
  for (const named of [merchant, null]) {
    const theirs = orders.filter(each => each.merchant === named)
    if (theirs.length > 0) return theirs
  }
  return [...orders]
}

/** How much of a refund goes to which order; null stands for "not said". */
function namedShares(said: Payload): Map<string | null, number> {
  const amountMinor = Math.abs(said.amountMinor)
  const orders = new Set((said.lines ?? []).map(line => line.of ?? null))
  if (said.of !== undefined) return new Map([[said.of, amountMinor]])
  // The amount of the refund is what was paid back; its lines only say for what.
  if (orders.size <= 1) return new Map([[[...orders][0] ?? null, amountMinor]])
  const shares = new Map<string | null, number>()
  for (const line of said.lines ?? []) {
    const key = line.of ?? null
    shares.set(key, (shares.get(key) ?? 0) + Math.abs(line.amountMinor))
  }
  return shares
}

function take(purchases: readonly Purchase[], amountMinor: number): void {
  let left = amountMinor
  for (const purchase of purchases) {
    const part = Math.min(left, Math.max(0, purchase.amountMinor - purchase.refundedMinor))
    purchase.refundedMinor += part
    left -= part
  }
}

/** Whether anything of an order was kept. An order of nothing was not given back. */
export function isKept(purchase: Purchase): boolean {
  return purchase.amountMinor > 0 && purchase.refundedMinor < purchase.amountMinor
}
