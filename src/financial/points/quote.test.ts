import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NewEvent } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { quote } from './member.ts'
import { publish } from './publish.ts'
import { type EarningRule, type PointsRules, usualRules } from './rules.ts'

const zone = 'Asia/Shanghai'
const spend: EarningRule = { kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } }
const first: EarningRule = { kind: 'first', ruleId: 'first', points: 20 }
const volume: EarningRule = { kind: 'volume', ruleId: 'volume', points: 40, atLeastMinor: 30_000, per: 'quarter' }
const visit: EarningRule = { kind: 'visit', ruleId: 'visit', points: 3, weekdays: [] }
const regular: EarningRule = { kind: 'regularity', ruleId: 'regular', points: 30, months: 2 }
const programmes: readonly (readonly [string, readonly EarningRule[]])[] = [
  ['spending alone', [spend]],
  ['the first purchase', [spend, first]],
  ['visits and volume', [visit, volume, first]],
  ['months in a row', [spend, regular, volume]],
]

const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const
const now = Date.parse('2026-06-20T04:00:00Z')

test.each(programmes)('a quote is what the purchase then earns, whatever was bought before: %s', async (_, earning) => {
  const house: TestHouse = await openTestHouse({ start: '2026-06-20T04:00:00Z', business: { zone, currency: 'CNY' } })
  try {
    const rules: PointsRules = {
      ...usualRules('CNY', 2),
      earning: [...earning],
      caps: { perDay: null, perMonth: 60, everybodyPerMonth: null },
    }
    await publish(house, { rules, startsOn: '2025-01-01', by: 'test' })
    const fact = fc.record({
      daysAgo: fc.integer({ min: 0, max: 420 }),
      order: fc.constantFrom('A', 'B', 'C', 'D'),
      amountMinor: fc.integer({ min: 100, max: 20_000 }),
      isRefund: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fact, { maxLength: 8 }),
        fc.integer({ min: 100, max: 40_000 }),
        async (facts, amountMinor) => {
          const partyId = house.newId()
          const events = facts.map(({ daysAgo, order, amountMinor: minor, isRefund }): NewEvent => {
            const payload = { amountMinor: minor, currency: 'CNY', lines: [] }
            const occurredAt = new Date(now - daysAgo * 86_400_000)
            return isRefund
              ? { kind: 'refund.recorded', partyId, occurredAt, payload: { ...payload, of: order } }
              : { kind: 'purchase.recorded', partyId, occurredAt, payload: { ...payload, orderRef: order } }
          })
          await record(house, events)
          const quoted = await quote(house, { partyId, amountMinor, lines: [] } as never)
          const before = await kept(house, partyId)
          const payload = { amountMinor, currency: 'CNY', lines: [] }
          await record(house, [{ kind: 'purchase.recorded', partyId, occurredAt: house.clock.now(), payload }])
          expect((await kept(house, partyId)) - before).toBe(quoted.points)
        },
      ),
      { numRuns: 25 },
    )
  } finally {
    await house.close()
  }
})

async function record(house: TestHouse, events: readonly NewEvent[]): Promise<void> {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}

async function kept(house: TestHouse, partyId: string): Promise<number> {
  const [row] = await house.database.query<{ points: number }>(
    'select coalesce(sum(kept), 0)::int4 as points from points.line where party_id = $1',
    [partyId],
  )
  return row!.points
}
