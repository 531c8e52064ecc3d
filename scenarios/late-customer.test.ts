import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { importFile, listImports, undoNow } from '#kernel/files/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * A customer who usually comes every 24 days stays away. The story runs through the rooms as a business lives it: a file
 * of orders, the learned rhythm, the warning, the call, the return; the clock is moved, and whatever the house records by
 * itself is listed to the end.
 */

const zone = 'Asia/Shanghai'
let house: TestHouse

beforeEach(async () => {
  house = await openTestHouse({ start: '2026-09-01T01:00:00Z', business: { zone, currency: 'CNY' } })
})
afterEach(() => house.close())

/** Orders of a tea shop: 120 customers of many habits, one in six of whom has stopped coming, and customer W. */
function orders(): string {
  const lines = ['Invoice,StockCode,Description,Quantity,InvoiceDate,Price,CustomerID']
  let invoice = 1000
  const line = (customer: string, on: Day, price: number) =>
    lines.push(`${invoice++},TEA1,Longjing,1,${on} 10:00,${price.toFixed(2)},${customer}`)
  for (let number = 0; number < 120; number++) {
    const gap = 12 + (number % 30)
    const stopsOn = number % 6 === 0 ? addDays('2026-01-15', number) : '2026-08-31'
    let on: Day = addDays('2025-06-01', (number * 7) % 60)
    for (let visit = 0; on <= stopsOn; visit++) {
      line(`C${number}`, on, 80 + number)
      on = addDays(on, Math.round(gap * [0.7, 1, 1.3, 0.9, 1.1][(visit + number) % 5]!))
    }
  }
  for (let visit = 10; visit >= 0; visit--) line('W', addDays('2026-08-20', -24 * visit), 168)
  return lines.join('\n')
}

async function importOrders(): Promise<string> {
  const path = join(house.folder, 'orders.csv')
  await writeFile(path, orders())
  await importFile(house, path)
  const [party] = await house.database.query<{ party_id: string }>(
    `select party_id from parties.identifier where kind = 'customer_id' and value = 'W'`,
  )
  return party!.party_id
}

/** What the calendar does on a day: look who is late, then whatever follows from it. */
async function dayPasses(on: Day): Promise<void> {
  house.clock.set(new Date(startOfDay(on, zone).getTime() + 9 * 3_600_000))
  await house.perform('rhythm.due')
  await house.perform('warnings.plan')
  await house.performWaiting()
}

interface Alert {
  readonly partyId: string
  readonly taskId: string | null
  readonly state: string
  readonly words: Record<string, number>
}

async function ask<Reply>(id: string, query: object = {}, params: object = {}): Promise<Reply> {
  const route = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = route
  const caller = { kind: 'staff', id: house.newId(), name: 'Lin', permissions: new Set(['money.read']) }
  const body = operation.body?.parse(query)
  const input = { params, query: operation.query?.parse(query), body, caller, language: 'zh-CN' }
  return operation.reply.parse(await route.handle(house, input as never)) as Reply
}

const alertsOf = async (partyId: string, view: string) =>
  (await ask<{ items: Alert[] }>('listWarnings', { view, partyId })).items

/** Every event of a customer that the house recorded by itself or that a person caused, after the imported orders. */
async function storyOf(partyId: string): Promise<string[]> {
  const rows = await house.database.query<{ kind: string; on: string }>(
    `select kind, ((occurred_at at time zone $2)::date)::text as on from events.event
     where party_id = $1 and not (kind = 'purchase.recorded' and occurred_at < '2026-09-01') order by occurred_at, event_id`,
    [partyId, zone],
  )
  return rows.map(row => `${row.on} ${row.kind}`)
}

test('late, warned of, called, back: and nothing else is recorded', async () => {
  const customer = await importOrders()
  await ask('changeWarningsSettings', { contactsPerWeek: 500, heldOutShare: 0 })

  await dayPasses('2026-09-01')
  expect(await ask<object>('readRhythm')).toMatchObject({ state: 'fitted', customers: 121 })
  expect(await ask<object>('customerRhythm', {}, { partyId: customer })).toMatchObject({ type: 'loyal', late: false })
  expect(await storyOf(customer)).toEqual([])

  await dayPasses('2026-10-20')
  const rhythm = await ask<{ usualDays: number; lateFromOn: Day }>('customerRhythm', {}, { partyId: customer })
  expect(rhythm).toMatchObject({ late: true, silentDays: 61, purchases: 11, ownMeanDays: 24 })
  expect(Math.abs(rhythm.usualDays - 24)).toBeLessThan(2)
  const [alert] = await alertsOf(customer, 'week')
  expect(alert).toMatchObject({ state: 'contact', words: { silentDays: 61, count: Math.round(rhythm.usualDays) } })
  expect(await storyOf(customer)).toEqual([`${rhythm.lateFromOn} rhythm.became-late`])

  house.clock.advanceDays(1)
  await ask('closeTask', { partyId: customer, outcome: 'reached' }, { taskId: alert!.taskId })
  expect(await alertsOf(customer, 'closed')).toMatchObject([{ outcome: 'reached', returnedOn: null }])

  house.clock.advanceDays(4)
  const order = {
    order_id: 'till-1',
    total: 168,
    currency: 'CNY',
    products: [{ sku: 'TEA1', price: 168, quantity: 1 }],
  }
  const message = { type: 'track', event: 'Order Completed', messageId: 'till-1', userId: 'W', properties: order }
  expect(await ingest(house, { sourceId: house.newId(), kind: 'key' }, [message])).toMatchObject({ accepted: 1 })
  await dayPasses('2026-10-26')
  expect(await alertsOf(customer, 'closed')).toMatchObject([{ outcome: 'reached', returnedOn: '2026-10-25' }])
  expect(await ask<object>('customerRhythm', {}, { partyId: customer })).toMatchObject({ type: 'loyal', late: false })
  expect(await storyOf(customer)).toEqual([
    `${rhythm.lateFromOn} rhythm.became-late`,
    '2026-10-21 task.closed',
    '2026-10-25 purchase.recorded',
  ])
  const others = await house.database.query<{ kind: string }>(
    'select distinct kind from events.event where party_id <> $1 order by kind',
    [customer],
  )
  expect(others.map(row => row.kind)).toEqual(['purchase.recorded', 'rhythm.became-late'])
})

test('late and left alone by lot: no task, no contact, and the return is noted all the same', async () => {
  const customer = await importOrders()
  await ask('changeWarningsSettings', { contactsPerWeek: 500, heldOutShare: 0.5 })
  await dayPasses('2026-09-01')
  await dayPasses('2026-10-20')
  const heldOut = (await ask<{ items: Alert[] }>('listWarnings', { view: 'held-out', limit: 200 })).items
  const contacted = (await ask<{ items: Alert[] }>('listWarnings', { view: 'week', limit: 200 })).items
  expect(heldOut.length).toBeGreaterThan(5)
  expect(contacted.length).toBeGreaterThan(5)
  expect(heldOut.every(alert => alert.taskId === null)).toBe(true)
  expect(contacted.every(alert => alert.taskId !== null)).toBe(true)
  const kinds = await storyOf(heldOut[0]!.partyId)
  expect(kinds.map(line => line.slice(11))).toEqual(['rhythm.became-late'])
  expect([...heldOut, ...contacted].map(alert => alert.partyId)).toContain(customer)
})

test('taking the file back leaves no customer, no alert and no task', async () => {
  await importOrders()
  await dayPasses('2026-09-01')
  await dayPasses('2026-10-20')
  const [imported] = await listImports(house)
  await undoNow(house, imported!.importId)
  const [left] = await house.database.query(
    `select (select count(*) from rhythm.state) as states, (select count(*) from warnings.alert) as alerts,
       (select count(*) from tasks.task where state = 'open') as tasks`,
  )
  expect(left).toEqual({ states: 0, alerts: 0, tasks: 0 })
})
