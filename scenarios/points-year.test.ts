import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PointsRules, publish, usualRules } from '#financial/points/index.ts'
import { publishTiers, type TierRules, usualTiers } from '#financial/tiers/index.ts'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { type Instruction, post, verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

/*
 * A year of a member of the tea shop's programme of points and tiers, told day by day with the clock running: earn, wait, use,
 * give back what was used, have a birthday, rise and fall, let points expire. Every movement of her points is listed to the end, and so is every
 * event: nothing else may follow.
 */

const zone = 'Asia/Shanghai'
const rules: PointsRules = {
  ...usualRules('CNY', 2),
  earning: [
    { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } },
    { kind: 'first', ruleId: 'welcome', points: 20 },
    { kind: 'birthday', ruleId: 'birthday', points: 30 },
  ],
  pendingDays: 7,
  expiry: { kind: 'months', months: 6, endOf: 'month' },
}

/** One rung, and another above it: ¥150 and ¥300 within six months. */
const tiers: TierRules = {
  ...usualTiers('CNY'),
  window: { kind: 'rolling', months: 6 },
  tiers: [
    { tierId: 'leaf', name: '新叶', atLeast: 15_000, rights: [] },
    { tierId: 'bud', name: '银针', atLeast: 30_000, rights: [{ rightId: 'window-seat', name: '靠窗的座位' }] },
  ],
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-05T01:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())

let messages = 0
async function tell(event: string, properties: object): Promise<void> {
  const message = {
    type: 'track',
    userId: 'QH-0001',
    messageId: `m${++messages}`,
    event,
    properties,
    timestamp: house.clock.now().toISOString(),
  }
  await ingest(house, { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' }, [message])
}

const partyId = async () => {
  const [row] = await house.database.query<{ partyId: string }>(
    `select party_id as "partyId" from parties.identifier where kind = 'customer_id' and value = 'QH-0001'`,
  )
  return row!.partyId
}

const story: Record<Day, () => Promise<void>> = {
  '2026-01-05': async () => {
    await publish(house, { rules, startsOn: '2026-01-05', by: 'staff:lin' })
    await publishTiers(house, { rules: tiers, by: 'staff:lin' })
    const traits = { name: '王晓洁', birthday: '1990-05-20' }
    const message = { type: 'identify', userId: 'QH-0001', messageId: 'm0', traits }
    await ingest(house, { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' }, [message])
  },
  '2026-01-10': () => tell('Order Completed', { order_id: 'A', total: 168 }),
  '2026-02-14': () => tell('Order Completed', { order_id: 'B', total: 325 }),
  '2026-02-16': () => tell('Order Refunded', { order_id: 'B', total: 160 }),
  '2026-03-01': async () => {
    const cup = { act: 'spend', holdId: house.newId(), amount: 30, to: 'redeemed:tea-house' } as const
    const now = house.clock.now().getTime()
    const instruction: Instruction = { key: 'cup', partyId: await partyId(), asset: 'points', occurredAt: now, ...cup }
    await house.database.transaction(transaction =>
      post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }]),
    )
  },
  '2026-05-02': () => tell('Order Completed', { order_id: 'C', total: 99 }),
  '2026-05-03': () => tell('Order Completed', { order_id: 'C', total: 99 }),
  '2026-05-10': () => tell('Order Cancelled', { order_id: 'A', total: 168 }),
  '2026-11-28': () => tell('Order Completed', { order_id: 'D', total: 50 }),
}

interface Movement {
  readonly on: Day
  readonly code: string
  readonly amount: number
  readonly source: string | null
}

async function movements(): Promise<string[]> {
  const rows = await house.database.query<Movement>(
    `select (p.occurred_at at time zone $2)::date::text as on, p.code, p.amount,
       regexp_replace(l.source, '^[0-9a-f-]{36}/', '') as source
     from ledger.posting p left join ledger.lot l on l.party_id = p.party_id and l.lot_id = p.lot_id
     where p.party_id = $1 order by p.occurred_at, p.posted_at, p.code, p.amount desc`,
    [await partyId(), zone],
  )
  return rows.map(row => `${row.on} ${row.code} ${row.amount} ${row.source ?? ''}`.trim())
}

/** Every event, what the rooms of understanding note aside: day, kind, and the tier it speaks of. */
async function events(): Promise<string[]> {
  const rows = await house.database.query<{ on: Day; kind: string; name: string | null }>(
    `select (occurred_at at time zone $1)::date::text as on, kind, payload ->> 'name' as name from events.event
     where kind not like 'rhythm.%' and kind not like 'stage.%' order by occurred_at, event_id`,
    [zone],
  )
  return rows.map(row => [row.on, row.kind, row.name].filter(Boolean).join(' '))
}

test('a member’s year: what she earns, uses, gives back and lets expire, and nothing else', async () => {
  for (let on: Day = '2026-01-05'; on <= '2026-12-31'; on = addDays(on, 1)) {
    house.clock.set(localInstant(on, 10 * 3600, zone))
    await story[on]?.()
    await house.perform('ledger.due')
    await house.perform('tiers.due')
  }
  await house.performWaiting()
  expect(await movements()).toEqual([
    // The first order, with the welcome: usable a week later.
    '2026-01-10 issue 20 welcome#1',
    '2026-01-10 issue 16 spend#1',
    '2026-01-17 mature 20 welcome#1',
    '2026-01-17 mature 16 spend#1',
    // The second order; 160 of 325 come back, and 15 of 32 points with them, before they could be used.
    '2026-02-14 issue 32 spend#1',
    '2026-02-14 issue 20 welcome#1',
    '2026-02-16 revoke 15 spend#1',
    '2026-02-21 mature 17 spend#1',
    // A cup for 30 points: the oldest first.
    '2026-03-01 spend 16 spend#1',
    '2026-03-01 spend 14 welcome#1',
    // Her birthday month; the till sends the same order twice.
    '2026-05-02 issue 30 birthday 2026/birthday#1',
    '2026-05-02 issue 9 spend#1',
    '2026-05-09 mature 30 birthday 2026/birthday#1',
    '2026-05-09 mature 9 spend#1',
    // The first order is cancelled. Its 36 points were used in part, so others go; the welcome moves to the second order (above).
    '2026-05-10 revoke 13 welcome#1',
    '2026-05-10 revoke 10 spend#1',
    '2026-05-10 revoke 7 spend#1',
    '2026-05-10 revoke 6 welcome#1',
    // What is left of the second order is over at the end of August, of May at the end of November.
    '2026-09-01 expire 7 welcome#1',
    '2026-11-28 issue 5 spend#1',
    '2026-12-01 expire 30 birthday 2026/birthday#1',
    '2026-12-01 expire 9 spend#1',
    '2026-12-05 mature 5 spend#1',
  ])
  const [held] = await house.database.query('select pending, available, held, debt from ledger.holding')
  expect(held).toEqual({ pending: 0, available: 5, held: 0, debt: 0 })
  expect(await events()).toEqual([
    '2026-01-10 purchase.recorded',
    '2026-01-10 tiers.rose 新叶',
    '2026-02-14 purchase.recorded',
    '2026-02-14 tiers.rose 银针',
    // Half of an order comes back: 168 and 165 are still 300.
    '2026-02-16 refund.recorded',
    '2026-05-02 purchase.recorded',
    // Without the first order she never had 300 within six months.
    '2026-05-10 refund.recorded',
    '2026-05-10 tiers.fell 新叶',
    // The order of February counts to the 13th of August; thirty days of grace, told before.
    '2026-08-14 tiers.ending 新叶',
    '2026-09-13 tiers.fell',
    '2026-11-28 purchase.recorded',
  ])
  expect((await verifyLedger(house.database, house.claims)).filter(finding => finding.faults > 0)).toEqual([])
})
