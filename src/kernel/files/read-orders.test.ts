import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OrderFileChoices, openOrders, readOrders } from './read-orders.ts'
import { recordReader } from './records.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guanxi-read-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(text: string): string {
  const path = join(folder, 'file.txt')
  writeFileSync(path, text)
  return path
}

const now = new Date('2026-01-01T00:00:00Z')

async function linesOf(text: string, choices?: OrderFileChoices) {
  const file = await openOrders(write(text), choices)
  const lines = []
  for await (const rows of readOrders(file, now)) {
    for (const { line, profile, problem } of rows) {
      lines.push(problem ? problem.code : [profile?.customerId, line!.occurredAt.slice(0, 10), line!.amountMinor])
    }
  }
  return lines
}

it('any run of blanks stands between two columns, at the edges for nothing, and a quote is a letter', () => {
  const reader = recordReader(' ')
  expect([...reader.push(' 1  2\t3 \r\n\n4 "5" 6'), ...reader.end()]).toEqual([['1', '2', '3'], [], ['4', '"5"', '6']])
})

describe('a file of orders', () => {
  const rows = [
    ['7', '2025-01-02', 150],
    ['8', '2025-01-03', 250],
  ]
  it.each<[string, string, OrderFileChoices]>([
    ['with a header', 'customer,date,amount\n7,2025-01-02,1.50\n8,2025-01-03,2.50', {}],
    ['between blanks', 'customer date amount\n7 2025-01-02 1.50\n8  2025-01-03  2.50', {}],
    [
      'without a header, said so',
      '7;2025-01-02;1.50\n8;2025-01-03;2.50\n',
      { header: false, columns: { customerId: '1', amount: '3' } },
    ],
    [
      'without a header, seen by itself',
      ' 7 20250102 1.50\n 8 20250103 2.50\n',
      { columns: { customerId: '1', amount: '3' } },
    ],
    [
      'with columns called otherwise',
      'a,b,c\n7,2025-01-02,1.50\n8,2025-01-03,2.50',
      { columns: { customerId: 'A', occurredAt: 'b', amount: 'c' } },
    ],
    [
      'whose amount is said to be another column',
      'customer,date,amount,net\n7,2025-01-02,9,1.50\n8,2025-01-03,9,2.50',
      { columns: { amount: 'net' } },
    ],
  ])('%s', async (_, text, choices) => {
    expect(await linesOf(text, choices)).toEqual(rows)
  })

  it('without amounts holds purchases of nothing known', async () => {
    const file = await openOrders(write('cust,date\n7,2025-01-02'))
    expect(file.isPriced).toBe(false)
    expect(await linesOf('cust,date\n7,2025-01-02')).toEqual([['7', '2025-01-02', 0]])
  })

  it.each<[string, OrderFileChoices, string[]]>([
    ['a,b\n1,x\n2,y', {}, ['customer', 'occurredAt']],
    ['customer,date\na,01/02/2025\nb,03/04/2025', {}, ['dateOrder']],
    ['customer,date\na,01/02/2025\nb,03/04/2025', { dateOrder: 'mdy' }, []],
    ['customer,date\na,13/02/25\nb,03/04/25', {}, ['twoDigitYearsFrom']],
  ])('%j with %j leaves %j to be said', async (text, choices, questions) => {
    expect((await openOrders(write(text), choices)).questions).toEqual(questions)
  })

  it('takes its currency from a column that says it', async () => {
    expect(
      (await openOrders(write('customer,date,amount,currency\na,2025-01-02,1,eur\nb,2025-01-02,1,eur'))).currency,
    ).toBe('EUR')
    expect((await openOrders(write('customer,date,amount\na,2025-01-02,1'))).currency).toBeNull()
  })

  it('refuses a column that is not there', async () => {
    await expect(openOrders(write('a,b\n1,2'), { columns: { amount: 'c' } })).rejects.toMatchObject({
      code: 'files:refusal.unknown-column',
    })
  })
})
