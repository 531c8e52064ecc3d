import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDays, startOfDay } from '#kernel/clock/index.ts'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import { readLearnable, readNewestDay, readNewestModels, readSample, whoIsLate } from './sample.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone, currency: 'CNY' } })
  const ids = Array.from({ length: 240 }, () => house.newId())
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     select id, 'person', 'Somebody', '{customer}', '{}', '{}', $2, $3, $3 from unnest($1::uuid[]) as t (id)`,
    [ids, source.sourceId, house.clock.now()],
  )
  // One purchase, two, three ... of customers whose gaps and silences differ.
  const events = ids.flatMap((partyId, row) =>
    Array.from({ length: 1 + (row % 9) }, (_, at) => ({
      kind: 'purchase.recorded',
      partyId,
      occurredAt: startOfDay(addDays('2025-06-01', (row % 50) + at * (6 + (row % 31))), zone),
      payload: { amountMinor: 1000, currency: 'CNY', lines: [] },
    })),
  )
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
  await house.perform('rhythm.fit')
})
afterAll(() => house.close())

test('a smaller sample is the beginning of a larger one, and the largest is everybody', async () => {
  const [few, many] = await Promise.all([readSample(house, { most: 50 }), readSample(house, { most: 1000 })])
  expect(few.base).toBe(240)
  expect(many.customers).toHaveLength(240)
  const ids = many.customers.map(({ partyId }) => partyId)
  expect(few.customers.map(({ partyId }) => partyId)).toEqual(ids.slice(0, 50))
  // Not in the order of their ids, which is that of their arrival.
  expect(ids).not.toEqual(ids.toSorted())
})

test('a sample of those with a rhythm holds nobody else', async () => {
  const { base, customers } = await readSample(house, { most: 1000, fewestPurchaseDays: 3 })
  expect(customers.every(({ state }) => state.purchaseDays >= 3)).toBe(true)
  expect(base).toBe(customers.length)
})

test('who is late by the newest model is who the house says is late', async () => {
  const { customers, situation, model } = await readSample(house, { most: 1000 })
  const late = await house.database.query<{ party_id: string }>(
    'select party_id from rhythm.state where late_on <= $1 and lost_on > $1',
    [situation.asOfOn],
  )
  const found = whoIsLate(model!, customers, situation.asOfOn)
  expect(new Set(customers.filter((_, row) => found[row]).map(({ partyId }) => partyId))).toEqual(
    new Set(late.map(row => row.party_id)),
  )
  expect(late.length).toBeGreaterThan(0)
})

test('models come newest first, and only so many as are asked for', async () => {
  await house.perform('rhythm.fit')
  await house.perform('rhythm.fit')
  expect((await readNewestModels(house, 2)).map(({ modelNo }) => modelNo)).toEqual([3, 2])
  expect((await readNewestModels(house, 50)).map(({ modelNo }) => modelNo)).toEqual([3, 2, 1])
})

test('what can be learned from, and up to when purchases are known', async () => {
  const { situation } = await readSample(house, { most: 1 })
  expect(await readLearnable(house)).toMatchObject({ needed: 100 })
  expect((await readLearnable(house)).have).toBeGreaterThan(200)
  // Some purchases of this base lie ahead of today; what has not happened is not known.
  expect(await readNewestDay(house, situation)).toBe('2026-02-25')
  expect(await readNewestDay(house, { ...situation, today: '2025-05-31' })).toBeNull()
})
