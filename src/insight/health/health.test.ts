import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '../../testing/house.ts'
import * as contract from './contract.ts'
import { healthRoutes } from './routes.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
const lin: Caller = {
  kind: 'staff',
  id: '01900000-0000-7000-8000-00000000000a',
  name: 'Lin',
  permissions: new Set(['customers.read', 'money.read', 'warnings.manage']),
}

let house: TestHouse

/** Numbers between 0 and 1 that are the same on every run. */
function chances(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return (state + 0.5) / 4_294_967_296
  }
}

/** Somebody with a gap of their own, who after each purchase may leave for good. */
interface Person {
  readonly partyId: string
  readonly gapDays: number
  readonly next: () => number
  lastOn: Day
  hasLeft: boolean
}

const start: Day = '2025-01-06'

async function arrive(count: number, seed: number, from: Day = start): Promise<Person[]> {
  const people = Array.from({ length: count }, (_, index) => {
    const next = chances(seed * 7919 + index)
    for (let skipped = 0; skipped < 5; skipped++) next()
    return {
      partyId: house.newId(),
      gapDays: 8 + 40 * next() ** 2,
      next,
      lastOn: addDays(from, Math.floor(next() * 200)),
      hasLeft: false,
    }
  })
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     select id, 'person', 'Somebody', '{customer}', '{}', '{}', $2, $3, $3 from unnest($1::uuid[]) as t (id)`,
    [people.map(({ partyId }) => partyId), source.sourceId, house.clock.now()],
  )
  await record(people.map(person => purchase(person.partyId, person.lastOn)))
  return people
}

/** Lets people live until a day; `slower` stretches every gap. */
async function live(people: readonly Person[], until: Day, slower = 1): Promise<void> {
  const events: NewEvent[] = []
  for (const person of people) {
    while (!person.hasLeft) {
      if (person.next() < 0.04) {
        person.hasLeft = true
        break
      }
      // The sum of two waits: regular, as habits are.
      const wait = (-Math.log(person.next()) - Math.log(person.next())) / 2
      const on = addDays(person.lastOn, Math.max(1, Math.round(wait * person.gapDays * slower)))
      if (on > until) break
      person.lastOn = on
      events.push(purchase(person.partyId, on))
    }
  }
  await record(events)
}

function purchase(partyId: string, on: Day): NewEvent {
  return {
    kind: 'purchase.recorded',
    partyId,
    occurredAt: new Date(startOfDay(on, zone).getTime() + 9 * 3_600_000),
    payload: { amountMinor: 2000, currency: 'CNY', lines: [] },
  }
}

async function record(events: readonly NewEvent[]) {
  if (events.length === 0) return
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}

async function ask<Reply>(of: Operation, more: object = {}, caller = lin): Promise<Reply> {
  const route = healthRoutes.find(each => each.operation.id === of.id)!
  const reply = await route.handle(house, { query: of.query?.parse({}), caller, language: 'en', ...more } as never)
  return of.reply.parse(reply) as Reply
}

async function rhythm(): Promise<contract.ModelHealth> {
  const { items } = await ask<{ items: contract.ModelHealth[] }>(contract.listModels)
  return items.find(({ model }) => model === 'rhythm')!
}

async function fits(): Promise<contract.WatchedFit[]> {
  const { items } = await ask<{ items: contract.WatchedFit[] }>(contract.listFits, { params: { model: 'rhythm' } })
  return items
}

const waiting = (name: string) =>
  house.database.query<{ run_id: string }>(`select run_id from jobs.run where name = $1 and state = 'waiting'`, [name])

/** Learns and checks as the queue would, and leaves nothing waiting. */
async function learn() {
  await house.perform('rhythm.fit')
  await house.perform('health.check')
  await house.database.query(`update jobs.run set state = 'done' where state = 'waiting'`)
  await house.database.query('delete from graphile_worker._private_jobs')
}

const count = async (table: string) =>
  (await house.database.query<{ count: number }>(`select count(*) as count from health.${table}`))[0]!.count

const today = (): Day => new Date(house.clock.now().getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

async function open() {
  house = await openTestHouse({ start: '2026-01-05T02:00:00Z', business: { zone, currency: 'CNY' } })
}

describe('before there is a model', () => {
  beforeAll(open)
  afterAll(() => house.close())

  test('the page says what is missing, and the check has nothing to say', async () => {
    const few = await arrive(30, 1)
    await live(few, '2025-12-31')
    await house.perform('health.check')
    const found = await rhythm()
    expect(found).toMatchObject({ state: 'none', needed: 100, verdict: null, measures: [], fit: null, notice: null })
    expect(found.have).toBeGreaterThan(20)
    expect(found.have).toBeLessThanOrEqual(30)
    expect(await count('review')).toBe(0)
  })

  test('a first guess from too few is a fit without a test and without a verdict, and foretells nothing', async () => {
    await learn()
    const found = await rhythm()
    expect(found).toMatchObject({ state: 'prior', verdict: null, holdout: null, live: { matured: [], open: [] } })
    expect(found.fit).toMatchObject({ kind: 'prior', warnings: ['health:warning.too-few-customers'] })
    expect(await count('forecast')).toBe(0)
  })
})

describe('a base that goes on as it was', () => {
  let people: Person[]
  beforeAll(async () => {
    await open()
    people = await arrive(600, 2)
    await live(people, today())
    await learn()
  })
  afterAll(() => house.close())

  test('is tested on the days that were hidden, and judged by every figure', async () => {
    const found = await rhythm()
    expect(found.holdout).toMatchObject({ splitOn: '2025-11-06', horizonDays: 60, customers: 600, unit: 'purchases' })
    expect(found.holdout!.predicted / found.holdout!.actual).toBeGreaterThan(0.85)
    expect(found.holdout!.predicted / found.holdout!.actual).toBeLessThan(1.15)
    expect(found.measures.map(({ name }) => name)).toEqual([
      'calibration',
      'total',
      'past-rate',
      'ranking',
      'over-recency',
      'deciles',
      'customers',
      'fit',
      'age',
      'drift',
    ])
    expect(found.measures.filter(({ verdict }) => verdict === 'not')).toEqual([])
    expect(found.verdict).not.toBeNull()
  })

  test('has not moved from its model, and asks for nothing', async () => {
    const { drift, notice } = await rhythm()
    expect(drift!.features.map(({ name, psi }) => [name, psi])).toEqual([
      ['recency', 0],
      ['frequency', 0],
      ['spend', 0],
      ['score', 0],
    ])
    expect(notice).toBeNull()
  })

  test('between a new fit and its test, what was found of the fit before still stands', async () => {
    const before = await rhythm()
    await house.perform('rhythm.fit')
    const after = await rhythm()
    expect(after.fit!.fitId).not.toBe(before.fit!.fitId)
    expect(after.fit!.review).toBeNull()
    expect(after).toMatchObject({ verdict: before.verdict, holdout: before.holdout, measures: before.measures })
    await house.byHand.query('delete from rhythm.model where model_id = $1', [after.fit!.fitId])
  })

  test('is noted with a forecast once a week, those with a rhythm only, and a second look the same day changes nothing', async () => {
    const [known] = await house.database.query<{ count: number }>(
      'select count(*) as count from rhythm.state where purchase_days >= 3',
    )
    expect(await count('forecast')).toBe(known!.count)
    expect(known!.count).toBeLessThanOrEqual(600)
    await house.perform('health.check')
    expect([await count('snapshot'), await count('review'), await count('finding')]).toEqual([1, 1, 1])
    expect((await rhythm()).live!.open).toEqual([
      { madeOn: '2026-01-05', endsOn: '2026-03-06', customers: known!.count },
    ])
  })

  test('is not judged while no purchase beyond the end is known, however late it is', async () => {
    house.clock.advanceDays(90)
    await house.perform('health.check')
    expect((await rhythm()).live!.matured).toEqual([])
    house.clock.set('2026-01-05T02:00:00Z')
  })

  test('is judged when the horizon is over: what was foretold against who came, and nobody’s row is kept', async () => {
    const foretold = await house.database.query<{ party_id: string; corrected: number }>(
      `select party_id, corrected from health.forecast where made_on = '2026-01-05'`,
    )
    house.clock.advanceDays(61)
    await live(people, today())
    const [came] = await house.database.query<{ count: number }>(
      `select count(distinct party_id) as count from events.event
       where kind = 'purchase.recorded' and party_id = any($1) and occurred_at >= $2 and occurred_at < $3`,
      [foretold.map(row => row.party_id), startOfDay('2026-01-06', zone), startOfDay('2026-03-07', zone)],
    )
    await house.perform('health.check')
    const [judged] = (await rhythm()).live!.matured
    expect(judged).toMatchObject({ madeOn: '2026-01-05', horizonDays: 60 })
    expect(judged!.reliability.customers).toBe(foretold.length)
    expect(judged!.reliability.happened).toBeCloseTo(came!.count / foretold.length, 12)
    expect(judged!.reliability.said).toBeCloseTo(
      foretold.reduce((sum, row) => sum + row.corrected, 0) / foretold.length,
      9,
    )
    expect(judged!.reliability.error).toBeLessThan(0.15)
    const left = await house.database.query(`select 1 from health.forecast where made_on = '2026-01-05'`)
    expect(left).toEqual([])
    expect((await rhythm()).measures.map(({ name }) => name)).toContain('live')
  })

  test('what was foretold of people whose events are withdrawn is forgotten at once', async () => {
    await house.perform('health.check')
    const [one] = await house.database.query<{ party_id: string }>('select party_id from health.forecast limit 1')
    const before = await count('forecast')
    await house.database.transaction(transaction =>
      house.events.withdraw(transaction, source.sourceId, [one!.party_id]),
    )
    expect(await count('forecast')).toBe(before - 1)
  })
})

describe('a base that comes half as often', () => {
  let people: Person[]
  beforeAll(async () => {
    await open()
    people = await arrive(600, 3)
    await live(people, today())
    await learn()
    house.clock.advanceDays(50)
    await live(people, today(), 2)
  })
  afterAll(() => house.close())

  test('is found to have moved, and a fit is proposed but not begun', async () => {
    await house.perform('health.check')
    const { drift, notice, measures } = await rhythm()
    const recency = drift!.features.find(({ name }) => name === 'recency')!
    expect(recency.psi).toBeGreaterThan(0.25)
    expect(notice).toMatchObject({ because: 'drift', state: 'proposed' })
    expect(measures.find(({ name }) => name === 'drift')!.verdict).toBe('care')
    expect(await waiting('rhythm.fit')).toEqual([])
  })

  test('is learned anew by itself where the owner wants it, once, and the list of fits says why', async () => {
    await ask(contract.changeHealthSettings, { body: { refit: 'by-itself' } })
    await house.perform('health.check')
    await house.perform('health.check')
    const asked = await waiting('rhythm.fit')
    expect(asked).toHaveLength(1)
    expect((await rhythm()).notice).toMatchObject({ state: 'asked' })
    await house.database.query('update jobs.run set started_at = $2 where run_id = $1', [
      asked[0]!.run_id,
      house.clock.now(),
    ])
    await learn()
    const [newest, first] = await fits()
    expect(newest!.review).toMatchObject({ because: 'drift', askedBy: null, runId: asked[0]!.run_id })
    expect(first!.review).toMatchObject({ because: 'schedule', askedBy: null, runId: null })
    expect((await rhythm()).notice).toBeNull()
  })

  test('is not learned anew by itself twice on one day, whatever is found', async () => {
    // The base turns over on the very day of the fit.
    await house.database.query('update rhythm.state set last_on = last_on - 200, first_on = first_on - 200')
    await house.perform('health.check')
    expect((await rhythm()).notice).toMatchObject({ because: 'drift', state: 'proposed' })
    expect(await waiting('rhythm.fit')).toEqual([])
    house.clock.advanceDays(1)
    await house.perform('health.check')
    expect(await waiting('rhythm.fit')).toHaveLength(1)
  })

  test('says what the newest fit changed for the same customers', async () => {
    const change = (await fits())[0]!.review!.change!
    expect(change.customers).toBe(600)
    expect(change.lateAfter - change.lateBefore).toBe(change.becameLate - change.noLongerLate)
    expect(change.becameLate + change.noLongerLate).toBeGreaterThan(0)
  })
})

describe('asking by hand', () => {
  beforeAll(async () => {
    await open()
    await live(await arrive(300, 4), today())
  })
  afterAll(() => house.close())

  test('begins one fit however often it is asked for, and the list names who asked first', async () => {
    const body = { params: { model: 'rhythm' } }
    const first = await ask<{ runId: string }>(contract.fitModel, body)
    const second = await ask<{ runId: string }>(contract.fitModel, body, { ...lin, name: 'Wang' } as Caller)
    expect(second.runId).toBe(first.runId)
    await house.database.query(`update jobs.run set started_at = $2, state = 'running' where run_id = $1`, [
      first.runId,
      house.clock.now(),
    ])
    await learn()
    await house.database.query('update jobs.run set ended_at = started_at + $2::interval where run_id = $1', [
      first.runId,
      '1500 ms',
    ])
    const [fit] = await fits()
    expect(fit!.review).toMatchObject({ because: 'hand', askedBy: 'Lin', runId: first.runId, tookMs: 1500 })
  })

  test('a fit that the house asked for itself, with nobody named, is by the data or a setting', async () => {
    await house.database.query(`update jobs.run set ended_at = started_at where name = 'rhythm.fit'`)
    house.clock.advanceDays(1)
    await house.database.transaction(transaction => house.jobs.enqueue(transaction, 'rhythm.fit', {}))
    await house.database.query(`update jobs.run set started_at = $1 where state = 'waiting' and name = 'rhythm.fit'`, [
      house.clock.now(),
    ])
    await learn()
    expect((await fits())[0]!.review).toMatchObject({ because: 'data', askedBy: null })
  })

  test('the check follows every fit by itself', async () => {
    await house.perform('rhythm.fit')
    expect(await waiting('health.check')).toHaveLength(1)
  })
})

describe('the model of value', () => {
  beforeAll(async () => {
    await open()
    await live(await arrive(400, 5), today())
    await learn()
    await house.perform('value.fit')
    await house.perform('health.check')
  })
  afterAll(() => house.close())

  test('is judged by the money its own test foretold, tenth by tenth, the lowest first', async () => {
    const { items } = await ask<{ items: contract.ModelHealth[] }>(contract.listModels)
    const value = items.find(({ model }) => model === 'value')!
    const { holdout, measures, live: foretells, drift } = value
    expect(value.state).toBe('fitted')
    expect(foretells).toBeNull()
    expect(holdout).toMatchObject({ unit: 'money', errors: null, ranking: null, reliability: null, tracking: null })
    const sum = holdout!.deciles.reduce((all, { customers, actual }) => all + customers * actual, 0)
    expect(sum).toBeCloseTo(holdout!.actual, 3)
    expect(holdout!.deciles.at(-1)!.predicted).toBeGreaterThan(holdout!.deciles[0]!.predicted)
    expect(measures.map(({ name }) => name)).toEqual(['total', 'deciles', 'customers', 'fit', 'age', 'drift'])
    expect(drift!.features.map(({ name, psi }) => [name, psi])).toEqual([
      ['recency', 0],
      ['frequency', 0],
      ['spend', 0],
      ['worth', 0],
    ])
  })

  test('is not there for those who may not see money', async () => {
    const clerk = { ...lin, permissions: new Set(['customers.read', 'warnings.manage']) } as Caller
    const { items } = await ask<{ items: contract.ModelHealth[] }>(contract.listModels, {}, clerk)
    expect(items.map(({ model }) => model)).toEqual(['rhythm'])
    for (const operation of [contract.listFits, contract.fitModel]) {
      await expect(ask(operation, { params: { model: 'value' } }, clerk)).rejects.toMatchObject({
        code: 'health:refusal.not-watched',
      })
    }
  })

  test('is looked at again while its fit is under way, and no longer when a run has been stuck for an hour', async () => {
    await house.database.query(`update jobs.run set state = 'done'`)
    await house.perform('health.check')
    expect(await waiting('health.check')).toEqual([])
    await house.database.transaction(transaction => house.jobs.enqueue(transaction, 'value.fit', {}))
    await house.perform('health.check')
    expect(await waiting('health.check')).toHaveLength(1)
    await house.database.query(`update jobs.run set state = 'done' where name = 'health.check'`)
    await house.database.query('delete from graphile_worker._private_jobs')
    house.clock.set(new Date(house.clock.now().getTime() + 3_600_001))
    await house.perform('health.check')
    expect(await waiting('health.check')).toEqual([])
  })
})
