import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import { cardSecret, cardToken } from '#kernel/access/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { OfflineItem } from './contract.ts'
import { offlineQueue, type Send } from './offline-queue.ts'

let house: TestHouse
const now = '2026-03-10T04:00:00Z'
beforeAll(async () => {
  house = await openTestHouse({ start: now, business: { zone: 'Asia/Shanghai', currency: 'CNY' } })
  const rules = {
    ...usualRules('CNY', 2),
    earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 100, match: { kind: 'all' } } as const],
    pendingDays: 0,
  }
  await publish(house, { rules, startsOn: '2026-01-01', by: 'staff:test' })
  await ask('changeTill', { floorPoints: 300, floorCreditMinor: 2_000 })
  await ask('changeCredit', {
    currency: 'CNY',
    isOpen: true,
    rungs: [{ atLeastMinor: 5_000, bonusMinor: 500, bonusPoints: 0 }],
    spendFirst: 'paid',
    bonusMonths: 12,
    largestTopUpMinor: 1_000,
    largestBalanceMinor: 1_000,
    approvalAboveMinor: 100_000,
  })
})
afterAll(() => house?.close())

const caller = {
  kind: 'staff',
  id: '01900000-0000-7000-8000-00000000000a',
  name: 'Lin',
  permissions: new Set(['points.manage']),
} as const

async function ask<Reply>(id: string, body: object = {}, params: object = {}): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = found
  const { body: shape, query } = operation
  const input = {
    params,
    query: query?.parse({}),
    body: shape?.parse(body),
    caller,
    language: 'en',
    idempotencyKey: house.newId(),
  }
  return operation.reply.parse(await found.handle(house, input as never)) as Reply
}

interface Outcome {
  readonly itemId: string
  readonly state: string
  readonly missingPoints: number
  readonly missingMinor: number
  readonly code: string | null
}
const deliver = async (items: readonly object[], sentAt = now) =>
  (await ask<{ items: Outcome[] }>('tillOffline', { sentAt, items })).items

async function someone(points = 0): Promise<string> {
  const { partyId } = await ask<{ partyId: string }>('createParty', { name: 'Mei Lin' })
  if (points > 0) await ask('adjustPoints', { requestId: house.newId(), points, reason: 'goodwill' }, { partyId })
  return partyId
}

async function holdings(partyId: string) {
  const rows = await house.database.query<{ asset: string; available: number; debt: number }>(
    `select asset, available, debt from ledger.holding where party_id = $1 and available + debt > 0 order by asset`,
    [partyId],
  )
  return Object.fromEntries(rows.map(({ asset, available, debt }) => [asset, available - debt]))
}

const item = (partyId: string, minute: number, rest: object) => ({
  itemId: house.newId(),
  at: new Date(Date.parse('2026-03-10T01:00:00Z') + minute * 60_000).toISOString(),
  customer: { partyId },
  ...rest,
})

const expectVerified = async () =>
  expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])

describe('what a till did without a line', () => {
  it('is taken in once, however often it comes, and answered the same', async () => {
    const partyId = await someone(100)
    const items = [
      item(partyId, 1, { kind: 'sale', orderRef: `off ${house.newId()}`, amountMinor: 5_000 }),
      item(partyId, 2, { kind: 'use', points: 120 }),
      item(partyId, 3, { kind: 'top-up', amountMinor: 5_000, method: 'cash' }),
    ]
    const first = await deliver(items)
    expect(first.map(each => each.state)).toEqual(['applied', 'applied', 'applied'])
    expect(await deliver(items)).toEqual(first)
    const doubled = await Promise.all([deliver(items), deliver(items.toReversed())])
    expect(doubled[0]).toEqual(first)
    expect(await holdings(partyId)).toEqual({ points: 30, 'money:CNY': 5_500 })
    const [row] = await house.database.query<{ sales: number }>(
      `select count(*) as sales from events.event where party_id = $1`,
      [partyId],
    )
    expect(row!.sales).toBe(1)
  })

  it('changed under its old name it is refused', async () => {
    const partyId = await someone(100)
    const one = item(partyId, 1, { kind: 'use', points: 10 })
    await deliver([one])
    expect(await deliver([{ ...one, points: 20 }])).toMatchObject([
      { state: 'refused', code: 'till:refusal.item-changed' },
    ])
    expect(await holdings(partyId)).toEqual({ points: 90 })
  })

  it('used beyond what was there is owed back up to the floor limit; the rest is asked of somebody and taken from what comes', async () => {
    const partyId = await someone(100)
    const [used] = await deliver([item(partyId, 1, { kind: 'use', points: 500, creditMinor: 1_000 })])
    expect(used).toMatchObject({ state: 'partly', missingPoints: 100, missingMinor: 0 })
    expect(await holdings(partyId)).toEqual({ points: -300, 'money:CNY': -1_000 })
    const { items } = await ask<{ items: { partyId: string; wordsKey: string }[] }>('listTasks')
    expect(items.find(task => task.partyId === partyId)?.wordsKey).toBe('till:task.missing-points')
    await deliver([item(partyId, 2, { kind: 'sale', orderRef: `off ${house.newId()}`, amountMinor: 25_000 })])
    expect(await holdings(partyId)).toEqual({ points: -150, 'money:CNY': -1_000 })
    await expectVerified()
  })

  it('an order that events told already earns nothing more', async () => {
    const partyId = await someone()
    const orderRef = `both ${house.newId()}`
    await ask('tillSale', { customer: { partyId }, amountMinor: 5_000, orderRef })
    const [again] = await deliver([item(partyId, 1, { kind: 'sale', orderRef, amountMinor: 5_000 })])
    expect(again).toMatchObject({ state: 'applied', code: 'till:refusal.order-known' })
    expect(await holdings(partyId)).toEqual({ points: 50 })
  })

  it('a card that was shown then is good now, and one unknown refuses its item alone', async () => {
    const partyId = await someone()
    const expiresAt = new Date('2026-03-10T01:03:00Z')
    const customer = { cardToken: cardToken(await cardSecret(house), { partyId, expiresAt }) }
    const sale = { kind: 'sale', amountMinor: 1_000 }
    const outcomes = await deliver([
      { ...item(partyId, 1, { ...sale, orderRef: house.newId() }), customer },
      { ...item(partyId, 9, { ...sale, orderRef: house.newId() }), customer },
      { ...item(partyId, 2, { ...sale, orderRef: house.newId() }), customer: { card: 'nobody’s' } },
    ])
    expect(outcomes.map(each => each.code)).toEqual([null, 'till:refusal.card-expired', 'till:refusal.card-unknown'])
    expect(await holdings(partyId)).toEqual({ points: 10 })
  })

  it('a clock that is wrong is put right', async () => {
    const partyId = await someone()
    const wrong = {
      ...item(partyId, 0, { kind: 'sale', orderRef: house.newId(), amountMinor: 100 }),
      at: '2027-03-10T03:00:00Z',
    }
    await deliver([wrong], '2027-03-10T03:30:00Z')
    const [row] = await house.database.query('select occurred_at from events.event where party_id = $1', [partyId])
    expect(row).toEqual({ occurred_at: new Date('2026-03-10T03:30:00Z') })
  })
})

type Said =
  | { is: 'sale'; amount: number }
  | { is: 'points'; amount: number }
  | { is: 'money'; amount: number }
  | { is: 'top-up'; amount: number }
const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ is: fc.constant('sale' as const), amount: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ is: fc.constant('points' as const), amount: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ is: fc.constant('money' as const), amount: fc.integer({ min: 1, max: 6_000 }) }),
  fc.record({ is: fc.constant('top-up' as const), amount: fc.integer({ min: 1, max: 9_000 }) }),
)

function itemOf(partyId: string, { is, amount }: Said, minute: number): OfflineItem {
  const rest = {
    sale: { kind: 'sale', orderRef: `off ${house.newId()}`, amountMinor: amount },
    points: { kind: 'use', points: amount },
    money: { kind: 'use', creditMinor: amount },
    'top-up': { kind: 'top-up', amountMinor: amount, method: 'cash' },
  }[is]
  return item(partyId, minute, rest) as unknown as OfflineItem
}

it('however the queue is cut, mixed up and doubled on its way, the balances end the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 2, maxLength: 7 }),
      fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
      fc.infiniteStream(fc.nat()),
      async (story, doubles, chance) => {
        const [straight, crooked] = [await someone(50), await someone(50)]
        await deliver(story.map((each, minute) => itemOf(straight, each, minute)))
        const items = story.map((each, minute) => itemOf(crooked, each, minute))
        const pieces = [
          ...doubles.map(piece => piece.map(index => items[index % items.length]!)),
          ...items.map(each => [each]),
        ]
          .map(piece => ({ piece, place: chance.next().value as number }))
          .sort((one, other) => one.place - other.place)
        for (const { piece } of pieces) await deliver([...new Set(piece)])
        expect(await holdings(crooked)).toEqual(await holdings(straight))
      },
    ),
    { numRuns: 40 },
  )
  await expectVerified()
}, 180_000)

describe('the queue of a till', () => {
  it('loses nothing and doubles nothing on a line that drops requests and answers', async () => {
    const partyId = await someone(200)
    let kept: string | null = null
    const storage = {
      read: async () => kept,
      async write(text: string) {
        kept = text
      },
    }
    let turn = 0
    const send: Send = async ({ items }) => {
      turn++
      if (turn % 3 === 0) throw new Error('the request was lost')
      const outcomes = await deliver(items)
      if (turn % 3 === 1) throw new Error('the answer was lost')
      return { items: outcomes as never }
    }
    const open = () => offlineQueue({ storage, send, now: () => new Date(now), atOnce: 2 })
    const first = await open()
    for (let minute = 0; minute < 5; minute++) await first.add(itemOf(partyId, { is: 'points', amount: 30 }, minute))
    await first.add(itemOf(partyId, { is: 'sale', amount: 10_000 }, 9))
    await first.flush()
    // The tablet is switched off and on: what was not answered is still there.
    const second = await open()
    for (let tries = 0; second.waiting().length > 0 && tries < 20; tries++) await second.flush()
    expect(second.waiting()).toEqual([])
    expect(await holdings(partyId)).toEqual({ points: 200 - 150 + 100 })
  })
})
