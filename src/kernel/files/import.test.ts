import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { dump } from './dump.testing.ts'
import { gb18030 } from './gb18030.testing.ts'
import {
  checkNow,
  type ImportFileOptions,
  importFile,
  listProblems,
  listSetAside,
  listUnattributed,
  readImport,
  removeImport,
  unattributedTotals,
  undoNow,
} from './index.ts'

let house: TestHouse
let folder: string

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T09:00:00Z', business: { currency: 'GBP', zone: 'Europe/London' } })
  folder = await mkdtemp(join(tmpdir(), 'guanxi-files-'))
})

afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

const imported: string[] = []

/** Each test leaves nothing behind, which is itself what undo promises. */
afterEach(async () => {
  await takeAllBack()
  const [left] = await house.database.query(
    'select (select count(*) from events.event) as events, (select count(*) from parties.party) as parties',
  )
  expect(left).toEqual({ events: 0, parties: 0 })
})

async function takeAllBack() {
  for (const importId of imported.splice(0).reverse()) {
    const { state } = await readImport(house, importId)
    if (state === 'done') await undoNow(house, importId)
    await removeImport(house, importId)
  }
}

async function take(text: string | Buffer, options: ImportFileOptions = {}, name = 'orders.csv') {
  const path = join(folder, name)
  await writeFile(path, text)
  const done = await importFile(house, path, options)
  imported.push(done.importId)
  return done
}

const header = 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,CustomerID'

async function events() {
  const rows = await house.database.query<{ kind: string; occurred_at: Date; payload: Record<string, unknown> }>(
    'select kind, occurred_at, payload from events.event order by occurred_at, event_id',
  )
  return rows.map(row => ({ kind: row.kind, at: row.occurred_at.toISOString(), ...row.payload }))
}

test('lines of one order become one purchase, wherever they lie in the file', async () => {
  const done = await take(
    [
      header,
      '1001,T1,Green tea,2,2025-06-01 10:00,3.25,77',
      '1002,T2,Black tea,1,2025-06-02 10:00,4.00,78',
      '1001,T2,Black tea,1,2025-06-01 10:00,4.00,77',
    ].join('\n'),
  )
  expect(done.totals).toMatchObject({ rows: 3, newOrders: 2, newCustomers: 2, purchaseLines: 3, purchaseMinor: 1450 })
  expect(await events()).toEqual([
    {
      kind: 'purchase.recorded',
      // June in London is an hour ahead of UTC.
      at: '2025-06-01T09:00:00.000Z',
      orderRef: '1001',
      amountMinor: 1050,
      currency: 'GBP',
      lines: [
        { sku: 'T1', quantity: 2000, amountMinor: 650 },
        { sku: 'T2', quantity: 1000, amountMinor: 400 },
      ],
    },
    expect.objectContaining({ orderRef: '1002', amountMinor: 400 }),
  ])
  expect(await house.database.query('select sku, name from catalogue.product order by sku')).toEqual([
    { sku: 'T1', name: 'Green tea' },
    { sku: 'T2', name: 'Black tea' },
  ])
})

test('a refund names the order that it gives back: the latest earlier line of same article, price and enough of it', async () => {
  const done = await take(
    [
      header,
      '1,T1,Tea,5,2025-01-01 10:00,3.00,77',
      '2,T1,Tea,5,2025-02-01 10:00,3.00,77',
      '3,T1,Tea,1,2025-03-01 10:00,3.00,77',
      '4,T1,Tea,9,2025-04-01 10:00,3.00,78',
      'C5,T1,Tea,-3,2025-05-01 10:00,3.00,77',
      'C6,T1,Tea,-3,2025-05-02 10:00,9.00,77',
    ].join('\n'),
  )
  expect(done.totals).toMatchObject({ newRefunds: 2, refundLinesLinked: 1, refundLinesUnlinked: 1, refundMinor: 3600 })
  const refunds = (await events()).filter(event => event.kind === 'refund.recorded')
  expect(refunds).toMatchObject([
    { refundRef: 'C5', amountMinor: 900, lines: [{ sku: 'T1', quantity: 3000, amountMinor: 900, of: '2' }] },
    { refundRef: 'C6', amountMinor: 2700, lines: [{ sku: 'T1', quantity: 3000, amountMinor: 2700 }] },
  ])
})

test('a refund of what an earlier file brought names its order too', async () => {
  await take([header, '1,T1,Tea,5,2025-01-01,3.00,77'].join('\n'))
  await take([header, 'C2,T1,Tea,-2,2025-02-01,3.00,77', '3,T1,Tea,1,2025-02-02,3.00,77'].join('\n'))
  const [refund] = (await events()).filter(event => event.kind === 'refund.recorded')
  expect(refund).toMatchObject({ amountMinor: 600, lines: [{ sku: 'T1', quantity: 2000, of: '1' }] })
})

test('an order with lines of both signs is a purchase and a refund', async () => {
  await take([header, '1,T1,Tea,5,2025-01-01,3.00,77', '1,T2,Tea,-1,2025-01-01,2.00,77'].join('\n'))
  expect(await events()).toMatchObject([
    { kind: 'purchase.recorded', orderRef: '1', amountMinor: 1500 },
    { kind: 'refund.recorded', refundRef: '1', amountMinor: 200 },
  ])
})

test('lines that move no money or correct the books are set aside, counted and listed', async () => {
  const done = await take(
    [
      header,
      '1,T1,Tea,5,2025-01-01,3.00,77',
      '1,GIFT,Sample,1,2025-01-01,0,77',
      'A9,B,Bad debt,1,2025-01-02,-11.50,',
    ].join('\n'),
  )
  expect(done.totals).toMatchObject({ purchaseLines: 1, setAsideLines: 2, setAsideMinor: -1150, newOrders: 1 })
  expect(await listSetAside(house, done.importId, { limit: 10 })).toMatchObject({
    total: 2,
    items: [
      { row: 3, sku: 'GIFT', reason: 'free' },
      { row: 4, sku: 'B', reason: 'adjustment', amountMinor: -1150 },
    ],
  })
})

test('orders without a customer count in totals once and are listed', async () => {
  const text = [header, '1,T1,Tea,5,2025-01-01,3.00,', '2,T1,Tea,-1,2025-01-01,3.00,'].join('\n')
  const done = await take(text)
  expect(done.totals).toMatchObject({ newOrders: 0, unattributedOrders: 2, unattributedMinor: 1200 })
  expect(await listUnattributed(house, done.importId, { limit: 10 })).toMatchObject({ total: 2 })
  const again = await take(text)
  expect(await listUnattributed(house, again.importId, { limit: 10 })).toMatchObject({ total: 0 })
  expect(await unattributedTotals(house)).toEqual([{ currency: 'GBP', amountMinor: 1200, orders: 2 }])
  const named = await take([header, '1,T1,Tea,5,2025-01-01,3.00,77'].join('\n'))
  expect(await unattributedTotals(house)).toEqual([{ currency: 'GBP', amountMinor: -300, orders: 1 }])
  await undoNow(house, named.importId)
  expect(await unattributedTotals(house)).toEqual([{ currency: 'GBP', amountMinor: 1200, orders: 2 }])
})

test('a line without a customer takes the one of its order; a line of somebody else is rejected', async () => {
  const done = await take(
    [header, '1,T1,Tea,1,2025-01-01,3.00,77', '1,T2,Tea,1,2025-01-01,3.00,', '1,T3,Tea,1,2025-01-01,3.00,78'].join(
      '\n',
    ),
  )
  expect(done.totals).toMatchObject({ purchaseLines: 2, rejectedRows: 1, unattributedLines: 0 })
  const problems = await listProblems(house, done.importId, { limit: 10 })
  expect(problems.items).toMatchObject([{ row: 4, code: 'files:problem.other-customer' }])
})

test('rejected rows say row, column and reason', async () => {
  const done = await take(
    [
      header,
      '1,T1,Tea,1,31/02/2025,3.00,77',
      '2,T1,Tea,NaN,15/02/2025,3.00,77',
      '3,T1,Tea,1,15/02/1970,3.00,77',
      '4,T1,Tea,1,15/02/2200,3.00,77',
      '5,T1,Tea,1,15/02/2025,,77',
      ',T1,Tea,1,15/02/2025,1,77',
      '7,T1,Tea,1,15/02/2025,1,77,what,is,this',
      '8,T1,Tea,1,15/02/2025,1.00,77',
    ].join('\n'),
  )
  const { items } = await listProblems(house, done.importId, { limit: 10 })
  expect(items.map(({ row, columnName, code, value }) => [row, columnName, code, value])).toEqual([
    [2, 'InvoiceDate', 'files:problem.no-such-day', '31/02/2025'],
    [3, 'Quantity', 'files:problem.not-a-number', 'NaN'],
    [4, 'InvoiceDate', 'files:problem.out-of-time', '15/02/1970'],
    [5, 'InvoiceDate', 'files:problem.out-of-time', '15/02/2200'],
    [6, 'Price', 'files:problem.missing', ''],
    [7, 'Invoice', 'files:problem.missing', ''],
    [8, null, 'files:problem.too-many-cells', null],
  ])
  expect(done.totals).toMatchObject({ rows: 8, rejectedRows: 7, newOrders: 1 })
})

test('a changed order becomes a correction, and undoing the correction brings the first back', async () => {
  const first = await take([header, '1,T1,Tea,1,2025-01-01,3.00,77', '2,T1,Tea,1,2025-01-02,3.00,77'].join('\n'))
  const before = await dump(house)
  const changed = await take([header, '1,T1,Tea,2,2025-01-01,3.00,77', '2,T1,Tea,1,2025-01-02,3.00,77'].join('\n'))
  expect(changed.totals).toMatchObject({ newOrders: 0, changedOrders: 1, unchangedOrders: 1 })
  const all = await events()
  expect(all).toHaveLength(3)
  const [party] = await house.database.query<{ party_id: string }>('select party_id from parties.party')
  const standing = await house.events.history(house.database, [party!.party_id])
  expect(standing.map(event => (event.payload as { amountMinor: number }).amountMinor)).toEqual([600, 300])
  // Back to what it said at first, and forth again: each is a correction of the one before.
  const back = await take([header, '1,T1,Tea,1,2025-01-01,3.00,77'].join('\n'))
  expect(back.totals).toMatchObject({ changedOrders: 1 })
  const forth = await take([header, '1,T1,Tea,2,2025-01-01,3.00,77'].join('\n'))
  expect(forth.totals).toMatchObject({ changedOrders: 1 })
  expect(await events()).toHaveLength(5)
  for (const { importId } of [forth, back, changed]) await undoNow(house, importId)
  expect(await dump(house)).toEqual(before)
  expect((await readImport(house, first.importId)).state).toBe('done')
})

test('undoing an import that a later one corrected leaves the later one standing', async () => {
  const first = await take([header, '1,T1,Tea,1,2025-01-01,3.00,77'].join('\n'))
  await take([header, '1,T1,Tea,2,2025-01-01,3.00,77'].join('\n'))
  await undoNow(house, first.importId)
  expect(await events()).toMatchObject([{ orderRef: '1', amountMinor: 600 }])
})

test('Chinese files: GB18030 is offered, never assumed; names and columns are understood', async () => {
  const text =
    '订单号,下单时间,商品名称,数量,单价,会员号,姓名,手机\nD1,2025年6月1日 09:30,龙井,1.5,￥1280.00,V8,王小明,13800005521\n'
  const gb = Buffer.concat([gb18030(text)])
  await expect(take(gb)).rejects.toMatchObject({
    code: 'files:refusal.open-questions',
    details: { questions: ['encoding'] },
  })
  const done = await take(gb, { options: { encoding: 'gb18030', currency: 'CNY', zone: 'Asia/Shanghai' } })
  expect(done.columns.map(column => column.target)).toEqual([
    'orderRef',
    'occurredAt',
    'productName',
    'quantity',
    'unitPrice',
    'customerId',
    'customerName',
    'phone',
  ])
  expect(await events()).toMatchObject([
    {
      at: '2025-06-01T01:30:00.000Z',
      amountMinor: 192000,
      lines: [{ sku: '龙井', quantity: 1500, amountMinor: 192000 }],
    },
  ])
  expect(await house.database.query('select name, family_name from parties.party')).toEqual([
    { name: '王小明', family_name: '王' },
  ])
})

test('a question that only a person can answer stops the import until it is answered', async () => {
  const text = [header, '1,T1,Tea,1,01/02/2025,3.00,77', '2,T1,Tea,1,03/04/2025,3.00,77'].join('\n')
  await expect(take(text)).rejects.toMatchObject({ details: { questions: ['dateOrder'] } })
  await take(text, { options: { dateOrder: 'dmy' } })
  expect((await events()).map(event => event.at)).toEqual(['2025-02-01T00:00:00.000Z', '2025-04-02T23:00:00.000Z'])
})

test('customers files bring profiles and no orders', async () => {
  const done = await take(
    '会员号,姓名,手机,邮箱,生日,城市\nV1,李雷,13800000001,li@x.cn,1990-05-06,杭州\nV2,韩梅梅,13800000002,,--,苏州\n',
  )
  expect(done).toMatchObject({ kind: 'customers', totals: { newCustomers: 2, newOrders: 0, rejectedRows: 0 } })
  expect(await house.database.query('select name, birthday, details from parties.party order by name')).toEqual([
    { name: '李雷', birthday: '1990-05-06', details: { city: '杭州' } },
    { name: '韩梅梅', birthday: null, details: { city: '苏州' } },
  ])
})

test('without order numbers, what a customer bought at one time is one order', async () => {
  const text = 'customer,date,amount\n7,2025-01-01,3.50\n7,2025-01-01,1.25\n7,2025-01-03,2\n'
  const done = await take(text)
  expect(done.totals).toMatchObject({ newOrders: 2, purchaseMinor: 675 })
  expect((await events()).map(event => 'orderRef' in event)).toEqual([false, false])
  expect((await take(text)).totals).toMatchObject({ newOrders: 0, unchangedOrders: 2 })
})

const order = fc.record({
  ref: fc.integer({ min: 1, max: 40 }),
  customer: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
  sku: fc.constantFrom('A', 'B "b"', 'C,c', '茶'),
  quantity: fc.integer({ min: -3000, max: 5000 }),
  price: fc.integer({ min: 0, max: 99_999 }),
  hours: fc.integer({ min: 0, max: 20_000 }),
})

test('any file: totals are exact, a second time changes nothing, undo leaves what was before', async () => {
  await fc.assert(
    fc
      .asyncProperty(fc.array(order, { minLength: 1, maxLength: 60 }), fc.boolean(), async (lines, packed) => {
        const text = [
          header,
          ...lines.map(({ ref, customer, sku, quantity, price, hours }) => {
            const at = new Date(Date.UTC(2023, 0, 1) + hours * 3_600_000).toISOString()
            // One customer per order number, so that no line is rejected as somebody else's.
            const who = customer === undefined ? '' : (ref % 8) + 1
            const cell = `"${sku.replaceAll('"', '""')}"`
            return `${ref},${cell},${cell},${(quantity / 1000).toFixed(3)},${at},${(price / 100).toFixed(2)},${who}`
          }),
        ].join('\r\n')
        const before = await dump(house)
        const options = { options: { refundPrefix: null, decimalMark: '.' as const } }
        const first = await take(packed ? gzipSync(text) : text, options)
        const moving = lines.filter(({ quantity, price }) => quantity !== 0 && price !== 0)
        const exact = (sign: number) =>
          moving
            .filter(({ quantity }) => Math.sign(quantity) === sign)
            .reduce((sum, { quantity, price }) => sum + Math.floor((Math.abs(quantity) * price + 500) / 1000), 0)
        const totals = first.totals!
        expect(totals.rejectedRows).toBe(0)
        expect([totals.purchaseMinor, totals.refundMinor]).toEqual([exact(1), exact(-1)])
        expect(totals.setAsideLines).toBe(lines.length - moving.length)
        const [logged] = await house.database.query<{ minor: number }>(
          `select coalesce(sum((payload->>'amountMinor')::bigint * case when kind = 'refund.recorded' then -1 else 1 end), 0)::bigint
           as minor from events.event`,
        )
        expect(logged!.minor + totals.unattributedMinor).toBe(exact(1) - exact(-1))
        const after = await dump(house)
        const second = await take(text, options)
        expect(second.totals).toMatchObject({ newOrders: 0, changedOrders: 0, newRefunds: 0, newCustomers: 0 })
        expect(await dump(house)).toEqual(after)
        await undoNow(house, second.importId)
        await undoNow(house, first.importId)
        expect(await dump(house)).toEqual(before)
      })
      .afterEach(takeAllBack),
    { numRuns: 12 },
  )
})

test('a file is deleted ninety days after its import ended; undo still works', async () => {
  const done = await take([header, '1,T1,Tea,5,2025-01-01,3.00,77'].join('\n'))
  expect(await house.perform('files.expire')).toEqual({ files: 0 })
  house.clock.advanceDays(91)
  expect(await house.perform('files.expire')).toEqual({ files: 1 })
  await undoNow(house, done.importId)
  await expect(checkNow(house, done.importId)).rejects.toMatchObject({ code: 'files:refusal.file-gone' })
})
