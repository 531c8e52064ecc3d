import type { movableClock } from '#kernel/clock/index.ts'
import type { EventSource, NewEvent } from '#kernel/events/index.ts'
import type { House } from '#kernel/house.ts'
import { resolveParties } from '#kernel/parties/index.ts'
import type { Order, Refund } from './tea-shop/orders.ts'
import { type Parcel, parcelsOf } from './tea-shop/parcels.ts'
import { merchantOf } from './tea-shop/programmes.ts'
import type { Customer, TeaShop } from './tea-shop/tea-shop.ts'

/** An empty house whose clock we move, so that the past happens in its order before it is looked at. */
export interface EmptyWorld {
  readonly house: House
  readonly clock: ReturnType<typeof movableClock>
  /** Runs a job of some room to its end. */
  perform(job: string): Promise<void>
}

const demoSource: EventSource = { sourceId: '01900000-0000-7000-8000-00000000de30', kind: 'system' }

/** What is still to happen, in the order of time; what a call changes is added while it is told. */
export class Story {
  readonly #world: EmptyWorld
  readonly #shop: TeaShop
  readonly #partyIds = new Map<number, string>()
  readonly #returned = new Set<number>()
  readonly #now: Date
  #coming: (Order | Refund | Parcel)[]

  constructor(world: EmptyWorld, shop: TeaShop, now: Date) {
    this.#world = world
    this.#shop = shop
    this.#now = now
    this.#coming = [...shop.orders, ...shop.refunds].filter(each => each.occurredAt < now).sort(byTime)
  }

  customerOf(partyId: string) {
    const number = [...this.#partyIds].find(([, id]) => id === partyId)?.[0]
    return number === undefined ? undefined : this.#shop.customers[number - 1]
  }

  /** Nobody is won back twice: a second life beside the first would be two people. */
  hasReturned(customer: Customer): boolean {
    return this.#returned.has(customer.number)
  }

  returns(customer: Customer, orders: readonly Order[]): void {
    this.#returned.add(customer.number)
    this.#coming = [...this.#coming, ...orders.filter(each => each.occurredAt < this.#now)].sort(byTime)
  }

  /** From now on some orders are sent by parcel. */
  sendParcels(): void {
    const orders = this.#coming.filter((each): each is Order => 'lines' in each && !('of' in each))
    const parcels = parcelsOf(orders).filter(each => each.occurredAt < this.#now)
    this.#coming = [...this.#coming, ...parcels].sort(byTime)
  }

  /** Lets everything happen up to an instant, and leaves the clock there. */
  async until(instant: Date): Promise<void> {
    const { house, clock } = this.#world
    const split = this.#coming.findIndex(each => each.occurredAt >= instant)
    const happening = this.#coming.splice(0, split < 0 ? this.#coming.length : split)
    clock.set(instant)
    for (let start = 0; start < happening.length; start += 1000) {
      const batch = happening.slice(start, start + 1000)
      await house.database.transaction(async transaction => {
        const arrivals = [...new Set(batch.map(each => each.customer))].filter(number => !this.#partyIds.has(number))
        const { partyIds } = await resolveParties(
          transaction,
          house,
          demoSource.sourceId,
          arrivals.map(number => sightingOf(this.#shop.customers[number - 1]!)),
        )
        for (const [index, number] of arrivals.entries()) this.#partyIds.set(number, partyIds[index]!)
        const events = batch.map(each =>
          eventOf(each, this.#partyIds.get(each.customer)!, merchantOf(this.#shop.customers[each.customer - 1]!.shop)),
        )
        await house.events.record(transaction, demoSource, events)
      })
    }
  }
}

const byTime = (left: { occurredAt: Date }, right: { occurredAt: Date }) =>
  left.occurredAt.getTime() - right.occurredAt.getTime()

function sightingOf({ number, person, phone, email, birthday, shop }: TeaShop['customers'][number]) {
  return {
    identifiers: [
      { kind: 'customer_id' as const, value: `QH-${String(number).padStart(4, '0')}` },
      ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
      ...(email ? [{ kind: 'email' as const, value: email }] : []),
    ],
    name: person.name,
    familyName: person.familyName,
    givenName: person.givenName,
    birthday,
    details: { '门店 Shop': shop },
  }
}

function eventOf(each: Order | Refund | Parcel, partyId: string, merchant: string): NewEvent {
  const { orderRef, occurredAt } = each
  const shared = { partyId, occurredAt }
  if ('name' in each) {
    const { name } = each
    return { ...shared, kind: 'client.tracked', payload: { name }, properties: { order_id: orderRef } }
  }
  const { amountMinor, lines } = each
  if ('of' in each) {
    const refunded = lines.map(line => ({ ...line, of: each.of }))
    return {
      ...shared,
      kind: 'refund.recorded',
      payload: { refundRef: orderRef, merchant, amountMinor, currency: 'CNY', lines: refunded },
      keys: [['refund', 'tea-shop', orderRef]],
    }
  }
  return {
    ...shared,
    kind: 'purchase.recorded',
    payload: { orderRef, merchant, amountMinor, currency: 'CNY', lines },
    keys: [['order', 'tea-shop', orderRef]],
  }
}
