import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import writeExcelFile from 'write-excel-file/node'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { checkNow, createImport, importFile, listProblems, mapImport, readImport } from './index.ts'

let house: TestHouse
let folder: string

beforeAll(async () => {
  house = await openTestHouse({ business: { currency: 'GBP', zone: 'UTC' } })
  folder = await mkdtemp(join(tmpdir(), 'guanxi-hostile-'))
})

afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

const header = 'Invoice,StockCode,Quantity,InvoiceDate,Price,CustomerID'
const row = '1,T1,2,2025-06-01,3.25,77'

async function refusalOf(bytes: string | Buffer): Promise<{ code: string; details: object }> {
  const path = join(folder, 'file')
  await writeFile(path, bytes)
  const { n: before } = await count()
  const refusal = await importFile(house, path).then(
    () => ({ code: 'none', details: {} }),
    error => error,
  )
  const { n: after } = await count()
  expect(after).toBe(before)
  return { code: refusal.code ?? String(refusal), details: refusal.details }
}

async function count(): Promise<{ n: number }> {
  const [row] = await house.database.query<{ n: number }>(
    'select ((select count(*) from events.event) + (select count(*) from parties.party))::int as n',
  )
  return row!
}

const many = Array.from({ length: 60_000 }, (_, index) => `${index},T1,2,2025-06-01,3.25,77`).join('\n')
const noise = randomBytes(300_000)

test.each<[string, string | Buffer, string, object]>([
  ['an empty file', '', 'files:refusal.empty-file', {}],
  ['a header alone', `${header}\n`, 'files:refusal.empty-file', {}],
  ['an empty gzip', gzipSync(''), 'files:refusal.empty-file', {}],
  ['a gzip cut short at its beginning', gzipSync(noise).subarray(0, 200), 'files:refusal.broken-gzip', {}],
  ['a gzip cut short near its end', cut(gzipSync(`${header}\n${many}`)), 'files:refusal.broken-gzip', {}],
  ['a damaged gzip', damaged(gzipSync(`${header}\n${many}`)), 'files:refusal.broken-gzip', {}],
  [
    'bytes that are no UTF-8, late in the file',
    late(0xff),
    'files:refusal.wrong-encoding',
    { row: 60_002, encoding: 'utf-8' },
  ],
  ['a NUL byte', `${header}\n${row}\n2,T\0,1,2025-06-01,1,7`, 'files:refusal.nul-byte', { row: 3, column: 4 }],
  ['a NUL byte late in the file', late(0), 'files:refusal.nul-byte', { row: 60_002, column: 1 }],
  [
    '100,000 columns',
    `${Array.from({ length: 100_000 }, (_, n) => `c${n}`).join(',')}\n1`,
    'files:refusal.too-many-columns',
    { columns: 100_000, limit: 2000 },
  ],
  [
    'the same header twice',
    'date,amount,date,customer id\n2025-01-01,1,2,3',
    'files:refusal.duplicate-header',
    { row: 1, name: 'date', first: 1, second: 3 },
  ],
  ['no header', '1,2025-01-01,3.50\n2,2025-01-02,4', 'files:refusal.no-header', { row: 1 }],
  [
    'a quote that never closes',
    `${header}\n1,"T1,2,2025-06-01,3.25,77\n${many}`,
    'files:refusal.unclosed-quote',
    { row: 2 },
  ],
  ['a zip that is no spreadsheet', zipOf('a.txt', Buffer.from('hello')), 'files:refusal.broken-spreadsheet', {}],
  ['a zip cut short', Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3]), 'files:refusal.broken-spreadsheet', {}],
  [
    'an old Excel file',
    Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), noise]),
    'files:refusal.unknown-format',
    {},
  ],
  [
    'a zip bomb',
    zipOf('xl/worksheets/sheet1.xml', Buffer.alloc(600 * 1024 ** 2)),
    'files:refusal.spreadsheet-too-large',
    {},
  ],
])('%s is refused with its place and leaves nothing', async (_, bytes, code, details) => {
  expect(await refusalOf(bytes)).toMatchObject({ code, details })
})

function cut(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - 100)
}

function damaged(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.fill(0x55, copy.length / 2, copy.length / 2 + 50)
  return copy
}

function late(byte: number): Buffer {
  return Buffer.concat([
    Buffer.from(`${header}\n${many}\n`),
    Buffer.of(byte),
    Buffer.from(`,T,1,2025-06-01,1,7\n${row}`),
  ])
}

/** A zip with one part, whose directory lies about its unpacked size. */
function zipOf(name: string, content: Buffer): Buffer {
  const packed = deflateRawSync(content)
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(8, 8)
  local.writeUInt32LE(packed.length, 18)
  local.writeUInt32LE(10, 22)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt16LE(8, 10)
  central.writeUInt32LE(packed.length, 20)
  central.writeUInt32LE(10, 24)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + packed.length, 16)
  return Buffer.concat([local, Buffer.from(name), packed, central, Buffer.from(name), end])
}

test('a line of 100 MB is refused and memory stays bounded', async () => {
  const path = join(folder, 'long.csv')
  await pipeline(
    Readable.from(
      (function* () {
        yield `${header}\n${row}\n`
        for (let piece = 0; piece < 100; piece++) yield 'x'.repeat(1024 ** 2)
      })(),
    ),
    createWriteStream(path),
  )
  const before = process.memoryUsage.rss()
  await expect(importFile(house, path)).rejects.toMatchObject({
    code: 'files:refusal.line-too-long',
    details: { row: 3 },
  })
  expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 ** 2)
})

test('a refusal found while checking is kept with the import, whose file can be mapped again', async () => {
  const path = join(folder, 'late.csv')
  await writeFile(path, late(0xff))
  const { importId } = await createImport(house, { path, name: '../../etc/passwd\0.csv' })
  await expect(checkNow(house, importId)).rejects.toMatchObject({ code: 'files:refusal.wrong-encoding' })
  const failed = await readImport(house, importId)
  expect(failed).toMatchObject({ state: 'failed', name: 'passwd.csv', failure: { details: { row: 60_002 } } })
  const { kind, columns, options } = failed
  const mapped = await mapImport(house, importId, { kind, columns, options: { ...options, encoding: 'gb18030' } })
  expect(mapped).toMatchObject({ state: 'mapping', failure: null, questions: [] })
})

test('a stream that breaks off leaves no file and no import', async () => {
  const before = await readdir(join(house.folder, 'files'))
  async function* broken() {
    yield Buffer.from(header)
    throw new Error('the browser went away')
  }
  await expect(createImport(house, { stream: broken(), name: 'x.csv' })).rejects.toThrow('went away')
  expect((await readdir(join(house.folder, 'files'))).filter(name => !before.includes(name))).toEqual([])
})

test('names from JavaScript are columns and values like any other', async () => {
  const path = join(folder, 'proto.csv')
  await writeFile(
    path,
    '__proto__,constructor,order id,order date,amount,customer id,sku\na,b,__proto__,2025-01-01,1.00,constructor,toString\n',
  )
  const done = await importFile(house, path)
  expect(done.columns.map(column => column.target)).toEqual([
    null,
    null,
    'orderRef',
    'occurredAt',
    'amount',
    'customerId',
    'sku',
  ])
  expect(done.totals).toMatchObject({ newOrders: 1, newCustomers: 1, rejectedRows: 0 })
})

test('odd characters arrive as they are', async () => {
  const path = join(folder, 'odd.csv')
  await writeFile(
    path,
    'order id;order date;amount;customer id;product name\n"a\tb\\N\\";2025-01-01;"1.234,50";"c;""d""";"line\nend 🍵"\n',
  )
  const done = await importFile(house, path)
  expect(done.totals).toMatchObject({ rows: 1, purchaseMinor: 123450 })
  const [event] = await house.database.query(`select payload from events.event where source_id = $1`, [done.importId])
  expect(event).toMatchObject({ payload: { orderRef: 'a\tb\\N\\', lines: [{ sku: 'line\nend 🍵' }] } })
})

test('a spreadsheet is read with its own dates and exact numbers', async () => {
  const path = join(folder, 'book.xlsx')
  await writeExcelFile([
    ['订单号', '日期', '金额', '客户编号'].map(value => ({ value })),
    [
      { value: 'X1' },
      { value: new Date(Date.UTC(2025, 4, 6, 10, 30)), format: 'yyyy-mm-dd hh:mm' },
      { value: 12.35 },
      { value: 13085 },
    ],
    [
      { value: 'X2' },
      { value: new Date(Date.UTC(2025, 4, 31)), format: 'yyyy-mm-dd' },
      { value: 0.1 },
      { value: 13085 },
    ],
  ]).toFile(path)
  const done = await importFile(house, path)
  expect(done.totals).toMatchObject({ newOrders: 2, purchaseMinor: 1245, firstAt: '2025-05-06T10:30:00.000Z' })
})

test('problems beyond what is kept are counted', async () => {
  const path = join(folder, 'bad.csv')
  const bad = Array.from({ length: 12_000 }, (_, index) => `${index},T1,many,2025-06-01,3.25,77`).join('\n')
  await writeFile(path, `${header}\n${row}\n${bad}`)
  const created = await createImport(house, { path, name: 'bad.csv' })
  const columns = created.columns.map(column =>
    column.name === 'Quantity' ? { ...column, target: 'quantity' as const } : column,
  )
  await mapImport(house, created.importId, {
    kind: 'orders',
    columns,
    options: { ...created.options, decimalMark: '.' },
  })
  await checkNow(house, created.importId)
  const page = await listProblems(house, created.importId, { limit: 2, after: '5' })
  expect(page).toMatchObject({ total: 12_000, stored: 10_000, items: [{ row: 6, columnName: 'Quantity' }, { row: 7 }] })
})
