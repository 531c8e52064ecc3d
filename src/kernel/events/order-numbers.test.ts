import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { ingest } from './ingest.ts'
import { keyOf } from './keys.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T09:00:00Z' })
})
afterAll(() => house.close())

const source = { sourceId: '0195a000-0000-7000-8000-0000000000aa', kind: 'key' } as const
const said = (event: string, merchant: string | null, properties: object, rest: object = {}) => ({
  type: 'track',
  event,
  userId: 'mei',
  messageId: randomUUID(),
  timestamp: '2026-03-02T08:00:00Z',
  properties: { total: 100, ...(merchant !== null && { affiliation: merchant }), ...properties },
  ...rest,
})
const take = (...messages: object[]) => ingest(house, source, messages)
const bare = { total: undefined }
const nobody = { userId: undefined }

async function standing(orderRef: string) {
  const rows = await house.database.query<{ kind: string; payload: { merchant?: string; amountMinor: number } }>(
    `select kind, payload from events.event where payload->>'orderRef' = $1 or payload->>'of' = $1 order by kind, payload->>'merchant'`,
    [orderRef],
  )
  return rows.map(({ kind, payload }) => `${kind.split('.')[0]} ${payload.merchant ?? '-'} ${payload.amountMinor}`)
}

test('two merchants may use the same number, one after the other, together and at once; each order is one', async () => {
  for (const [orderRef, tell] of [
    [
      'S1',
      async (all: object[]) => {
        for (const each of all) await take(each)
      },
    ],
    [
      'S2',
      async (all: object[]) => {
        await take(...all)
      },
    ],
    [
      'S3',
      async (all: object[]) => {
        await Promise.all(all.map(each => take(each)))
      },
    ],
  ] as const) {
    const order = (merchant: string, userId: string) =>
      said('Order Completed', merchant, { order_id: orderRef }, { userId })
    await tell([
      order('tea', 'mei'),
      order('cake', 'mei'),
      order('books', 'lin'),
      order('tea', 'mei'),
      order('cake', 'mei'),
    ])
    expect(await standing(orderRef)).toEqual(['purchase books 10000', 'purchase cake 10000', 'purchase tea 10000'])
  }
})

test('an order that names no merchant is the one of its number, whichever comes first', async () => {
  await take(said('Order Completed', null, { order_id: 'U1' }))
  expect(await take(said('Order Completed', 'tea', { order_id: 'U1' }))).toMatchObject({ duplicates: 1 })
  await take(said('Order Completed', 'tea', { order_id: 'U2' }))
  expect(await take(said('Order Completed', null, { order_id: 'U2' }))).toMatchObject({ duplicates: 1 })
  expect([await standing('U1'), await standing('U2')]).toEqual([['purchase - 10000'], ['purchase tea 10000']])
})

test('orders that were told before numbers were held apart by merchant keep their key', async () => {
  await take(said('Order Completed', 'tea', { order_id: 'O1' }))
  // As it was written before: under the number alone.
  await house.database.query('delete from events.key where key = $1', [keyOf(['order', '', 'O1', 'tea'])])
  expect(await take(said('Order Completed', 'tea', { order_id: 'O1' }))).toMatchObject({ duplicates: 1 })
  await take(said('Order Completed', 'cake', { order_id: 'O1' }))
  expect(await standing('O1')).toEqual(['purchase cake 10000', 'purchase tea 10000'])
})

test('a refund that names merchant and order finds it; one without finds the only one, or says that there are several', async () => {
  await take(
    said('Order Completed', 'tea', { order_id: 'R1' }),
    said('Order Completed', 'cake', { order_id: 'R1' }, { userId: 'lin' }),
  )
  await take(said('Order Completed', 'tea', { order_id: 'R2' }))
  expect(await take(said('Order Cancelled', 'cake', { order_id: 'R1', ...bare }, nobody))).toMatchObject({
    accepted: 1,
  })
  expect(await take(said('Order Cancelled', 'cake', { order_id: 'R1', ...bare }, nobody))).toMatchObject({
    duplicates: 1,
  })
  expect(await take(said('Order Cancelled', null, { order_id: 'R2', ...bare }, nobody))).toMatchObject({ accepted: 1 })
  expect(await standing('R1')).toEqual(['purchase cake 10000', 'purchase tea 10000', 'refund cake 10000'])
  expect(await standing('R2')).toEqual(['purchase tea 10000', 'refund tea 10000'])
  await take(said('Order Cancelled', null, { order_id: 'R1', ...bare }, nobody))
  await take(said('Order Cancelled', 'books', { order_id: 'R2', ...bare }, nobody))
  const problems = await house.database.query('select code from events.problem order by code')
  expect(problems.map(({ code }) => code)).toEqual(['events:problem.order-not-seen', 'events:problem.order-of-several'])
  // Whoever is named has one order of this number only.
  expect(await take(said('Order Cancelled', null, { order_id: 'R1', ...bare }))).toMatchObject({ accepted: 1 })
  expect(await standing('R1')).toContain('refund tea 10000')
})

test('a till and a webhook that tell the same order of the same merchant tell one; refunds are held apart like orders', async () => {
  const partyId = house.newId()
  const payload = { orderRef: 'T1', amountMinor: 10_000, currency: 'CNY', lines: [], merchant: 'tea' }
  const occurredAt = new Date('2026-03-02T08:00:00Z')
  await house.database.transaction(transaction =>
    house.events.record(transaction, { sourceId: house.newId(), kind: 'staff' }, [
      { kind: 'purchase.recorded', partyId, occurredAt, keys: [['order', '', 'T1']], payload },
    ]),
  )
  expect(await take(said('Order Completed', 'tea', { order_id: 'T1' }))).toMatchObject({ duplicates: 1 })
  await take(said('Order Completed', 'cake', { order_id: 'T1' }))
  const back = (merchant: string) => said('Order Refunded', merchant, { order_id: 'T1', total: 20, refund_id: 'B1' })
  await take(back('tea'), back('cake'), back('tea'), back('cake'))
  expect(await standing('T1')).toEqual([
    'purchase cake 10000',
    'purchase tea 10000',
    'refund cake 2000',
    'refund tea 2000',
  ])
})
