import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PromiseTerms } from '#financial/guarantee/index.ts'
import { publish, usualRules } from '#financial/points/index.ts'
import { publishTiers } from '#financial/tiers/index.ts'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { ask } from '#testing/ask.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * A year and more of a guest of a hotel, told day by day with the clock running: nights earn points that live as long as the guest comes back,
 * tier points lift her, a free night is taken and used, a stay is cancelled, the room is not as booked and the money leaves the house (late,
 * so that it is red until somebody pays), a meal is late and points make up for it. Every movement of value and every event is
 * listed to the end: nothing else may follow.
 */

const zone = 'Asia/Shanghai'
const common = {
  scope: { tiers: null, merchants: null, categories: null, atLeastMinor: null },
  budgetPerMonthMinor: null,
  graceMinutes: 10,
  lateEvidence: 'stays',
  claims: { believeUpToMinor: 0, believedPerYear: 0, answerWithinHours: 24 },
  payWithinDays: 3,
  ownerId: null,
} as const
const tracked = (name: string, reference: string) => ({ kind: 'client.tracked', name, reference, where: null }) as const

const room: PromiseTerms = {
  ...common,
  subject: 'stay',
  standard: { en: 'The room as booked, or the first night back', zh: '房间与预订一致，否则退还首晚房费' },
  judged: { kind: 'state', broken: tracked('Room Not As Booked', 'order_id') },
  compensation: { kind: 'money', amountMinor: 88_000, currency: 'CNY', by: 'transfer' },
}
const meal: PromiseTerms = {
  ...common,
  subject: 'meal',
  standard: { en: 'Your meal within 30 minutes', zh: '30 分钟内上菜' },
  judged: {
    kind: 'timed',
    start: tracked('Meal Ordered', 'meal_id'),
    stop: tracked('Meal Served', 'meal_id'),
    void: null,
    clock: { kind: 'elapsed', minutes: 30 },
  },
  compensation: { kind: 'points', points: 300, worthMinor: 3000, currency: 'CNY' },
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-05T01:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())

let messages = 0
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const
async function tell(event: string, properties: object): Promise<void> {
  const timestamp = house.clock.now().toISOString()
  await ingest(house, source, [
    { type: 'track', userId: 'guest-7', messageId: `h${++messages}`, event, properties, timestamp },
  ])
}

/** A stay of so many nights at ¥880, with what was eaten. */
const stay = (order: string, nights: number, dining: number) =>
  tell('Order Completed', {
    order_id: order,
    total: nights * 880 + dining,
    products: [
      { sku: 'night', category: 'rooms', quantity: nights, price: 880 },
      ...(dining > 0 ? [{ sku: 'dinner', category: 'dining', quantity: 1, price: dining }] : []),
    ],
  })

const partyId = async () => {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = 'guest-7'`,
  )
  return row!.partyId
}
const at = (hour: number, minute = 0) => house.clock.set(localInstant(today, hour * 3600 + minute * 60, zone))

let today: Day = '2026-01-05'
let freeNight = ''
let taken = { takenId: '', code: '' }
const overdue: Day[] = []

const story: Record<Day, () => Promise<void>> = {
  '2026-01-05': async () => {
    await publish(house, {
      rules: {
        ...usualRules('CNY', 2),
        earning: [
          { kind: 'item', ruleId: 'night', points: 500, match: { kind: 'sku', values: ['night'] } },
          {
            kind: 'spend',
            ruleId: 'dining',
            points: 1,
            perMinor: 1000,
            match: { kind: 'category', values: ['dining'] },
          },
        ],
        pendingDays: 3,
        expiry: { kind: 'activity', months: 6, endOf: 'month' },
      },
      startsOn: '2026-01-05',
      by: 'staff:lin',
    })
    await publishTiers(house, {
      rules: {
        measure: 'points',
        currency: 'CNY',
        window: { kind: 'calendar-year' },
        tiers: [
          { tierId: 'silver', name: '银卡', atLeast: 1500, rights: [] },
          { tierId: 'gold', name: '金卡', atLeast: 4000, rights: [{ rightId: 'upgrade', name: '免费升级房型' }] },
        ],
        graceDays: 0,
        softLanding: true,
        noticeDays: 30,
      },
      by: 'staff:lin',
    })
    for (const [index, terms] of [room, meal].entries()) {
      const promiseId = `01900000-0000-7000-8000-00000000c00${index}`
      await ask(house, 'publishPromise', { body: { promiseId, terms, startsOn: '2026-01-05' } })
    }
    const made = await ask<{ rewardId: string }>(house, 'createReward', {
      body: {
        name: { en: 'A free night', 'zh-CN': '免费住一晚' },
        description: {},
        icon: 'gift',
        price: 2500,
        tierPrices: [{ tierId: 'gold', price: 2000 }],
        stock: 10,
        merchants: [],
        fromOn: null,
        untilOn: null,
        perMember: null,
        validDays: 90,
      },
    })
    freeNight = made.rewardId
  },
  '2026-02-10': () => stay('A', 3, 468),
  '2026-04-03': async () => {
    await stay('B', 2, 0)
    await tell('Room Not As Booked', { order_id: 'B' })
    // The front desk sends it again.
    await tell('Room Not As Booked', { order_id: 'B' })
  },
  '2026-04-09': async () => {
    const { items } = await ask<{ items: { caseId: string; partyId: string }[] }>(house, 'listPromiseCases', {
      query: { view: 'overdue' },
    })
    const [{ caseId, partyId: owedTo }] = items as [{ caseId: string; partyId: string }]
    const body = { partyId: owedTo, by: 'transfer', reference: 'BANK-88' }
    await ask(house, 'payCompensation', { params: { caseId }, body, idempotencyKey: 'pay B' })
    await ask(house, 'payCompensation', { params: { caseId }, body, idempotencyKey: 'pay B' })
  },
  '2026-05-01': () => stay('C', 2, 0),
  '2026-05-02': () => tell('Order Cancelled', { order_id: 'C', total: 1760 }),
  '2026-06-20': async () => {
    at(19)
    await stay('D', 4, 600)
    await tell('Meal Ordered', { meal_id: 'D-1' })
    await tell('Meal Ordered', { meal_id: 'D-2' })
    at(19, 25)
    await tell('Meal Served', { meal_id: 'D-1' })
    at(19, 52)
    await tell('Meal Served', { meal_id: 'D-2' })
  },
  '2026-07-01': async () => {
    taken = await ask(house, 'takeReward', {
      params: { partyId: await partyId(), rewardId: freeNight },
      idempotencyKey: 'free night',
    })
  },
  '2026-08-15': async () => {
    await ask(house, 'useRewardCode', { body: { code: taken.code } })
    await expect(ask(house, 'useRewardCode', { body: { code: taken.code } })).rejects.toThrow('rewards:refusal')
  },
}

async function movements(): Promise<string[]> {
  const rows = await house.database.query<{ on: Day; code: string; amount: number; asset: string; to: string }>(
    `select (occurred_at at time zone $2)::date::text as on, code, sum(amount)::int4 as amount, asset,
       case when to_account in ('pending', 'available', 'held', 'debt') then '' else ' to ' || split_part(to_account, ':', 1) end as to
     from ledger.posting where party_id = $1
     group by 1, 2, 4, 5 order by 1, min(posted_at), 4, 2, 5`,
    [await partyId(), zone],
  )
  return rows.map(row => `${row.on} ${row.code} ${row.amount} ${row.asset.replace(/:.*-.*/, '')}${row.to}`)
}

async function events(): Promise<string[]> {
  const rows = await house.database.query<{ on: Day; kind: string; name: string | null }>(
    `select (occurred_at at time zone $1)::date::text as on, kind, payload ->> 'name' as name from events.event
     where kind not like 'rhythm.%' and kind not like 'stage.%' order by 1, event_id`,
    [zone],
  )
  return rows.map(row => [row.on, row.kind, row.name].filter(Boolean).join(' '))
}

test('a guest’s year: nights, a tier, a free night, a cancelled stay, two broken promises paid, and nothing else', async () => {
  for (today = '2026-01-05'; today <= '2027-03-31'; today = addDays(today, 1)) {
    at(10)
    await story[today]?.()
    at(23)
    await house.perform('guarantee.due')
    await house.perform('ledger.due')
    await house.perform('tiers.due')
    await house.perform('rewards.due')
    const { overdueTotal } = await ask<{ overdueTotal: number }>(house, 'promisesToday')
    if (overdueTotal > 0) overdue.push(today)
  }
  await house.performWaiting()
  expect(await movements()).toEqual([
    // Three nights and a dinner of ¥468.
    '2026-02-10 issue 1546 points',
    '2026-02-13 mature 1546 points',
    // The room was not as booked: the first night is owed at once, and leaves the house when somebody pays it.
    '2026-04-03 compensate 88000 money:CNY to payable',
    '2026-04-03 issue 1000 points',
    '2026-04-06 mature 1000 points',
    '2026-04-09 pay-out 88000 money:CNY to clearing',
    '2026-05-01 issue 1000 points',
    '2026-05-02 revoke 1000 points to revoked',
    // One of two meals came after 52 minutes.
    '2026-06-20 issue 2060 points',
    '2026-06-20 compensate 300 points',
    '2026-06-20 compensate 300 points to payable',
    '2026-06-23 mature 2060 points',
    // By then she is gold, and the night costs 2,000.
    '2026-07-01 spend 2000 points to redeemed',
    '2026-07-01 issue 1 reward',
    '2026-08-15 spend 1 reward to redeemed',
    // Six months after the last stay, at the end of December. What made up for the meal stays.
    '2027-01-01 expire 2606 points to breakage',
  ])
  expect(await events()).toEqual([
    '2026-02-10 purchase.recorded',
    '2026-02-10 tiers.rose 银卡',
    '2026-04-03 purchase.recorded',
    '2026-04-03 client.tracked Room Not As Booked',
    '2026-04-03 promise.breached',
    '2026-04-03 client.tracked Room Not As Booked',
    '2026-04-09 promise.compensated',
    '2026-05-01 purchase.recorded',
    '2026-05-02 refund.recorded',
    '2026-06-20 purchase.recorded',
    '2026-06-20 tiers.rose 金卡',
    '2026-06-20 client.tracked Meal Ordered',
    '2026-06-20 client.tracked Meal Ordered',
    '2026-06-20 client.tracked Meal Served',
    '2026-06-20 promise.kept',
    '2026-06-20 client.tracked Meal Served',
    '2026-06-20 promise.breached',
    '2026-06-20 promise.compensated',
    '2026-07-01 reward.taken',
    '2026-08-15 reward.used',
  ])
  // Due within three days of the 3rd, paid on the 9th.
  expect(overdue).toEqual(['2026-04-07', '2026-04-08'])
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})
