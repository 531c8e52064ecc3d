import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dayOfNumber } from '#kernel/clock/index.ts'
import { importFile, undoNow } from '#kernel/files/index.ts'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { auditOf } from './audit.ts'
import { auditApart } from './audit-apart.ts'
import type { AuditFilter } from './contract.ts'
import { merchantsOf, transactionsOf } from './event-log.ts'
import { auditRoutes } from './routes.ts'
import { shopOf } from './shop.testing.ts'

const place = { zone: 'Asia/Shanghai', currency: 'CNY', asOfOn: '2026-03-01' }

let house: TestHouse
let folder: string

beforeAll(async () => {
  house = await openTestHouse({ business: { currency: 'CNY', zone: 'Asia/Shanghai' } })
  folder = await mkdtemp(join(tmpdir(), 'guanxi-audit-'))
  await take('north', [
    '1,anna,2025-01-10 09:00,100.00',
    '2,anna,2025-01-10 18:00,50.00',
    '3,ben,2025-02-01,80.00',
    '4,ben,2025-02-20,-30.00',
    '5,anna,2026-01-31 23:30,20.00',
  ])
  await take('south', ['1,chen,2025-05-05,70.00', '2,anna,2025-06-06,10.00'])
})

afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

async function take(label: string, rows: readonly string[]) {
  const path = join(folder, `${label}.csv`)
  await writeFile(path, ['Order,Customer,Date,Amount', ...rows].join('\n'))
  return importFile(house, path, { options: { sourceLabel: label, currency: 'CNY' } })
}

async function rowsFor(filter: AuditFilter = {}) {
  const found = await house.database.transaction(transaction => transactionsOf(transaction, place, filter))
  return [...found.customer.keys()]
    .map(row => [dayOfNumber(found.day[row]!), found.orders[row], found.value![row]])
    .sort((one, other) => String(one[0]).localeCompare(String(other[0])))
}

const ask = (query: AuditFilter = {}) =>
  auditRoutes[0]!.handle(house, { query } as never) as Promise<{
    audit: ReturnType<typeof auditOf> | null
    merchants: string[]
  }>

describe('the log as transactions', () => {
  it('is a row for each customer and local day: orders, and what was paid less what was given back', async () => {
    expect(await rowsFor()).toEqual([
      ['2025-01-10', 2, 15_000],
      ['2025-02-01', 1, 8000],
      ['2025-02-20', 0, -3000],
      ['2025-05-05', 1, 7000],
      ['2025-06-06', 1, 1000],
      ['2026-01-31', 1, 2000],
    ])
  })

  it.each<[string, AuditFilter, number]>([
    ['from a day on', { from: '2025-05-05' }, 3],
    ['up to a day', { to: '2025-02-01' }, 2],
    ['of one merchant', { merchant: 'south' }, 2],
    ['of no merchant of that name', { merchant: 'west' }, 0],
  ])('%s', async (_, filter, rows) => {
    expect(await rowsFor(filter)).toHaveLength(rows)
  })

  it('can be of one type of customer', async () => {
    await house.performWaiting()
    const types = ['first-time', 'building', 'loyal', 'drifting', 'dormant', 'lost'] as const
    const rows = await Promise.all(types.map(async type => (await rowsFor({ type })).length))
    expect(rows.reduce((all, each) => all + each, 0)).toBe(6)
  })

  it('names the merchants by what their imports called them', async () => {
    expect(await merchantsOf(house.database)).toEqual(['north', 'south'])
  })

  it('leaves out what a correction has replaced', async () => {
    await take('north', ['3,ben,2025-02-01,85.00'])
    expect((await rowsFor()).find(([day]) => day === '2025-02-01')).toEqual(['2025-02-01', 1, 8500])
  })
})

describe('the answer of the server', () => {
  it('is the audit of these transactions', async () => {
    const { audit, merchants } = await ask()
    expect(audit!.source).toMatchObject({ customers: 3, orders: 6, revenueMinor: 30_500, currency: 'CNY' })
    expect(merchants).toEqual(['north', 'south'])
  })

  it('ends today: of days to come nothing is known, and months without end would fill the memory', async () => {
    const [usual, farOff] = [await ask({}), await ask({ to: '9999-12-31' })]
    expect(usual.audit).not.toBeNull()
    expect(farOff.audit).toEqual(usual.audit)
  })

  it('is nothing where nobody fits the filters', async () => {
    expect((await ask({ from: '2026-02-15' })).audit).toBeNull()
  })

  it('is kept while nothing happens, and found anew, ten seconds later at most, when something does', async () => {
    house.clock.set('2026-03-01T09:05:00Z')
    const one = await ask()
    expect((await ask()).audit).toBe(one.audit)
    const imported = await take('south', ['9,dora,2025-07-07,5.00'])
    expect((await ask()).audit).toBe(one.audit)
    house.clock.set('2026-03-01T09:05:11Z')
    expect((await ask()).audit!.source.customers).toBe(4)
    house.clock.set('2026-03-01T09:10:00Z')
    await undoNow(house, imported.importId)
    expect((await ask()).audit!.source.customers).toBe(3)
  })
})

describe('a base to which models are fitted', () => {
  const columns = (orders: number) => {
    const customers = 50
    const rows = Array.from({ length: customers }, (_, row) => row)
    return {
      customers,
      customer: Int32Array.from(rows),
      day: Int32Array.from(rows, row => 19_000 + (row % 700)),
      orders: Int32Array.from(rows, () => orders),
      value: Float64Array.from(rows, row => row),
    }
  }

  it('is audited on a thread of its own, with the same answer, while this one is free for others', async () => {
    const options = { name: 'shop', currency: 'CNY' }
    const begun = performance.eventLoopUtilization()
    const apart = await auditApart(shopOf({ years: 1 }), options)
    expect(performance.eventLoopUtilization(begun).utilization).toBeLessThan(0.5)
    expect(apart).toEqual(auditOf(shopOf({ years: 1 }), options))
    expect(apart.holdout).not.toBeNull()
  })

  it('is refused there as it would be here', async () => {
    await expect(auditApart(columns(0), { name: 'shop', currency: null })).rejects.toMatchObject({
      code: 'audit:refusal.no-orders',
    })
    expect((await auditApart(columns(1), { name: 'shop', currency: null })).source.orders).toBe(50)
  })
})
