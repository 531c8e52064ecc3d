import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveParties } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { ingest, systemSource } from './index.ts'

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse()
})

afterAll(() => house.close())

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const

const order = (userId: string, orderId: string, messageId: string, timestamp = '2026-02-01T10:00:00Z') => ({
  type: 'track',
  event: 'Order Completed',
  userId,
  messageId,
  timestamp,
  properties: {
    order_id: orderId,
    total: 12.5,
    currency: 'CNY',
    products: [{ sku: 'LJ', name: 'Longjing', price: 12.5 }],
  },
})

test('an order is recorded once, however often and in whatever message it arrives', async () => {
  expect(await ingest(house, source, [order('u1', 'o1', 'm1')])).toEqual({ accepted: 1, duplicates: 0, problems: 0 })
  expect(await ingest(house, source, [order('u1', 'o1', 'm1')])).toEqual({ accepted: 0, duplicates: 1, problems: 0 })
  expect(await ingest(house, source, [order('u1', 'o1', 'm2')])).toEqual({ accepted: 0, duplicates: 1, problems: 0 })
  expect(await ingest(house, source, [order('u1', 'o2', 'm3'), order('u1', 'o2', 'm3')])).toEqual({
    accepted: 1,
    duplicates: 1,
    problems: 0,
  })
  const [count] = await house.database.query('select count(*) as n from events.event')
  expect(count).toEqual({ n: 2 })
})

test('what cannot be understood is kept with its reason', async () => {
  const bad = [
    { type: 'track', event: 'x' },
    { type: 'dance', userId: 'u' },
    'text',
    order('u9', 'o9', 'm9', '1970-01-01T00:00:00Z'),
  ]
  expect(await ingest(house, source, bad)).toEqual({ accepted: 0, duplicates: 0, problems: 4 })
  const rows = await house.database.query<{ code: string }>('select code from events.problem order by code')
  expect(rows.map(row => row.code)).toEqual([
    'events:problem.nobody',
    'events:problem.not-an-object',
    'events:problem.time',
    'events:problem.type',
  ])
})

test('many requests at once share transactions and each hears of its own events', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      ingest(house, source, [
        order(`c${index % 7}`, `p${index}`, `pm${index}`),
        order(`c${index % 7}`, 'p0', `q${index}`),
      ]),
    ),
  )
  expect(answers.reduce((sum, answer) => sum + answer.accepted, 0)).toBe(40)
  const [parties] = await house.database.query(
    `select count(*) as n from parties.party p join parties.identifier i using (party_id) where i.value like 'c_'`,
  )
  expect(parties).toEqual({ n: 7 })
})

test('the same people resolved at the same time become one party each', async () => {
  const sightings = Array.from({ length: 5 }, (_, index) => ({
    identifiers: [{ kind: 'email' as const, value: `Person${index}@Example.org` }],
    name: '王晓洁',
  }))
  const all = await Promise.all(
    Array.from({ length: 6 }, () =>
      house.database.transaction(tx => resolveParties(tx, house, source.sourceId, sightings)),
    ),
  )
  for (const each of all) expect(each.partyIds).toEqual(all[0]!.partyIds)
  expect(all.reduce((sum, each) => sum + each.created.length, 0)).toBe(5)
})

test('events of a withdrawn source leave no trace and may come again', async () => {
  const other = { sourceId: '01900000-0000-7000-8000-000000000002', kind: 'import' } as const
  await ingest(house, other, [order('w1', 'wo1', 'wm1')])
  const [found] = await house.database.query<{ party_id: string }>(
    `select party_id from parties.identifier where value = 'w1'`,
  )
  await house.database.transaction(tx => house.events.withdraw(tx, other.sourceId, [found!.party_id]))
  expect(await house.events.history(house.database, [found!.party_id])).toEqual([])
  expect(await ingest(house, other, [order('w1', 'wo1', 'wm1')])).toEqual({ accepted: 1, duplicates: 0, problems: 0 })
})

test('what the house noted about somebody goes with the last event of theirs, and stays while others speak of them', async () => {
  const [gone, kept] = [
    { sourceId: '01900000-0000-7000-8000-000000000003', kind: 'import' },
    { sourceId: '01900000-0000-7000-8000-000000000004', kind: 'key' },
  ] as const
  await ingest(house, gone, [order('n1', 'no1', 'nm1'), order('n2', 'no2', 'nm2')])
  await ingest(house, kept, [order('n2', 'no3', 'nm3')])
  const rows = await house.database.query<{ party_id: string; value: string }>(
    `select party_id, value from parties.identifier where value in ('n1', 'n2') order by value`,
  )
  const [n1, n2] = rows.map(row => row.party_id) as [string, string]
  await house.database.transaction(tx =>
    house.events.record(
      tx,
      systemSource,
      [n1, n2].map(partyId => ({
        kind: 'task.postponed',
        partyId,
        occurredAt: house.clock.now(),
        payload: { taskId: partyId, programme: 'none' },
      })),
    ),
  )
  await house.database.transaction(tx => house.events.withdraw(tx, gone.sourceId, [n1, n2]))
  expect(await house.events.history(house.database, [n1])).toEqual([])
  expect((await house.events.history(house.database, [n2])).map(event => event.kind)).toEqual([
    'purchase.recorded',
    'task.postponed',
  ])
})

test('a month without a table gets one between two runs of the transaction, even where as many come as there are connections', async () => {
  await ingest(house, source, [order('far', 'far-0', 'far-0')])
  const [{ party_id: partyId } = { party_id: '' }] = await house.database.query<{ party_id: string }>(
    `select party_id from parties.identifier where value_key like '%far%' limit 1`,
  )
  const record = (number: number) =>
    house.database.transaction(async transaction => {
      await transaction.query('select pg_sleep(0.02)')
      const occurredAt = new Date(Date.UTC(1995, number % 3, 9))
      return await house.events.record(transaction, systemSource, [
        { kind: 'client.tracked', partyId, occurredAt, payload: { name: 'x' }, keys: [['far', String(number)]] },
      ])
    })
  const recordings = await Promise.all(Array.from({ length: 12 }, (_, number) => record(number)))
  expect(recordings.flatMap(({ recorded }) => recorded)).toHaveLength(12)
})
