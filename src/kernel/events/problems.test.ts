import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Caller } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { ingest } from './ingest.ts'
import { Unreadable } from './message.ts'
import { dismiss, listProblems, problemCauses, restore } from './problem.ts'
import { repairsFor } from './repair.ts'
import { replayAll, replayOne } from './replay.ts'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T09:00:00Z' })
})
afterAll(() => house.close())
beforeEach(() => house.database.query('truncate events.problem'))

const staff: Caller = { kind: 'staff', id: '0195a000-0000-7000-8000-0000000000ac', name: 'Mei', permissions: new Set() }
const source = { sourceId: '0195a000-0000-7000-8000-0000000000ab', kind: 'key' } as const
const order = (properties: object, rest: object = {}) => ({
  type: 'track',
  event: 'Order Completed',
  userId: 'buyer',
  messageId: randomUUID(),
  timestamp: '2026-03-01T08:00:00Z',
  properties: { order_id: randomUUID(), total: 10, ...properties },
  ...rest,
})
const take = (...messages: unknown[]) => ingest(house, source, messages)
const listed = (state: 'waiting' | 'replayed' | 'dismissed' = 'waiting') => listProblems(house.database, { state }, 50)
const purchases = async () => {
  const rows = await house.database.query<{ payload: { currency: string; amountMinor: number }; occurred_at: Date }>(
    `select payload, occurred_at from events.event where kind = 'purchase.recorded' order by event_id`,
  )
  return rows
}

test('the problem says where in the event it is, and a sender that tries again adds a try, not a problem', async () => {
  const bad = order({
    products: [
      { sku: 'a', price: 1 },
      { sku: 'b', price: 'two' },
    ],
  })
  for (let attempt = 0; attempt < 3; attempt++) await take(bad)
  expect((await listed()).items).toMatchObject([
    { code: 'events:problem.product', place: 'properties.products.1.price', times: 3, state: 'waiting' },
  ])
})

test('an edited event is taken in once, under the name by which its sender knows it', async () => {
  const bad = order({ total: 'ten' })
  await take(bad)
  const [problem] = (await listed()).items
  const before = (await purchases()).length
  expect(
    await replayOne(house, staff, problem!.problemId, JSON.stringify({ ...bad, messageId: 'another' })),
  ).toMatchObject({
    outcome: 'problem',
    code: 'events:problem.total',
    place: 'properties.total',
  })
  const good = JSON.stringify({ ...bad, messageId: undefined, properties: { total: 10 } })
  expect(await replayOne(house, staff, problem!.problemId, good)).toEqual({ outcome: 'accepted' })
  await expect(replayOne(house, staff, problem!.problemId, good)).rejects.toThrow('problem-settled')
  // The sender puts it right as well, some days later.
  expect(await take({ ...bad, properties: { total: 10 } })).toMatchObject({ duplicates: 1 })
  expect((await purchases()).length).toBe(before + 1)
})

test('an event without a name counts once however often it is sent again', async () => {
  await take(order({ total: 'ten', order_id: undefined }, { messageId: undefined }))
  const [problem] = (await listed()).items
  const before = (await purchases()).length
  const good = JSON.stringify(order({ order_id: undefined }, { messageId: undefined }))
  await Promise.allSettled([1, 2, 3].map(() => replayOne(house, staff, problem!.problemId, good)))
  expect((await purchases()).length).toBe(before + 1)
})

test('one repair puts every event of a cause right', async () => {
  await take(...Array.from({ length: 700 }, () => order({ currency: 'RMB' })), order({ total: 'ten' }))
  const before = (await purchases()).length
  expect((await problemCauses(house.database, 'waiting')).causes.map(({ code, count }) => [code, count])).toEqual([
    ['events:problem.currency', 700],
    ['events:problem.total', 1],
  ])
  const wish = { code: 'events:problem.currency', repair: 'set-currency' } as const
  expect(await replayAll(house, { ...wish, currency: 'CNY' })).toEqual({
    accepted: 700,
    duplicates: 0,
    stillWaiting: 0,
    untried: 0,
  })
  expect((await purchases()).slice(before).every(({ payload }) => payload.currency === 'CNY')).toBe(true)
  expect((await problemCauses(house.database, 'waiting')).counts).toEqual({ waiting: 1, replayed: 700, dismissed: 0 })
})

test.each([
  [
    'use-received-time',
    order({}, { timestamp: '2036-01-01T00:00:00Z' }),
    { occurred_at: new Date('2026-03-10T09:00:00Z') },
  ],
  ['total-from-products', order({ total: '?', products: [{ sku: 'a', price: 7 }] }), { payload: { amountMinor: 700 } }],
  [
    'leave-products-out',
    order({ products: [{ price: 7 }, { sku: 'b', price: 3 }] }),
    { payload: { amountMinor: 1000 } },
  ],
  ['without-nul', order({ order_id: `n\u0000${randomUUID()}` }), { payload: { amountMinor: 1000 } }],
] as const)('the repair %s', async (repair, message, expected) => {
  await take(message)
  const [problem] = (await listed()).items
  expect(repairsFor(problem!.code)).toContain(repair)
  expect(await replayAll(house, { code: problem!.code, repair })).toMatchObject({ accepted: 1, stillWaiting: 0 })
  expect((await purchases()).at(-1)).toMatchObject(expected)
})

test('dismissed is not deleted: it can wait again', async () => {
  await take(17, 'tea')
  const [first] = (await listed()).items
  await house.database.transaction(async transaction => {
    expect(await dismiss(transaction, house.clock.now(), { code: 'events:problem.not-an-object' })).toBe(2)
    expect(await restore(transaction, first!.problemId)).toBe(true)
  })
  expect([(await listed()).total, (await listed('dismissed')).total]).toEqual([1, 1])
})

test('what cannot be read is kept as text, and taken in once a person has written it properly', async () => {
  await take(new Unreadable('{"type": "track", oops', 'events:problem.bad-json'))
  const [problem] = (await listed()).items
  expect(problem).toMatchObject({ event: '{"type": "track", oops', code: 'events:problem.bad-json' })
  expect(await replayOne(house, staff, problem!.problemId, undefined)).toMatchObject({
    code: 'events:problem.bad-json',
  })
  await expect(replayOne(house, staff, problem!.problemId, '{"type"')).rejects.toThrow('not-json')
  expect(await replayOne(house, staff, problem!.problemId, JSON.stringify(order({})))).toEqual({ outcome: 'accepted' })
})

test('every cause has a sentence, a title and something to do', () => {
  for (const language of ['en', 'zh']) {
    const words = JSON.parse(readFileSync(new URL(`./words.${language}.json`, import.meta.url), 'utf8'))
    expect(Object.keys(words.cause).sort()).toEqual(Object.keys(words.problem).sort())
  }
})
