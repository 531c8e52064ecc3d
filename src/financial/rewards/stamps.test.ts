import { describe, expect, test } from 'vitest'
import type { Purchase } from '#financial/points/index.ts'
import type { CardTerms } from './rules.ts'
import { type DueStamps, type StampLine, stampSteps, stampsDue } from './stamps.ts'

const terms: CardTerms = {
  name: { en: 'Ten cups' },
  rewardId: '0b0e8a52-6a35-4c8e-9d51-0f3f7a5d1c11',
  stamps: 10,
  per: 'purchase',
  atLeast: { amountMinor: 3000, currency: 'CNY' },
  categories: [],
  skus: [],
  merchants: [],
  startsOn: '2026-03-01',
  stampDays: null,
}
const purchase: Purchase = {
  eventId: 'one',
  orderRef: null,
  merchant: 'west',
  at: 0,
  on: '2026-03-15',
  amountMinor: 4000,
  currency: 'CNY',
  taxMinor: 0,
  paidWithPointsMinor: 0,
  paidWithGiftCardMinor: 0,
  lines: [
    { sku: 'oolong', quantity: 2000, amountMinor: 3000 },
    { sku: 'scone', quantity: 1500, amountMinor: 1000 },
  ],
  refundedMinor: 0,
}
const categoryOf = (sku: string) => (sku === 'oolong' ? 'tea' : undefined)

describe('what a purchase is worth in stamps', () => {
  test.each<[string, Partial<CardTerms>, Partial<Purchase>, number]>([
    ['enough', {}, {}, 1],
    ['exactly enough', {}, { amountMinor: 3000 }, 1],
    ['a cent less', {}, { amountMinor: 2999 }, 0],
    ['enough after a refund', {}, { refundedMinor: 1000 }, 1],
    ['too little after a refund', {}, { refundedMinor: 1001 }, 0],
    ['returned', { atLeast: null }, { refundedMinor: 4000 }, 0],
    ['another currency', {}, { currency: 'EUR' }, 0],
    ['another currency, no least amount', { atLeast: null }, { currency: 'EUR' }, 1],
    ['before the card', {}, { on: '2026-02-28' }, 0],
    ['on its first day', {}, { on: '2026-03-01' }, 1],
    ['at a shop of the card', { merchants: ['west'] }, {}, 1],
    ['at another shop', { merchants: ['east'] }, {}, 0],
    ['nowhere in particular', { merchants: ['west'] }, { merchant: null }, 0],
    ['with a product of the card', { skus: ['scone'] }, {}, 1],
    ['without one', { skus: ['cake'] }, {}, 0],
    ['with a group of the card', { categories: ['tea'] }, {}, 1],
    ['without one of the group', { categories: ['cake'] }, {}, 0],
    ['every item', { per: 'item' }, {}, 3],
    ['every tea', { per: 'item', categories: ['tea'] }, {}, 2],
    ['every whole scone', { per: 'item', skus: ['scone'] }, {}, 1],
    ['every tea, a quarter returned', { per: 'item', categories: ['tea'] }, { refundedMinor: 1000 }, 1],
    ['every item, nothing said of them', { per: 'item' }, { lines: [] }, 1],
  ])('%s', (_, card, bought, expected) => {
    const due = stampsDue({ terms: { ...terms, ...card }, untilOn: null }, [{ ...purchase, ...bought }], categoryOf)
    expect(due.reduce((sum, each) => sum + each.stamps, 0)).toBe(expected)
  })

  test('the last day of a card still counts, the day after does not', () => {
    const due = (untilOn: string) => stampsDue({ terms, untilOn }, [purchase], categoryOf).length
    expect([due('2026-03-15'), due('2026-03-14')]).toEqual([1, 0])
  })

  test('where a day counts once, the second purchase of the day gives none, and stands in when the first is returned', () => {
    const due = (refundedMinor: number) =>
      stampsDue(
        { terms: { ...terms, per: 'day' }, untilOn: null },
        [
          { ...purchase, refundedMinor },
          { ...purchase, eventId: 'two' },
          { ...purchase, eventId: 'three', on: '2026-03-16' },
        ],
        categoryOf,
      ).map(each => each.key)
    expect(due(0)).toEqual(['day 2026-03-15', 'day 2026-03-16'])
    expect(due(4000)).toEqual(['day 2026-03-15', 'day 2026-03-16'])
  })
})

describe('what was posted becomes what is due', () => {
  const due = (stamps: number): DueStamps[] => [{ key: 'one', at: 0, on: '2026-03-15', stamps }]
  const line = (generation: number, issued: number, kept: number): StampLine => ({
    lineKey: 'one',
    generation,
    issued,
    kept,
  })
  test.each<[string, DueStamps[], StampLine[], [string, number, number][]]>([
    ['new', due(2), [], [['give', 1, 2]]],
    ['the same', due(2), [line(1, 2, 2)], []],
    ['less', due(1), [line(1, 3, 3)], [['take', 1, 1]]],
    ['none', [], [line(1, 3, 3)], [['take', 1, 0]]],
    ['more again', due(3), [line(1, 3, 1)], [['give', 2, 2]]],
    [
      'less of two generations',
      due(1),
      [line(1, 3, 2), line(2, 1, 1)],
      [
        ['take', 2, 0],
        ['take', 1, 1],
      ],
    ],
    ['nothing of what is gone', [], [line(1, 3, 0)], []],
  ])('%s', (_, wanted, posted, expected) => {
    const steps = stampSteps(wanted, posted).map(({ kind, line: { generation, kept } }) => [kind, generation, kept])
    expect(steps).toEqual(expected)
  })
})
