import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import { isHeldOut } from '#kernel/control-group.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

const zone = 'Asia/Shanghai'
const imported = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
const staffId = '01900000-0000-7000-8000-0000000000aa'
const start = '2026-03-01'

let house: TestHouse
beforeEach(async () => {
  house = await openTestHouse({ start: `${start}T02:00:00Z`, business: { zone, currency: 'CNY' } })
})
afterEach(() => house.close())

function purchase(partyId: string, on: Day, amountMinor = 10_000): NewEvent {
  const occurredAt = new Date(startOfDay(on, zone).getTime() + 10 * 3_600_000)
  return { kind: 'purchase.recorded', partyId, occurredAt, payload: { amountMinor, currency: 'CNY', lines: [] } }
}

async function record(events: readonly NewEvent[], source: { sourceId: string; kind: 'import' } = imported) {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  return house.database.transaction(transaction => house.events.record(transaction, source, events))
}

/** Customers whose side of the lot is known; each bought six times, every `gap` days, last `silent` days ago. */
async function customers(count: number, side: 'contact' | 'held-out', gap = 10, silent = 30): Promise<string[]> {
  const partyIds: string[] = []
  while (partyIds.length < count) {
    const partyId = house.newId()
    if (isHeldOut(partyId, 'warnings', 0.1) === (side === 'held-out')) partyIds.push(partyId)
  }
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
     select p, 'person', '客 ' || n, '{customer}', '{}', '{}', $2, $3, $3 from unnest($1::uuid[]) with ordinality as t (p, n)`,
    [partyIds, imported.sourceId, house.clock.now()],
  )
  const last = addDays(start, -silent)
  await record(
    partyIds.flatMap((partyId, index) =>
      [5, 4, 3, 2, 1, 0].map(back => purchase(partyId, addDays(last, -back * gap), 10_000 + index * 100)),
    ),
  )
  return partyIds
}

async function settle(): Promise<void> {
  await house.perform('rhythm.due')
  await house.performWaiting()
}

interface Page {
  readonly items: { alertId: string; partyId: string; state: string; taskId: string; outcome: string; words: object }[]
  readonly counts: Record<string, number>
  readonly budget: { used: number }
}

async function ask<Reply = Page>(id: string, query: object = {}, params: object = {}, permissions = ['money.read']) {
  const route = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = route
  const caller = { kind: 'staff', id: staffId, name: 'Lin', permissions: new Set(permissions) }
  const body = operation.body?.parse(query)
  const input = { params, query: operation.query?.parse(query), body, caller, language: 'zh-CN' }
  return operation.reply.parse(await route.handle(house, input as never)) as Reply
}

const view = (name: string) => ask('listWarnings', { view: name, limit: 200 })
const budget = (contactsPerWeek: number, more: object = {}) =>
  ask('changeWarningsSettings', { contactsPerWeek, horizonDays: 60, ...more })
const openTasks = async () => (await ask<{ items: { taskId: string }[] }>('listTasks', { limit: 100 })).items

describe('the week’s plan', () => {
  test('fills the budget from the top, opens a task for each contact and none for the held-out', async () => {
    await customers(12, 'contact')
    await customers(3, 'held-out')
    await budget(5)
    await settle()
    const { items, counts, budget: week } = await view('week')
    expect(counts).toMatchObject({ week: 5, closed: 0 })
    expect(counts.waiting! + counts['held-out']!).toBe(10)
    expect(week.used).toBe(5)
    const tasks = await openTasks()
    expect(tasks.map(task => task.taskId).sort()).toEqual(items.map(item => item.taskId).sort())
    const atRisk = (rows: object[]) => rows.map(row => (row as { spendAtRiskMinor: number }).spendAtRiskMinor)
    const waiting = await view('waiting')
    expect(Math.min(...atRisk(items))).toBeGreaterThanOrEqual(Math.max(...atRisk(waiting.items)))
    expect((await view('held-out')).items.every(item => item.taskId === null)).toBe(true)
  })

  test('adds nobody when run again, and goes on next Monday', async () => {
    await customers(12, 'contact')
    await budget(5)
    await settle()
    await house.perform('warnings.plan')
    expect((await view('week')).counts.week).toBe(5)
    house.clock.set('2026-03-02T02:00:00Z')
    await house.perform('warnings.plan')
    expect((await view('week')).counts.week).toBe(10)
  })

  test('two plans at once stay within the budget', async () => {
    await customers(12, 'contact')
    await budget(0)
    await settle()
    await budget(4)
    await Promise.all([house.perform('warnings.plan'), house.perform('warnings.plan'), house.perform('warnings.plan')])
    expect(await openTasks()).toHaveLength(4)
  })

  test('selects nobody while switched off, and nobody is forgotten', async () => {
    await customers(4, 'contact')
    await budget(5, { active: false })
    await settle()
    expect((await view('week')).counts).toMatchObject({ week: 0, waiting: 4 })
    await budget(5)
    await house.performWaiting()
    expect((await view('week')).counts).toMatchObject({ week: 4, waiting: 0 })
  })

  test('speaks of money only to those who may see it, and never in a task', async () => {
    await customers(1, 'contact')
    await settle()
    const [seen] = (await view('week')).items
    expect(seen!.words).toHaveProperty('yearly.currency', 'CNY')
    const [hidden] = (await ask('listWarnings', { view: 'week' }, {}, ['customers.read'])).items
    expect(hidden).toMatchObject({ spendPerYearMinor: null, spendAtRiskMinor: null })
    expect(hidden!.words).not.toHaveProperty('yearly')
    expect((await openTasks())[0]).not.toHaveProperty('words.yearly')
  })
})

describe('an alert', () => {
  test('is raised once per gap, however often somebody looks', async () => {
    const [partyId] = await customers(1, 'contact')
    await settle()
    await settle()
    await house.database.query('update rhythm.state set late_noted_for = null where party_id = $1', [partyId])
    await settle()
    expect((await view('week')).counts.week).toBe(1)
  })

  test('closes by itself when the customer buys, and takes its task back', async () => {
    const [partyId] = await customers(1, 'contact')
    await settle()
    await record([purchase(partyId!, start)])
    expect(await openTasks()).toEqual([])
    expect((await view('closed')).items).toMatchObject([{ outcome: 'came-back', returnedOn: start }])
  })

  test('takes the outcome that a person reports, and gives it back when that is undone', async () => {
    const [partyId] = await customers(1, 'contact')
    await settle()
    const [{ taskId }] = (await openTasks()) as [{ taskId: string }]
    await ask('closeTask', { partyId, outcome: 'wrong-alarm', note: '出差在外' }, { taskId }, ['tasks.act'])
    expect((await view('closed')).items).toMatchObject([{ outcome: 'wrong-alarm', state: 'closed' }])
    expect(await ask<object>('warningsEffect')).toMatchObject({ falseAlarms: { closed: 1, wrong: 1, rate: 1 } })
    await ask('reopenTask', { partyId }, { taskId }, ['tasks.act'])
    expect((await view('week')).items).toMatchObject([{ outcome: null, state: 'contact', taskId }])
    expect(await ask<object>('warningsEffect')).toMatchObject({ falseAlarms: { closed: 0, rate: null } })
  })

  test('keeps the outcome of a person and still notes that the customer came back', async () => {
    const [partyId] = await customers(1, 'contact')
    await settle()
    const [{ taskId }] = (await openTasks()) as [{ taskId: string }]
    await ask('closeTask', { partyId, outcome: 'not-interested' }, { taskId }, ['tasks.act'])
    house.clock.advanceDays(4)
    await record([purchase(partyId!, '2026-03-05')])
    expect((await view('closed')).items).toMatchObject([{ outcome: 'not-interested', returnedOn: '2026-03-05' }])
  })

  test('closes as passed when its horizon is over', async () => {
    const [silent, other] = await customers(2, 'contact')
    await settle()
    house.clock.advanceDays(61)
    // Somebody buys, so that the base is not read as history.
    await record([purchase(other!, '2026-04-30')])
    await house.perform('warnings.plan')
    expect(await openTasks()).toEqual([])
    const closed = (await view('closed')).items
    expect(closed.find(item => item.partyId === silent)).toMatchObject({ outcome: 'passed' })
  })

  test('is not raised for somebody lost long ago', async () => {
    await customers(3, 'contact', 10, 2000)
    await customers(1, 'contact', 10, 30)
    await settle()
    expect((await view('week')).counts).toMatchObject({ week: 1, waiting: 0 })
  })

  test('goes with its task when an undo takes its gap away, and stays where the gap still stands', async () => {
    const [stays, goes] = await customers(2, 'contact', 10, 35)
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const more = ['2026-01-28', '2026-01-30'].map(day => purchase(goes!, day))
    await record(more, other)
    await settle()
    expect(await openTasks()).toHaveLength(2)
    await house.database.transaction(transaction => house.events.withdraw(transaction, other.sourceId, [stays!, goes!]))
    const week = await view('week')
    expect(week.items.filter(item => item.state === 'contact').map(item => item.partyId)).toContain(stays)
    const [left] = await house.database.query<{ gaps: string[] }>(
      'select array_agg(gap_start_on::text) as gaps from warnings.alert where party_id = $1',
      [goes],
    )
    expect(left!.gaps ?? []).not.toContain('2026-01-30')
    expect(await openTasks()).toHaveLength(1)
  })

  test('stands open again when the purchase that ended it is withdrawn', async () => {
    const [partyId] = await customers(1, 'contact')
    await settle()
    const other = { sourceId: house.newId(), kind: 'import' } as const
    await record([purchase(partyId!, start)], other)
    expect((await view('closed')).counts.closed).toBe(1)
    await house.database.transaction(transaction => house.events.withdraw(transaction, other.sourceId, [partyId!]))
    await house.performWaiting()
    expect((await view('week')).items).toMatchObject([{ state: 'contact', outcome: null, returnedOn: null }])
    expect(await openTasks()).toHaveLength(1)
  })
})

test('the effect says “not enough” until both arms are full, then gives the difference with its interval', async () => {
  const contacted = await customers(40, 'contact')
  const heldOut = await customers(40, 'held-out')
  await budget(50)
  await settle()
  expect(await ask<object>('warningsEffect')).toMatchObject({ state: 'not-enough', difference: null, open: 80 })
  house.clock.advanceDays(20)
  const back = [...contacted.slice(0, 30), ...heldOut.slice(0, 12)]
  await record(back.map(partyId => purchase(partyId, '2026-03-20')))
  expect(await ask<object>('warningsEffect')).toMatchObject({ state: 'not-enough', open: 80 })
  house.clock.advanceDays(50)
  // Sixty days after the selection and not one earlier, so that those who came quickly do not count before the others.
  await record([purchase(contacted[39]!, '2026-05-09')])
  const effect = await ask<{ difference: { estimate: number; from: number; to: number } }>('warningsEffect')
  expect(effect).toMatchObject({
    state: 'enough',
    open: 0,
    contacted: { customers: 40, returned: 30 },
    heldOut: { customers: 40, returned: 12 },
  })
  expect(effect.difference.estimate).toBeCloseTo(0.45, 10)
  expect(effect.difference.from).toBeGreaterThan(0.2)
  expect(effect.difference.to).toBeLessThan(0.65)
})

test('a fixed cycle raises an alert too, but not a second one for the same gap', async () => {
  const [regular] = await customers(1, 'contact', 100, 120)
  const rule = { name: '换机油', days: 113, match: { kind: 'all' } }
  await ask('changeRhythmSettings', { readAs: 'today', horizonDays: 60 })
  await ask('changeCycleRules', { items: [rule] })
  await settle()
  await settle()
  const { items } = await view('week')
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({ partyId: regular, kind: 'cycle', wordsKey: 'warnings:why.cycle-money' })
})
