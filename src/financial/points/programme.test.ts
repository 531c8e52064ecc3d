import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewEvent } from '#kernel/events/index.ts'
import { type Act, type Instruction, post, verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { earningsOf } from './earn.ts'
import { moneyKinds, purchasesOf } from './facts.ts'
import { publish } from './publish.ts'
import { editionsFrom } from './reconcile.ts'
import { type PointsRules, usualRules } from './rules.ts'
import { readEditions } from './store.ts'

const zone = 'Asia/Shanghai'
const rules: PointsRules = {
  ...usualRules('CNY', 2),
  earning: [
    { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } },
    { kind: 'visit', ruleId: 'visit', points: 3, weekdays: [] },
    { kind: 'first', ruleId: 'welcome', points: 20 },
    { kind: 'regularity', ruleId: 'regular', points: 30, months: 2 },
    { kind: 'volume', ruleId: 'volume', points: 40, atLeastMinor: 30_000, per: 'quarter' },
  ],
  caps: { perDay: 40, perMonth: null, everybodyPerMonth: null },
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-06-20T04:00:00Z', business: { zone, currency: 'CNY' } })
  await publish(house, { rules, startsOn: '2026-01-01', by: 'staff:test' })
})
afterAll(() => house?.close())

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
const at = (on: string, hour = 10) => new Date(`${on}T${String(hour).padStart(2, '0')}:00:00+08:00`)

function buy(partyId: string, on: string, amountMinor: number, more: object = {}): NewEvent {
  const payload = { amountMinor, currency: 'CNY', lines: [], ...more }
  return { kind: 'purchase.recorded', partyId, occurredAt: at(on), payload }
}
const refund = (partyId: string, on: string, amountMinor: number, more: object = {}): NewEvent => ({
  ...buy(partyId, on, amountMinor, more),
  kind: 'refund.recorded',
})

async function record(events: readonly NewEvent[], from: { sourceId: string; kind: 'import' } = source) {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  return house.database.transaction(transaction => house.events.record(transaction, from, events))
}

const lin = '01900000-0000-7000-8000-0000000000aa'

async function ask<Reply>(id: string, params: object = {}, body: object = {}, idempotencyKey?: string): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = found
  const permissions = new Set(['points.read', 'points.adjust'])
  const caller = { kind: 'staff', id: lin, name: 'Lin', permissions }
  const input = {
    params,
    query: operation.query?.parse({}),
    body: operation.body?.parse(body),
    caller,
    idempotencyKey,
    language: 'en',
  }
  return operation.reply.parse(await found.handle(house, input as never)) as Reply
}

interface Balance {
  readonly available: number
  readonly pending: number
  readonly owedBack: number
  readonly lots: { reason: { key: string } | null }[]
}
const balance = (partyId: string) => ask<Balance>('memberPoints', { partyId })
interface History {
  readonly items: { kind: string; points: number; reason: { key: string } | null }[]
}
const history = async (partyId: string) => (await ask<History>('memberPointsHistory', { partyId })).items

/** What the rules say of all that the log knows, without the ledger. */
async function due(partyId: string): Promise<{ available: number; pending: number }> {
  const editions = editionsFrom(await readEditions(house.database))
  const events = await house.events.history(house.database, [partyId], moneyKinds)
  const member = { partyId: null, birthday: null, purchases: purchasesOf(events, zone) }
  const sums = { available: 0, pending: 0 }
  const now = house.clock.now().getTime()
  for (const earning of earningsOf({ editions, categoryOf: () => undefined }, member)) {
    sums[(earning.maturesAt ?? 0) > now ? 'pending' : 'available'] += earning.kept
  }
  return sums
}

async function act(partyId: string, given: Act): Promise<void> {
  const instruction = {
    key: house.newId(),
    partyId,
    asset: 'points',
    occurredAt: house.clock.now().getTime(),
    ...given,
  }
  await house.database.transaction(transaction =>
    post(house, transaction, [{ instructions: [instruction as Instruction], author: { actor: 'test' } }]),
  )
}

const expectVerified = async () =>
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])

const day = fc
  .integer({ min: 1, max: 60 })
  .map(days => new Date(Date.UTC(2026, 3, 20 + days)).toISOString().slice(0, 10))
const order = fc.constantFrom('A', 'B', 'C')
const fact = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('buy' as const),
      on: day,
      order,
      amountMinor: fc.integer({ min: 1, max: 40_000 }),
    }),
  },
  fc.record({
    is: fc.constant('refund' as const),
    on: day,
    order: fc.option(order),
    amountMinor: fc.integer({ min: 1, max: 20_000 }),
  }),
)

test('purchases and refunds may come in any order and in any batches: the balance is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fact, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat(1000)),
      async (facts, luck) => {
        const told = facts.map((each, index) => ({ ...each, hour: 8 + (index % 12), minute: index }))
        const eventsOf = (partyId: string) =>
          told.map(each => {
            const when = new Date(at(each.on, each.hour).getTime() + each.minute * 60_000)
            const event =
              each.is === 'buy'
                ? buy(partyId, each.on, each.amountMinor, { orderRef: each.order })
                : refund(partyId, each.on, each.amountMinor, each.order === null ? {} : { of: each.order })
            return { ...event, occurredAt: when }
          })
        const [inOrder, shuffled] = [house.newId(), house.newId()]
        await record(eventsOf(inOrder))
        const dealt = eventsOf(shuffled)
          .map(event => ({ event, place: luck.next().value as number }))
          .sort((one, other) => one.place - other.place)
        while (dealt.length > 0) {
          await record(dealt.splice(0, 1 + ((luck.next().value as number) % 3)).map(each => each.event))
        }
        const [one, other] = [await balance(inOrder), await balance(shuffled)]
        expect(other).toMatchObject({ available: one.available, pending: one.pending, owedBack: 0 })
        expect(one).toMatchObject(await due(inOrder))
        expect(other).toMatchObject(await due(shuffled))
        const sum = (await history(shuffled)).reduce((total, move) => total + move.points, 0)
        if ((await history(shuffled)).length < 20) expect(sum).toBe(one.available + one.pending)
      },
    ),
    { numRuns: 40 },
  )
  await expectVerified()
})

describe('a purchase', () => {
  test('earns in the transaction that records it, and says why', async () => {
    const partyId = house.newId()
    await record([buy(partyId, '2026-06-01', 12_000, { orderRef: '4711' })])
    const { available, lots } = await balance(partyId)
    expect(available).toBe(12 + 3 + 20)
    expect(lots.map(lot => lot.reason!.key).sort()).toEqual([
      'points:reason.first-order',
      'points:reason.spend-order',
      'points:reason.visit',
    ])
    expect((await history(partyId)).map(move => [move.kind, move.points])).toEqual(
      expect.arrayContaining([
        ['earned', 12],
        ['earned', 20],
      ]),
    )
  })

  test('waits until the return window is over', async () => {
    const partyId = house.newId()
    await record([buy(partyId, '2026-06-20', 10_000)])
    expect(await balance(partyId)).toMatchObject({ available: 0, pending: 33 })
  })

  test('that is corrected earns by what is right', async () => {
    const partyId = house.newId()
    const { recorded } = await record([buy(partyId, '2026-06-01', 12_000)])
    await record([buy(partyId, '2026-06-01', 8000, { replaces: recorded[0]!.eventId })])
    expect(await balance(partyId)).toMatchObject({ available: 8 + 3 + 20, owedBack: 0 })
  })

  test('that is withdrawn earns nothing; withdrawing a refund gives back what it took', async () => {
    const partyId = house.newId()
    const other = { sourceId: house.newId(), kind: 'import' } as const
    const third = { sourceId: house.newId(), kind: 'import' } as const
    await record([buy(partyId, '2026-06-01', 10_000, { orderRef: 'X' })])
    await record([refund(partyId, '2026-06-02', 10_000, { of: 'X' })], other)
    expect(await balance(partyId)).toMatchObject({ available: 0, owedBack: 0 })
    await house.database.transaction(tx => house.events.withdraw(tx, other.sourceId, [partyId]))
    expect(await balance(partyId)).toMatchObject({ available: 33 })
    await record([buy(partyId, '2026-06-05', 10_000)], third)
    await house.database.transaction(tx => house.events.withdraw(tx, third.sourceId, [partyId]))
    expect(await balance(partyId)).toMatchObject({ available: 33, pending: 0 })
    await expectVerified()
  })

  test('whose points were used before it was given back leaves a debt that the next one pays', async () => {
    const partyId = house.newId()
    await record([buy(partyId, '2026-06-01', 10_000, { orderRef: 'Y' })])
    await act(partyId, { act: 'spend', holdId: house.newId(), amount: 33, to: 'redeemed:tea-house' })
    await record([refund(partyId, '2026-06-02', 10_000, { of: 'Y' })])
    expect(await balance(partyId)).toMatchObject({ available: 0, owedBack: 33 })
    await record([buy(partyId, '2026-06-10', 20_000)])
    expect(await balance(partyId)).toMatchObject({ available: 40 - 33, owedBack: 0 })
    await expectVerified()
  })

  test('told after its points were over is given some days of grace', async () => {
    const partyId = house.newId()
    const before = house.clock.now()
    house.clock.set('2027-09-01T04:00:00Z')
    await record([buy(partyId, '2026-06-01', 10_000)])
    expect(await balance(partyId)).toMatchObject({ available: 33, nextExpiry: { lastUsableOn: '2027-10-01' } })
    house.clock.set('2027-10-02T04:00:00Z')
    expect(await balance(partyId)).toMatchObject({ available: 0 })
    await house.perform('ledger.due')
    expect(await balance(partyId)).toMatchObject({ available: 0, lots: [] })
    house.clock.set(before)
  })

  test('two tills at once see the same day: the cap holds', async () => {
    const partyId = house.newId()
    await Promise.all([1, 2, 3, 4].map(() => record([buy(partyId, '2026-06-01', 15_000)])))
    expect(await balance(partyId)).toMatchObject({ available: 40 })
  })
})

describe('a quote', () => {
  test('is what the purchase then earns', async () => {
    const partyId = house.newId()
    await record([buy(partyId, '2026-06-01', 10_000)])
    const before = await balance(partyId)
    const quoted = await ask<{ points: number }>('quotePoints', {}, { partyId, amountMinor: 7700 })
    const event = { ...buy(partyId, '2026-06-20', 7700), occurredAt: house.clock.now() }
    await record([event])
    const after = await balance(partyId)
    expect(after.available + after.pending - before.available - before.pending).toBe(quoted.points)
    expect(quoted.points).toBe(7 + 3)
  })
})

describe('an adjustment', () => {
  test('is done once, with its reason, and never takes more than there is', async () => {
    const partyId = house.newId()
    const give = { points: 100, reason: 'goodwill' }
    const known = { partyId }
    const posted = { state: 'posted', available: 100 }
    await expect(ask('adjustPoints', known, give, 'a')).resolves.toEqual(posted)
    await expect(ask('adjustPoints', known, give, 'a')).resolves.toEqual(posted)
    expect(await balance(partyId)).toMatchObject({ available: 100 })
    await expect(ask('adjustPoints', known, { points: -101, reason: 'correction' })).rejects.toThrow(
      'ledger:refusal.insufficient',
    )
    await expect(ask('adjustPoints', known, { points: 1001, reason: 'goodwill' })).resolves.toEqual({
      state: 'waiting',
      available: 100,
    })
    expect(await history(partyId)).toMatchObject([
      { kind: 'adjusted', points: 100, reason: { key: 'points:adjustment.goodwill' } },
    ])
  })
})

test('what came otherwise than by a purchase says where from', async () => {
  const partyId = house.newId()
  await act(partyId, { act: 'issue', amount: 30, from: 'opening:old-card', issuer: 'points' })
  await act(partyId, {
    act: 'book',
    code: 'compensate',
    amount: 20,
    from: 'expense:guarantee',
    to: 'payable:guarantee',
  })
  await act(partyId, { act: 'issue', amount: 20, from: 'payable:guarantee', issuer: 'house' })
  await act(partyId, { act: 'issue', amount: 10, from: 'expense:draw', issuer: 'points' })
  expect((await history(partyId)).map(({ kind, points, reason }) => [kind, points, reason?.key])).toEqual([
    ['received', 10, 'points:adjustment.promotion'],
    ['received', 20, 'points:adjustment.compensation'],
    ['received', 30, 'points:adjustment.carried'],
  ])
})
