import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Day, localInstant } from '#kernel/clock/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { editionsAfter, publishTiers, readRules } from './editions.ts'
import { usualTiers } from './programme.ts'
import { readStanding } from './store.ts'

const zone = 'Asia/Shanghai'
let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-01T02:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())

const goTo = (on: Day) => house.clock.set(localInstant(on, 10 * 3600, zone))
const partyId = '01900000-0000-7000-8000-00000000b001'
const rungs = async () => (await readRules(house))?.tiers.map(tier => tier.tierId) ?? null
const standing = async () => (await readStanding(house.database, partyId))?.tierId ?? null

const one = usualTiers('CNY')
const other = { ...one, tiers: [{ tierId: 'regular', name: '常客', atLeast: 50_000, rights: [] }] }

test('a ladder holds from its first day on, and everybody is placed anew when it begins', async () => {
  await publishTiers(house, { rules: one, by: 'test' })
  await house.performWaiting()
  const payload = { amountMinor: 110_000, currency: 'CNY', lines: [] }
  const event = { kind: 'purchase.recorded', partyId, occurredAt: house.clock.now(), payload }
  const source = { sourceId: house.newId(), kind: 'import' } as const
  await house.database.transaction(transaction => house.events.record(transaction, source, [event]))
  expect(await standing()).toBe('silver')

  await publishTiers(house, { rules: other, startsOn: '2026-03-01', by: 'test' })
  await publishTiers(house, { rules: null, startsOn: '2026-05-01', by: 'test' })
  expect((await editionsAfter(house.database, '2026-01-01')).map(each => each.startsOn)).toEqual([
    '2026-03-01',
    '2026-05-01',
  ])
  goTo('2026-02-28')
  await house.perform('tiers.due')
  await house.performWaiting()
  expect([await rungs(), await standing()]).toEqual([['silver', 'gold', 'jade'], 'silver'])
  goTo('2026-03-01')
  await house.perform('tiers.due')
  await house.performWaiting()
  expect([await rungs(), await standing()]).toEqual([['regular'], 'regular'])
  goTo('2026-05-01')
  await house.perform('tiers.due')
  await house.performWaiting()
  expect([await rungs(), await standing()]).toEqual([null, null])
  const told = await house.events.history(house.database, [partyId], ['tiers.rose', 'tiers.fell'])
  expect(told.map(each => each.kind)).toEqual(['tiers.rose'])
})

test('no ladder begins in the past', async () => {
  await expect(publishTiers(house, { rules: one, startsOn: '2026-04-30', by: 'test' })).rejects.toThrow(
    'tiers:refusal.starts-in-the-past',
  )
})
