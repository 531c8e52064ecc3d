import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, startOfDay } from '#kernel/clock/index.ts'
import { allowSecond } from '#kernel/database/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { refreshSearchKeys } from '#kernel/parties/index.ts'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import { changeCycleRules } from './contract.ts'
import { typeOf, typeSql } from './customer-type.ts'
import { dueDays } from './due-days.ts'
import { tableOf } from './forecast.ts'
import { hear } from './hear.ts'
import { currentModel, loadStates, readStates, saveStates, stateFrom } from './store.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house.close())

async function addParty(name: string): Promise<string> {
  const partyId = house.newId()
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     values ($1, 'person', $2, '{customer}', '{}', '{}', $3, $4, $4)`,
    [partyId, name, source.sourceId, house.clock.now()],
  )
  await house.database.query('insert into parties.search_key (party_id, key) values ($1, $2)', [partyId, name])
  return partyId
}

function purchase(partyId: string, on: string, amountMinor = 1000, more: object = {}): NewEvent {
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

/** The folded columns, to the bit: the database prints the shortest text that reads back as the same double. */
async function stored(partyIds: readonly string[]): Promise<unknown[]> {
  return house.database.query(
    `select party_id, purchase_days, purchases, first_on, last_on, gap_days_sum, log_gap_sum::text, spend_minor,
       last_day_minor, spend_squares::text, refund_minor, refunds, late_on, dormant_on, lost_on
     from rhythm.state where party_id = any($1) order by party_id`,
    [partyIds],
  )
}

describe('the state of a customer', () => {
  test('built up from batches in any order equals a rebuild from the log, to the bit', async () => {
    const day = fc.integer({ min: 0, max: 400 })
    const step = fc.record({ who: fc.integer({ min: 0, max: 3 }), day, amount: fc.integer({ min: 0, max: 1e9 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(step, { minLength: 1, maxLength: 12 }), fc.boolean()), {
          minLength: 1,
          maxLength: 6,
        }),
        async batches => {
          const parties = await Promise.all(['甲', '乙', '丙', '丁'].map(addParty))
          const recorded: string[] = []
          for (const [steps, corrects] of batches) {
            const events = steps.map(({ who, day: days, amount }, index) =>
              index % 5 === 4
                ? { ...purchase(parties[who]!, addDays('2024-01-01', days), amount), kind: 'refund.recorded' }
                : purchase(parties[who]!, addDays('2024-01-01', days), amount),
            )
            const replaces = corrects ? recorded.at(-1) : undefined
            if (replaces) {
              const [victim] = await house.database.query<{ party_id: string }>(
                'select party_id from events.event where event_id = $1',
                [replaces],
              )
              events.push(purchase(victim!.party_id, addDays('2024-01-01', steps[0]!.day), 77, { replaces }))
            }
            const done = await record(events)
            recorded.push(
              ...done.recorded.filter(event => event.kind === 'purchase.recorded').map(event => event.eventId),
            )
          }
          const built = await stored(parties)
          await house.perform('rhythm.rebuild')
          expect(await stored(parties)).toEqual(built)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('forgets a withdrawn import and keeps the rest', async () => {
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const [stays, goes] = [await addParty('stays'), await addParty('goes')]
    await record([purchase(stays, '2025-01-01'), purchase(stays, '2025-02-01')])
    const before = await stored([stays])
    await record([purchase(stays, '2025-01-15'), purchase(goes, '2025-01-15')], other)
    expect(await stored([goes])).toHaveLength(1)
    await house.database.transaction(transaction => house.events.withdraw(transaction, other.sourceId, [stays, goes]))
    expect(await stored([stays])).toEqual(before)
    expect(await stored([goes])).toEqual([])
  })

  test('refuses to write over what another batch wrote meanwhile, and asks to be run again', async () => {
    const partyId = await addParty('twice')
    await record([purchase(partyId, '2025-01-01')])
    const race = house.database.transaction(async transaction => {
      const { states, model } = await loadStates(house, transaction, [partyId])
      await allowSecond('it stands for another process', () => record([purchase(partyId, '2025-02-01')]))
      await saveStates(transaction, [states.get(partyId)!], model)
    })
    await expect(race).rejects.toMatchObject({ code: '40001' })
    expect(await stored([partyId])).toMatchObject([{ purchase_days: 2 }])
  })

  test('stays whole when many batches meet the same customers at once', async () => {
    const parties = await Promise.all(['东', '南', '西', '北', '中'].map(addParty))
    const throughInTheEnd = async (events: readonly NewEvent[]): Promise<unknown> =>
      record(events).catch(error => {
        if (!['40001', '40P01'].includes((error as { code: string }).code)) throw error
        return throughInTheEnd(events)
      })
    await Promise.all(
      Array.from({ length: 40 }, (_, batch) =>
        throughInTheEnd(parties.map((partyId, index) => purchase(partyId, addDays('2025-01-01', batch * 3 + index)))),
      ),
    )
    const built = await stored(parties)
    expect(built).toMatchObject(parties.map(() => ({ purchase_days: 40, gap_days_sum: 117 })))
    await house.perform('rhythm.rebuild')
    expect(await stored(parties)).toEqual(built)
  })

  test('costs the same number of statements for one event as for a thousand', async () => {
    const parties = await Promise.all(Array.from({ length: 100 }, (_, index) => addParty(`n${index}`)))
    const statements = async (events: readonly NewEvent[]) => {
      let count = 0
      await house.database.transaction(transaction => {
        const counting = {
          ...transaction,
          query: (...of: Parameters<typeof transaction.query>) => {
            count++
            return transaction.query(...of)
          },
        } as typeof transaction
        return hear(
          house,
          counting,
          events.map(event => ({
            ...event,
            eventId: house.newId(),
            receivedAt: house.clock.now(),
            sourceId: source.sourceId,
          })),
        )
      })
      return count
    }
    const one = await statements([purchase(parties[0]!, '2025-05-01')])
    const many = await statements(
      parties.flatMap(partyId =>
        Array.from({ length: 10 }, (_, index) => purchase(partyId, addDays('2025-06-01', index))),
      ),
    )
    expect(many).toBe(one)
  })
})

describe('a base with a rhythm', () => {
  let base: TestHouse
  const regulars: string[] = []
  beforeAll(async () => {
    base = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone, currency: 'CNY' } })
    const events: NewEvent[] = []
    // Three hundred customers of different habits, a third of whom stopped coming at some time.
    for (let number = 0; number < 300; number++) {
      const partyId = base.newId()
      regulars.push(partyId)
      const gap = 10 + (number % 40)
      const until = number % 3 === 0 ? 150 + (number % 90) : 420
      for (
        let day = number % 60, n = 0;
        day < until;
        day += Math.round(gap * (0.6 + ((n * 7919 + number) % 9) / 10)), n++
      ) {
        events.push(purchase(partyId, addDays('2025-01-01', day), 1000 + number))
      }
    }
    await base.database.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       select p, 'person', 'C' || n, '{customer}', '{}', array['c' || n], $2, $3, $3
       from unnest($1::uuid[]) with ordinality as t (p, n)`,
      [regulars, source.sourceId, base.clock.now()],
    )
    await base.database.transaction(transaction => refreshSearchKeys(transaction, regulars))
    await base.events.ensureMonths(events.map(event => event.occurredAt))
    await base.database.transaction(transaction => base.events.record(transaction, source, events))
  })
  afterAll(() => base.close())

  const ask = (path: string, query: object = {}, params: object = {}) => {
    const route = base.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === path)!
    const caller = { kind: 'staff', id: '', name: '', permissions: new Set(['money.read']) }
    const input = { params, query: route.operation.query?.parse(query), body: query, caller, language: 'en' }
    return route.handle(base, input as never).then(reply => route.operation.reply.parse(reply)) as Promise<never>
  }

  test('is learned by itself, and days follow for everybody', async () => {
    await base.perform('rhythm.due')
    expect(await base.performWaiting()).toContain('rhythm.fit')
    const model = (await currentModel(base))!
    expect(model).toMatchObject({ kind: 'fitted', customers: 300 })
    expect(model.calibration).toMatchObject({ cutoffOn: '2025-12-31', horizonDays: 60 })
    const [row] = await base.database.query('select count(*) as count from rhythm.state where late_on is null')
    expect(row).toEqual({ count: 0 })
  })

  test('has the same days from the database’s formula as from the fold', async () => {
    const model = (await currentModel(base))!
    for (const { state, days } of (await readStates(base.database, regulars)).values()) {
      expect(dueDays(state, tableOf(model), model.parameters.alpha)).toEqual(days)
    }
  })

  test('is typed alike by the rule and by the database', async () => {
    for (const today of ['2025-03-01', '2025-09-01', '2026-03-01', '2027-03-01']) {
      const rows = await base.database.query<{ type: string; party_id: string }>(
        `select party_id, ${typeSql('$1::date')} as type from rhythm.state s`,
        [today],
      )
      const states = await readStates(base.database, regulars)
      for (const row of rows) {
        const { state, days } = states.get(row.party_id)!
        expect(row.type).toBe(typeOf({ ...days, purchaseDays: state.purchaseDays }, today))
      }
    }
  })

  test('tells of each gap once, and again only of the next gap', async () => {
    const told = async () => {
      const rows = await base.database.query<{ party_id: string; gap: string }>(
        `select party_id, payload ->> 'gapStartOn' as gap from events.event where kind = 'rhythm.became-late'`,
      )
      return rows.map(row => `${row.party_id} ${row.gap}`)
    }
    const first = await told()
    expect(first.length).toBeGreaterThan(3)
    await base.perform('rhythm.due')
    expect(await told()).toEqual(first)
    base.clock.advanceDays(10)
    await base.perform('rhythm.due')
    const second = await told()
    expect(second.length).toBeGreaterThan(first.length)
    expect(new Set(second).size).toBe(second.length)
    const [partyId] = first[0]!.split(' ') as [string]
    await base.database.transaction(transaction =>
      base.events.record(transaction, source, [purchase(partyId, '2026-03-10')]),
    )
    await ask('changeRhythmSettings', { readAs: 'today', horizonDays: 60 })
    for (let week = 0; week < 30; week++) {
      base.clock.advanceDays(7)
      await base.perform('rhythm.due')
    }
    await ask('changeRhythmSettings', { readAs: 'auto', horizonDays: 60 })
    const third = await told()
    expect(new Set(third).size).toBe(third.length)
    expect(third).toContain(`${partyId} 2026-03-10`)
    base.clock.set('2026-03-11T02:00:00Z')
  })

  test('answers the list, the counts, the strips and the portrait as their contracts say', async () => {
    const list = (await ask('listCustomers', { sort: 'risk', limit: 5 })) as {
      items: { partyId: string; noPurchase: number; lateSince: string }[]
      total: number
      next: string
    }
    expect(list.items).toHaveLength(5)
    expect(list.items.every(item => item.lateSince !== null)).toBe(true)
    const page = (await ask('listCustomers', { sort: 'risk', limit: 5, after: list.next })) as typeof list
    expect(page.items.map(item => item.partyId)).not.toContain(list.items[0]!.partyId)
    const counts = (await ask('countCustomers')) as { all: number; late: number; types: Record<string, number> }
    expect(counts.all).toBe(300)
    expect(counts.late).toBe(list.total)
    expect(Object.values(counts.types).reduce((sum, count) => sum + count)).toBe(300)
    // C17 and C170 to C179: whoever begins so.
    expect(await ask('listCustomers', { find: 'c17' })).toMatchObject({ total: 11 })
    for (const sort of ['late', 'last', 'spend', 'purchases', 'name']) {
      expect(await ask('listCustomers', { sort, type: 'loyal', late: 'no' })).toMatchObject({
        total: counts.types.loyal,
      })
    }
    expect(await ask('listCustomers', { find: '；' })).toMatchObject({ total: 0, next: null })
    const { partyId } = list.items[0]!
    const portrait = (await ask('customerRhythm', {}, { partyId })) as Record<string, never>
    expect(portrait).toMatchObject({ history: 'enough', late: true, noPurchase: { horizonDays: 60 } })
    expect(await ask('rhythmStrips', { ids: partyId })).toMatchObject({ items: [{ partyId, late: true }] })
    expect(await ask('readRhythm')).toMatchObject({ state: 'fitted', customers: 300 })
    const [sum] = await base.database.query(
      `select sum((payload ->> 'amountMinor')::int)::int as "revenueMinor" from events.event where kind = 'purchase.recorded'`,
    )
    expect(await ask('rhythmTotals')).toMatchObject(sum as object)
  })

  test('lists everybody once, page by page, in every order', async () => {
    const prospect = base.newId()
    await base.database.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       values ($1, 'person', 'P', '{customer}', '{}', '{}', $2, $3, $3)`,
      [prospect, source.sourceId, base.clock.now()],
    )
    // Whoever is something else to the business is found by that, and does not stand among the customers.
    const dealer = base.newId()
    await base.database.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       values ($1, 'organisation', 'D', '{dealer,referrer}', '{}', '{}', $2, $3, $3)`,
      [dealer, source.sourceId, base.clock.now()],
    )
    for (const role of ['dealer', 'referrer'])
      expect(await ask('listCustomers', { role })).toMatchObject({ total: 1, items: [{ partyId: dealer }] })
    expect(await ask('listCustomers', { role: 'supplier' })).toMatchObject({ total: 0 })
    for (const sort of ['late', 'last', 'spend', 'purchases', 'name']) {
      const seen: string[] = []
      for (let after: string | undefined = '0'; after !== undefined; ) {
        const page = (await ask('listCustomers', { sort, limit: 70, after })) as {
          items: { partyId: string }[]
          next: string | null
        }
        seen.push(...page.items.map(item => item.partyId))
        after = page.next ?? undefined
      }
      expect(seen.sort()).toEqual([...regulars, prospect].sort())
    }
    await base.database.query('delete from parties.party where party_id = $1', [prospect])
  })

  test('is read as of its last day when that lies far back', async () => {
    base.clock.set('2040-01-01T02:00:00Z')
    expect(await ask('countCustomers')).toMatchObject({ reading: { asOfOn: '2026-03-10', history: true } })
    base.clock.set('2026-03-11T02:00:00Z')
  })

  test('passes a fixed cycle once, beside the rhythm', async () => {
    const ruleId = base.newId()
    const oil = { ruleId, name: 'Oil change', days: 113, match: { kind: 'all' } }
    expect(changeCycleRules.body!.safeParse({ items: [oil, { ...oil, days: 90 }] }).success).toBe(false)
    await ask('changeCycleRules', { items: [oil] })
    await base.performWaiting()
    const due = async () =>
      base.database.query<{ party_id: string; payload: { gapStartOn: string; dueOn: string } }>(
        `select party_id, payload from events.event where kind = 'rhythm.cycle-passed'`,
      )
    const passed = await due()
    expect(passed.length).toBeGreaterThan(20)
    for (const { payload } of passed) expect(addDays(payload.gapStartOn, 113)).toBe(payload.dueOn)
    await base.perform('rhythm.due')
    expect(await due()).toHaveLength(passed.length)
    const state = await readStates(base.database, [passed[0]!.party_id])
    expect(state.get(passed[0]!.party_id)!.state.lastOn).toBe(passed[0]!.payload.gapStartOn)
  })

  test('learning and buying at the same time leave nobody with the days of an old model', async () => {
    const buying = Array.from({ length: 30 }, (_, batch) =>
      base.database.transaction(transaction =>
        base.events.record(
          transaction,
          source,
          regulars.slice(batch * 10, batch * 10 + 40).map(partyId => purchase(partyId, '2026-03-10')),
        ),
      ),
    )
    await Promise.all([base.perform('rhythm.fit'), ...buying])
    const model = (await currentModel(base))!
    for (const { state, days } of (await readStates(base.database, regulars)).values()) {
      expect(dueDays(state, tableOf(model), model.parameters.alpha)).toEqual(days)
    }
  })
})

test('a base too small to learn from gets a weak guess and says so', async () => {
  const small = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone } })
  try {
    await small.perform('rhythm.fit')
    expect(await currentModel(small)).toBeNull()
    const partyId = small.newId()
    const days = [0, 30, 60, 90].map(day => purchase(partyId, addDays('2025-10-01', day)))
    await small.events.ensureMonths(days.map(event => event.occurredAt))
    await small.database.transaction(transaction => small.events.record(transaction, source, days))
    await small.perform('rhythm.fit')
    expect(await currentModel(small)).toMatchObject({ kind: 'prior', parameters: { alpha: 20 }, calibration: null })
    const [row] = await small.database.query<{ late_on: string; version: number }>('select * from rhythm.state')
    expect(row!.late_on > '2026-01-29' && row!.late_on < '2026-06-01').toBe(true)
    expect(stateFrom(row as never).gapDaysSum).toBe(90)
  } finally {
    await small.close()
  }
})
