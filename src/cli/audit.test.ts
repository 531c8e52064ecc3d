import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BaseAudit } from '#insight/audit/index.ts'
import { run } from './program.ts'

let folder: string
const heard = { out: '', err: '' }

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanxi-audit-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeEach(() => {
  heard.out = ''
  heard.err = ''
  vi.stubEnv('GUANXI_LANGUAGE', 'en')
  vi.stubEnv('NO_COLOR', '1')
  vi.spyOn(process.stdout, 'write').mockImplementation(text => hear('out', text))
  vi.spyOn(process.stderr, 'write').mockImplementation(text => hear('err', text))
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

function hear(stream: 'out' | 'err', text: unknown): boolean {
  heard[stream] += String(text)
  return true
}

const at = (name: string) => join(folder, name)

function write(name: string, text: string | Buffer): string {
  writeFileSync(at(name), text)
  return at(name)
}

const guanxi = (...args: string[]) => run(['node', 'guanxi', 'audit', ...args])

async function numbersOf(...args: string[]): Promise<BaseAudit> {
  expect(await guanxi(...args, '--json')).toBe(0)
  return JSON.parse(heard.out)
}

/** Sixty customers who come every month or so for a year and a half. */
const orders = Array.from({ length: 600 }, (_, row) => {
  const day = new Date(Date.UTC(2024, 0, 1 + Math.floor(row * 0.9) + (row % 7)))
  return `${row + 1},c${(row * 7) % 60},${day.toISOString().slice(0, 10)},${10 + (row % 13)}.50`
})
const table = ['order,customer,date,amount', ...orders].join('\n')

describe('guanxi audit', () => {
  it('writes a report and says what was found', async () => {
    expect(await guanxi(write('orders.csv', table), '--out', at('report.html'), '--currency', 'eur')).toBe(0)
    expect(heard.out).toMatch(/Half of your revenue comes from \d+% of customers/)
    expect(heard.out).toContain(`The report is in ${at('report.html')}.`)
    expect(heard.err).toMatch(/customer +customer number[\s\S]*Read 600 lines: 600 orders of 60 customers\./)
    const html = readFileSync(at('report.html'), 'utf8')
    expect(html.includes('<html lang="en">')).toBe(true)
    expect(/€[\d,.]+/.test(html)).toBe(true)
  })

  it('speaks Chinese when asked to, also in the report', async () => {
    expect(await guanxi(write('orders.csv', table), '--out', at('zh.html'), '--lang', 'zh')).toBe(0)
    expect(heard.out).toContain('一半的收入来自')
    expect(readFileSync(at('zh.html'), 'utf8').includes('<html lang="zh-CN">')).toBe(true)
  })

  it('answers with the numbers, alone on standard output, or in a file', async () => {
    const found = await numbersOf(write('orders.csv', table))
    expect(found.source).toMatchObject({ customers: 60, orders: 600, lines: 600, currency: null })
    heard.out = ''
    expect(await guanxi(at('orders.csv'), '--json', at('numbers.json'))).toBe(0)
    expect(heard.out).toBe('')
    expect(JSON.parse(readFileSync(at('numbers.json'), 'utf8'))).toEqual(found)
  })

  it('without a place to write to says the findings and how to get the page', async () => {
    expect(await guanxi(write('orders.csv', table))).toBe(0)
    expect(heard.out).toContain('--out report.html')
  })

  it('explains itself in both languages', async () => {
    expect(await guanxi('--help')).toBe(0)
    expect(heard.out).toMatch(/--date-format[\s\S]*--split/)
    expect(await guanxi('--help', '--lang', 'zh')).toBe(0)
    expect(heard.out).toContain('客户所在的列')
  })
})

describe('files as they come', () => {
  const line = (row: string) => row.split(',')

  it.each<[string, string | Buffer, string[], object]>([
    [
      'without a header, between blanks, in one run of digits for the date',
      orders
        .map(line)
        .map(([, who, on, paid]) => ` ${who}   ${on!.replaceAll('-', '')}   ${paid}`)
        .join('\r\n'),
      [
        '--header',
        'no',
        '--delimiter',
        'whitespace',
        '--customer',
        '1',
        '--date',
        '2',
        '--date-format',
        'yyyymmdd',
        '--amount',
        '3',
      ],
      { customers: 60, currency: null },
    ],
    [
      'the same, found out by itself but for who is who',
      orders
        .map(line)
        .map(([, who, on, paid]) => ` ${who}   ${on!.replaceAll('-', '')}   ${paid}`)
        .join('\r\n'),
      ['--customer', '1', '--amount', '3'],
      { customers: 60 },
    ],
    [
      'without amounts',
      ['cust,date', ...orders.map(line).map(([, who, on]) => `${who},${on}`)].join('\n'),
      [],
      { revenueMinor: null },
    ],
    ['packed', gzipSync(table), [], { orders: 600 }],
    [
      'with lines of quantity and price, refunds and nobody',
      [
        'Invoice,StockCode,Quantity,InvoiceDate,Price,CustomerID',
        '1,tea,2,2024-01-05 10:00,3.00,7',
        '1,pot,1,2024-01-05 10:00,20.00,7',
        'C2,tea,-1,2024-01-09 10:00,3.00,7',
        '3,tea,1,2024-02-01 10:00,3.00,',
        '4,box,1,2024-02-02 10:00,0.00,7',
        '5,tea,4,2024-03-05 10:00,3.00,7',
        '6,tea,1,2024-03-05 10:00,3.00,8',
        '7,fee,1,2024-03-06 10:00,-9.00,7',
      ].join('\n'),
      ['--currency', 'GBP'],
      { customers: 2, orders: 3, revenueMinor: 3800, lines: 8 },
    ],
  ])('%s', async (_, text, args, source) => {
    const found = await numbersOf(write('file.txt', text), ...args)
    expect(found.source).toMatchObject(source)
  })

  it('says of each line that was left out why', async () => {
    const rows = [
      'Invoice,StockCode,Quantity,InvoiceDate,Price,CustomerID',
      '1,tea,2,2024-01-05,3.00,7',
      '3,tea,1,2024-02-01,3.00,',
      '4,box,1,2024-02-02,0.00,7',
      '5,tea,x,2024-03-05,3.00,7',
      '6,tea,1,2024-02-31,3.00,8',
    ]
    const { source } = await numbersOf(write('file.csv', rows.join('\n')))
    expect(source.setAside.map(({ reason, lines }) => [reason, lines])).toEqual([
      ['without-customer', 1],
      ['free', 1],
      ['number', 1],
      ['date', 1],
    ])
    expect(heard.err).toContain('1 lines without a customer')
  })

  it('takes what one customer buys at one time for one order where there are no order numbers', async () => {
    const { source } = await numbersOf(
      write('file.csv', 'customer,date,amount\na,2024-01-01,1\na,2024-01-01,2\nb,2024-01-02,0'),
    )
    expect(source).toMatchObject({ orders: 2, lines: 3, revenueMinor: 300 })
    expect(source.notes.map(({ key }) => key)).toEqual(['audit:note.no-order-numbers', 'audit:note.no-currency'])
  })

  it('looks only at the days it is told to', async () => {
    const { source } = await numbersOf(write('orders.csv', table), '--from', '2024-03-01', '--to', '2024-06-30')
    expect(source.firstOn >= '2024-03-01' && source.lastOn === '2024-06-30').toBe(true)
  })
})

describe('what cannot be', () => {
  it.each<[string, string | null, string[], number, string]>([
    ['no such file', null, [], 3, 'There is no file at'],
    ['an empty file', '', [], 3, 'holds no rows'],
    ['a file that says not who', 'x;date\n1;2024-01-01', [], 3, 'which column is the customer (--customer)'],
    ['a column that is not there', table, ['--customer', 'who'], 3, 'has no column who'],
    ['day and month in either order', 'customer,date\na,01/02/2024\nb,03/04/2024', [], 3, '--date-format dd/mm/yyyy'],
    ['a date format that says nothing', table, ['--date-format', 'iso'], 3, 'does not say how dates are written'],
    ['a delimiter that is none', table, ['--delimiter', 'dots'], 3, 'cannot stand between columns'],
    ['a currency that is none', table, ['--currency', 'euro'], 3, 'is not a currency'],
    ['a day that is none', table, ['--from', '2024-02-30'], 3, 'is not a day'],
    ['nobody in the days asked for', table, ['--from', '2030-01-01'], 3, 'not a single order'],
    ['no row that can be read', 'customer,date,amount\na,2024-02-31,1', [], 3, 'not a single order'],
    ['an option that is not there', table, ['--pdf'], 2, 'no option --pdf'],
    ['an answer that is not possible', table, ['--cohorts', 'week'], 2, 'is not possible here'],
  ])('%s', async (_, text, args, code, sentence) => {
    const path = text === null ? at('missing.csv') : write('bad.csv', text)
    expect(await guanxi(path, '--out', at('never.html'), ...args)).toBe(code)
    expect(heard.err).toContain(sentence)
    expect(heard.err).not.toMatch(/:refusal\.|Error:/)
    expect(existsSync(at('never.html'))).toBe(false)
  })

  it('writes over its own report, and over nothing else unless forced', async () => {
    const path = write('orders.csv', table)
    for (let time = 0; time < 2; time++) expect(await guanxi(path, '--out', at('again.html'))).toBe(0)
    write('letter.html', '<p>Dear Anna</p>')
    expect(await guanxi(path, '--out', at('letter.html'))).toBe(3)
    expect(heard.err).toContain('was not made by this command')
    expect(readFileSync(at('letter.html'), 'utf8')).toBe('<p>Dear Anna</p>')
    expect(await guanxi(path, '--out', at('letter.html'), '--force')).toBe(0)
    expect(readFileSync(at('letter.html'), 'utf8')).toContain('Guanxi base audit')
  })

  it('does not write into a folder that is not there, nor over a folder', async () => {
    const path = write('orders.csv', table)
    mkdirSync(at('folder'), { recursive: true })
    expect(await guanxi(path, '--out', at('nowhere/report.html'))).toBe(3)
    expect(await guanxi(path, '--out', at('folder'))).toBe(3)
  })
})

const shared = process.env.GUANXI_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

// The totals are those of each data set's SOURCE.txt, computed there without our code.
describe('data sets of the literature', () => {
  const sets: [string, string[], Partial<BaseAudit['source']>, string][] = [
    [
      'cdnow/CDNOW_sample.txt',
      [
        '--header',
        'no',
        '--delimiter',
        'whitespace',
        '--customer',
        '2',
        '--date',
        '3',
        '--date-format',
        'yyyymmdd',
        '--amount',
        '5',
        '--currency',
        'USD',
      ],
      // 6,919 purchases, of which those of one day are one: 6,696.
      {
        lines: 6919,
        customers: 2357,
        orders: 6696,
        revenueMinor: 24_409_194,
        firstOn: '1997-01-01',
        lastOn: '1998-06-30',
      },
      'pareto-nbd',
    ],
    [
      'grocery-elog/groceryElog.csv',
      [],
      { lines: 10_483, customers: 1525, revenueMinor: null, firstOn: '2006-01-01', lastOn: '2007-12-30' },
      'mbg-cnbd-k',
    ],
    [
      'online-retail-ii/online_retail_II_dedup.csv.gz',
      ['--currency', 'GBP'],
      { lines: 1_044_847, customers: 5878, orders: 36_969, firstOn: '2009-12-01', lastOn: '2011-12-09' },
      'mbg-cnbd-k',
    ],
  ]
  for (const [name, args, source, chosen] of sets) {
    it(name, { timeout: 120_000 }, async context => {
      const path = join(shared, name)
      if (!existsSync(path)) return context.skip(`${path} is not here: its totals are not compared`)
      const found = await numbersOf(path, ...args)
      expect(found.source).toMatchObject(source)
      expect(found.holdout!.chosen).toBe(chosen)
    })
  }
})
