import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish, usualRules } from '#financial/points/index.ts'
import type { NewEvent } from '#kernel/events/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'

const zone = 'Asia/Shanghai'
const till = { sourceId: '01900000-0000-7000-8000-000000000001', kind: 'import' } as const

let shop: TestHouse
beforeAll(async () => {
  shop = await openTestHouse({ start: '2026-01-01T02:00:00Z', business: { zone, currency: 'CNY' } })
})
afterAll(() => shop?.close())

interface Read {
  readonly report: {
    owedMinor: number
    redemption: { from: string }
    months: { month: string; closingMinor: number }[]
  }
}
async function owed(): Promise<Read['report']> {
  const found = shop.rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === 'readLiability')!
  const caller = { kind: 'staff', id: 'lin', name: 'Lin', permissions: new Set(['liability.read']) }
  return ((await found.handle(shop, { caller, query: {} } as never)) as Read).report
}

async function buy(partyId: string, on: string): Promise<void> {
  shop.clock.set(`${on}T04:00:00Z`)
  const payload = { amountMinor: 12_000, currency: 'CNY', lines: [] }
  const event: NewEvent = { kind: 'purchase.recorded', partyId, occurredAt: new Date(`${on}T03:00:00Z`), payload }
  await shop.events.ensureMonths([event.occurredAt])
  await shop.database.transaction(transaction => shop.events.record(transaction, till, [event]))
}

test('a year of the tea shop: each sale puts a little off, and what nobody used is released when it expires', async () => {
  const usual = usualRules('CNY', 2)
  const rules = { ...usual, earning: usual.earning.slice(0, 1), pendingDays: 0 }
  await publish(shop, { rules, startsOn: '2026-01-01', by: 'staff:lin' })
  const wang = shop.newId()

  // 5 January: ¥120 of tea, 120 points worth ¥1.20. Of ¥120, 120 x 1.2 / 121.2 = ¥1.19 belongs to the points.
  await buy(wang, '2026-01-05')
  const january = await owed()
  expect(january).toMatchObject({ owedMinor: 119, redemption: { from: 'all' } })

  // Every day that is over is kept, and stays what it was.
  shop.clock.set('2026-02-01T04:00:00Z')
  await shop.perform('liability.keep')
  await buy(wang, '2026-02-10')
  expect((await owed()).owedMinor).toBe(238)

  // A year later the first points have expired unused: what was put off for them is revenue now.
  shop.clock.set('2027-02-01T04:00:00Z')
  await shop.perform('ledger.due')
  const after = await owed()
  expect(after.owedMinor).toBe(119)
  expect(after.months.find(each => each.month === '2026-01')).toMatchObject({ closingMinor: 119 })
  const kept = await shop.database.query('select as_of_at from liability.report')
  expect(kept).toEqual([{ as_of_at: new Date('2026-01-31T15:59:59.999Z') }])
})
