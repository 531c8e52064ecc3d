import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { requireDiscretionary } from '#kernel/control-group.ts'
import { ingest } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import type { Caller } from '#kernel/operation.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { claim, decide } from './claims.ts'
import type { ShownCase } from './contract.ts'
import { readList, readToday } from './lists.ts'
import { pay } from './pay.ts'
import { guaranteeProgramme } from './programme.ts'
import { changeCalendars, publish } from './publish.ts'
import { readyPromises } from './ready.ts'
import { reconcile } from './reconcile.ts'
import { whatIf } from './replay.ts'
import type { PromiseTerms } from './terms.ts'
import { promiseClaims } from './verify.ts'

const zone = 'Asia/Shanghai'
const begin = '2026-03-02T01:00:00Z'
const [delivery, , room] = readyPromises('CNY', 100) as [PromiseTerms, PromiseTerms, PromiseTerms]
const staff: Caller = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin', permissions: new Set() }
const promiseId = '01900000-0000-7000-8000-0000000000a1'
const roomId = '01900000-0000-7000-8000-0000000000a2'

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: begin, business: { zone, currency: 'CNY', language: 'zh-CN' } })
})
afterAll(() => house?.close())
beforeEach(() => house.clock.set(begin))
afterEach(async () => {
  for (const table of ['compensation', 'claim', 'promise_case', 'customer', 'edition'])
    await house.database.query(`delete from guarantee.${table}`)
  await house.database.query('delete from tasks.task')
})

let messages = 0
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const

interface Told {
  readonly who: string
  readonly event: string
  readonly order?: string
  readonly at: string
  readonly total?: number
  readonly id?: string
}

async function tell(...told: readonly Told[]): Promise<void> {
  await ingest(
    house,
    source,
    told.map(({ who, event, order, at, total, id }) => ({
      type: 'track',
      userId: who,
      messageId: id ?? `g${++messages}`,
      event,
      properties: { ...(order && { order_id: order, booking_id: order }), ...(total !== undefined && { total }) },
      timestamp: at,
    })),
  )
}

async function partyOf(who: string): Promise<string> {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = $1`,
    [who],
  )
  return row!.partyId
}

const give = (terms: PromiseTerms, id = promiseId) =>
  publish(house, { promiseId: id, terms, startsOn: '2026-03-02', by: 'staff:lin' })
const list = async (who: string): Promise<ShownCase[]> =>
  (await readList(house, 'all', { partyId: await partyOf(who), limit: 50 })).items
const due = (at: string) => {
  house.clock.set(at)
  return house.perform('guarantee.due')
}

async function postings(who: string): Promise<string[]> {
  const rows = await house.database.query<{ line: string }>(
    `select code || ' ' || from_account || ' -> ' || to_account || ' ' || amount || ' ' || asset as line
     from ledger.posting where party_id = $1 and (from_account like '%guarantee' or to_account like '%guarantee')
     order by posted_at, transaction_id, position`,
    [await partyOf(who)],
  )
  return rows.map(row => row.line)
}

async function eventsOf(who: string): Promise<string[]> {
  const rows = await house.database.query<{ kind: string }>(
    `select kind from events.event where party_id = $1 and (kind like 'promise.%' or kind like 'delivery.%') order by received_at, event_id`,
    [await partyOf(who)],
  )
  return rows.map(row => row.kind)
}

const sound = async () => {
  expect((await verifyLedger(house.database, promiseClaims)).filter(finding => finding.faults > 0)).toEqual([])
}

const credited = [
  'compensate expense:guarantee -> payable:guarantee 2000 money:CNY',
  'compensate payable:guarantee -> available 2000 money:CNY',
]

test('a promise that was not kept is paid when its grace is over, once, and somebody is asked to call', async () => {
  await give(delivery)
  await tell({ who: 'late', event: 'Order Completed', order: 'L1', total: 99, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-04T02:59:00Z')
  expect(await postings('late')).toEqual([])
  await due('2026-03-04T03:00:00Z')
  await due('2026-03-04T03:00:00Z')
  expect(await postings('late')).toEqual(credited)
  expect(await eventsOf('late')).toEqual(['promise.breached', 'promise.compensated'])
  expect(await list('late')).toMatchObject([
    {
      state: 'broken',
      reason: 'missing',
      reference: 'L1',
      brokenAt: '2026-03-04T02:00:00.000Z',
      claim: { origin: 'facts', state: 'granted' },
      compensation: { kind: 'money', amount: 2000, state: 'paid', paidBy: 'at-once' },
    },
  ])
  const tasks = await house.database.query('select words_key, suggestion_key, due_on, words from tasks.task')
  expect(tasks).toMatchObject([
    {
      words_key: 'guarantee:why.credit',
      due_on: '2026-03-04',
      words: { standard: '48 小时送达', reference: ' (L1)', money: { amountMinor: 2000, currency: 'CNY' } },
    },
  ])
  await sound()
})

test('a promise that was kept gives nothing, at the last second too', async () => {
  await give(delivery)
  await tell({ who: 'kept', event: 'Order Completed', order: 'K1', total: 99, at: '2026-03-02T02:00:00Z' })
  house.clock.set('2026-03-04T02:00:00Z')
  await tell({ who: 'kept', event: 'Order Delivered', order: 'K1', at: '2026-03-04T02:00:00Z' })
  await due('2026-03-09T00:00:00Z')
  expect(await eventsOf('kept')).toEqual(['promise.kept', 'delivery.arrived'])
  expect(await postings('kept')).toEqual([])
})

test('an order that was called off within its time is no promise; a part of it given back is one still', async () => {
  await give(delivery)
  await tell(
    { who: 'off', event: 'Order Completed', order: 'V1', total: 99, at: '2026-03-02T02:00:00Z' },
    { who: 'off', event: 'Order Completed', order: 'V2', total: 99, at: '2026-03-02T02:00:00Z' },
  )
  house.clock.set('2026-03-03T02:00:00Z')
  await tell(
    { who: 'off', event: 'Order Cancelled', order: 'V1', total: 99, at: '2026-03-03T02:00:00Z' },
    { who: 'off', event: 'Order Refunded', order: 'V2', total: 10, at: '2026-03-03T02:00:00Z' },
  )
  await due('2026-03-09T00:00:00Z')
  const states = Object.fromEntries((await list('off')).map(each => [each.reference, each.state]))
  expect(states).toEqual({ V1: 'void', V2: 'broken' })
  await sound()
})

test('what was paid stays paid when it turns out that it had been kept', async () => {
  await give(delivery)
  await tell({ who: 'evidence', event: 'Order Completed', order: 'E1', total: 99, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-05T00:00:00Z')
  await tell({ who: 'evidence', event: 'Order Delivered', order: 'E1', at: '2026-03-03T02:00:00Z' })
  await due('2026-03-06T00:00:00Z')
  expect(await postings('evidence')).toEqual(credited)
  expect(await list('evidence')).toMatchObject([{ state: 'broken', lateEvidence: 'kept' }])
  expect(await eventsOf('evidence')).toEqual([
    'promise.breached',
    'promise.compensated',
    'delivery.arrived',
    'promise.late-evidence',
  ])
  await sound()
})

const byTransfer: PromiseTerms = {
  ...delivery,
  compensation: { kind: 'percent', percent: 10, leastMinor: 500, mostMinor: 5000, currency: 'CNY', by: 'transfer' },
}

test('where the promise says so, what is only owed is retracted by late evidence', async () => {
  await give({ ...byTransfer, lateEvidence: 'retract-unpaid' })
  await tell({ who: 'retract', event: 'Order Completed', order: 'R1', total: 123.45, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-05T00:00:00Z')
  await tell({ who: 'retract', event: 'Order Delivered', order: 'R1', at: '2026-03-03T02:00:00Z' })
  expect(await postings('retract')).toEqual([
    'compensate expense:guarantee -> payable:guarantee 1235 money:CNY',
    'retract payable:guarantee -> expense:guarantee 1235 money:CNY',
  ])
  expect(await list('retract')).toMatchObject([{ compensation: { state: 'retracted' }, lateEvidence: 'kept' }])
  await expect(
    pay(house, staff, {
      partyId: await partyOf('retract'),
      caseId: (await list('retract'))[0]!.caseId,
      by: 'transfer',
      reference: 'B1',
    }),
  ).rejects.toMatchObject({ code: 'guarantee:refusal.not-owed' })
  await sound()
})

test('money that leaves the house is owed at once, overdue and red after its day, and closed by paying it once', async () => {
  await give(byTransfer)
  await tell({ who: 'owed', event: 'Order Completed', order: 'O1', total: 9900, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-05T00:00:00Z')
  expect(await list('owed')).toMatchObject([{ compensation: { state: 'owed', amount: 5000, dueOn: '2026-03-08' } }])
  house.clock.set('2026-03-08T10:00:00Z')
  expect((await readToday(house)).overdueTotal).toBe(0)
  house.clock.set('2026-03-08T17:00:00Z')
  expect((await readToday(house)).overdue).toMatchObject([{ partyName: expect.anything(), reference: 'O1' }])
  const [{ caseId } = { caseId: '' }] = await list('owed')
  const payment = { partyId: await partyOf('owed'), caseId, by: 'transfer', reference: 'BANK-77' } as const
  await expect(pay(house, staff, { ...payment, reference: undefined })).rejects.toMatchObject({
    code: 'guarantee:refusal.reference-missing',
  })
  await pay(house, staff, payment)
  await pay(house, staff, payment)
  await expect(pay(house, staff, { ...payment, by: 'credit' })).rejects.toMatchObject({ kind: 'conflict' })
  expect(await postings('owed')).toEqual([
    'compensate expense:guarantee -> payable:guarantee 5000 money:CNY',
    'pay-out payable:guarantee -> clearing:bank 5000 money:CNY',
  ])
  expect((await readToday(house)).overdueTotal).toBe(0)
  expect(await eventsOf('owed')).toEqual(['promise.breached', 'promise.compensated'])
  await sound()
})

test('what is owed may become store credit instead', async () => {
  await give(byTransfer)
  await tell({ who: 'credit', event: 'Order Completed', order: 'C1', total: 100, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-05T00:00:00Z')
  const [{ caseId } = { caseId: '' }] = await list('credit')
  await pay(house, staff, { partyId: await partyOf('credit'), caseId, by: 'credit' })
  expect(await postings('credit')).toEqual([
    'compensate expense:guarantee -> payable:guarantee 1000 money:CNY',
    'compensate payable:guarantee -> available 1000 money:CNY',
  ])
  await sound()
})

test('a history that is told at once is not a morning of broken promises', async () => {
  await give(delivery)
  house.clock.set('2026-04-20T00:00:00Z')
  await tell({ who: 'history', event: 'Order Completed', order: 'H1', total: 99, at: '2026-03-10T02:00:00Z' })
  await house.perform('guarantee.due')
  expect(await postings('history')).toEqual([])
  await tell({ who: 'history', event: 'Order Delivered', order: 'H1', at: '2026-03-11T02:00:00Z' })
  await due('2026-05-01T00:00:00Z')
  expect(await list('history')).toMatchObject([{ state: 'kept' }])
})

test('old cases keep the edition under which they were promised', async () => {
  await give(delivery)
  await tell({ who: 'edition', event: 'Order Completed', order: 'N1', total: 99, at: '2026-03-02T02:00:00Z' })
  house.clock.set('2026-03-02T12:00:00Z')
  const generous: PromiseTerms = {
    ...delivery,
    compensation: { kind: 'money', amountMinor: 9000, currency: 'CNY', by: 'credit' },
  }
  await expect(publish(house, { promiseId, terms: generous, startsOn: '2026-03-01', by: 'x' })).rejects.toMatchObject({
    code: 'guarantee:refusal.starts-in-the-past',
  })
  await publish(house, { promiseId, terms: generous, startsOn: '2026-03-02', by: 'x' })
  await tell({ who: 'edition', event: 'Order Completed', order: 'N2', total: 99, at: '2026-03-02T13:00:00Z' })
  await due('2026-03-09T00:00:00Z')
  const paid = Object.fromEntries((await list('edition')).map(each => [each.reference, each.compensation?.amount]))
  expect(paid).toEqual({ N1: 2000, N2: 9000 })
})

test('an ended promise promises nothing new and still pays what is old', async () => {
  await give(delivery)
  await tell({ who: 'ended', event: 'Order Completed', order: 'Z1', total: 99, at: '2026-03-02T02:00:00Z' })
  house.clock.set('2026-03-02T12:00:00Z')
  await publish(house, { promiseId, terms: null, startsOn: '2026-03-02', by: 'x' })
  await tell({ who: 'ended', event: 'Order Completed', order: 'Z2', total: 99, at: '2026-03-02T13:00:00Z' })
  await due('2026-03-09T00:00:00Z')
  expect(await list('ended')).toMatchObject([{ reference: 'Z1', state: 'broken' }])
})

test('a claim that no fact can decide is believed up to an amount, so many times a year; beyond that a person looks, and silence grants it', async () => {
  await give(room, roomId)
  await tell({ who: 'guest', event: 'Order Completed', order: 'ROOM-1', total: 880, at: '2026-03-02T02:00:00Z' })
  const partyId = await partyOf('guest')
  const guest: Caller = { kind: 'member', id: partyId, name: '', permissions: new Set() }
  const ask = (reference: string) => claim(house, guest, { partyId, promiseId: roomId, reference })
  expect(await ask('ROOM-7')).toMatchObject({ outcome: 'granted' })
  expect(await ask('ROOM-7')).toMatchObject({ outcome: 'known' })
  expect(await ask('ROOM-8')).toMatchObject({ outcome: 'granted' })
  expect(await ask('ROOM-9')).toMatchObject({ outcome: 'waiting' })
  expect(await ask('ROOM-9')).toMatchObject({ outcome: 'waiting' })
  expect(await postings('guest')).toHaveLength(2)
  expect((await readToday(house)).claims).toMatchObject([{ reference: 'ROOM-9' }])
  await due('2026-03-03T00:59:00Z')
  expect(await postings('guest')).toHaveLength(2)
  await due('2026-03-03T01:00:00Z')
  expect(await postings('guest')).toHaveLength(3)
  const [unanswered] = (await list('guest')).filter(each => each.reference === 'ROOM-9')
  expect(unanswered).toMatchObject({ state: 'broken', reason: 'unanswered', compensation: { state: 'owed' } })
  await sound()
})

test('a claim that the facts contradict goes to a person, who may grant it or decline it', async () => {
  await give(delivery)
  for (const order of ['D1', 'D2'])
    await tell(
      { who: 'contra', event: 'Order Completed', order, total: 99, at: '2026-03-02T00:00:00Z' },
      { who: 'contra', event: 'Order Completed', order: `${order}x`, total: 99, at: '2026-03-02T01:00:00Z' },
      { who: 'contra', event: 'Order Delivered', order: `${order}x`, at: '2026-03-02T01:00:00Z' },
    )
  const partyId = await partyOf('contra')
  const guest: Caller = { kind: 'member', id: partyId, name: '', permissions: new Set() }
  const one = await claim(house, guest, { partyId, promiseId, reference: 'D1x' })
  const other = await claim(house, guest, { partyId, promiseId, reference: 'D2x' })
  expect([one.outcome, other.outcome]).toEqual(['waiting', 'waiting'])
  await decide(house, staff, { partyId, caseId: one.caseId, decision: 'grant' })
  await decide(house, staff, { partyId, caseId: other.caseId, decision: 'decline' })
  await expect(decide(house, staff, { partyId, caseId: one.caseId, decision: 'decline' })).rejects.toMatchObject({
    code: 'guarantee:refusal.not-waiting',
  })
  expect((await claim(house, guest, { partyId, promiseId, reference: 'D2x' })).outcome).toBe('declined')
  expect(await postings('contra')).toEqual(credited)
  await due('2026-03-20T00:00:00Z')
  expect(await postings('contra')).toEqual(credited)
  await sound()
})

test('a claim within the time is watched, and one in the grace is granted at once', async () => {
  await give(delivery)
  await tell({ who: 'early', event: 'Order Completed', order: 'W1', total: 99, at: '2026-03-02T01:00:00Z' })
  const partyId = await partyOf('early')
  const guest: Caller = { kind: 'member', id: partyId, name: '', permissions: new Set() }
  house.clock.set('2026-03-04T01:00:00Z')
  expect((await claim(house, guest, { partyId, promiseId, reference: undefined })).outcome).toBe('running')
  house.clock.set('2026-03-04T01:10:00Z')
  expect((await claim(house, guest, { partyId, promiseId, reference: undefined })).outcome).toBe('granted')
  await due('2026-03-05T01:10:00Z')
  expect(await postings('early')).toEqual(credited)
  expect(await list('early')).toMatchObject([{ claim: { origin: 'customer' }, reason: 'claimed' }])
  await sound()
})

test('the front desk reports a room that was not as booked in one call, and twice on a day is once', async () => {
  await give({ ...room, compensation: { kind: 'apology' } }, roomId)
  await tell({ who: 'desk', event: 'Order Completed', order: 'X', total: 1, at: '2026-03-02T00:30:00Z' })
  const partyId = await partyOf('desk')
  const report = () => claim(house, staff, { partyId, promiseId: roomId, reference: undefined })
  expect((await report()).outcome).toBe('granted')
  expect((await report()).outcome).toBe('known')
  expect(await list('desk')).toMatchObject([{ compensation: { kind: 'apology', state: 'owed', dueOn: '2026-03-05' } }])
  await sound()
})

test('an imported history that is withdrawn takes its open cases along and leaves what was paid', async () => {
  await give(delivery)
  const imported = { sourceId: '01900000-0000-7000-8000-0000000000ee', kind: 'import' } as const
  const order = (order: string, at: string) => ({
    type: 'track',
    userId: 'undo',
    messageId: `u${order}`,
    event: 'Order Completed',
    properties: { order_id: order, total: 99 },
    timestamp: at,
  })
  await ingest(house, imported, [order('U1', begin)])
  await due('2026-03-05T00:00:00Z')
  await ingest(house, imported, [order('U2', '2026-03-05T00:00:00Z')])
  const partyId = await partyOf('undo')
  await house.database.transaction(transaction => house.events.withdraw(transaction, imported.sourceId, [partyId]))
  expect(await list('undo')).toMatchObject([{ reference: 'U1', state: 'broken', lateEvidence: 'gone' }])
  await sound()
})

test('in whatever order and however often facts are told, cases and postings are the same', async () => {
  await give(delivery)
  const facts = (who: string): Told[] => [
    { who, event: 'Order Completed', order: `${who}-1`, total: 100, at: '2026-03-02T02:00:00Z', id: `${who}a` },
    { who, event: 'Order Delivered', order: `${who}-1`, at: '2026-03-04T12:00:00Z', id: `${who}b` },
    { who, event: 'Order Delivered', order: `${who}-1`, at: '2026-03-05T12:00:00Z', id: `${who}c` },
    { who, event: 'Order Completed', order: `${who}-2`, total: 100, at: '2026-03-02T03:00:00Z', id: `${who}d` },
    { who, event: 'Order Delivered', order: `${who}-2`, at: '2026-03-03T12:00:00Z', id: `${who}e` },
    { who, event: 'Order Completed', order: `${who}-3`, total: 100, at: '2026-03-02T04:00:00Z', id: `${who}f` },
    { who, event: 'Order Cancelled', order: `${who}-3`, total: 100, at: '2026-03-03T04:00:00Z', id: `${who}g` },
    { who, event: 'Order Completed', order: `${who}-4`, total: 100, at: '2026-03-02T05:00:00Z', id: `${who}h` },
  ]
  house.clock.set('2026-03-06T00:00:00Z')
  const shapeOf = async (who: string) => ({
    cases: (await list(who))
      .map(each => [
        each.reference.slice(who.length),
        each.state,
        each.reason,
        each.brokenAt,
        each.compensation?.amount,
      ])
      .sort(),
    postings: (await postings(who)).sort(),
    events: (await eventsOf(who)).sort(),
  })
  const judged = async () => {
    await due('2026-03-08T00:00:00Z')
    house.clock.set('2026-03-06T00:00:00Z')
  }
  await tell(...facts('base'))
  await judged()
  const expected = await shapeOf('base')
  expect(expected.cases.map(([reference, state, reason]) => [reference, state, reason])).toEqual([
    ['-1', 'broken', 'late'],
    ['-2', 'kept', null],
    ['-3', 'void', null],
    ['-4', 'broken', 'missing'],
  ])
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      fc.array(fc.nat(7), { maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      async (order, again, size) => {
        const who = `run${++run}`
        const all = facts(who)
        const told = [...order, ...again].map(index => all[index]!)
        for (let from = 0; from < told.length; from += size) await tell(...told.slice(from, from + size))
        await judged()
        expect(await shapeOf(who)).toEqual(expected)
      },
    ),
    { numRuns: 20 },
  )
  await sound()
}, 120_000)

test('what the drafted terms would have meant is what they then mean', async () => {
  await give(delivery)
  for (const [at, hours] of [
    [0, 24],
    [1, 47],
    [2, 49],
    [3, 80],
  ] as const) {
    const start = new Date(Date.parse(begin) + at * 60_000)
    const stop = new Date(start.getTime() + hours * 3_600_000)
    await tell({ who: `w${at}`, event: 'Order Completed', order: `Q${at}`, total: 100, at: start.toISOString() })
    house.clock.set(stop)
    await tell({ who: `w${at}`, event: 'Order Delivered', order: `Q${at}`, at: stop.toISOString() })
    house.clock.set(begin)
  }
  await due('2026-03-20T00:00:00Z')
  const found = await whatIf(house, delivery, { fromOn: '2026-03-02', untilOn: '2026-03-19' })
  const live = (await readList(house, 'broken', { promiseId, limit: 50 })).total
  expect(found.broken).toBeGreaterThanOrEqual(2)
  expect(live).toBe(2)
  expect(found.worstDays[0]).toMatchObject({ on: '2026-03-02' })
})

test('a promise by working hours needs its calendar, and a calendar in use cannot be taken away', async () => {
  const [, answer] = readyPromises('CNY', 100)
  await expect(give(answer!)).rejects.toMatchObject({ code: 'guarantee:refusal.no-such-calendar' })
  const day = [{ fromMinute: 540, untilMinute: 1080 }]
  const office = { calendarId: 'office', name: '客服', zone, week: [day, day, day, day, day, [], []], special: [] }
  await changeCalendars(house, [office])
  await give(answer!)
  await expect(changeCalendars(house, [])).rejects.toMatchObject({ code: 'guarantee:refusal.calendar-in-use' })
})

test('a judge that dies half-way, and three that run at once, pay once', async () => {
  await give(delivery)
  for (let number = 0; number < 6; number++)
    await tell({
      who: `storm${number}`,
      event: 'Order Completed',
      order: `S${number}`,
      total: 99,
      at: '2026-03-02T02:00:00Z',
    })
  house.clock.set('2026-03-05T00:00:00Z')
  const partyId = await partyOf('storm0')
  const dies = house.database.transaction(async transaction => {
    await reconcile(house, transaction, [partyId])
    throw new Error('the machine lost its power')
  })
  await expect(dies).rejects.toThrow('lost its power')
  expect(await postings('storm0')).toEqual([])
  const arrives = tell({ who: 'storm0', event: 'Order Delivered', order: 'S0', at: '2026-03-04T23:00:00Z' })
  await Promise.all([
    house.perform('guarantee.due'),
    house.perform('guarantee.due'),
    arrives,
    house.perform('guarantee.due'),
  ])
  for (let number = 0; number < 6; number++) expect(await postings(`storm${number}`)).toEqual(credited)
  const [tasks] = await house.database.query<{ count: number }>('select count(*) as count from tasks.task')
  expect(tasks!.count).toBe(6)
  await sound()
})

test('faults that are planted are found', async () => {
  await give(byTransfer)
  await tell({ who: 'planted', event: 'Order Completed', order: 'F1', total: 100, at: '2026-03-02T02:00:00Z' })
  await due('2026-03-05T00:00:00Z')
  await sound()
  const plant = async (sql: string) => {
    await house.database.query(sql)
    const findings = await verifyLedger(house.database, promiseClaims)
    return findings.filter(finding => finding.faults > 0).map(finding => finding.id)
  }
  expect(await plant('update guarantee.compensation set amount = amount + 1')).toEqual(['guarantee.given-is-posted'])
  expect(await plant('delete from guarantee.compensation')).toEqual(['guarantee.broken-is-paid-once'])
})

test('what is owed is never held out: the kernel refuses to draw lots for it', () => {
  const { discretionary } = guaranteeProgramme
  expect(discretionary).toBe(false)
  const act = { programme: 'guarantee', treatment: 'compensation', discretionary }
  expect(() => requireDiscretionary(act)).toThrow('owed')
  expect(() => requireDiscretionary({ ...act, discretionary: true })).not.toThrow()
})
