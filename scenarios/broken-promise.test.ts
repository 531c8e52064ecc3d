import { afterAll, beforeAll, expect, test } from 'vitest'
import { guaranteeProgramme, publish, readyPromises } from '#financial/guarantee/index.ts'
import { localInstant } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller, Route } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * A week of promises, told hour by hour: a tin of tea that comes too late and is paid before anybody asks; another that comes in time; a
 * hotel room that is not as booked, reported at the desk, owed as money, forgotten until it is red, and paid. Every event and every
 * movement of value is listed to the end: nothing else may follow. Every hour the work of the calendar runs twice, as after a crash.
 */

const zone = 'Asia/Shanghai'
const [delivery, , room] = readyPromises('CNY', 100)
const deliveryId = '01900000-0000-7000-8000-0000000000d1'
const roomId = '01900000-0000-7000-8000-0000000000d2'
const staff: Caller = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin', permissions: new Set() }

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-11-02T00:00:00Z', business: { zone, currency: 'CNY', language: 'en' } })
})
afterAll(() => house?.close())

let messages = 0
async function tell(event: string, properties: object, again = 1): Promise<void> {
  const message = {
    type: 'track',
    userId: 'QH-0001',
    messageId: `m${++messages}`,
    event,
    properties,
    timestamp: house.clock.now().toISOString(),
  }
  for (let time = 0; time < again; time++)
    await ingest(house, { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' }, [message])
}

const partyId = async () => {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = 'QH-0001'`,
  )
  return row!.partyId
}

/** Asks as the outer door does, once the caller and the input were checked. */
async function ask<Reply>(id: string, request: object): Promise<Reply> {
  const route: Route = guaranteeProgramme.routes!.find(each => each.operation.id === id)!
  const asked = { params: {}, query: {}, body: {}, caller: staff, language: 'en', ...request }
  return (await route.handle(house, asked as never)) as Reply
}

interface Today {
  readonly overdueTotal: number
}

const story: Record<string, () => Promise<unknown>> = {
  '2026-11-02 09': async () => {
    await publish(house, { promiseId: deliveryId, terms: delivery!, startsOn: '2026-11-02', by: 'staff:lin' })
    await publish(house, { promiseId: roomId, terms: room!, startsOn: '2026-11-02', by: 'staff:lin' })
  },
  '2026-11-02 10': () => tell('Order Completed', { order_id: 'T1', total: 168 }),
  '2026-11-02 11': () => tell('Order Completed', { order_id: 'T2', total: 88 }, 2),
  '2026-11-03 15': () => tell('Order Delivered', { order_id: 'T2' }, 3),
  // T1 was due on the 4th at ten; it comes seven hours later, when she has her money already.
  '2026-11-04 17': () => tell('Order Delivered', { order_id: 'T1' }, 2),
  '2026-11-05 20': () => tell('Order Completed', { order_id: '812', total: 880 }),
  '2026-11-05 21': async () => {
    const said = { params: { partyId: await partyId(), promiseId: roomId }, body: { reference: '812' } }
    const outcomes = [
      await ask<{ outcome: string }>('reportBrokenPromise', said),
      await ask<{ outcome: string }>('reportBrokenPromise', said),
    ]
    expect(outcomes.map(each => each.outcome)).toEqual(['granted', 'known'])
  },
  '2026-11-05 22': () => tell('Order Delivered', { order_id: '812' }),
  '2026-11-08 23': async () => expect((await ask<Today>('promisesToday', {})).overdueTotal).toBe(0),
  '2026-11-09 08': async () => {
    const { overdue } = await ask<{ overdue: { caseId: string }[] }>('promisesToday', {})
    expect(overdue).toHaveLength(1)
    const { caseId } = overdue[0]!
    const pay = { params: { caseId }, body: { partyId: await partyId(), by: 'transfer', reference: 'BANK-1' } }
    await ask('payCompensation', pay)
    await ask('payCompensation', pay)
    expect((await ask<Today>('promisesToday', {})).overdueTotal).toBe(0)
  },
}

test('a week of promises: what is kept, broken, paid at once, owed and paid, and nothing else', async () => {
  for (let hour = 9; hour < 9 * 24; hour++) {
    const at = localInstant('2026-11-02', hour * 3600, zone)
    house.clock.set(at)
    const local = new Date(at.getTime() + 8 * 3_600_000).toISOString()
    await story[`${local.slice(0, 10)} ${local.slice(11, 13)}`]?.()
    await house.perform('guarantee.due')
    await house.perform('guarantee.due')
  }
  const rows = await house.database.query<{ line: string }>(
    `select to_char(p.posted_at at time zone $1, 'DD HH24') || ' ' || p.code || ' ' || p.from_account || ' -> ' || p.to_account
       || ' ' || p.amount || ' ' || p.asset as line
     from ledger.posting p order by p.posted_at, p.transaction_id, p.position`,
    [zone],
  )
  expect(rows.map(row => row.line)).toEqual([
    // The grace of an hour is over at eleven: owed and given in one transaction.
    '04 11 compensate expense:guarantee -> payable:guarantee 2000 money:CNY',
    '04 11 compensate payable:guarantee -> available 2000 money:CNY',
    // A tenth of the night, owed at once, paid on the 9th when it had become red.
    '05 21 compensate expense:guarantee -> payable:guarantee 8800 money:CNY',
    '09 08 pay-out payable:guarantee -> clearing:bank 8800 money:CNY',
  ])
  const events = await house.database.query<{ line: string }>(
    `select to_char(occurred_at at time zone $1, 'DD HH24') || ' ' || kind || coalesce(' ' || (payload ->> 'reference'), '')
       || coalesce(' ' || (payload ->> 'name'), '') as line
     from events.event where kind not like 'rhythm.%' and kind not like 'stage.%' order by occurred_at, event_id`,
    [zone],
  )
  expect(events.map(row => row.line)).toEqual([
    '02 10 purchase.recorded',
    '02 11 purchase.recorded',
    '03 15 client.tracked Order Delivered',
    '03 15 promise.kept T2',
    '03 15 delivery.arrived',
    // It broke at ten, was judged at eleven.
    '04 10 promise.breached T1',
    '04 11 promise.compensated',
    '04 17 client.tracked Order Delivered',
    '04 17 delivery.arrived',
    '05 20 purchase.recorded',
    '05 21 promise.claimed 812',
    '05 21 promise.breached 812',
    '05 22 client.tracked Order Delivered',
    '05 22 promise.kept 812',
    '05 22 delivery.arrived',
    '09 08 promise.compensated',
  ])
  const tasks = await house.database.query<{ line: string }>(
    `select words_key || (words ->> 'reference') as line from tasks.task where programme = 'guarantee' order by task_id`,
  )
  expect(tasks.map(row => row.line)).toEqual(['guarantee:why.credit (T1)', 'guarantee:why.transfer'])
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})
