import { describe, expect, it } from 'vitest'
import { bonusFor, endAfterMonths, payBack, refundOfVisits, splitOf, type ToppedUp, usualCredit } from './rules.ts'

const rules = usualCredit('CNY', 2)

describe('what comes on top of a top-up', () => {
  it.each([
    [49_999, 0, 50_000],
    [50_000, 3_000, 100_000],
    [99_999, 3_000, 100_000],
    [100_000, 10_000, 200_000],
    [200_000, 26_000, undefined],
    [1_000_000, 26_000, undefined],
  ])('%i paid in gives %i, and the next rung begins at %s', (amount, bonus, next) => {
    const given = bonusFor(rules, amount)
    expect([given.bonusMinor, given.next?.atLeastMinor]).toEqual([bonus, next])
  })

  it('the rungs may stand in any order', () => {
    expect(bonusFor({ rungs: rules.rungs.toReversed() }, 60_000).bonusMinor).toBe(3_000)
  })
})

describe('how a payment is parted', () => {
  it.each([
    ['paid', 30_000, 30_000, 0],
    ['paid', 105_000, 100_000, 5_000],
    ['bonus', 30_000, 20_000, 10_000],
    ['bonus', 4_000, 0, 4_000],
  ] as const)('%s first: %i is %i of what was paid in and %i of the bonus', (spendFirst, amount, paid, bonus) => {
    expect(splitOf({ spendFirst }, { paidMinor: 100_000, bonusMinor: 10_000 }, amount)).toEqual({
      paidMinor: paid,
      bonusMinor: bonus,
    })
  })
})

const toppedUp = (paid: Partial<ToppedUp['paid']>, bonus?: Partial<NonNullable<ToppedUp['bonus']>>): ToppedUp => ({
  topUpId: 'a',
  paid: { issued: 100_000, takenBack: 0, available: 100_000, ...paid },
  bonus: bonus ? { issued: 10_000, available: 10_000, isOver: false, ...bonus } : null,
})

describe('paying money back', () => {
  it.each([
    ['nothing was used: all goes back, the bonus too', toppedUp({}, {}), 100_000, [100_000, 0, 10_000]],
    ['half of it: half of the bonus', toppedUp({}, {}), 50_000, [50_000, 0, 5_000]],
    [
      'the bonus was used first: its share is kept',
      toppedUp({ available: 80_000 }, { available: 0 }),
      80_000,
      [72_000, 8_000, 0],
    ],
    [
      'what was paid in was used first: the bonus that is left goes',
      toppedUp({ available: 70_000 }, {}),
      70_000,
      [70_000, 0, 7_000],
    ],
    [
      'a bonus whose time was over is not asked for',
      toppedUp({}, { available: 0, isOver: true }),
      100_000,
      [100_000, 0, 0],
    ],
    ['without a bonus there is none', toppedUp({}), 100_000, [100_000, 0, 0]],
    [
      'the rest after a first part',
      toppedUp({ takenBack: 33_333, available: 66_667 }, { available: 6_667 }),
      66_667,
      [66_667, 0, 6_667],
    ],
  ] as const)('%s', (_, topUp, amount, [money, kept, bonus]) => {
    expect(payBack([topUp], amount)).toEqual([{ topUpId: 'a', moneyMinor: money, keptMinor: kept, bonusMinor: bonus }])
  })

  it('the latest top-up is paid back first', () => {
    const parts = payBack([toppedUp({}), { ...toppedUp({}), topUpId: 'b' }], 120_000)
    expect(parts.map(part => [part.topUpId, part.moneyMinor])).toEqual([
      ['b', 100_000],
      ['a', 20_000],
    ])
  })
})

it.each([
  [4, 100, 27_200],
  [4, 80, 21_760],
  [0, 100, 0],
  [3, 33, 6_732],
])('of 10 visits for ¥680, %i unused at %i %% pay back %i', (unused, refundPercent, minor) => {
  expect(refundOfVisits({ visits: 10, priceMinor: 68_000, refundPercent }, unused)).toBe(minor)
})

it.each([
  ['2026-01-31', 1, '2026-02-28T16:00:00.000Z'],
  ['2026-12-05', 2, '2027-02-05T16:00:00.000Z'],
])('sold on %s for %i months ends at %s', (day, months, end) => {
  expect(endAfterMonths(day, months, 'Asia/Shanghai').toISOString()).toBe(end)
})
