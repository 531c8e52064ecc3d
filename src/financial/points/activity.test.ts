import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { type Day, localDay, localInstant } from '#kernel/clock/index.ts'
import { verifyLedger } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { type Edition, earningsOf } from './earn.ts'
import { purchasesOf } from './facts.ts'
import { memberPoints } from './member.ts'
import { publish } from './publish.ts'
import { type PointsRules, usualRules } from './rules.ts'

const zone = 'Asia/Shanghai'
const alive: PointsRules = {
  ...usualRules('CNY', 2),
  earning: [{ kind: 'spend', ruleId: 'spend', points: 1, perMinor: 1000, match: { kind: 'all' } }],
  pendingDays: 0,
  expiry: { kind: 'activity', months: 3, endOf: 'day' },
}

describe('points that live as long as somebody buys', () => {
  const edition: Edition = { editionId: 'one', zone, startsAt: 0, rules: alive }
  const livesUntil = (days: readonly Day[]): Record<Day, Day> => {
    const events = days.map(on => ({
      eventId: on,
      kind: 'purchase.recorded',
      occurredAt: localInstant(on, 36_000, zone),
      payload: { amountMinor: 1000, currency: 'CNY', lines: [] },
    }))
    const member = { partyId: null, birthday: null, purchases: purchasesOf(events, zone) }
    const earnings = earningsOf({ editions: [edition], categoryOf: () => undefined }, member)
    return Object.fromEntries(earnings.map(({ on, expiresAt }) => [on, localDay(new Date(expiresAt! - 1), zone)]))
  }

  it.each<[string, Record<Day, Day>]>([
    ['by the purchase itself', { '2026-01-10': '2026-04-10' }],
    ['by the next', { '2026-01-10': '2026-07-01', '2026-04-01': '2026-07-01' }],
    ['by one on the last day', { '2026-01-10': '2026-07-10', '2026-04-10': '2026-07-10' }],
    ['not by one a day later', { '2026-01-10': '2026-04-10', '2026-04-11': '2026-07-11' }],
    [
      'by a chain of purchases, until it breaks',
      {
        '2026-01-10': '2026-08-01',
        '2026-03-01': '2026-08-01',
        '2026-05-01': '2026-08-01',
        '2026-12-01': '2027-03-01',
      },
    ],
    ['from a 31st to the last of a shorter month', { '2025-11-30': '2026-05-28', '2026-02-28': '2026-05-28' }],
  ])('%s', (_, expected) => {
    expect(livesUntil(Object.keys(expected))).toEqual(expected)
  })
})

describe('in the ledger', () => {
  let house: TestHouse
  const partyId = '01900000-0000-7000-8000-00000000a001'
  beforeAll(async () => {
    house = await openTestHouse({ start: '2026-01-10T02:00:00Z', business: { zone, currency: 'CNY' } })
    await publish(house, {
      rules: { ...alive, expiry: { kind: 'months', months: 6, endOf: 'day' } },
      startsOn: '2026-01-10',
      by: 'test',
    })
    await publish(house, { rules: alive, startsOn: '2026-02-01', by: 'test' })
  })
  afterAll(() => house?.close())

  const buy = async (on: Day, amountMinor: number) => {
    house.clock.set(localInstant(on, 36_000, zone))
    await house.perform('ledger.due')
    const payload = { amountMinor, currency: 'CNY', lines: [] }
    const event = { kind: 'purchase.recorded', partyId, occurredAt: house.clock.now(), payload }
    await house.events.ensureMonths([event.occurredAt])
    const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'key' } as const
    await house.database.transaction(transaction => house.events.record(transaction, source, [event]))
  }
  const lots = async () =>
    (await memberPoints(house, partyId)).lots.map(lot => `${lot.available} until ${lot.lastUsableOn}`).sort()

  test('a purchase lengthens what was earned by such rules, and nothing else', async () => {
    await buy('2026-01-10', 10_000)
    await buy('2026-02-10', 20_000)
    expect(await lots()).toEqual(['10 until 2026-07-10', '20 until 2026-05-10'])
    await buy('2026-05-10', 30_000)
    expect(await lots()).toEqual(['10 until 2026-07-10', '20 until 2026-08-10', '30 until 2026-08-10'])
    await buy('2026-05-10', 1000)
    expect(await lots()).toEqual([
      '1 until 2026-08-10',
      '10 until 2026-07-10',
      '20 until 2026-08-10',
      '30 until 2026-08-10',
    ])
  })

  test('who comes too late begins anew', async () => {
    await buy('2026-08-11', 40_000)
    expect(await lots()).toEqual(['40 until 2026-11-11'])
    expect((await verifyLedger(house.database)).filter(finding => finding.faults > 0)).toEqual([])
  })
})
