import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestHouse, type TestHouse } from '#testing/house.ts'
import { importFile, listProblems, removeImport, undoNow } from './index.ts'
import { natureOf } from './source.ts'
import { openTable, rowsOf, shapeOf } from './table.ts'

let house: TestHouse
let folder: string

beforeAll(async () => {
  house = await openTestHouse({ start: '2026-03-01T09:00:00Z', business: { currency: 'GBP', zone: 'Europe/London' } })
  folder = await mkdtemp(join(tmpdir(), 'guanxi-nested-'))
})

afterAll(async () => {
  await house.close()
  await rm(folder, { recursive: true, force: true })
})

async function keep(bytes: string | Uint8Array | ArrayBuffer, name: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes)
  return path
}

async function read(bytes: string | Uint8Array | ArrayBuffer, name = 'file') {
  const path = await keep(bytes, name)
  const nature = await natureOf(path)
  const { sample } = await openTable(path, nature)
  const columns = sample.headers.map((header, at) => ({
    name: header,
    target: 'city' as const,
    ...(sample.lists?.[at] && { list: sample.lists[at] }),
  }))
  const rows: (readonly string[])[] = []
  const reading = { nature, encoding: 'utf-8' as const, delimiter: ',', shape: shapeOf(columns) }
  for await (const piece of rowsOf(path, reading)) rows.push(...piece.records)
  return { headers: sample.headers, rows, nature }
}

type Column = Parameters<typeof parquetWriteBuffer>[0]['columnData'][number]
const parquet = (columnData: Column[], others: Partial<Parameters<typeof parquetWriteBuffer>[0]> = {}) =>
  parquetWriteBuffer({ columnData, ...others })

test('JSON lines: fields inside fields get dots, lines of an order become rows, digits stay as they are', async () => {
  const { headers, rows } = await read(
    [
      '{"id":12345678901234567890,"customer":{"id":"7","name":"李雷"},"tags":["new","vip"],"lines":[{"sku":"A","price":0.10},{"sku":"B","price":2.50}]}',
      '',
      '{"id":"2","customer":{"id":8},"lines":[]}',
    ].join('\n'),
  )
  expect(headers).toEqual(['id', 'customer.id', 'customer.name', 'tags', 'lines.sku', 'lines.price'])
  expect(rows).toEqual([
    ['12345678901234567890', '7', '李雷', 'new, vip', 'A', '0.10'],
    ['12345678901234567890', '7', '李雷', 'new, vip', 'B', '2.50'],
    ['2', '8', '', '', '', ''],
  ])
})

test('orders from a shop with lines inside: the total of the order never counts once per line', async () => {
  const orders = [
    '{"order_id":"1001","created_at":"2025-06-01T10:00:00+01:00","total":10.5,"customer":{"id":"77","email":"a@b.co"},"line_items":[{"sku":"T1","name":"Green tea","quantity":2,"price":"3.25"},{"sku":"T2","name":"Black tea","quantity":1,"price":"4.00"}]}',
    '{"order_id":"1002","created_at":"2025-06-02T10:00:00+01:00","total":4,"customer":{"id":"78","email":"c@d.co"},"line_items":[{"sku":"T2","name":"Black tea","quantity":1,"price":"4.00"}]}',
  ].join('\n')
  const path = await keep(gzipSync(orders), 'orders.jsonl.gz')
  const done = await importFile(house, path)
  expect(done).toMatchObject({ format: 'jsonl', gzip: true, kind: 'orders' })
  expect(Object.fromEntries(done.columns.map(column => [column.name, column.target]))).toEqual({
    order_id: 'orderRef',
    created_at: 'occurredAt',
    total: null,
    'customer.id': 'customerId',
    'customer.email': 'email',
    'line_items.sku': 'sku',
    'line_items.name': 'productName',
    'line_items.quantity': 'quantity',
    'line_items.price': 'unitPrice',
  })
  expect(done.totals).toMatchObject({ rows: 3, newOrders: 2, purchaseMinor: 1450, newCustomers: 2 })
  await undoNow(house, done.importId)
  await removeImport(house, done.importId)
  await expect(importFile(house, path, { mapping: { total: 'amount' } })).rejects.toMatchObject({
    code: 'files:refusal.amount-of-order',
    details: { name: 'total', list: 'line_items' },
  })
  const byOrder = await importFile(house, path, {
    mapping: {
      total: 'amount',
      'line_items.sku': null,
      'line_items.name': null,
      'line_items.quantity': null,
      'line_items.price': null,
    },
  })
  expect(byOrder.totals).toMatchObject({ rows: 2, newOrders: 2, purchaseMinor: 1450 })
  await undoNow(house, byOrder.importId)
})

test('a line that is no record is rejected with its row; the rest is taken in', async () => {
  const path = await keep(
    [
      '{"order":"1","date":"2025-01-01","amount":"1.00","customer":"7"}',
      '{"order":"2","date":"2025-01-01","amount":"1.00","amount":"2.00","customer":"7"}',
      '{"order":"3","date":"2025-01-01",',
      '[1,2]',
      `{"order":"4","x":${'[{"a":'.repeat(40)}1${'}]'.repeat(40)}}`,
      '{"__proto__":{"polluted":"yes"},"constructor":"c","order":"5","date":"2025-01-01","amount":"3.00","customer":"toString"}',
    ].join('\n'),
    'broken.jsonl',
  )
  const done = await importFile(house, path)
  const { items } = await listProblems(house, done.importId, { limit: 10 })
  expect(items.map(({ row, code }) => [row, code])).toEqual([
    [3, 'files:problem.duplicate-key'],
    [4, 'files:problem.not-json'],
    [5, 'files:problem.not-an-object'],
    [6, 'files:problem.missing'],
  ])
  expect(done.totals).toMatchObject({ rows: 6, rejectedRows: 4, newOrders: 2 })
  expect(({} as { polluted?: string }).polluted).toBeUndefined()
  expect(done.columns.map(({ name }) => name)).toContain('__proto__.polluted')
  await undoNow(house, done.importId)
})

test('Parquet: decimals, instants, days and short fractions are exact, however they are stored', async () => {
  const schema = [
    { name: 'root', num_children: 8 },
    { name: 'small', type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 2, repetition_type: 'OPTIONAL' },
    { name: 'large', type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 4, repetition_type: 'REQUIRED' },
    { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'REQUIRED' },
    { name: 'utc', type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type: 'REQUIRED' },
    {
      name: 'local',
      type: 'INT64',
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' },
      repetition_type: 'REQUIRED',
    },
    { name: 'short', type: 'FLOAT', repetition_type: 'REQUIRED' },
    { name: 'whole', type: 'INT64', repetition_type: 'REQUIRED' },
    { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ] as const
  const bytes = parquetWriteBuffer({
    schema: schema as never,
    columnData: [
      { name: 'small', data: [12.35, null] },
      { name: 'large', data: [123456789012345678n, -5n] },
      { name: 'day', data: [20_000, 0] },
      { name: 'utc', data: [1_748_772_000_123_456n, -1n] },
      { name: 'local', data: [1_748_772_000_000_000_000n, 0n] },
      { name: 'short', data: [12.35, 0.1] },
      { name: 'whole', data: [9_007_199_254_740_993n, 1n] },
      { name: 'text', data: ['茶', null] },
    ] as never,
  })
  const { headers, rows } = await read(bytes, 'exact.parquet')
  expect(headers).toEqual(['small', 'large', 'day', 'utc', 'local', 'short', 'whole', 'text'])
  expect(rows).toEqual([
    [
      '12.35',
      '12345678901234.5678',
      '2024-10-04',
      '2025-06-01 10:00:00Z',
      '2025-06-01 10:00:00',
      '12.35',
      '9007199254740993',
      '茶',
    ],
    ['', '-0.0005', '1970-01-01', '1969-12-31 23:59:59Z', '1970-01-01 00:00:00', '0.1', '1', ''],
  ])
})

test('Parquet: many row groups are read in order, plain and packed with each of the usual ways', async () => {
  const data = Array.from({ length: 5000 }, (_, index) => `order ${index}`)
  const codecs = {
    UNCOMPRESSED: undefined,
    SNAPPY: undefined,
    GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
  } as const
  for (const [codec, pack] of Object.entries(codecs)) {
    const bytes = parquet([{ name: 'order', data, type: 'STRING' }], {
      codec: codec as keyof typeof codecs,
      rowGroupSize: 700,
      ...(pack && { compressors: { [codec]: pack } }),
    })
    const { rows } = await read(bytes, `${codec}.parquet`)
    expect(rows.map(([order]) => order)).toEqual(data)
  }
})

const damaged = async () => {
  const good = new Uint8Array(parquet([{ name: 'order', data: ['a', 'b', 'c'], type: 'STRING' }]))
  const view = new DataView(good.buffer)
  const footer = view.getUint32(good.length - 8, true)
  const copy = (change: (bytes: Uint8Array) => void) => {
    const bytes = good.slice()
    change(bytes)
    return bytes
  }
  return {
    'cut short': good.subarray(0, good.length - 5),
    'only its name': Buffer.from('PAR1'),
    'a footer longer than the file': copy(bytes =>
      new DataView(bytes.buffer).setUint32(good.length - 8, 2 ** 31, true),
    ),
    'a footer of zeroes': copy(bytes => bytes.fill(0, good.length - 8 - footer, good.length - 8)),
    'a footer of noise': copy(bytes => bytes.fill(0xff, good.length - 8 - footer, good.length - 8)),
    'pages of noise': copy(bytes => bytes.fill(0xee, 4, 12)),
  }
}

test('a broken Parquet file is refused and leaves nothing, whatever is broken in it', async () => {
  for (const [what, bytes] of Object.entries(await damaged())) {
    const path = await keep(bytes, 'broken.parquet')
    const error = await importFile(house, path).catch(caught => caught)
    expect([what, error.code]).toEqual([what, 'files:refusal.broken-parquet'])
  }
  const good = new Uint8Array(parquet([{ name: 'order', data: ['a', 'b', 'c'], type: 'STRING' }]))
  // Any byte of a file may be wrong: the answer is a refusal or a reading, never a crash.
  for (let at = 0; at < good.length; at += 7) {
    const bytes = good.slice()
    bytes[at] = bytes[at]! ^ 0x55
    const outcome = await read(bytes, 'flipped.parquet').then(
      () => 'read',
      error => String(error.code),
    )
    expect(outcome).toMatch(/^(read|files:refusal\..+)$/)
  }
})

test('sizes and counts that lie are found out before anything is unpacked', async () => {
  const honest = parquet([{ name: 'order', data: Array.from({ length: 100 }, () => 'tea'), type: 'STRING' }])
  const bytes = new Uint8Array(honest)
  // The directory says 100 rows (zigzag varint 200); every place where that is written is made to say more.
  const before = process.memoryUsage.rss()
  for (let at = 4; at < bytes.length - 8; at++) {
    if (bytes[at] !== 0xc8 || bytes[at + 1] !== 0x01) continue
    const lying = bytes.slice()
    lying[at + 1] = 0x7f
    const outcome = await read(lying, 'lying.parquet').then(
      ({ rows }) => rows.length,
      error => String(error.code),
    )
    expect(outcome === 100 || /^files:refusal\.(broken-parquet|parquet-too-large)$/.test(String(outcome))).toBe(true)
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 ** 2)
})

test('a page that unpacks to gigabytes is refused', async () => {
  const bomb = parquet([{ name: 'order', data: ['x'.repeat(80 * 1024 ** 2)], type: 'STRING' }])
  await expect(read(bomb, 'bomb.parquet')).rejects.toMatchObject({ code: 'files:refusal.parquet-too-large' })
})

test('one long word in a dictionary, repeated for every row, takes no more memory than the word', async () => {
  const word = 'w'.repeat(1024 ** 2)
  const bytes = parquet([
    { name: 'note', data: Array.from({ length: 30_000 }, () => word), type: 'STRING' },
    { name: 'order', data: Array.from({ length: 30_000 }, (_, index) => String(index)), type: 'STRING' },
  ])
  const path = await keep(bytes, 'dictionary.parquet')
  const before = process.memoryUsage.rss()
  const nature = await natureOf(path)
  const shape = shapeOf([
    { name: 'note', target: 'city' },
    { name: 'order', target: 'orderRef' },
  ])
  let rows = 0
  for await (const piece of rowsOf(path, { nature, encoding: 'utf-8', delimiter: ',', shape })) {
    rows += piece.records.length
    expect(piece.records[0]![0]!.length).toBe(10_000)
  }
  expect(rows).toBe(30_000)
  expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 1024 ** 2)
})

test.each<[string, () => string | Uint8Array, string]>([
  ['20,000 columns in Parquet', () => new Uint8Array(wide(20_000)), 'files:refusal.too-many-columns'],
  ['100,000 keys in JSON lines', () => `{${keys(100_000)}}\n`, 'files:refusal.too-many-columns'],
  ['a NUL in a JSON file', () => '{"a":"x\0"}\n', 'files:refusal.nul-byte'],
  ['a JSON list', () => '[\n {"a":1}]', 'files:refusal.json-array'],
  ['JSON over several lines', () => '{\n"a": 1\n}\n', 'files:refusal.not-json-lines'],
  ['a JSON line of 10 MB', () => `{"a":"${'x'.repeat(10 * 1024 ** 2)}"}\n`, 'files:refusal.line-too-long'],
  ['a JSON bomb in gzip', () => gzipSync(`{"a":"${'x'.repeat(200 * 1024 ** 2)}`), 'files:refusal.line-too-long'],
  ['Parquet in gzip', () => gzipSync(new Uint8Array(wide(1))), 'files:refusal.unknown-format'],
])('%s is refused', async (_, bytes, code) => {
  await expect(importFile(house, await keep(bytes(), 'hostile'))).rejects.toMatchObject({ code })
})

const keys = (count: number) => Array.from({ length: count }, (_, index) => `"k${index}":1`).join(',')
const wide = (columns: number) =>
  parquet(Array.from({ length: columns }, (_, index) => ({ name: `c${index}`, data: ['1'], type: 'STRING' as const })))

const line = fc.record({
  order: fc.integer({ min: 1, max: 20 }).map(String),
  sku: fc.constantFrom('A', 'B "b"', 'C,c', '茶', "'=1+1"),
  quantity: fc.integer({ min: 1, max: 5000 }).map(thousandths => (thousandths / 1000).toFixed(3)),
  price: fc.integer({ min: 1, max: 99_999 }).map(minor => (minor / 100).toFixed(2)),
  day: fc.integer({ min: 10_000, max: 20_000 }).map(day => new Date(day * 86_400_000).toISOString().slice(0, 10)),
})

test('the same rows as CSV, as JSON lines and as Parquet are the same import', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async lines => {
      const rows = lines.map(row => ({ ...row, 'customer id': String((Number(row.order) % 5) + 1) }))
      const names = ['order', 'sku', 'quantity', 'price', 'day', 'customer id'] as const
      const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
      const csv = [names, ...rows.map(row => names.map(name => row[name]))]
        .map(row => row.map(cell).join(','))
        .join('\n')
      const json = rows.map(row => JSON.stringify(Object.fromEntries(names.map(name => [name, row[name]])))).join('\n')
      const columns = names.map(name => ({ name, data: rows.map(row => row[name]), type: 'STRING' as const }))
      const mapping = {
        order: 'orderRef',
        sku: 'sku',
        quantity: 'quantity',
        price: 'unitPrice',
        day: 'occurredAt',
        'customer id': 'customerId',
      } as const
      const options = { options: { decimalMark: '.' as const, refundPrefix: null }, mapping }
      const found = []
      for (const [name, bytes] of [
        ['a.csv', csv],
        ['a.jsonl', json],
        ['a.parquet', parquet(columns)],
      ] as const) {
        const done = await importFile(house, await keep(bytes, name), options)
        const events = await house.database.query(
          'select kind, occurred_at, payload from events.event order by payload::text',
        )
        found.push({ totals: done.totals, events })
        const again = await importFile(house, await keep(csv, 'again.csv'), options)
        expect(again.totals).toMatchObject({ newOrders: 0, changedOrders: 0, unchangedOrders: done.totals!.newOrders })
        for (const { importId } of [again, done]) {
          await undoNow(house, importId)
          await removeImport(house, importId)
        }
      }
      expect(found[1]).toEqual(found[0])
      expect(found[2]).toEqual(found[0])
    }),
    { numRuns: 6 },
  )
})
