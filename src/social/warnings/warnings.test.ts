import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isEnough,
  type LateCustomer,
  planWeek,
  rankLate,
  returnedInTime,
  spendAtRiskMinor,
  suggestStep,
  weekAround,
  whyLate,
} from './warnings.ts'

const late: LateCustomer = {
  partyId: 'a',
  kind: 'rhythm',
  type: 'drifting',
  purchases: 11,
  silentDays: 61,
  usualDays: 24.2,
  cycleDays: null,
  noPurchase: 0.7,
  likeThis: { outOfTen: 7 },
  horizonDays: 60,
  spendPerYearMinor: 184_000,
  currency: 'CNY',
}

test.each([
  ['seven in ten of ¥1,840', { noPurchase: 0.7, spendPerYearMinor: 184_000 }, 128_800],
  ['certain, but little', { noPurchase: 1, spendPerYearMinor: 20_000 }, 20_000],
  ['not known: one in two', { noPurchase: null, spendPerYearMinor: 184_000 }, 92_000],
  ['nothing to lose', { noPurchase: 1, spendPerYearMinor: 0 }, 0],
])('spend at risk, %s', (_, customer, expected) => expect(spendAtRiskMinor(customer)).toBe(expected))

test('late customers are ranked by spend at risk, equals by id', () => {
  const of = (partyId: string, noPurchase: number, spendPerYearMinor: number) => ({
    partyId,
    noPurchase,
    spendPerYearMinor,
  })
  const ranked = rankLate([of('d', 0.5, 100), of('c', 0.9, 200), of('b', 0.1, 5000), of('a', 0.5, 100)])
  expect(ranked.map(customer => customer.partyId)).toEqual(['b', 'c', 'a', 'd'])
})

describe('the week', () => {
  const plan = (ranked: string, budget: number, contactsThisWeek: number) => {
    const { contact, heldOut } = planWeek(
      [...ranked],
      { budget, contactsThisWeek },
      letter => letter === letter.toUpperCase(),
    )
    return `${contact.join('')} ${heldOut.join('')}`
  }
  // Capital letters are held out.
  test.each([
    ['aBcd', 2, 0, 'ac B'],
    ['aBcd', 2, 1, 'a '],
    ['aBcd', 2, 2, ' '],
    ['aBcd', 2, 5, ' '],
    ['aBcd', 0, 0, ' '],
    ['aBcD', 9, 0, 'ac BD'],
    ['', 9, 0, ' '],
    ['Ab', 1, 0, 'b A'],
  ])('of %s with %i contacts, %i used: %s', (ranked, budget, used, expected) => {
    expect(plan(ranked, budget, used)).toBe(expected)
  })

  test('never goes over its budget and never passes over anybody higher', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.nat(20), fc.nat(20), (flags, budget, contactsThisWeek) => {
        const ranked = flags.map((held, index) => ({ held, index }))
        const { contact, heldOut } = planWeek(ranked, { budget, contactsThisWeek }, customer => customer.held)
        expect(contact.length).toBeLessThanOrEqual(Math.max(0, budget - contactsThisWeek))
        const chosen = [...contact, ...heldOut].map(customer => customer.index).sort((left, right) => left - right)
        expect(chosen).toEqual(chosen.map((_, index) => index))
      }),
    )
  })
})

test.each([
  ['rhythm', 'drifting', 4, 'warnings:step.write'],
  ['rhythm', 'drifting', 9, 'warnings:step.write'],
  ['rhythm', 'drifting', 10, 'warnings:step.call'],
  ['rhythm', 'dormant', 3, 'warnings:step.call'],
  ['cycle', 'dormant', 30, 'warnings:step.remind'],
] as const)('%s, %s, %i purchases: %s', (kind, type, purchases, expected) => {
  expect(suggestStep({ kind, type, purchases })).toBe(expected)
})

test.each([
  [
    'everything known',
    late,
    true,
    'warnings:why.rhythm-like-money',
    { count: 24, silentDays: 61, outOfTen: 7, horizonDays: 60, yearly: { amountMinor: 184_000, currency: 'CNY' } },
  ],
  [
    'no money to be seen',
    late,
    false,
    'warnings:why.rhythm-like',
    { count: 24, silentDays: 61, outOfTen: 7, horizonDays: 60 },
  ],
  ['nobody alike', { ...late, likeThis: null }, false, 'warnings:why.rhythm', { count: 24, silentDays: 61 }],
  [
    'nothing spent',
    { ...late, likeThis: null, spendPerYearMinor: 0 },
    true,
    'warnings:why.rhythm',
    { count: 24, silentDays: 61 },
  ],
  [
    'a daily customer',
    { ...late, usualDays: 0.6, likeThis: null },
    false,
    'warnings:why.rhythm',
    { count: 1, silentDays: 61 },
  ],
  [
    'a fixed cycle says nothing of others',
    { ...late, kind: 'cycle', cycleDays: 113 },
    true,
    'warnings:why.cycle-money',
    { count: 113, silentDays: 61, yearly: { amountMinor: 184_000, currency: 'CNY' } },
  ],
] as const)('why, %s', (_, customer, money, wordsKey, words) => {
  expect(whyLate(customer, money)).toEqual({ wordsKey, words })
})

test.each([
  ['still silent within the horizon', null, '2026-04-30', 'open'],
  ['back already, horizon not over', '2026-03-20', '2026-04-30', 'open'],
  ['back in time, horizon over', '2026-03-20', '2026-05-01', 'in-time'],
  ['back on the day of selection', '2026-03-01', '2026-05-01', 'in-time'],
  ['back on the last day', '2026-04-30', '2026-05-01', 'in-time'],
  ['back a day too late', '2026-05-01', '2026-05-02', 'not-in-time'],
  ['never back', null, '2026-05-01', 'not-in-time'],
  ['a purchase before the selection, heard of later', '2026-02-27', '2026-05-01', 'void'],
] as const)('%s', (_, returnedOn, today, expected) => {
  expect(returnedInTime({ selectedOn: '2026-03-01', horizonDays: 60, returnedOn }, today)).toBe(expected)
})

test.each([
  ['both arms full', { customers: 300, returned: 120 }, { customers: 33, returned: 9 }, true],
  ['one customer short', { customers: 299, returned: 120 }, { customers: 29, returned: 9 }, false],
  ['just enough', { customers: 30, returned: 5 }, { customers: 30, returned: 5 }, true],
  ['too few returned', { customers: 30, returned: 5 }, { customers: 30, returned: 4 }, false],
  ['too few stayed away', { customers: 30, returned: 26 }, { customers: 30, returned: 25 }, false],
  ['nobody', { customers: 0, returned: 0 }, { customers: 0, returned: 0 }, false],
])('enough customers: %s', (_, contacted, heldOut, expected) => expect(isEnough(contacted, heldOut)).toBe(expected))

test.each([
  ['2026-11-16', '2026-11-16', '2026-11-22'],
  ['2026-11-21', '2026-11-16', '2026-11-22'],
  ['2026-11-22', '2026-11-16', '2026-11-22'],
  ['2027-01-01', '2026-12-28', '2027-01-03'],
  ['1970-01-01', '1969-12-29', '1970-01-04'],
])('the week around %s runs from %s to %s', (today, fromOn, toOn) => {
  expect(weekAround(today)).toEqual({ fromOn, toOn })
})
