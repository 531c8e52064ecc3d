import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NewEvent } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { publish } from './publish.ts'
import { replay } from './replay.ts'
import { type PointsRules, usualRules } from './rules.ts'

const zone = 'Asia/Shanghai'
const days = { fromOn: '2026-01-01', untilOn: '2026-12-31' }
const usual = usualRules('CNY', 2)
const rules: PointsRules = {
  ...usual,
  earning: [...usual.earning, { kind: 'regularity', ruleId: 'regular', points: 70, months: 2 }],
  caps: { ...usual.caps, perDay: 250 },
}

let house: TestHouse
const partyIds: string[] = []
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-12-31T04:00:00Z', business: { zone, currency: 'CNY' } })
  while (partyIds.length < 30) partyIds.push(house.newId())
  await house.database.query(
    `insert into parties.party (party_id, kind, name, roles, details, grams, birthday, source_id, created_at, changed_at)
     select p, 'person', '客 ' || n, '{customer}', '{}', '{}', '1990-0' || 1 + n % 9 || '-11', $2, $3, $3
     from unnest($1::uuid[]) with ordinality as t (p, n)`,
    [partyIds, '01900000-0000-7000-8000-000000000001', house.clock.now()],
  )
  const events = partyIds.flatMap((partyId, number) =>
    Array.from({ length: 6 }, (_, order): NewEvent => {
      const isRefund = order === 4
      const occurredAt = new Date(Date.UTC(2026, (number + order * 2) % 12, 1 + ((number * 7 + order) % 27), 3))
      const payload = { amountMinor: 5000 + number * 731 + order * 1999, currency: 'CNY', lines: [] }
      return { kind: isRefund ? 'refund.recorded' : 'purchase.recorded', partyId, occurredAt, payload }
    }),
  )
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
})
afterAll(() => house?.close())

describe('a replay', () => {
  test('says before publishing exactly what is then posted', async () => {
    const { now, before } = await replay(house, { draft: rules, current: null, zone }, days)
    expect(before).toBeNull()
    await publish(house, { rules, startsOn: days.fromOn, by: 'staff:test' })
    await house.perform('points.catch-up')
    await house.perform('points.catch-up')
    const [posted] = await house.database.query<{ kept: number; members: number }>(
      'select sum(kept)::bigint as kept, count(distinct party_id) as members from points.line',
    )
    expect(now.points - now.takenBack).toBe(posted!.kept)
    expect(now.earningCustomers).toBe(posted!.members)
    expect(now.outstanding + now.expired).toBe(posted!.kept)
    const sum = Object.values(now.byRule).reduce((total, points) => total + points, 0)
    expect(sum).toBe(posted!.kept)
    const [held] = await house.database.query<{ points: number }>(
      'select sum(pending + available - debt)::bigint as points from ledger.holding',
    )
    expect(held!.points).toBe(posted!.kept)
  })

  test.each<[string, Partial<PointsRules>, (found: { more: number; same: number; fewer: number }) => boolean]>([
    ['the same rules move nobody', {}, ({ more, fewer }) => more === 0 && fewer === 0],
    ['points worth twice as much move nobody’s points', { worthMinorPer100: 200 }, ({ same }) => same === 30],
    [
      'half the points move everybody down',
      { earning: [{ ...usual.earning[0]!, perMinor: 200 } as never] },
      ({ fewer }) => fewer === 30,
    ],
  ])('%s', async (_, part, isSo) => {
    const found = await replay(house, { draft: { ...rules, ...part }, current: rules, zone }, days)
    expect(found.more + found.same + found.fewer).toBe(found.now.customers)
    expect(isSo(found)).toBe(true)
  })

  test('keeps to a budget', async () => {
    const double = {
      ruleId: 'double',
      name: 'x',
      percent: 300,
      ...days,
      weekdays: [],
      onlyBirthMonth: false,
      budgetPoints: 40,
    }
    const { now } = await replay(house, { draft: { ...rules, campaigns: [double] }, current: null, zone }, days)
    expect(now.byRule.double).toBeGreaterThan(0)
    expect(now.byRule.double).toBeLessThanOrEqual(40)
  })

  test('names who gains and who loses most, in their order', async () => {
    const earning: PointsRules['earning'] = [{ kind: 'visit', ruleId: 'visit', points: 30, weekdays: [] }]
    const { winners, losers } = await replay(house, { draft: { ...rules, earning }, current: rules, zone }, days)
    const change = (moved: { points: number; before: number }) => moved.points - moved.before
    expect(losers.length).toBe(5)
    expect(losers.map(change)).toEqual(losers.map(change).toSorted((one, other) => one - other))
    expect(winners.every(each => change(each) > 0)).toBe(true)
  })
})
