import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import * as contract from './contract.ts'
import { factsOf, type LoggedEvent } from './facts.ts'
import { ratingOf } from './listening.ts'
import { indicesRoutes } from './routes.ts'

const zone = 'Asia/Shanghai'
const situation = { asOfOn: '2026-03-01', zone, currency: 'CNY', horizonDays: 60 }

let number = 0
const event = (kind: string, on: Day, payload: object = {}, properties: object | null = null): LoggedEvent => ({
  eventId: `01900000-0000-7000-8000-${String(++number).padStart(12, '0')}`,
  partyId: 'p',
  occurredAt: startOfDay(on, zone),
  kind,
  payload: { currency: 'CNY', ...payload } as Record<string, unknown>,
  properties: properties as Record<string, unknown> | null,
})
const bought = event('purchase.recorded', '2026-02-01', { amountMinor: 1000 })

describe('the facts of a customer', () => {
  test.each([
    ['nothing bought', [], {}, { visits: null, tenureDays: null, complaintsOpened: null, reviews: null }],
    ['two purchases of one day are one visit', [bought, bought], {}, { visits: 1, tenureDays: 28, boughtMinor: 2000 }],
    [
      'a visit of a year ago counts no more',
      [event('purchase.recorded', '2025-03-01'), event('purchase.recorded', '2025-03-02'), bought],
      {},
      { visits: 2, tenureDays: 365 },
    ],
    [
      'what lies after the reading day is not known yet',
      [bought, event('purchase.recorded', '2026-03-02')],
      {},
      { visits: 1 },
    ],
    ['no refund, in a shop that keeps none', [bought], {}, { refundedMinor: null }],
    ['no refund, in a shop that keeps them', [bought], { seen: ['refunds'] }, { refundedMinor: 0 }],
    [
      'a refund shows that they are kept',
      [bought, event('refund.recorded', '2026-02-03', { amountMinor: 400 })],
      {},
      { refundedMinor: 400, boughtMinor: 1000 },
    ],
    [
      'a refund in another currency is known and not added up',
      [bought, event('refund.recorded', '2026-02-03', { amountMinor: 400, currency: 'EUR' })],
      {},
      { refundedMinor: 0 },
    ],
    [
      'a task that was closed, opened again and closed otherwise counts once',
      [
        event('task.closed', '2026-02-03', { taskId: 'a', outcome: 'not-interested' }),
        event('task.reopened', '2026-02-03', { taskId: 'a' }),
        event('task.closed', '2026-02-04', { taskId: 'a', outcome: 'reached' }),
        event('task.closed', '2026-02-05', { taskId: 'b', outcome: 'wrong-alarm' }),
        event('task.closed', '2026-02-06', { taskId: 'c', outcome: 'not-interested' }),
      ],
      {},
      { contacts: 2, replies: 1 },
    ],
    [
      'answers, newest first',
      [
        event('client.tracked', '2026-02-03', { name: 'Product Reviewed' }, { rating: '4' }),
        event('client.tracked', '2026-02-04', { name: 'Survey Answered' }, { score: 10 }),
        bought,
      ],
      {},
      { ratings: [1, 0.75], reviews: 1 },
    ],
    [
      'promises, complaints and deliveries, once rooms record them',
      [
        bought,
        event('promise.kept', '2026-02-03'),
        event('promise.breached', '2026-02-04'),
        event('complaint.opened', '2026-02-05'),
        event('complaint.closed', '2026-02-06'),
        event('delivery.arrived', '2026-02-07', { late: true }),
        event('delivery.arrived', '2026-02-08', { late: false }),
      ],
      {},
      {
        promisesKept: 1,
        promisesBreached: 1,
        complaintsOpened: 1,
        complaintsClosed: 1,
        deliveries: 2,
        lateDeliveries: 1,
      },
    ],
  ] as const)('%s', (_, events, more: { seen?: readonly 'refunds'[] }, expected) => {
    const { facts } = factsOf(events, { situation, predicted: undefined, seen: new Set(more.seen) })
    expect(facts).toMatchObject(expected)
  })

  test.each([
    ['Product Reviewed', { rating: 1 }, 0],
    ['Product Reviewed', { rating: 5 }, 1],
    ['Product Reviewed', { rating: '3.5' }, 0.625],
    ['Product Reviewed', { rating: 0 }, undefined],
    ['Product Reviewed', { rating: 6 }, undefined],
    ['Product Reviewed', { rating: 'good' }, undefined],
    ['Product Reviewed', { rating: '' }, undefined],
    ['Product Reviewed', { rating: null }, undefined],
    ['Product Reviewed', {}, undefined],
    ['Survey Answered', { score: 0 }, 0],
    ['Survey Answered', { score: 7 }, 0.7],
    ['Page Liked', { rating: 5 }, undefined],
  ])('%s %j: %d', (name, properties, expected) => {
    expect(ratingOf('client.tracked', name, properties)).toBe(expected)
  })
})

describe('the indices of a base', () => {
  let house: TestHouse
  const owner: Caller = { kind: 'staff', id: 'a', name: 'Lin', permissions: new Set(['customers.read']) }
  async function ask<Reply>(of: Operation, params?: object): Promise<Reply> {
    const route = indicesRoutes.find(each => each.operation.id === of.id)!
    const reply = await route.handle(house, { params, query: undefined, caller: owner, language: 'en' } as never)
    return of.reply.parse(reply) as Reply
  }
  const partyOf = async (order: string) =>
    (
      await house.database.query<{ party_id: string }>(
        "select party_id from events.event where payload ->> 'orderRef' = $1",
        [order],
      )
    )[0]!.party_id

  beforeAll(async () => {
    house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone, currency: 'CNY' } })
    const messages = Array.from({ length: 24 }, (_, customer) =>
      Array.from({ length: 1 + (customer % 8) }, (__, visit) => ({
        type: 'track',
        event: 'Order Completed',
        messageId: `${customer}-${visit}`,
        userId: `c${customer}`,
        timestamp: `${addDays('2026-02-20', -visit * (10 + customer))}T04:00:00Z`,
        properties: { order_id: `${customer}-${visit}`, total: 100, currency: 'CNY' },
      })),
    ).flat()
    await ingest(house, { sourceId: house.newId(), kind: 'key' }, [
      ...messages,
      {
        type: 'track',
        event: 'Product Reviewed',
        messageId: 'r1',
        userId: 'c3',
        timestamp: '2026-02-21T04:00:00Z',
        properties: { product_id: 'T1', rating: 4 },
      },
      {
        type: 'track',
        event: 'Order Refunded',
        messageId: 'f1',
        userId: 'c4',
        timestamp: '2026-02-21T04:00:00Z',
        properties: { order_id: '4-0', total: 50, currency: 'CNY' },
      },
    ])
  })
  afterAll(() => house.close())

  test('before anything was measured there is no number', async () => {
    const reply = await ask<{ indices: { mean: number | null }[] }>(contract.readIndices)
    expect(reply).toMatchObject({ measuredOn: null, customers: 0 })
    expect(reply.indices.every(each => each.mean === null)).toBe(true)
  })

  test('are measured after the rhythm was learned, each with its interval and for whom it speaks', async () => {
    await house.perform('rhythm.fit')
    expect(await house.performWaiting()).toContain('indices.measure')
    const reply = await ask<{ indices: Record<string, never>[] }>(contract.readIndices)
    expect(reply).toMatchObject({ measuredOn: '2026-03-01', customers: 24, lookedAt: 24 })
    const by = Object.fromEntries(reply.indices.map(each => [each.index, each]))
    expect(by.loyalty).toMatchObject({ speaksFor: 24 })
    expect(by.satisfaction).toMatchObject({ mean: 75, low: null, high: null, speaksFor: 1 })
    expect(by.trust).toMatchObject({ mean: null, speaksFor: 0, trend: [] })
    expect(by.participation).toMatchObject({ speaksFor: 24 })
    expect(by.experience).toMatchObject({ speaksFor: 24 })
    expect(by.loyalty!.low).toBeLessThan(by.loyalty!.mean)
    expect(by.loyalty!.high).toBeGreaterThan(by.loyalty!.mean)
  })

  test('the mean of the base is the mean of its customers', async () => {
    const base = await ask<{ indices: { index: string; mean: number | null }[] }>(contract.readIndices)
    const rows = await house.database.query<{ party_id: string }>('select party_id from parties.party')
    const all = await Promise.all(
      rows.map(row =>
        ask<{ indices: { index: string; value: number | null }[] }>(contract.customerIndices, {
          partyId: row.party_id,
        }),
      ),
    )
    for (const { index, mean } of base.indices) {
      const values = all.flatMap(each => each.indices.find(other => other.index === index)!.value ?? [])
      if (mean === null) expect(values).toEqual([])
      else expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 9)
    }
  })

  test('of one customer list the records behind each fact, newest first', async () => {
    const reply = await ask<{ indices: { index: string; value: number | null; facts: Record<string, never>[] }[] }>(
      contract.customerIndices,
      { partyId: await partyOf('4-0') },
    )
    const facts = Object.fromEntries(reply.indices.flatMap(each => each.facts.map(fact => [fact.fact, fact])))
    expect(facts.refunds).toMatchObject({
      score: 0.9,
      values: { share: 0.1 },
      events: [{ kind: 'refund.recorded', on: '2026-02-21' }],
    })
    expect(facts.visits).toMatchObject({ values: { count: 5 } })
    expect((facts.visits!.events as { on: string }[]).map(each => each.on)[0]).toBe('2026-02-20')
    expect(facts.promises).toMatchObject({ score: null, values: {}, events: [] })
    expect(facts.ratings).toMatchObject({ score: null })
    await expect(ask(contract.customerIndices, { partyId: house.newId() })).rejects.toMatchObject({
      code: 'indices:refusal.unknown-customer',
    })
  })

  test('a day measured twice has one measurement, another day another', async () => {
    await house.perform('indices.measure')
    house.clock.advanceDays(7)
    await house.perform('indices.measure')
    const reply = await ask<{ indices: { index: string; trend: { on: Day }[] }[] }>(contract.readIndices)
    expect(reply.indices[0]!.trend.map(each => each.on)).toEqual(['2026-03-01', '2026-03-08'])
  })
})
