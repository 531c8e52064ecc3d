import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOfDay } from '#kernel/clock/index.ts'
import { isHeldOut, saltOf } from '#kernel/control-group.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { type Instruction, post } from '#kernel/ledger/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import type { readEffects } from './contract.ts'
import { enrol, recordAssignments, type Treatment } from './index.ts'

const zone = 'Asia/Shanghai'
const source = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let house: TestHouse
beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T02:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => house?.close())

const letter: Treatment = {
  programme: 'letters',
  treatment: 'spring',
  discretionary: true,
  heldOutShare: 0.5,
  horizonDays: 30,
  cost: { eachMinor: 200, points: { sources: '%/spring#%', minorPer100: 100 } },
}
const inHouse = <T>(work: Parameters<typeof house.database.transaction<T>>[0]) => house.database.transaction(work)

async function buy(partyIds: readonly string[], on: string, amountMinor: (index: number) => number): Promise<void> {
  const events = partyIds.map(
    (partyId, index): NewEvent => ({
      kind: 'purchase.recorded',
      partyId,
      occurredAt: new Date(startOfDay(on, zone).getTime() + 36_000_000),
      payload: { amountMinor: amountMinor(index), currency: 'CNY', lines: [] },
    }),
  )
  await house.events.ensureMonths(events.map(event => event.occurredAt))
  await inHouse(transaction => house.events.record(transaction, source, events))
}

type Reply = ReturnType<typeof readEffects.reply.parse>
async function effects(): Promise<Reply> {
  const found = house.rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === 'readEffects')!
  return found.operation.reply.parse(await found.handle(house, {} as never)) as Reply
}

describe('the lot', () => {
  test('is drawn by the stable hash, kept, and the same when drawn again with another share', async () => {
    const partyIds = Array.from({ length: 200 }, () => house.newId())
    const act = { ...letter, treatment: 'lot' }
    const at = house.clock.now()
    const first = await inHouse(transaction => enrol(house, transaction, act, { partyIds, at }))
    expect(first.heldOut).toEqual(partyIds.filter(id => isHeldOut(id, saltOf(act), 0.5)))
    expect(first.treated.length + first.heldOut.length).toBe(200)
    const again = await inHouse(transaction =>
      enrol(house, transaction, { ...act, heldOutShare: 0 }, { partyIds, at: new Date(at.getTime() + 1e9) }),
    )
    expect(again).toEqual(first)
    const rows = await house.database.query<{ n: number }>(
      `select count(distinct assigned_at) as n from effect.assignment where treatment = 'lot'`,
    )
    expect(rows).toEqual([{ n: 1 }])
  })

  test('is never drawn over what is owed', async () => {
    const owed = { ...letter, programme: 'points', treatment: 'earning', discretionary: false }
    const partyIds = [house.newId()]
    await expect(
      inHouse(transaction => enrol(house, transaction, owed, { partyIds, at: house.clock.now() })),
    ).rejects.toThrow('effect:refusal.owed')
    await expect(inHouse(transaction => recordAssignments(house, transaction, owed, []))).rejects.toThrow(
      'effect:refusal.owed',
    )
    expect(await house.database.query(`select from effect.assignment where programme = 'points'`)).toEqual([])
  })
})

test('what was spent before and after, what it cost and who is still open, from the log and the ledger', async () => {
  const partyIds = Array.from({ length: 600 }, () => house.newId())
  await buy(partyIds, '2026-02-20', index => 10_000 + index * 10)
  const { treated, heldOut } = await inHouse(transaction =>
    enrol(house, transaction, letter, { partyIds, at: house.clock.now() }),
  )
  const early = (await effects()).items.find(item => item.treatment === 'spring')!
  expect(early).toMatchObject({ state: 'not-enough', verdict: 'not-enough', margin: null, open: 600 })

  house.clock.set('2026-03-05T02:00:00Z')
  await buy(treated, '2026-03-04', index => 30_000 + index)
  await buy(heldOut, '2026-03-04', index => 10_000 + index)
  const instruction = {
    act: 'issue',
    key: 'spring points',
    partyId: treated[0]!,
    asset: 'points',
    occurredAt: house.clock.now().getTime(),
    amount: 100,
    from: 'issuance:points',
    issuer: 'points',
    source: 'order/spring#1',
  } as Instruction
  await inHouse(async transaction => {
    await transaction.query(`insert into ledger.asset values ('points', 'points', 1000, now()) on conflict do nothing`)
    return post(house, transaction, [{ instructions: [instruction], author: { actor: 'test' } }])
  })
  house.clock.set('2026-04-02T02:00:00Z')
  await buy(heldOut, '2026-04-02', () => 1_000_000)
  const found = (await effects()).items.find(item => item.treatment === 'spring')!
  expect(found).toMatchObject({ state: 'enough', verdict: 'earns', open: 0, horizonDays: 30 })
  expect([found.treatedCustomers, found.heldOutCustomers]).toEqual([treated.length, heldOut.length])
  expect(found.costMinor).toBe(200 * treated.length + 100)
  const share = (await effects()).marginShare
  expect(found.treated.marginMinor).toBeCloseTo((30_000 + (treated.length - 1) / 2) * share, 3)
  expect(found.heldOut.marginMinor).toBeCloseTo((10_000 + (heldOut.length - 1) / 2) * share, 3)
  expect(Math.abs(found.margin!.estimateMinor - 20_000 * share)).toBeLessThan(100)
  expect(found.net!.estimateMinor).toBeLessThan(found.margin!.estimateMinor)
  expect(found.paybackMonths).toBeLessThan(0.5)
})
