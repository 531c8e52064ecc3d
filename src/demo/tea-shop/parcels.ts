import { chanceFrom } from '../chance.ts'
import type { Order } from './orders.ts'

/** Something that a courier told of a parcel. */
export interface Parcel {
  readonly customer: number
  readonly name: 'Order Shipped' | 'Order Delivered'
  readonly orderRef: string
  readonly occurredAt: Date
}

const hour = 3_600_000

/**
 * The parcels of these orders: every ninth customer has theirs sent. Nearly all are there within two days; one in twelve takes longer, and one
 * in sixty never tells that it arrived.
 */
export function parcelsOf(orders: readonly Order[]): Parcel[] {
  return orders.flatMap(({ customer, orderRef, occurredAt }) => {
    if (customer % 9 !== 0) return []
    const own = chanceFrom(customer * 31 + Number(orderRef.slice(2)))
    const shippedAt = occurredAt.getTime() + own.whole(2, 6) * hour
    const hours = own.happens(1 / 12) ? own.whole(50, 96) : own.whole(14, 46)
    const parcel = { customer, orderRef }
    const shipped = { ...parcel, name: 'Order Shipped' as const, occurredAt: new Date(shippedAt) }
    if (own.happens(1 / 60)) return [shipped]
    return [shipped, { ...parcel, name: 'Order Delivered' as const, occurredAt: new Date(shippedAt + hours * hour) }]
  })
}
