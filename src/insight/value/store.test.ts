import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, dayNumber, startOfDay } from '#kernel/clock/index.ts'
import { allowSecond } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { Refusal } from '#kernel/refusal.ts'
import { seeded } from '#statistics/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type * as contract from './contract.ts'
import { gammaDraw, poissonDraw } from './draws.ts'
import { standingOn } from './history.ts'
import { lookBack } from './look-back.ts'
import { historiesOf } from './money-log.ts'
import { valueRoutes } from './routes.ts'
import { currentModel, currentSnapshot, valueAlone } from './store.ts'

const zone = 'Asia/Shanghai'
const currency = 'CNY'
const today = '2026-03-10'
const source = { sourceId: '01900000-0000-7000-8000-000000000009', kind: 'import' } as const

let house: TestHouse
const customers: string[] = []

/** 400 customers of two and a half years who buy at their own pace, spend at their own level, and leave unseen. */
async function tellStory(): Promise<void> {
  const chance = seeded(7)
  const events: NewEvent[] = []
  for (let index = 0; index < 400; index++) {
    const partyId = house.newId()
    customers.push(partyId)
    await house.database.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       values ($1, 'person', $2, '{customer}', '{}', array[$2], $3, $4, $4)`,
      [partyId, `c${index}`, source.sourceId, house.clock.now()],
    )
    const perDay = gammaDraw(1.2, chance) / 40
    const staysDays = -Math.log(1 - chance()) * 400
    const level = 3000 / gammaDraw(4, chance)
    const first = Math.floor(chance() * 880)
    for (let day = first; day <= Math.min(900, first + staysDays); day++) {
      if (day !== first && poissonDraw(perDay, chance) === 0) continue
      const amountMinor = Math.round(100 * gammaDraw(3, chance) * level) + 100
      events.push(purchase(partyId, addDays('2023-09-22', day), amountMinor, chance() < 0.5 ? 'tea' : 'cup'))
      if (chance() < 0.05) events.push(refund(partyId, addDays('2023-09-22', day), Math.round(amountMinor / 2)))
    }
  }
  await record(events)
}

function at(on: string): Date {
  return new Date(startOfDay(on, zone).getTime() + 9 * 3_600_000)
}

function purchase(partyId: string, on: string, amountMinor: number, sku = 'tea'): NewEvent {
  const lines = [{ sku, quantity: 1000, amountMinor }]
  return { kind: 'purchase.recorded', partyId, occurredAt: at(on), payload: { amountMinor, currency, lines } }
}

function refund(partyId: string, on: string, amountMinor: number): NewEvent {
  return { kind: 'refund.recorded', partyId, occurredAt: at(on), payload: { amountMinor, currency, lines: [] } }
}

async function record(events: readonly NewEvent[], from = source) {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, from, events))
}

const kept = () => house.database.query('select * from value.customer order by party_id')

type Kept = { party_id: string; worth_minor: number; year_minor: number; lifetime_minor: number | null }

async function ask<Answer>(
  id: string,
  input: { query?: object; params?: object; body?: object } = {},
): Promise<Answer> {
  const route = valueRoutes.find(each => each.operation.id === id)!
  const { operation } = route
  const request = {
    params: operation.params ? operation.params.parse(input.params ?? {}) : undefined,
    query: operation.query ? operation.query.parse(input.query ?? {}) : undefined,
    body: operation.body ? operation.body.parse(input.body ?? {}) : undefined,
    caller: { kind: 'nobody' },
    language: 'en',
  }
  return operation.reply.parse(await route.handle(house, request as never)) as Answer
}

type Value = typeof contract.readValue.reply._output
type List = typeof contract.listValued.reply._output
type One = typeof contract.readCustomerValue.reply._output
type Bridged = typeof contract.readBridge.reply._output

const settings = { marginShare: 0.4, margins: [], annualDiscountShare: 0.1, acquisitionMinor: 5000 }

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-10T12:00:00Z', business: { zone, currency } })
  await tellStory()
  await house.performWaiting()
})
afterAll(() => house.close())

describe('before anything was learned', () => {
  test('the page says what is needed and the customer page says why there is no number', async () => {
    const empty = await openTestHouse({ start: '2026-03-10T12:00:00Z', business: { zone, currency } })
    try {
      const route = valueRoutes.find(each => each.operation.id === 'readValue')!
      expect(await route.handle(empty, {} as never)).toMatchObject({
        state: 'too-few',
        customersNeeded: 100,
        base: null,
      })
      expect(await empty.perform('value.fit')).toEqual({ customers: 0 })
      expect(await empty.perform('value.refresh')).toEqual({ customers: 0 })
    } finally {
      await empty.close()
    }
  })
})

describe('the value of a base', () => {
  beforeAll(async () => {
    await ask('changeValueSettings', { body: settings })
    await house.perform('value.fit')
    await house.perform('value.look-back')
  })

  test('is the sum of its customers, to the minor unit', async () => {
    const rows = (await kept()) as Kept[]
    const value = await ask<Value>('readValue')
    expect(rows).toHaveLength(value.base!.customers)
    expect(value.base!.equity.amountMinor).toBe(rows.reduce((total, row) => total + row.worth_minor, 0))
    expect(value.base!.year.amountMinor).toBe(rows.reduce((total, row) => total + row.year_minor, 0))
    expect(value.base!.deciles.reduce((total, tenth) => total + tenth.worthMinor, 0)).toBe(
      value.base!.equity.amountMinor,
    )
    expect(value.base!.equity.amountMinor).toBeGreaterThan(0)
    for (const { lowMinor, amountMinor, highMinor } of [value.base!.equity, value.base!.year]) {
      expect(lowMinor).toBeLessThan(amountMinor)
      expect(highMinor).toBeGreaterThan(amountMinor)
    }
  })

  test('carries the model, its rivals and how they fared on a hidden part of the past', async () => {
    const { base, model } = await ask<Value>('readValue')
    expect(base!.stamp).toMatchObject({ asOfOn: today, holdout: { horizonDays: 300 } })
    expect(model!.candidates.length).toBeGreaterThan(0)
    expect(model!.candidates.map(candidate => candidate.model)).toContain(base!.stamp.model)
    expect(model!.holdout!.deciles).toHaveLength(10)
    const { predictedMinor, actualMinor } = model!.holdout!
    expect(predictedMinor / actualMinor).toBeGreaterThan(0.7)
    expect(predictedMinor / actualMinor).toBeLessThan(1.4)
  })

  test('is told again from the log alone, customer by customer', async () => {
    const before = await kept()
    await house.database.query('delete from value.customer')
    await house.database.query(
      `insert into value.refresh (snapshot_no, through) select max(snapshot_no), $1 from value.snapshot
       on conflict (snapshot_no) do update set through = excluded.through`,
      [new Date(86_400_000)],
    )
    await house.perform('value.refresh')
    const after = (await kept()) as Kept[]
    expect(after.map(row => row.party_id)).toEqual((before as Kept[]).map(row => row.party_id))
    // Models answer a whole base by tables, to seven digits; half a unit more or less may round the other way.
    for (const [index, row] of after.entries()) {
      const other = (before as Kept[])[index]!
      expect(Math.abs(row.worth_minor - other.worth_minor)).toBeLessThanOrEqual(1 + 1e-6 * other.worth_minor)
    }
  })

  test('has a past that ends in the present, and bridges between its days that add up', async () => {
    const { trend, base } = await ask<Value>('readValue')
    expect(trend.length).toBeGreaterThan(5)
    expect(trend.at(-1)).toEqual({
      asOfOn: today,
      equityMinor: base!.equity.amountMinor,
      customers: base!.customers,
    })
    for (const from of [undefined, trend.at(-2)!.asOfOn, '2025-11-11', '2023-01-01']) {
      const { bridge } = await ask<Bridged>('readValueBridge', { query: from ? { from } : {} })
      const { start, end, grown, shrunk, lost } = bridge!
      expect(
        start.amountMinor + bridge!.new.amountMinor + grown.amountMinor - shrunk.amountMinor - lost.amountMinor,
      ).toBe(end.amountMinor)
      expect(end).toEqual({ customers: base!.customers, amountMinor: base!.equity.amountMinor })
      const known = trend.find(point => point.asOfOn === bridge!.fromOn)
      if (known) expect(start).toEqual({ customers: known.customers, amountMinor: known.equityMinor })
      expect(await ask<Bridged>('readValueBridge', { query: { from: bridge!.fromOn } })).toEqual({ currency, bridge })
    }
    await expect(ask('readValueBridge', { query: { from: '2026-01-02', to: '2026-01-01' } })).rejects.toThrow(Refusal)
  })

  test('lists everybody once, page by page, in both orders', async () => {
    for (const sort of ['worth', 'at-stake']) {
      const seen: List['items'] = []
      let total = 0
      for (let after: string | undefined = undefined, first = true; first || after; first = false) {
        const page: List = await ask<List>('listValuedCustomers', {
          query: { sort, limit: 90, ...(after ? { after } : {}) },
        })
        seen.push(...page.items)
        total = page.total
        after = page.next ?? undefined
      }
      expect(new Set(seen.map(item => item.partyId)).size).toBe(seen.length)
      expect(seen).toHaveLength(total)
      for (const item of seen) {
        expect(item.yearLowMinor).toBeLessThanOrEqual(item.yearMinor)
        expect(item.yearHighMinor).toBeGreaterThanOrEqual(item.yearMinor)
      }
    }
  })

  test('says of one customer what the list says, with inputs that multiply to it', async () => {
    const { items } = await ask<List>('listValuedCustomers', { query: { limit: 5 } })
    for (const item of items) {
      const { value } = await ask<One>('readCustomerValue', { params: { partyId: item.partyId } })
      expect(value!.year.amountMinor).toBe(item.yearMinor)
      expect(value!.lifetime?.amountMinor ?? null).toBe(item.lifetimeMinor)
      expect(value!.tenth).toBe(1)
      const { expectedPurchases, spendMinor, marginShare, correction } = value!.inputs
      const undiscounted = expectedPurchases * spendMinor * marginShare * correction
      expect(value!.year.amountMinor / undiscounted).toBeGreaterThan(0.93)
      expect(value!.year.amountMinor / undiscounted).toBeLessThan(1)
    }
    await expect(ask('readCustomerValue', { params: { partyId: house.newId() } })).rejects.toThrow(Refusal)
  })
})

describe('what the owner says', () => {
  const equity = async () => (await currentSnapshot(house.database))!.equityMinor
  const say = async (change: object) => {
    await ask('changeValueSettings', { body: { ...settings, ...change } })
    await house.perform('value.revalue')
  }

  test('twice the margin is twice the value, and none is nothing', async () => {
    await say({ marginShare: 0.2 })
    const low = (await kept()) as Kept[]
    await say({ marginShare: 0.4 })
    const high = (await kept()) as Kept[]
    for (const [index, row] of high.entries()) {
      expect(Math.abs(row.worth_minor - 2 * low[index]!.worth_minor)).toBeLessThanOrEqual(1)
    }
    await say({ marginShare: 0 })
    expect(await equity()).toBe(0)
    expect((await ask<Value>('readValue')).base!.levers.marginPointMinor).toBeGreaterThan(0)
    await say({})
  })

  test('one point of margin is worth what the page says it is', async () => {
    await say({})
    const { levers, equity: before } = (await ask<Value>('readValue')).base!
    await say({ marginShare: 0.41 })
    const difference = (await equity()) - before.amountMinor
    expect(Math.abs(difference - levers.marginPointMinor)).toBeLessThanOrEqual(customers.length)
    await say({})
  })

  test('a margin of one product weighs by what each customer bought of it', async () => {
    await say({ margins: [{ kind: 'sku', value: 'cup', marginShare: 0 }] })
    const rows = await kept()
    const [row] = (await house.database.query(
      `select e.party_id, sum(case when l ->> 'sku' = 'cup' then 0 else 0.4 * (l ->> 'amountMinor')::float8 end)
         / sum((l ->> 'amountMinor')::float8) as share
       from events.event e cross join lateral jsonb_array_elements(e.payload -> 'lines') l
       where e.kind = 'purchase.recorded' and e.party_id = $1 group by 1`,
      [customers[3]],
    )) as { share: number }[]
    const { value } = await ask<One>('readCustomerValue', { params: { partyId: customers[3]! } })
    expect(value!.inputs.marginShare).toBeCloseTo(row!.share, 10)
    const keptRow = rows.find(each => each.party_id === customers[3]) as unknown as Kept
    expect(keptRow.year_minor).toBe(value!.year.amountMinor)
    await house.database.query(
      `insert into catalogue.product (sku, name, category) values ('cup', 'Cup', 'ware') on conflict do nothing`,
    )
    await say({ margins: [{ kind: 'category', value: 'ware', marginShare: 0 }] })
    expect(await kept()).toMatchObject(rows.map(({ worth_minor }) => ({ worth_minor })))
    await say({
      margins: [
        { kind: 'category', value: 'ware', marginShare: 0 },
        { kind: 'sku', value: 'cup', marginShare: 0.4 },
      ],
    })
    const plain = (await kept()) as Kept[]
    await say({})
    const standard = (await kept()) as Kept[]
    for (const [index, each] of plain.entries()) {
      expect(Math.abs(each.worth_minor - standard[index]!.worth_minor)).toBeLessThanOrEqual(1)
    }
    await expect(
      ask('changeValueSettings', {
        body: { ...settings, margins: [1, 2].map(() => ({ kind: 'sku', value: 'cup', marginShare: 0.1 })) },
      }),
    ).rejects.toMatchObject({ code: 'value:refusal.margin-twice' })
  })

  test('cheaper winning and better keeping are told where the data and the owner allow', async () => {
    const { levers, winning, lifetime } = (await ask<Value>('readValue')).base!
    expect(levers.acquisitionPercentMinor).toBe(Math.round(0.01 * 5000 * winning.newCustomersInYear))
    if (lifetime === 'known') {
      expect(levers.retentionShare).toBeGreaterThan(0.2)
      expect(levers.retentionPointMinor).toBeGreaterThan(0)
      expect(levers.elasticity.retention).toBeGreaterThan(0.5)
    }
    await say({ acquisitionMinor: null })
    const untold = (await ask<Value>('readValue')).base!
    expect(untold.levers.acquisitionPercentMinor).toBeNull()
    expect(untold.winning.replacementMinor).toBeNull()
    await say({})
  })
})

describe('as time goes on', () => {
  test('a purchase and a refund are in the list after the next refresh', async () => {
    const partyId = customers[0]!
    const [before] = (await house.database.query('select * from value.customer where party_id = $1', [
      partyId,
    ])) as Kept[]
    house.clock.set('2026-03-10T12:20:00Z')
    await record([purchase(partyId, today, 900_000)])
    await house.perform('value.refresh')
    const [after] = (await house.database.query('select * from value.customer where party_id = $1', [
      partyId,
    ])) as Kept[]
    expect(after!.worth_minor).toBeGreaterThan(before!.worth_minor)
    await record([refund(partyId, today, 900_000)])
    await house.perform('value.refresh')
    const [refunded] = (await house.database.query('select * from value.customer where party_id = $1', [
      partyId,
    ])) as Kept[]
    expect(refunded!.worth_minor).toBeLessThan(after!.worth_minor)
  })

  test('after an undo nobody is valued who never bought', async () => {
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const partyId = house.newId()
    await record([purchase(partyId, '2026-03-01', 5000)], other as never)
    await house.perform('value.refresh')
    const count = async () =>
      (await house.database.query('select 1 from value.customer where party_id = $1', [partyId])).length
    expect(await count()).toBe(1)
    await house.database.transaction(transaction => house.events.withdraw(transaction, other.sourceId, [partyId]))
    expect(await count()).toBe(0)
  })

  test('a withdrawal does not wait while everybody is being valued; who it is about is valued afterwards', async () => {
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const partyId = house.newId()
    await record([purchase(partyId, '2026-03-01', 5000)], other as never)
    await house.perform('value.refresh')
    const valued = async () =>
      (await house.database.query('select 1 from value.customer where party_id = $1', [partyId])).length
    expect(await valued()).toBe(1)
    await house.database.transaction(async transaction => {
      await valueAlone(transaction)
      // Would wait for ever if it waited: the lock is held until this transaction ends.
      await allowSecond('a second person at the same time', () =>
        house.database.transaction(withdrawing => house.events.withdraw(withdrawing, other.sourceId, [partyId])),
      )
    })
    expect(await valued()).toBe(1)
    await house.performWaiting()
    expect(await valued()).toBe(0)
  })

  test('fits and snapshots are kept for good, one more each time', async () => {
    const counts = async () =>
      house.database.query(
        'select (select count(*) from value.model) as fits, (select count(*) from value.snapshot) as snapshots',
      )
    const [before] = (await counts()) as { fits: number; snapshots: number }[]
    await house.perform('value.fit')
    expect(await counts()).toEqual([{ fits: before!.fits + 1, snapshots: before!.snapshots + 1 }])
  })

  test('a day of the past is told the same as it would have been told on it', async () => {
    const model = (await currentModel(house))!
    const snapshot = (await currentSnapshot(house.database))!
    const on = '2025-06-01'
    const { equity } = await lookBack(house, { model, snapshot, situation: { zone, currency }, days: [on], spans: [] })
    const histories = await historiesOf(house.database, customers, { zone, currency })
    const known = histories.filter(history => standingOn(history, dayNumber(on)))
    expect(equity[0]!.customers).toBe(known.length)
    expect(known.every(history => history.boughtOn[0]! <= dayNumber(on))).toBe(true)
  })
})
