import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PromiseTerms } from '#financial/guarantee/index.ts'
import { publish, usualRules } from '#financial/points/index.ts'
import { publishTiers, usualTiers } from '#financial/tiers/index.ts'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { ask } from '#testing/ask.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * A year of a chain of tea shops and the bakery next door, on one card, told day by day with the clock running: two shops issue points, the bakery takes
 * them, a refund takes some back, a month is settled between the three, a parcel is late and is paid for by itself, a draw is held, points
 * expire. Every movement of value and every event is listed to the end: nothing else may follow.
 */

const zone = 'Asia/Shanghai'
const parcel: PromiseTerms = {
  subject: 'delivery',
  standard: { en: 'Delivered within 48 hours', zh: '48 小时送达' },
  judged: {
    kind: 'timed',
    start: { kind: 'client.tracked', name: 'Order Shipped', reference: 'order_id', where: null },
    stop: { kind: 'client.tracked', name: 'Order Delivered', reference: 'order_id', where: null },
    void: null,
    clock: { kind: 'elapsed', minutes: 48 * 60 },
  },
  scope: { tiers: null, merchants: null, categories: null, atLeastMinor: null },
  compensation: { kind: 'money', amountMinor: 2000, currency: 'CNY', by: 'credit' },
  budgetPerMonthMinor: null,
  graceMinutes: 60,
  lateEvidence: 'stays',
  claims: { believeUpToMinor: 0, believedPerYear: 0, answerWithinHours: 24 },
  payWithinDays: 3,
  ownerId: null,
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
  const message = { type: 'track', userId: 'QH-0002', messageId: `t${++messages}`, event, properties, timestamp }
  await ingest(house, source, [message])
}
const buy = (affiliation: string, order: string, total: number) =>
  tell('Order Completed', { order_id: order, total, affiliation })

const partyId = async () => {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = 'QH-0002'`,
  )
  return row!.partyId
}

let today: Day = '2026-01-05'
const at = (hour: number) => house.clock.set(localInstant(today, hour * 3600, zone))
let bread = ''
let drawId = ''

const story: Record<Day, () => Promise<void>> = {
  '2026-01-05': async () => {
    const rules = {
      ...usualRules('CNY', 2),
      earning: [
        { kind: 'spend' as const, ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' as const } },
      ],
      pendingDays: 0,
      expiry: { kind: 'months' as const, months: 12, endOf: 'month' as const },
    }
    await publish(house, { rules, startsOn: '2026-01-05', by: 'staff:lin' })
    const tiers = [
      { tierId: 'leaf', name: '新叶', atLeast: 15_000, rights: [] },
      { tierId: 'bud', name: '银针', atLeast: 30_000, rights: [] },
    ]
    await publishTiers(house, { rules: { ...usualTiers('CNY'), tiers }, by: 'staff:lin' })
    for (const [merchantId, name] of [
      ['lake', '西湖店'],
      ['station', '车站店'],
      ['bakery', '隔壁面包房'],
    ] as const) {
      await ask(house, 'saveMerchant', { params: { merchantId }, body: { name, isActive: true } })
      await ask(house, 'publishTerms', {
        body: {
          merchantId,
          fromOn: '2026-01-01',
          fundMinorPer100: 100,
          redeemMinorPer100: 80,
          currency: 'CNY',
          payment: 'postpaid',
          breakage: { merchant: 0, pool: 0, coalition: 100 },
        },
      })
    }
    const made = await ask<{ rewardId: string }>(house, 'createReward', {
      body: {
        name: { en: 'A loaf', 'zh-CN': '一条面包' },
        description: {},
        icon: 'cake',
        price: 10,
        tierPrices: [],
        stock: null,
        merchants: ['bakery'],
        fromOn: null,
        untilOn: null,
        perMember: null,
        validDays: null,
      },
    })
    bread = made.rewardId
    const promiseId = '01900000-0000-7000-8000-00000000c100'
    await ask(house, 'publishPromise', { body: { promiseId, terms: parcel, startsOn: '2026-01-05' } })
    const draw = await ask<{ drawId: string }>(house, 'createDraw', {
      body: {
        name: '五月抽奖',
        prizes: [{ prizeId: 'gift', name: '五十积分', count: 1, kind: 'points', points: 50, usableDays: 30 }],
        rules: [{ kind: 'purchase', atLeastMinor: 5000, tickets: 1 }],
        currency: 'CNY',
        mostTickets: 10,
        opensAt: '2026-05-01T00:00:00.000Z',
        closesAt: '2026-05-31T15:00:00.000Z',
      },
    })
    drawId = draw.drawId
  },
  '2026-01-10': () => buy('lake', 'A', 200),
  '2026-01-20': () => buy('station', 'B', 150),
  '2026-01-25': async () => {
    const taken = await ask<{ code: string }>(house, 'takeReward', {
      params: { partyId: await partyId(), rewardId: bread },
      body: { merchant: 'bakery' },
      idempotencyKey: 'a loaf',
    })
    await ask(house, 'useRewardCode', { body: { code: taken.code, merchant: 'bakery' } })
  },
  '2026-01-28': () => tell('Order Refunded', { order_id: 'A', total: 100, affiliation: 'lake' }),
  '2026-05-10': async () => {
    await buy('station', 'C', 120)
    await tell('Order Shipped', { order_id: 'C' })
  },
  '2026-05-13': () => tell('Order Delivered', { order_id: 'C' }),
  '2026-05-20': () => buy('lake', 'D', 80),
  '2026-05-25': () => tell('Order Cancelled', { order_id: 'D', total: 80, affiliation: 'lake' }),
  '2026-06-01': async () => {
    await ask(house, 'makeDraw', { params: { drawId } })
    await expect(ask(house, 'makeDraw', { params: { drawId } })).rejects.toThrow('draw:refusal')
  },
}

async function movements(): Promise<string[]> {
  const rows = await house.database.query<{
    on: Day
    code: string
    amount: number
    asset: string
    from: string
    to: string
  }>(
    `select (occurred_at at time zone $2)::date::text as on, code, sum(amount)::int4 as amount, split_part(asset, ':', 1) as asset,
       case when from_account in ('pending', 'available', 'held', 'debt') then '' else ' from ' || from_account end as from,
       case when to_account in ('pending', 'available', 'held', 'debt') then '' else ' to ' || to_account end as to
     from ledger.posting where party_id = $1
     group by 1, 2, 4, 5, 6 order by 1, min(posted_at), 4, 2, 5, 6`,
    [await partyId(), zone],
  )
  return rows.map(row => `${row.on} ${row.code} ${row.amount} ${row.asset}${row.from}${row.to}`)
}

async function events(): Promise<string[]> {
  const rows = await house.database.query<{ on: Day; kind: string; name: string | null }>(
    `select (occurred_at at time zone $1)::date::text as on, kind, payload ->> 'name' as name from events.event
     where kind not like 'rhythm.%' and kind not like 'stage.%' order by 1, event_id`,
    [zone],
  )
  return rows.map(row => [row.on, row.kind, row.name].filter(Boolean).join(' '))
}

/** What each merchant owes (above zero) or is owed for a month. */
async function settled(month: string): Promise<Record<string, number>> {
  const { merchants, state, own } = await ask<{
    state: string
    merchants: { merchantId: string; netMinor: number }[]
    own: { poolMinor: number; marginMinor: number; breakageMinor: number }
  }>(house, 'readCoalition', { query: { month } })
  expect(state).toBe('closed')
  const nets = Object.fromEntries(merchants.map(each => [each.merchantId, each.netMinor]))
  return { ...nets, pool: own.poolMinor, margin: own.marginMinor, breakage: own.breakageMinor }
}

test('a chain’s year: earned here, used there, settled, late and paid, drawn, expired, and nothing else', async () => {
  for (today = '2026-01-05'; today <= '2027-03-01'; today = addDays(today, 1)) {
    at(10)
    await story[today]?.()
    at(23)
    for (const job of ['guarantee.due', 'ledger.due', 'tiers.due', 'rewards.due', 'draw.due', 'coalition.close']) {
      await house.settled()
      await house.perform(job)
    }
  }
  await house.performWaiting()
  expect(await movements()).toEqual([
    '2026-01-10 issue 20 points from issuance:lake',
    '2026-01-20 issue 15 points from issuance:station',
    // A loaf at the bakery for ten points of the first shop, which are the older ones.
    '2026-01-25 spend 10 points to redeemed:bakery',
    '2026-01-25 issue 1 reward from issuance:rewards',
    '2026-01-25 spend 1 reward to redeemed:bakery',
    '2026-01-28 revoke 10 points to revoked:lake',
    '2026-05-10 issue 12 points from issuance:station',
    '2026-05-10 issue 1 tickets from issuance:draw',
    // The parcel is late on the 12th at ten: nobody had to claim anything.
    '2026-05-12 compensate 2000 money from expense:guarantee to payable:guarantee',
    '2026-05-12 compensate 2000 money from payable:guarantee',
    '2026-05-20 issue 8 points from issuance:lake',
    '2026-05-20 issue 1 tickets from issuance:draw',
    // A cancelled order takes points and ticket with it.
    '2026-05-25 revoke 8 points to revoked:lake',
    '2026-05-25 revoke 1 tickets to revoked:draw',
    '2026-05-31 expire 1 tickets to breakage:draw',
    '2026-06-01 grant 50 points from expense:draw',
    '2026-07-02 expire 50 points to breakage:points',
    '2027-02-01 expire 15 points to breakage:station',
  ])
  expect(await events()).toEqual([
    '2026-01-10 purchase.recorded',
    '2026-01-10 tiers.rose 新叶',
    '2026-01-20 purchase.recorded',
    '2026-01-20 tiers.rose 银针',
    '2026-01-25 reward.taken',
    '2026-01-25 reward.used',
    // What was given back lifted nobody.
    '2026-01-28 refund.recorded',
    '2026-01-28 tiers.fell 新叶',
    '2026-05-10 purchase.recorded',
    '2026-05-10 tiers.rose 银针',
    '2026-05-10 draw.entered',
    '2026-05-10 client.tracked Order Shipped',
    '2026-05-12 promise.breached',
    '2026-05-12 promise.compensated',
    '2026-05-13 client.tracked Order Delivered',
    '2026-05-13 delivery.arrived',
    '2026-05-20 purchase.recorded',
    '2026-05-20 draw.entered',
    '2026-05-25 refund.recorded',
    '2026-06-01 draw.won',
    // The first order no longer counts; thirty days of grace, told before, one step at a time.
    '2027-01-10 tiers.ending 银针',
    '2027-02-09 tiers.fell 新叶',
    '2027-02-09 tiers.ending 新叶',
  ])
  // Ten of the lake's twenty points were taken back; the bakery took ten at 0.80 that had cost 1.00. All sums are zero.
  expect(await settled('2026-01')).toEqual({ lake: 10, station: 15, bakery: -8, pool: 15, margin: 2, breakage: 0 })
  expect(await settled('2026-05')).toEqual({ lake: 0, station: 12, bakery: 0, pool: 12, margin: 0, breakage: 0 })
  // What expired had been paid for.
  expect(await settled('2027-02')).toEqual({ lake: 0, station: 0, bakery: 0, pool: -15, margin: 0, breakage: 15 })
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})
