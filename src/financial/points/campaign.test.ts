import { afterAll, beforeAll, expect, test } from 'vitest'
import { ingest } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { isLeftOut } from './earn.ts'
import { publish } from './publish.ts'
import { type Campaign, type PointsRules, usualRules } from './rules.ts'

const zone = 'Asia/Shanghai'
const campaign: Campaign = {
  ruleId: 'double-week',
  name: '双倍积分周',
  percent: 200,
  fromOn: '2026-03-05',
  untilOn: '2026-03-11',
  weekdays: [],
  onlyBirthMonth: false,
  budgetPoints: null,
  holdOutPercent: 50,
}
const rules: PointsRules = {
  ...usualRules('CNY', 2),
  earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } }],
  campaigns: [campaign],
}

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T04:00:00Z', business: { zone, currency: 'CNY' } })
  await publish(house, { rules, startsOn: '2026-03-01', by: 'test' })
})
afterAll(() => house?.close())

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const
const everybody = Array.from({ length: 40 }, (_, index) => `customer ${index}`)

async function buyAll(prefix: string): Promise<void> {
  const timestamp = house.clock.now().toISOString()
  const messages = everybody.map((userId, index) => {
    const properties = { order_id: `${prefix} ${index}`, total: 100 }
    return { type: 'track', event: 'Order Completed', userId, messageId: `${prefix} ${index}`, properties, timestamp }
  })
  await ingest(house, source, messages)
}

const pointsByParty = async () =>
  new Map(
    (
      await house.database.query<{ partyId: string; points: number }>(
        `select party_id as "partyId", sum(kept)::int4 as points from points.line group by 1`,
      )
    ).map(row => [row.partyId, row.points]),
  )

test('a campaign that leaves some out by lot gives the others more, and says who is who from its first day on', async () => {
  await buyAll('before')
  house.clock.set('2026-03-05T01:00:00Z')
  await house.perform('points.enrol')
  house.clock.set('2026-03-06T04:00:00Z')
  await buyAll('while')
  await house.perform('points.enrol')
  const points = await pointsByParty()
  const assigned = await house.database.query<{ partyId: string; isHeldOut: boolean; at: Date }>(
    `select party_id as "partyId", is_held_out as "isHeldOut", assigned_at as at from effect.assignment`,
  )
  expect(assigned).toHaveLength(40)
  const beganAt = new Date('2026-03-04T16:00:00Z')
  for (const { partyId, isHeldOut, at } of assigned) {
    expect(isHeldOut).toBe(isLeftOut(campaign, { partyId }))
    expect(points.get(partyId)).toBe(isHeldOut ? 20 : 30)
    expect(at).toEqual(beganAt)
  }
  const left = assigned.filter(each => each.isHeldOut).length
  expect(left).toBeGreaterThan(8)
  expect(left).toBeLessThan(32)
})
