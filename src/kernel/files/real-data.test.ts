import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { importFile, undoNow } from './index.ts'

const shared = process.env.GUANXI_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const folder = join(shared, 'online-retail-ii')
const reason = `${folder} is not here: the counts of Online Retail II are not compared`
const absent = !existsSync(folder)
if (absent) console.warn(reason)

let house: TestHouse

beforeAll(async () => {
  house = await openTestHouse({ business: { currency: 'GBP', zone: 'Europe/London' } })
})

afterAll(() => house.close())

// The counts are those of the data set's SOURCE.txt, computed there without our code.
test.skipIf(absent)('invoices.csv.gz: a row per invoice', { timeout: 120_000 }, async () => {
  const done = await importFile(house, join(folder, 'invoices.csv.gz'))
  expect(done.totals).toMatchObject({
    rows: 36_969,
    rejectedRows: 0,
    newOrders: 36_969,
    newCustomers: 5_878,
    unattributedLines: 0,
    firstAt: '2009-12-01T07:45:00.000Z',
  })
  // 17,431,533.18 summed as floats; each invoice rounded to pence by itself makes two pence less.
  expect(Math.abs(done.totals!.purchaseMinor - 1_743_153_318)).toBeLessThanOrEqual(5)
  await undoNow(house, done.importId)
  const [left] = await house.database.query(
    'select (select count(*) from events.event) as events, (select count(*) from parties.party) as parties',
  )
  expect(left).toEqual({ events: 0, parties: 0 })
})

test.skipIf(absent)('the full Online Retail II: a row per line', { timeout: 300_000 }, async () => {
  const done = await importFile(house, join(folder, 'online_retail_II_dedup.csv.gz'))
  const totals = done.totals!
  expect(totals).toMatchObject({ rows: 1_044_847, rejectedRows: 0, newOrders: 36_969, newCustomers: 5_942 })
  expect(totals.purchaseLines + totals.refundLines + totals.setAsideLines).toBe(1_044_847)
  const [attributed] = await house.database.query<{ lines: number; minor: number }>(
    `select sum(jsonb_array_length(payload->'lines')) as lines, sum((payload->>'amountMinor')::bigint)::bigint as minor
     from events.event where kind = 'purchase.recorded'`,
  )
  expect(attributed!.lines).toBe(791_044)
  expect(Math.abs(attributed!.minor - 1_743_153_318)).toBeLessThanOrEqual(1000)
})
