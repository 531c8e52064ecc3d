import { describe, expect, test } from 'vitest'
import type { OpeningField } from './contract.ts'
import { guessFields, type Meaning, readRow } from './rows.ts'

const meaning = (fields: (OpeningField | null)[], more: Partial<Meaning> = {}): Meaning => ({
  fields,
  asset: 'points',
  dateOrder: 'ymd',
  zone: 'Asia/Shanghai',
  now: new Date('2026-03-01T02:00:00Z'),
  places: new Map([
    ['points', 0],
    ['money:CNY', 2],
  ]),
  ...more,
})
const usual = meaning(['customer_id', 'amount', 'earnedOn', 'expiresOn'])

describe('a row', () => {
  test('counts from the beginning of its day to the end of its last, in the zone of the business', () => {
    expect(readRow(['C-7', '120', '2025-03-01', '2027-02-28'], usual)).toEqual({
      identifiers: [{ kind: 'customer_id', value: 'C-7' }],
      asset: 'points',
      amount: 120,
      earnedAt: new Date('2025-02-28T16:00:00Z'),
      expiresAt: new Date('2027-02-28T16:00:00Z'),
      reference: null,
      isExpired: false,
    })
  })

  test.each<[string, string[], string | null]>([
    ['without anybody', ['', '5', '', ''], 'no-identifier'],
    ['of nothing is passed over', ['C', '0', '', ''], null],
    ['below zero', ['C', '-5', '', ''], 'not-an-amount'],
    ['of half a point', ['C', '5.5', '', ''], 'not-an-amount'],
    ['of words', ['C', 'many', '', ''], 'not-an-amount'],
    ['with a day that is none', ['C', '5', '2025-02-30', ''], 'not-a-date'],
    ['earned tomorrow', ['C', '5', '2026-03-02', ''], 'earned-in-future'],
    ['that expired before it was earned', ['C', '5', '2025-03-02', '2025-03-01'], 'expires-before-earned'],
  ])('%s', (_, cells, answer) => {
    expect(readRow(cells, usual)).toBe(answer)
  })

  test.each([
    ['on its last day is alive', '2026-03-01', false],
    ['the day after has expired', '2026-02-28', true],
  ])('%s', (_, expiresOn, isExpired) => {
    expect(readRow(['C', '1,250', '2025-01-01', expiresOn], usual)).toMatchObject({ amount: 1250, isExpired })
  })

  test.each([
    ['积分', '12', 'points', 12],
    ['CNY', '12.5', 'money:CNY', 1250],
    ['money:CNY', '¥1,200', 'money:CNY', 120_000],
    ['', '12', 'points', 12],
  ])('says what it holds as %s', (asset, amount, held, units) => {
    const row = readRow(['138 0000 5521', asset, amount], meaning(['phone', 'asset', 'amount']))
    expect(row).toMatchObject({ asset: held, amount: units })
  })

  test('of what nobody can hold here is refused', () => {
    expect(readRow(['C', 'EUR', '5'], meaning(['card', 'asset', 'amount']))).toBe('unknown-asset')
  })

  test('is read in the order of day and month that was chosen', () => {
    const cells = ['C', '5', '03/04/2025', '']
    expect(readRow(cells, { ...usual, dateOrder: 'dmy' })).toMatchObject({ earnedAt: new Date('2025-04-02T16:00:00Z') })
    expect(readRow(cells, { ...usual, dateOrder: 'mdy' })).toMatchObject({ earnedAt: new Date('2025-03-03T16:00:00Z') })
    expect(readRow(cells, { ...usual, dateOrder: null })).toBe('not-a-date')
  })
})

test.each([
  [
    ['Member No', 'Name', 'Points', 'Earn date', 'Expiry date'],
    ['customer_id', null, 'amount', 'earnedOn', 'expiresOn'],
  ],
  [
    ['手机号', '会员卡号', '积分余额', '有效期至', '备注'],
    ['phone', 'card', 'amount', 'expiresOn', 'reference'],
  ],
  [
    ['Card', 'Points', 'Balance'],
    ['card', 'amount', null],
  ],
])('columns %j seem to mean %j', (headers, fields) => {
  expect(guessFields(headers)).toEqual(fields)
})
