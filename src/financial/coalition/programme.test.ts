import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { type Act, type Instruction, post, readHouseBalances, verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { workOut } from './close.ts'
import type { CoalitionMonth, HeldBenefit, NewBenefit, Statement } from './contract.ts'
import { readCalendar } from './ground.ts'
import { acceptedIssuers } from './terms.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-01T02:00:00Z', business: { zone, currency: 'CNY', name: 'Riverside' } })
  for (const merchantId of ['tea', 'bread', 'books'])
    await ask('saveMerchant', { params: { merchantId }, body: { name: merchantId, isActive: true } })
  await agree('tea', {
    fundMinorPer100: 101,
    redeemMinorPer100: 87,
    breakage: { merchant: 33, pool: 33, coalition: 34 },
  })
  await agree('bread', { payment: 'prepaid', depositMinor: 500, accepts: ['tea'] })
  await agree('books', { untilOn: '2026-11-30' })
})
afterAll(() => house?.close())

const staff = { kind: 'staff', id: '01900000-0000-7000-8000-00000000000a', name: 'Lin', permissions: new Set() }
const keyOf = (merchantId: string) => ({
  kind: 'key',
  id: '01900000-0000-7000-8000-00000000000b',
  name: 'till',
  permissions: new Set(),
  merchantId,
})

interface Given {
  readonly params?: object
  readonly query?: object
  readonly body?: object
  readonly caller?: object
  readonly idempotencyKey?: string
}
async function ask<Reply>(id: string, { params, query, body, caller = staff, ...more }: Given = {}) {
  const { operation, handle } = house.rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === id)!
  const input = {
    params: operation.params?.parse(params),
    query: operation.query?.parse(query ?? {}),
    body: operation.body?.parse(body),
    caller,
    language: 'en',
    ...more,
  }
  return operation.reply.parse(await handle(house, input as never)) as Reply
}

const agree = (merchantId: string, said: object) =>
  ask('publishTerms', {
    body: {
      merchantId,
      fromOn: '2026-01-01',
      currency: 'CNY',
      payment: 'postpaid',
      fundMinorPer100: 100,
      redeemMinorPer100: 90,
      breakage: { merchant: 0, pool: 100, coalition: 0 },
      ...said,
    },
  })

const goTo = (on: Day, seconds = 10 * 3600) => house.clock.set(localInstant(on, seconds, zone))

async function act(partyId: string, given: Act): Promise<string> {
  const base = { key: house.newId(), partyId, asset: 'points', occurredAt: house.clock.now().getTime() }
  const [outcomes] = await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [{ ...base, ...given } as Instruction], author: { actor: 'test' } }]),
  )
  return outcomes![0]!.state
}
const issue = (merchantId: string, amount: number, more: object = {}): Act => ({
  act: 'issue',
  amount,
  from: `issuance:${merchantId}`,
  issuer: merchantId,
  ...more,
})

async function record(...events: NewEvent[]): Promise<void> {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}
const spend = (partyId: string, on: Day, amountMinor: number, more: object = {}): NewEvent => ({
  kind: 'purchase.recorded',
  partyId,
  occurredAt: localInstant(on, 12 * 3600, zone),
  payload: { amountMinor, currency: 'CNY', lines: [], ...more },
})
const giveBack = (partyId: string, on: Day, amountMinor: number, of: string): NewEvent => ({
  ...spend(partyId, on, amountMinor, { of }),
  kind: 'refund.recorded',
})

describe('terms', () => {
  test.each([
    ['begins today where others are in force', { fromOn: '2026-01-01' }, 'coalition:refusal.starts-too-early'],
    ['is in another currency', { fromOn: '2026-05-01', currency: 'EUR' }, 'coalition:refusal.currency'],
  ])('that %s are refused', async (_, said, code) => {
    await expect(agree('tea', said)).rejects.toThrow(code)
  })

  test('say whose points a merchant takes; who has left takes nobody’s', async () => {
    const accepted = (merchantId: string, on: Day) =>
      acceptedIssuers(house, house.database, merchantId, localInstant(on, 0, zone))
    expect(await accepted('bread', '2026-03-01')).toEqual(['tea', 'bread', 'points', 'house'])
    expect(await accepted('tea', '2026-03-01')).toBeUndefined()
    expect(await accepted('elsewhere', '2026-03-01')).toBeUndefined()
    expect(await accepted('books', '2026-11-30')).toBeUndefined()
    expect(await accepted('books', '2026-12-01')).toEqual([])
  })

  test('make a merchant a party of its own, once', async () => {
    const parties = await house.database.query(
      `select kind, name, roles from parties.party where roles = '{merchant}' order by name`,
    )
    expect(parties.map(each => each.name)).toEqual(['Riverside', 'books', 'bread', 'tea'])
    expect(parties[1]).toMatchObject({ kind: 'organisation' })
  })
})

describe('a month', () => {
  test('is not closed before it is over, nor before the one before it', async () => {
    const close = (month: string) => ask('closeMonth', { params: { month } })
    await expect(close('2026-01')).rejects.toThrow('coalition:refusal.not-over')
    await expect(close('2026-02')).rejects.toThrow('coalition:refusal.earlier-open')
    await expect(close('2025-12')).rejects.toThrow('coalition:refusal.no-terms')
  })

  test('leaves what was committed after its closing to the next, and counts it once', async () => {
    const partyId = house.newId()
    goTo('2026-01-31', 86_399)
    let posted = () => {}
    let letGo = () => {}
    const isPosted = new Promise<void>(resolve => {
      posted = resolve
    })
    const mayCommit = new Promise<void>(resolve => {
      letGo = resolve
    })
    const base = { key: 'slow', partyId, asset: 'points', occurredAt: house.clock.now().getTime() }
    const slow = house.database.transaction(async transaction => {
      const instruction = { ...base, ...issue('tea', 1000) } as Instruction
      await post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }])
      posted()
      await mayCommit
    })
    await isPosted
    await act(house.newId(), issue('tea', 100))
    goTo('2026-02-01', 3600)
    await house.perform('coalition.close')
    letGo()
    await slow
    await house.settled()
    const issued = async (month: string) =>
      (await ask<Statement>('readStatement', { params: { month, merchantId: 'tea' } })).lines.map(each => each.points)
    // The one that was quick to commit began after the slow one: it waits with it.
    expect(await issued('2026-01')).toEqual([])
    expect(await issued('2026-02')).toEqual([1100])
    goTo('2026-03-01', 3600)
    await house.perform('coalition.close')
    expect([await issued('2026-01'), await issued('2026-02'), await issued('2026-03')]).toEqual([[], [1100], []])
  })

  test('closed by many at once is closed once', async () => {
    goTo('2026-04-01', 3600)
    const answers = await Promise.all(
      [1, 2, 3].map(() => ask<{ closedAt: string }>('closeMonth', { params: { month: '2026-03' } })),
    )
    expect(new Set(answers.map(each => each.closedAt)).size).toBe(1)
    const [row] = await house.database.query<{ count: number }>(
      `select count(*) from coalition.month where month = '2026-03'`,
    )
    expect(row!.count).toBe(1)
    await expect(
      house.database.query(`insert into coalition.month select * from coalition.month where month = '2026-03'`),
    ).rejects.toThrow('month_pkey')
  })

  test('of random business: every posting is settled once, and all accounts are 0 together', async () => {
    const members = [house.newId(), house.newId(), house.newId()]
    const merchant = fc.constantFrom('tea', 'bread', 'books')
    const deed = fc.record({
      who: fc.constantFrom(...members),
      what: fc.constantFrom('issue', 'issue', 'short', 'spend', 'revoke'),
      merchant,
      amount: fc.integer({ min: 1, max: 777 }),
      share: fc.integer({ min: 0, max: 7 }),
    })
    const year = fc.sample(fc.array(deed, { minLength: 6, maxLength: 12 }), { numRuns: 8, seed: 4711 })
    const sources: [partyId: string, source: string][] = []
    for (const [index, deeds] of year.entries()) {
      const month = `2026-${String(index + 4).padStart(2, '0')}`
      for (const [at, { who, what, merchant: where, amount, share }] of deeds.entries()) {
        goTo(`${month}-${String(at * 2 + 1).padStart(2, '0')}`)
        if (what === 'issue' || what === 'short') {
          const source = `${month} ${at}`
          sources.push([who, source])
          const expiresAt = house.clock.now().getTime() + 20 * 86_400_000
          await act(who, issue(where, amount, { source, ...(what === 'short' && { expiresAt }) }))
        } else if (what === 'spend') {
          await act(who, { act: 'spend', holdId: house.newId(), amount: (amount % 97) + 1, to: `redeemed:${where}` })
        } else if (sources.length > 0) {
          const [partyId, source] = sources[amount % sources.length]!
          await act(partyId, { act: 'revoke', source, numerator: share, denominator: 7 })
        }
        await house.perform('ledger.due')
      }
    }
    goTo('2026-12-01', 7200)
    await house.perform('ledger.due')
    await house.settled()
    await house.perform('coalition.close')
    const settled = await house.database.query(
      `select kind, merchant_id as "merchantId", sum(points)::bigint as points from coalition.line
       where points <> 0 group by 1, 2 order by 1, 2`,
    )
    const posted = await house.database.query(
      `select kind, split_part(account, ':', 2) as "merchantId", sum(points)::bigint as points from (
         select case code when 'issue' then 'issued' when 'revoke' then 'revoked' when 'spend' then 'redeemed' else 'expired' end as kind,
           case code when 'issue' then from_account else to_account end as account, amount as points
         from ledger.posting where asset = 'points' and code in ('issue', 'revoke', 'spend', 'expire')
           and posted_at < $1
         union all
         select 'expired', from_account, -amount from ledger.posting where from_account like 'breakage:%' and posted_at < $1) as p
       group by 1, 2 having sum(points) <> 0 order by 1, 2`,
      [localInstant('2026-12-01', 0, zone)],
    )
    expect(settled.length).toBeGreaterThan(9)
    expect(settled).toEqual(posted)
    const money = (await readHouseBalances(house.database)).filter(each => each.asset === 'money:CNY')
    expect(money.reduce((sum, each) => sum + each.amount, 0)).toBe(0)
    const nets = await house.database.query<{ merchantId: string; net: number }>(
      `select merchant_id as "merchantId", sum(amount_minor)::bigint as net from coalition.line group by 1`,
    )
    for (const { merchantId, net } of nets)
      expect(money.find(each => each.account === `settlement:${merchantId}`)?.amount ?? 0).toBe(-net + 0)
    expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
  })

  test('that is closed is worked out again as it was written, line by line', async () => {
    const calendar = await readCalendar(house, house.database)
    expect(calendar.months.length).toBe(11)
    for (const { month, poolMinor, marginMinor, breakageMinor } of calendar.months) {
      const { settlement } = await workOut(house.database, calendar, { month, upto: null })
      const { lines, ...sums } = settlement
      expect(sums).toMatchObject({ poolMinor, marginMinor, breakageMinor })
      const written = await house.database.query(
        `select merchant_id as "merchantId", line_id as "lineId", points, amount_minor as "amountMinor"
         from coalition.line where month = $1 order by position`,
        [month],
      )
      expect(written).toEqual(
        lines.map(({ merchantId, lineId, points, amountMinor }) => ({ merchantId, lineId, points, amountMinor })),
      )
    }
  })

  test('every line leads to postings that add up to it, without anybody’s name', async () => {
    const partyId = house.newId()
    await house.database.query(
      `insert into parties.party (party_id, kind, name, roles, details, grams, source_id, created_at, changed_at)
       values ($1, 'person', '王晓洁', '{customer}', '{}', '{}', $1, now(), now())`,
      [partyId],
    )
    await house.database.query(
      `insert into parties.identifier (value_key, kind, party_id, value) values ('88001', 'card', $1, '88001')`,
      [partyId],
    )
    await act(partyId, issue('tea', 70))
    const anonymous = house.newId()
    await act(anonymous, issue('tea', 5))
    await act(anonymous, issue('bread', 5))
    const trace = (merchantId: string) =>
      ask<{ items: { card: string; points: number }[] }>('traceLine', {
        params: { month: '2026-12', merchantId, lineId: 'issued-1' },
        caller: keyOf(merchantId),
      })
    const { items } = await trace('tea')
    expect(items.map(each => each.points)).toEqual([70, 5])
    expect(items[0]!.card).toBe('88001')
    // Two merchants cannot put together what they know of somebody without a card.
    const [elsewhere] = (await trace('bread')).items
    expect(items[1]!.card).toMatch(/^~[0-9a-f]{10}$/)
    expect(elsewhere!.card).not.toBe(items[1]!.card)
    expect(JSON.stringify(items)).not.toContain('王')
    expect(JSON.stringify(items)).not.toContain(partyId)
    const first = await ask<{ items: object[]; next: string }>('traceLine', {
      params: { month: '2026-12', merchantId: 'tea', lineId: 'issued-1' },
      query: { limit: 1 },
    })
    const rest = await ask<{ items: object[]; next: string | null }>('traceLine', {
      params: { month: '2026-12', merchantId: 'tea', lineId: 'issued-1' },
      query: { limit: 1, after: first.next },
    })
    expect([...first.items, ...rest.items]).toEqual(items)
    expect(rest.next).toBeNull()
  })
})

describe('the key of one merchant', () => {
  test.each<[string, Given]>([
    ['readStatement', { params: { month: '2026-05', merchantId: 'tea' } }],
    ['exportStatement', { params: { month: '2026-05', merchantId: 'tea' } }],
    ['traceLine', { params: { month: '2026-05', merchantId: 'tea', lineId: 'issued-1' } }],
    ['openDispute', { body: { month: '2026-05', merchantId: 'tea', lineId: 'issued-1', reason: 'not mine' } }],
    ['useBenefit', { params: { benefitId: source.sourceId }, body: { partyId: source.sourceId, merchantId: 'tea' } }],
  ])('finds nothing of another with %s', async (id, given) => {
    await expect((async () => ask(id, { ...given, caller: keyOf('bread') }))()).rejects.toMatchObject({
      kind: 'not-found',
    })
  })

  test('sees its own row, its own terms, and nothing that is everybody’s', async () => {
    const caller = keyOf('bread')
    const seen = await ask<CoalitionMonth>('readCoalition', { query: { month: '2026-05' }, caller })
    expect(seen.merchants.map(each => each.merchantId)).toEqual(['bread'])
    expect(seen.own).toBeNull()
    expect(seen.flows.filter(each => each.issuer !== 'bread' || each.redeemer !== 'bread')).toEqual([])
    const { items } = await ask<{ items: { merchantId: string }[] }>('readTerms', { caller })
    expect(new Set(items.map(each => each.merchantId))).toEqual(new Set(['bread']))
    await expect((async () => ask('closeMonth', { params: { month: '2026-12' }, caller }))()).rejects.toMatchObject({
      kind: 'forbidden',
    })
  })
})

test('months that wait to be closed do not count each other’s points', async () => {
  const issued = async (month: string) => {
    const { lines } = await ask<Statement>('readStatement', { params: { month, merchantId: 'tea' } })
    return lines.find(each => each.lineId === 'issued-1')?.points ?? 0
  }
  goTo('2026-12-10')
  await act(house.newId(), issue('tea', 11))
  const december = await issued('2026-12')
  goTo('2027-01-10')
  await act(house.newId(), issue('tea', 13))
  expect([await issued('2026-12'), await issued('2027-01')]).toEqual([december, 13])
  goTo('2026-12-20')
})

test('a deposit that runs low is somebody’s task, until it is filled up', async () => {
  const tasks = () =>
    house.database.query(`select words_key, state from tasks.task where programme = 'coalition' order by created_at`)
  await house.perform('coalition.watch')
  await house.perform('coalition.watch')
  expect(await tasks()).toEqual([{ words_key: 'coalition:task.low', state: 'open' }])
  const pay = () =>
    ask<{ balanceMinor: number }>('recordPayment', {
      params: { merchantId: 'bread' },
      body: { direction: 'received', amountMinor: 1_000_000, reference: 'deposit' },
      idempotencyKey: 'once',
    })
  expect(await pay()).toEqual(await pay())
  await house.perform('coalition.watch')
  expect(await tasks()).toEqual([{ words_key: 'coalition:task.low', state: 'withdrawn' }])
})

describe('a benefit for spend at all merchants', () => {
  const promise = (said: Partial<NewBenefit>) =>
    ask<{ benefitId: string }>('createBenefit', {
      body: {
        name: 'Parking',
        kind: 'parking',
        count: 2,
        window: { kind: 'month' },
        atLeastMinor: 30_000,
        currency: 'CNY',
        fromOn: '2026-12-01',
        ...said,
      },
    })
  const held = async (partyId: string, benefitId: string) => {
    const { items } = await ask<{ items: HeldBenefit[] }>('memberBenefits', { params: { partyId } })
    return items.find(each => each.benefitId === benefitId)!
  }
  const told = async (partyId: string) =>
    (await house.events.history(house.database, [partyId], ['coalition.benefit-earned', 'coalition.benefit-lost'])).map(
      event => `${event.kind.slice(18)} ${(event.payload as { window: string }).window}`,
    )

  test('is earned once a window, used at a merchant, and owed where a refund takes it back', async () => {
    goTo('2026-12-20')
    const { benefitId } = await promise({})
    const partyId = house.newId()
    await record(spend(partyId, '2026-12-03', 20_000, { orderRef: 'x' }))
    expect(await held(partyId, benefitId)).toMatchObject({ left: 0, missingMinor: 10_000, isEarned: false })
    await record(
      spend(partyId, '2026-12-05', 15_000, { merchant: 'tea' }),
      spend(partyId, '2026-12-06', 90_000, { orderRef: 'y' }),
    )
    expect(await held(partyId, benefitId)).toMatchObject({ left: 2, missingMinor: 0, isEarned: true })
    const use = () =>
      ask('useBenefit', { params: { benefitId }, body: { partyId, merchantId: 'books' }, idempotencyKey: 'gate 1' })
    expect(await use()).toEqual({ left: 1 })
    expect(await use()).toEqual({ left: 1 })
    await record(giveBack(partyId, '2026-12-07', 90_000, 'y'), giveBack(partyId, '2026-12-07', 20_000, 'x'))
    expect(await held(partyId, benefitId)).toMatchObject({ left: 0, isEarned: false })
    await expect(ask('useBenefit', { params: { benefitId }, body: { partyId, merchantId: 'books' } })).rejects.toThrow(
      'ledger:refusal.insufficient',
    )
    // Earned again, it first pays for the hour that was used without being due.
    await record(spend(partyId, '2026-12-09', 40_000))
    expect(await held(partyId, benefitId)).toMatchObject({ left: 1, isEarned: true })
    expect(await told(partyId)).toEqual(['earned 2026-12', 'lost 2026-12', 'earned 2026-12'])
  })

  test('that gives entries into a draw is told to it and stands in no account', async () => {
    const newYear = {
      name: 'New year',
      prizes: [{ prizeId: 'first', name: 'Teapot', count: 1, kind: 'thing' }],
      currency: 'CNY',
      mostTickets: null,
      opensAt: house.clock.now().toISOString(),
      closesAt: '2027-02-01T00:00:00Z',
      publicValueName: null,
    }
    const announce = async (rule: object) =>
      (await ask<{ drawId: string }>('createDraw', { body: { ...newYear, rules: [rule] } })).drawId
    const drawId = await announce({ kind: 'event', event: 'coalition.benefit-earned', tickets: 1 })
    const elsewhere = await announce({ kind: 'visit', tickets: 1 })
    const entries = 'draw-entries' as const
    for (const wrong of [
      { drawId: house.newId(), kind: entries },
      { drawId: elsewhere, kind: entries },
      { drawId, kind: 'parking' as const },
    ]) {
      await expect(promise(wrong)).rejects.toThrow('coalition:refusal.no-open-draw')
    }
    const { benefitId } = await promise({ kind: 'draw-entries', count: 5, drawId, merchants: ['tea'] })
    const partyId = house.newId()
    await record(spend(partyId, '2026-12-05', 90_000), spend(partyId, '2026-12-05', 30_000, { merchant: 'tea' }))
    const events = await house.events.history(house.database, [partyId], ['coalition.benefit-earned'])
    const payloads = events.map(event => event.payload as { benefitId: string })
    expect(payloads.filter(each => each.benefitId === benefitId)).toEqual([
      { benefitId, kind: 'draw-entries', count: 5, window: '2026-12', drawId },
    ])
    expect((await held(partyId, benefitId)).left).toBe(0)
  })

  test('reaches back to those who spent before it was promised', async () => {
    const partyId = house.newId()
    await record(spend(partyId, '2026-12-15', 60_000))
    const { benefitId } = await promise({ atLeastMinor: 60_000 })
    expect(await held(partyId, benefitId)).toMatchObject({ left: 0, isEarned: true })
    await house.performWaiting()
    expect(await held(partyId, benefitId)).toMatchObject({ left: 2, isEarned: true })
  })

  test('is the same whatever the order in which purchases and refunds are told', async () => {
    await promise({ window: { kind: 'rolling', days: 10 }, fromOn: '2026-11-01', usableDays: 60 })
    await promise({ window: { kind: 'quarter' }, fromOn: '2026-10-01', atLeastMinor: 70_000 })
    await house.performWaiting()
    const fact = fc.record({
      isRefund: fc.boolean(),
      on: fc.integer({ min: 0, max: 40 }).map(days => addDays('2026-11-05', days)),
      amountMinor: fc.integer({ min: 12_000, max: 40_000 }),
      order: fc.constantFrom('p', 'q', 'r'),
      place: fc.nat(999),
    })
    let lost = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 2, maxLength: 9 }), async facts => {
        const eventsFor = (partyId: string) =>
          facts.map(({ isRefund, on, amountMinor, order }, index) => ({
            ...(isRefund
              ? giveBack(partyId, on, amountMinor, order)
              : spend(partyId, on, amountMinor, { orderRef: order })),
            occurredAt: new Date(localInstant(on, 36_000, zone).getTime() + index * 1000),
          }))
        const [inOrder, shuffled] = [house.newId(), house.newId()]
        await record(...eventsFor(inOrder))
        const dealt = eventsFor(shuffled)
          .map((event, index) => ({ event, place: facts[index]!.place }))
          .sort((one, other) => one.place - other.place)
        for (const { event } of dealt) await record(event)
        const kept = (partyId: string) =>
          house.database.query(
            `select benefit_id, window_key from coalition.award where party_id = $1 and is_kept order by 1, 2`,
            [partyId],
          )
        const balance = (partyId: string) =>
          house.database.query(
            `select asset, available, debt from ledger.holding where party_id = $1 and asset like 'benefit:%'
               and available + debt > 0 order by 1`,
            [partyId],
          )
        expect(await kept(shuffled)).toEqual(await kept(inOrder))
        expect(await balance(shuffled)).toEqual(await balance(inOrder))
        lost += (await told(shuffled)).filter(each => each.startsWith('lost')).length
      }),
      { numRuns: 30 },
    )
    expect(lost).toBeGreaterThan(0)
    expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
  }, 180_000)
})
