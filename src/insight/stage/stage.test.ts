import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import * as contract from './contract.ts'
import { countingDays } from './flows.ts'
import { stageRoutes } from './routes.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
const owner: Caller = { kind: 'staff', id: 'a', name: 'Lin', permissions: new Set(['customers.read', 'money.read']) }

let house: TestHouse

async function open(start: string, readAs: 'auto' | 'today' = 'today') {
  house = await openTestHouse({ start, business: { zone, currency: 'CNY' } })
  await house.database.transaction(transaction =>
    house.settings.write(transaction, 'rhythm', { readAs, horizonDays: 60 }),
  )
}

async function addParty(name: string): Promise<string> {
  const partyId = house.newId()
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     values ($1, 'person', $2, '{customer}', '{}', array[$2], $3, $4, $4)`,
    [partyId, name, source.sourceId, house.clock.now()],
  )
  return partyId
}

function purchase(partyId: string, on: Day, amountMinor = 1000, more: object = {}): NewEvent {
  return {
    kind: 'purchase.recorded',
    partyId,
    occurredAt: new Date(startOfDay(on, zone).getTime() + 9 * 3_600_000),
    payload: { amountMinor, currency: 'CNY', lines: [], ...more },
  }
}

async function record(events: readonly NewEvent[], from: { sourceId: string; kind: 'import' } = source) {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  return house.database.transaction(transaction => house.events.record(transaction, from, events))
}

/** A model as a fit would leave it; only its numbers matter here. */
async function learn(parameters: { readonly alpha: number; readonly k?: number }, customers = 500): Promise<void> {
  await house.database.query(
    `insert into rhythm.model (model_no, model_id, kind, fitted_at, as_of_on, customers, parameters, warnings)
     select coalesce(max(model_no), 0) + 1, $1, 'fitted', $2, $3, $4, $5, '{}' from rhythm.model`,
    [
      house.newId(),
      house.clock.now(),
      '2026-01-01',
      customers,
      JSON.stringify({ k: parameters.k ?? 1.5, r: 2, alpha: parameters.alpha, a: 0.5, b: 2 }),
    ],
  )
}

async function told(partyIds: readonly string[]) {
  const changes = await house.database.query(
    `select party_id, changed_on, from_stage, to_stage, reason, days, purchase_days from stage.change
     where party_id = any($1) order by party_id, changed_on`,
    [partyIds],
  )
  const standings = await house.database.query(
    `select party_id, purchase_days, first_on, last_on, stage, since_on, next_on from stage.standing
     where party_id = any($1) order by party_id`,
    [partyIds],
  )
  return { changes, standings }
}

async function ask<Reply>(
  of: Operation,
  more: { query?: object; params?: object } = {},
  caller = owner,
): Promise<Reply> {
  const route = stageRoutes.find(each => each.operation.id === of.id)!
  const query = of.query?.parse(more.query ?? {})
  const reply = await route.handle(house, { params: more.params, query, caller, language: 'en' } as never)
  return of.reply.parse(reply) as Reply
}

describe('the history of stages', () => {
  beforeAll(() => open('2026-03-01T02:00:00Z'))
  afterAll(() => house.close())

  test('built up by purchases in any order, by days that pass and by new models equals a rebuild from the log', async () => {
    const step = fc.record({ who: fc.integer({ min: 0, max: 2 }), ago: fc.integer({ min: 0, max: 300 }) })
    const act = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ bought: fc.array(step, { minLength: 1, maxLength: 8 }), corrects: fc.boolean() }),
      },
      { weight: 3, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 60 }) }) },
      { weight: 2, arbitrary: fc.record({ alpha: fc.integer({ min: 2, max: 60 }) }) },
      { weight: 1, arbitrary: fc.record({ look: fc.constant(true) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 12 }), async acts => {
        const parties = await Promise.all(['甲', '乙', '丙'].map(addParty))
        let last: string | undefined
        for (const each of acts) {
          if ('pass' in each) house.clock.advanceDays(each.pass)
          if ('alpha' in each) await learn(each)
          if ('bought' in each) {
            const today = house.clock.now().toISOString().slice(0, 10)
            const events = each.bought.map(({ who, ago }) => purchase(parties[who]!, addDays(today, -ago)))
            if (each.corrects && last) {
              const [victim] = await house.database.query<{ party_id: string }>(
                'select party_id from events.event where event_id = $1',
                [last],
              )
              if (victim) events.push(purchase(victim.party_id, addDays(today, -5), 77, { replaces: last }))
            }
            last = (await record(events)).recorded.at(-1)!.eventId
          }
          if ('look' in each) await house.perform('stage.tell')
        }
        await house.perform('stage.tell')
        const built = await told(parties)
        await house.perform('stage.rebuild')
        expect(await told(parties)).toEqual(built)
      }),
      { numRuns: 30 },
    )
  })

  test('forgets a withdrawn import and keeps the rest', async () => {
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const [stays, goes] = [await addParty('stays'), await addParty('goes')]
    await record([purchase(stays, '2025-01-01'), purchase(stays, '2025-02-01')])
    await house.perform('stage.tell')
    const before = await told([stays])
    await record([purchase(stays, '2025-01-15'), purchase(goes, '2025-01-15')], other)
    expect((await told([goes])).standings).toHaveLength(1)
    await house.database.transaction(transaction => house.events.withdraw(transaction, other.sourceId, [stays, goes]))
    expect(await told([stays])).toEqual(before)
    expect(await told([goes])).toEqual({ changes: [], standings: [] })
  })

  test('stays whole when many batches meet the same customers at once', async () => {
    const parties = await Promise.all(['东', '南', '西'].map(addParty))
    const throughInTheEnd = async (events: readonly NewEvent[]): Promise<unknown> =>
      record(events).catch(error => {
        if (!['40001', '40P01'].includes((error as { code: string }).code)) throw error
        return throughInTheEnd(events)
      })
    await Promise.all(
      Array.from({ length: 20 }, (_, batch) =>
        throughInTheEnd(parties.map((partyId, index) => purchase(partyId, addDays('2025-01-01', batch * 3 + index)))),
      ),
    )
    await house.perform('stage.tell')
    const built = await told(parties)
    expect(built.standings).toMatchObject(parties.map(() => ({ purchase_days: 20 })))
    await house.perform('stage.rebuild')
    expect(await told(parties)).toEqual(built)
  })
})

describe('a customer, from stranger to lost and back', () => {
  let customer: string
  const steps = async () =>
    (await told([customer])).changes.map(row => `${row.changed_on} ${row.to_stage} ${row.reason}`)

  beforeAll(async () => {
    await open('2026-01-01T02:00:00Z')
    customer = await addParty('王')
  })
  afterAll(() => house.close())

  test('known and not yet a buyer', async () => {
    expect(await ask(contract.customerStage, { params: { partyId: customer } })).toMatchObject({
      stage: 'prospect',
      sinceOn: null,
      why: { key: 'stage:why.prospect' },
      next: null,
      history: [],
    })
    await expect(ask(contract.customerStage, { params: { partyId: house.newId() } })).rejects.toMatchObject({
      code: 'stage:refusal.unknown-customer',
    })
  })

  test('a purchase moves at once, without any job', async () => {
    for (const on of ['2025-10-01', '2025-10-31', '2025-11-30', '2025-12-30']) await record([purchase(customer, on)])
    expect(await steps()).toEqual([
      '2025-10-01 first-time first-purchase',
      '2025-10-31 building bought-again',
      '2025-12-30 loyal bought-again',
    ])
  })

  test('what was bought before anything was learned is told afterwards, and says so', async () => {
    await learn({ alpha: 20 })
    await house.perform('stage.tell')
    const reply = await ask<{ next: { stage: string; on: Day }; history: { afterwards: boolean }[] }>(
      contract.customerStage,
      { params: { partyId: customer } },
    )
    expect(reply).toMatchObject({ stage: 'loyal', sinceOn: '2025-12-30', next: { stage: 'drifting' } })
    expect(reply.history.map(each => each.afterwards)).toEqual([true, true, true])
    house.clock.set(`${reply.next.on}T02:00:00Z`)
    // Seen on the day itself, before any job has run.
    expect(await ask(contract.customerStage, { params: { partyId: customer } })).toMatchObject({
      stage: 'drifting',
      sinceOn: reply.next.on,
      why: { key: 'stage:why.silent-drifting' },
    })
    await house.perform('stage.tell')
    expect((await steps()).at(-1)).toBe(`${reply.next.on} drifting silent`)
  })

  test('a rhythm learned anew moves from its day on and leaves what was said', async () => {
    house.clock.advanceDays(1)
    await learn({ alpha: 200 }, 520)
    await house.perform('stage.tell')
    const all = await steps()
    expect(all.at(-1)).toMatch(/loyal learned-anew$/)
    expect(all.at(-2)).toMatch(/drifting silent$/)
    await house.perform('stage.rebuild')
    expect(await steps()).toEqual(all)
    const { history } = await ask<{ history: { afterwards: boolean }[] }>(contract.customerStage, {
      params: { partyId: customer },
    })
    expect(history.map(each => each.afterwards)).toEqual([true, true, true, false, false])
  })

  test('two rhythms learned on one day leave one step or none', async () => {
    const before = await steps()
    await learn({ alpha: 20.5 }, 530)
    await house.perform('stage.tell')
    expect(await steps()).toEqual(before.slice(0, -1))
  })

  test('lost after long silence, and back by one purchase', async () => {
    house.clock.advanceDays(2000)
    await house.perform('stage.tell')
    expect((await steps()).at(-1)).toMatch(/lost silent$/)
    const today = house.clock.now().toISOString().slice(0, 10)
    await record([purchase(customer, today)])
    expect((await steps()).at(-1)).toBe(`${today} loyal came-back`)
  })

  test('read as history, what lies after the reading day is taken back', async () => {
    house.clock.advanceDays(9000)
    await house.perform('stage.tell')
    expect((await steps()).at(-1)).toMatch(/lost silent$/)
    await house.database.transaction(transaction =>
      house.settings.write(transaction, 'rhythm', { readAs: 'last-event', horizonDays: 60 }),
    )
    await house.perform('stage.tell')
    expect((await steps()).at(-1)).toMatch(/came-back$/)
  })
})

describe('a base', () => {
  const parties: string[] = []
  beforeAll(async () => {
    await open('2026-03-01T02:00:00Z', 'auto')
    const events: NewEvent[] = []
    for (let index = 0; index < 160; index++) {
      const partyId = await addParty(`c${index}`)
      parties.push(partyId)
      const every = 12 + (index % 9) * 4
      const times = index % 7 === 0 ? 1 : 2 + ((index * 5) % 14)
      const end = addDays('2026-02-27', -((index * 13) % 160))
      for (let visit = 0; visit < times; visit++) {
        events.push(purchase(partyId, addDays(end, -visit * every - ((visit * index) % 5)), 1000 + index))
      }
    }
    await record(events)
    await house.perform('rhythm.fit')
    await house.performWaiting()
  })
  afterAll(() => house.close())

  test('stands as the rhythm room says, customer by customer', async () => {
    const stages = await ask<{ customers: number; stages: { stage: contract.Stage; customers: number }[] }>(
      contract.readStages,
    )
    expect(stages.customers).toBe(160)
    const now = await house.database.query<{ stage: string; count: number }>(
      'select stage, count(*) as count from stage.standing group by 1',
    )
    for (const { stage, customers } of stages.stages) {
      expect(now.find(row => row.stage === stage)?.count ?? 0, stage).toBe(customers)
    }
    expect(now.length).toBeGreaterThan(4)
  })

  test('flows out of a stage add up to its count before, flows into it to its count after', async () => {
    for (const [from, to] of [
      ['2025-12-01', '2026-03-01'],
      ['2025-09-30', '2025-10-01'],
      ['2024-01-01', '2026-03-01'],
      ['2026-02-01', '2027-01-01'],
    ] as const) {
      const flow = await ask<{
        toOn: Day
        before: Record<string, number>
        after: Record<string, number>
        flows: { from: string; to: string; customers: number }[]
      }>(contract.stageFlow, { query: { from, to } })
      const known = async (on: Day) => {
        const rows = await house.database.query<{ stage: string; count: number }>(
          `select to_stage as stage, count(*) as count from (
             select distinct on (party_id) party_id, to_stage from stage.change where changed_on <= $1
             order by party_id, changed_on desc) as last group by 1`,
          [on],
        )
        return Object.fromEntries(rows.map(row => [row.stage, row.count]))
      }
      const [before, after] = [await known(from), await known(flow.toOn)]
      for (const each of contract.stage.options) {
        const sum = (side: 'from' | 'to') =>
          flow.flows.filter(row => row[side] === each).reduce((total, row) => total + row.customers, 0)
        if (each !== 'prospect') expect(sum('from')).toBe(before[each] ?? 0)
        expect(sum('to')).toBe(after[each] ?? 0)
        expect(flow.before[each]).toBe(before[each] ?? 0)
        expect(flow.after[each]).toBe(after[each] ?? 0)
      }
    }
  })

  test('the money of the flows is the money of the log, and hidden from who may not see it', async () => {
    type Reply = { flows: { customers: number; spentBeforeMinor: number | null; spentSinceMinor: number | null }[] }
    const query = { from: '2025-12-31', to: '2026-03-01' }
    const { flows } = await ask<Reply>(contract.stageFlow, { query })
    const [log] = await house.database.query(
      `select sum((payload ->> 'amountMinor')::int8) filter (where occurred_at < $2)::int8 as before,
         sum((payload ->> 'amountMinor')::int8) filter (where occurred_at >= $2)::int8 as since
       from events.event where occurred_at >= $1 and kind = 'purchase.recorded'`,
      [startOfDay('2025-11-02', zone), startOfDay('2026-01-01', zone)],
    )
    const sum = (pick: (flow: Reply['flows'][number]) => number | null) =>
      flows.reduce((total, flow) => total + pick(flow)!, 0)
    expect({ before: sum(flow => flow.spentBeforeMinor), since: sum(flow => flow.spentSinceMinor) }).toEqual(log)
    const blind = { ...owner, permissions: new Set(['customers.read'] as const) }
    const hidden = await ask<Reply>(contract.stageFlow, { query }, blind)
    expect(hidden.flows.map(flow => flow.customers)).toEqual(flows.map(flow => flow.customers))
    expect(hidden.flows.every(flow => flow.spentBeforeMinor === null && flow.spentSinceMinor === null)).toBe(true)
  })

  test('refuses days that are the wrong way round', async () => {
    await expect(ask(contract.stageFlow, { query: { from: '2026-03-01', to: '2026-03-01' } })).rejects.toMatchObject({
      code: 'stage:refusal.days',
    })
  })

  test('the trend ends at what stands now, and every share of the next steps adds up', async () => {
    const trend = await ask<{ points: { on: Day; customers: Record<string, number> }[] }>(contract.stageTrend)
    const stages = await ask<{ stages: { stage: string; customers: number }[] }>(contract.readStages)
    const last = trend.points.at(-1)!
    expect(last.on).toBe('2026-03-01')
    for (const { stage, customers } of stages.stages) expect(last.customers[stage]).toBe(customers)
    const { rates, secondPurchase } = await ask<{
      rates: {
        stage: string
        reached: number
        stayed: number
        next: { customers: number; low: number; high: number }[]
      }[]
      secondPurchase: { reached: number; again: number }[]
    }>(contract.stageRates)
    expect(rates.length).toBeGreaterThan(2)
    for (const { reached, stayed, next } of rates) {
      expect(next.reduce((total, each) => total + each.customers, stayed)).toBe(reached)
      for (const each of next)
        expect(each.low <= each.customers / reached && each.customers / reached <= each.high).toBe(true)
    }
    const firstTime = rates.find(each => each.stage === 'first-time')!
    expect(secondPurchase.reduce((total, each) => total + each.reached, 0)).toBe(firstTime.reached)
  })

  test('costs no scan of the base: the days that pass are read along their index', async () => {
    const plan = await house.database.transaction(async transaction => {
      await transaction.query('set local enable_seqscan = off')
      return transaction.query<Record<string, string>>(
        `explain select party_id from stage.standing where next_on <= '2026-01-01' order by next_on limit 2000`,
      )
    })
    expect(plan.map(row => Object.values(row)[0]).join('\n')).toMatch(/standing_next/)
  })
})

test.each([
  [
    'months, then the reading day',
    '2025-11-10',
    '2026-11-21',
    12,
    ['2025-11-30', '2025-12-31', '2026-10-31', '2026-11-21'],
  ],
  [
    'no more months than asked for',
    '2020-01-01',
    '2026-11-21',
    6,
    ['2026-05-31', '2026-06-30', '2026-10-31', '2026-11-21'],
  ],
  [
    'weeks while the base is young',
    '2026-11-01',
    '2026-11-21',
    24,
    ['2026-11-07', '2026-11-14', '2026-11-14', '2026-11-21'],
  ],
  [
    'a month that ends today counts once',
    '2026-01-15',
    '2026-11-30',
    24,
    ['2026-01-31', '2026-02-28', '2026-10-31', '2026-11-30'],
  ],
] as const)('counted on: %s', (_, firstOn, asOfOn, months, [first, second, beforeLast, last]) => {
  const days = countingDays(firstOn, asOfOn, months)
  expect([days[0], days[1], days.at(-2), days.at(-1)]).toEqual([first, second, beforeLast, last])
})
