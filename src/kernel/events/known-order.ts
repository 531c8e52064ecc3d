import type { Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { EventSource, NewEvent, RecordedEvent } from './event.ts'
import { type Refused, refused } from './message.ts'
import type { Understood } from './segment.ts'

interface Money {
  readonly orderRef?: string
  readonly of?: string
  readonly merchant?: string
  readonly amountMinor: number
  readonly currency: string
  readonly lines: readonly object[]
  readonly saidAt?: string
}

/** Nobody else speaks of these orders until the transaction ends: two corrections at once would both replace the same purchase. */
export async function holdOrders(transaction: Transaction, orderRefs: readonly string[]): Promise<void> {
  if (orderRefs.length === 0) return
  await transaction.query(
    `select pg_advisory_xact_lock(727252, h) from
       (select distinct hashtext(r) as h from unnest($1::text[]) as t (r) order by 1) as held`,
    [orderRefs],
  )
}

/**
 * Records what only makes sense beside an order that is known: a correction, or a refund that leaves open whose or how much.
 * Where the order has not been seen, the message waits for it.
 *
 * Example: *Order Cancelled* of an order of 100.00 of which 30.00 were given back records a refund of 70.00; once more, nothing.
 */
export async function recordAboutOrder(
  house: House,
  transaction: Transaction,
  source: EventSource,
  { event, about, partyId }: Required<Pick<Understood, 'event' | 'about'>> & { readonly partyId: string | undefined },
): Promise<'accepted' | 'duplicate' | Refused> {
  const { orderRef } = about
  const unseen = {
    ...refused('events:problem.order-not-seen', { order: orderRef }, 'properties.order_id'),
    waitsFor: orderRef,
  }
  const { merchant } = event.payload as Money
  const found = await house.events.findOrder(transaction, { orderRef, merchant })
  if (found === 'unseen') return unseen
  const ofSeveral = refused('events:problem.order-of-several', { order: orderRef }, 'properties.affiliation')
  const whose = found === 'several' ? partyId : found.partyId
  if (whose === undefined) return ofSeveral
  const events = await house.events.history(transaction, [whose], ['purchase.recorded', 'refund.recorded'])
  const orders = events.filter(({ payload }) => (payload as Money).orderRef === orderRef)
  // Where several merchants use the number, the customer who is named may have only one order of it.
  if (found === 'several' && orders.length !== 1) return ofSeveral
  const own = found === 'several' ? null : found.merchant
  const standing = orders.filter(({ payload }) => own === null || ((payload as Money).merchant ?? own) === own).at(-1)
  if (!standing) return unseen
  const written = about.act === 'correct' ? correction(standing, event) : refund(standing, events, event, about.isWhole)
  if (!written) return 'duplicate'
  const { properties: _, ...plain } = { ...event, ...written }
  const { recorded } = await house.events.record(transaction, source, [{ ...plain, partyId: partyId ?? whose }])
  return recorded.length > 0 ? 'accepted' : 'duplicate'
}

type Said = NonNullable<Understood['event']>

/** The purchase as it is said to be now; undefined where it says nothing new, or something older than what is known. */
function correction(standing: RecordedEvent, said: Said): Pick<NewEvent, 'payload' | 'occurredAt'> | undefined {
  const before = standing.payload as Money
  const after = said.payload as Money
  if (said.occurredAt.toISOString() < (before.saidAt ?? standing.occurredAt.toISOString())) return undefined
  const { merchant = before.merchant, ...rest } = after
  const payload = { ...(merchant && { merchant }), ...rest }
  if (bare(payload) === bare(before)) return undefined
  return {
    occurredAt: standing.occurredAt,
    payload: { ...payload, replaces: standing.eventId, saidAt: said.occurredAt.toISOString() },
  }
}

/** What two tellings of an order must share to be the same, in one order of its fields. */
function bare(payload: object): string {
  const { replaces: _replaces, saidAt: _saidAt, ...rest } = payload as Money & { replaces?: string }
  return JSON.stringify(rest, (_key, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  )
}

function refund(
  standing: RecordedEvent,
  events: readonly RecordedEvent[],
  said: Said,
  isWhole: boolean,
): Pick<NewEvent, 'payload'> | undefined {
  if (!isWhole) return { payload: said.payload }
  const order = standing.payload as Money
  const refunds = events
    .map(({ payload }) => payload as Money)
    .filter(
      ({ of, merchant }) => of === order.orderRef && (!merchant || !order.merchant || merchant === order.merchant),
    )
  const left = refunds.reduce((sum, { amountMinor }) => sum - amountMinor, order.amountMinor)
  if (left <= 0) return undefined
  const { merchant = order.merchant, ...rest } = said.payload as Money
  return { payload: { ...(merchant && { merchant }), ...rest, amountMinor: left, currency: order.currency } }
}
