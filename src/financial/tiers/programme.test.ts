import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addDays, type Day, localInstant } from '#kernel/clock/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { publish, usualRules } from '../points/index.ts'
import { usualTiers } from './programme.ts'
import type { TierRules } from './rules.ts'
import { readStanding } from './store.ts'

const zone = 'Asia/Shanghai'
const rules: TierRules = { ...usualTiers('CNY'), window: { kind: 'rolling', months: 6 } }
const [silver, gold] = rules.tiers

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-01-01T02:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())
beforeEach(async () => {
  goTo('2026-01-01')
  await ask('changeTiers', {}, { rules })
  await house.performWaiting()
})

const goTo = (on: Day) => house.clock.set(localInstant(on, 10 * 3600, zone))
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

function buy(partyId: string, amountMinor: number, more: object = {}, kind = 'purchase.recorded'): NewEvent {
  const payload = { amountMinor, currency: 'CNY', lines: [], ...more }
  return { kind, partyId, occurredAt: house.clock.now(), payload }
}

async function record(...events: NewEvent[]): Promise<void> {
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await house.database.transaction(transaction => house.events.record(transaction, source, events))
}

async function ask<Reply>(id: string, params: object = {}, body: object = {}): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(({ operation }) => operation.id === id)!
  const { operation } = found
  const input = { params, body: operation.body?.parse(body), caller: { kind: 'nobody' }, language: 'en' }
  return operation.reply.parse(await found.handle(house, input as never)) as Reply
}

const stored = async (partyId: string) => (await readStanding(house.database, partyId))?.tierId ?? null
const told = async (partyId: string) => {
  const events = await house.events.history(house.database, [partyId])
  return events.filter(event => event.kind.startsWith('tiers.')).map(event => [event.kind, event.payload] as const)
}

/** The calendar runs: every day the due are looked at. */
async function until(last: Day, from: Day): Promise<void> {
  for (let on = from; on <= last; on = addDays(on, 1)) {
    goTo(on)
    await house.perform('tiers.due')
  }
}

describe('a customer', () => {
  test('rises in the transaction of the purchase that reaches the threshold, not one short of it', async () => {
    const partyId = house.newId()
    await record(buy(partyId, silver!.atLeast - 1))
    expect(await stored(partyId)).toBeNull()
    await record(buy(partyId, 1))
    expect(await stored(partyId)).toBe('silver')
    expect(await told(partyId)).toMatchObject([['tiers.rose', { from: null, to: 'silver' }]])
  })

  test('who gives back what lifted them stands as before', async () => {
    const partyId = house.newId()
    await record(buy(partyId, gold!.atLeast, { orderRef: 'G' }))
    expect(await stored(partyId)).toBe('gold')
    await record(buy(partyId, gold!.atLeast, { of: 'G' }, 'refund.recorded'))
    expect(await stored(partyId)).toBeNull()
  })

  test('is told once before a drop, keeps the tier for the days of grace, and falls on the day foretold', async () => {
    const partyId = house.newId()
    await record(buy(partyId, silver!.atLeast))
    const { drop } = await ask<{ drop: { on: Day } }>('memberTier', { partyId })
    expect(drop).toEqual({ on: '2026-07-31', to: -1, missing: silver!.atLeast })
    await until('2026-07-30', '2026-06-25')
    expect(await stored(partyId)).toBe('silver')
    expect((await told(partyId)).map(([kind]) => kind)).toEqual(['tiers.rose', 'tiers.ending'])
    await until('2026-08-05', '2026-07-31')
    expect(await stored(partyId)).toBeNull()
    expect((await told(partyId)).map(([kind]) => kind)).toEqual(['tiers.rose', 'tiers.ending', 'tiers.fell'])
  })

  test('can count by visits and by points', async () => {
    const partyId = house.newId()
    await publish(house, { rules: usualRules('CNY', 2), startsOn: '2026-01-01', by: 'staff:test' })
    await record(buy(partyId, 5000), buy(partyId, 5000))
    const tier = { tierId: 'one', name: 'One', rights: [] }
    await ask('changeTiers', {}, { rules: { ...rules, measure: 'visits', tiers: [{ ...tier, atLeast: 1 }] } })
    expect(await ask('memberTier', { partyId })).toMatchObject({ tier: 0, qualified: 1 })
    await ask('changeTiers', {}, { rules: { ...rules, measure: 'points', tiers: [{ ...tier, atLeast: 150 }] } })
    await house.performWaiting()
    expect(await ask('memberTier', { partyId })).toMatchObject({ tier: 0, qualified: 150 })
    expect(await stored(partyId)).toBe('one')
    const { counts } = await ask<{ counts: { tierId: string; customers: number }[] }>('previewTiers', {}, { rules })
    expect(counts.find(each => each.tierId === null)!.customers).toBeGreaterThan(0)
  })
})

test('the tier that is kept is the one worked out from scratch, after any story', async () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 90 }),
    amountMinor: fc.integer({ min: 1, max: 400_000 }),
    isRefund: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
      const partyId = house.newId()
      let on: Day = '2026-01-01'
      goTo(on)
      for (const { wait, amountMinor, isRefund } of steps) {
        on = addDays(on, wait)
        goTo(on)
        await house.perform('tiers.due')
        await record(buy(partyId, amountMinor, {}, isRefund ? 'refund.recorded' : 'purchase.recorded'))
        const { tier, drop } = await ask<{ tier: number; drop: { on: Day } | null }>('memberTier', { partyId })
        expect(await stored(partyId)).toBe(rules.tiers[tier]?.tierId ?? null)
        expect((await readStanding(house.database, partyId))!.dropsOn).toBe(drop?.on ?? null)
      }
      if (steps.length === 0) return
      const before = await readStanding(house.database, partyId)
      await house.perform('tiers.rebuild')
      expect(await readStanding(house.database, partyId)).toEqual(before)
    }),
    { numRuns: 15 },
  )
})
