import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { ingest } from './ingest.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T09:00:00Z' })
})
afterAll(() => house.close())
beforeEach(() => house.database.query('truncate events.problem'))

const source = { sourceId: '0195a000-0000-7000-8000-0000000000aa', kind: 'key' } as const

const said = (event: string, day: string, properties: object, rest: object = {}) => ({
  type: 'track',
  event,
  userId: 'buyer',
  messageId: randomUUID(),
  timestamp: `2026-03-${day}T08:00:00Z`,
  properties,
  ...rest,
})
const withoutCustomer = { userId: undefined }
const take = (...messages: object[]) => ingest(house, source, messages)

/** The orders of this number as they stand, and what was given back of them, in order of time. */
async function standing(orderRef: string) {
  const [known] = await house.events.lookup(house.database, [['order', '', orderRef]])
  if (!known) return []
  const events = await house.events.history(house.database, [known.partyId], ['purchase.recorded', 'refund.recorded'])
  return events
    .map(event => ({
      kind: event.kind,
      payload: event.payload as { orderRef?: string; of?: string; amountMinor: number },
    }))
    .filter(({ payload }) => payload.orderRef === orderRef || payload.of === orderRef)
    .map(({ kind, payload }) => `${kind.split('.')[0]} ${payload.amountMinor}`)
}
const waiting = () =>
  house.database.query<{ code: string; state: string }>('select code, state from events.problem order by problem_id')

test('an updated order takes the place of what was known; the same again says nothing new', async () => {
  await take(said('Order Completed', '01', { order_id: 'A1', total: 100 }))
  expect(await take(said('Order Updated', '02', { order_id: 'A1', total: 80 }))).toMatchObject({ accepted: 1 })
  expect(await take(said('Order Updated', '03', { order_id: 'A1', total: 80 }))).toMatchObject({ duplicates: 1 })
  expect(await standing('A1')).toEqual(['purchase 8000'])
})

test('an order cancelled without an amount gives back what is left of it, once', async () => {
  await take(said('Order Completed', '01', { order_id: 'A2', total: 100 }))
  await take(said('Order Refunded', '02', { order_id: 'A2', total: 30 }))
  expect(await take(said('Order Cancelled', '03', { order_id: 'A2' }))).toMatchObject({ accepted: 1 })
  expect(await take(said('Order Cancelled', '04', { order_id: 'A2' }))).toMatchObject({ duplicates: 1 })
  expect(await standing('A2')).toEqual(['purchase 10000', 'refund 3000', 'refund 7000'])
})

test('a refund need not name the customer, because its order does; one refund told twice is one', async () => {
  await take(said('Order Completed', '01', { order_id: 'A3', total: 100 }))
  const refund = () => said('Order Refunded', '02', { order_id: 'A3', total: 30, refund_id: 'R1' }, withoutCustomer)
  expect(await take(refund(), refund())).toMatchObject({ accepted: 1, duplicates: 1 })
  expect(await standing('A3')).toEqual(['purchase 10000', 'refund 3000'])
})

test('what speaks of an order that has not arrived waits, and is taken in by itself when it does', async () => {
  await take(said('Order Updated', '02', { order_id: 'A4', total: 80 }))
  await take(said('Order Cancelled', '03', { order_id: 'A4' }, withoutCustomer))
  expect(await waiting()).toEqual([
    { code: 'events:problem.order-not-seen', state: 'waiting' },
    { code: 'events:problem.order-not-seen', state: 'waiting' },
  ])
  await take(said('Order Completed', '01', { order_id: 'A4', total: 100 }))
  expect(await standing('A4')).toEqual(['purchase 8000', 'refund 8000'])
  expect((await waiting()).map(({ state }) => state)).toEqual(['replayed', 'replayed'])
})

test('in whatever order, batches and number of copies messages arrive, the orders stand the same', async () => {
  let world = 0
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], { minLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }),
      async (order, sizes) => {
        const ref = `W${world++}`
        const messages = [
          said('Order Completed', '01', { order_id: ref, total: 100, products: [{ sku: 'a', price: 100 }] }),
          said('Order Updated', '02', { order_id: ref, total: 90 }),
          said('Order Updated', '04', { order_id: ref, total: 70 }),
          said('Order Refunded', '05', { order_id: ref, total: 20, refund_id: `${ref}-1` }, withoutCustomer),
          said('Order Refunded', '06', { order_id: ref, total: 10, refund_id: `${ref}-2` }),
          said('Order Updated', '03', { order_id: ref, total: 80 }),
        ]
        const sent = order.map(index => messages[index]!)
        const pieces = sizes.map(size => sent.splice(0, size)).filter(piece => piece.length > 0)
        // Two at a time, so that they meet in the database.
        for (let at = 0; at < pieces.length; at += 2)
          await Promise.all(pieces.slice(at, at + 2).map(piece => take(...piece)))
        expect(await standing(ref)).toEqual(['purchase 7000', 'refund 2000', 'refund 1000'])
      },
    ),
    { numRuns: 15 },
  )
  expect((await waiting()).filter(({ state }) => state === 'waiting')).toEqual([])
})
