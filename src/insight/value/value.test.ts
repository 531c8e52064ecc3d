import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded } from '#statistics/index.ts'
import { bridgeOf } from './bridge.ts'
import { tenthOf, tenthsOf } from './concentration.ts'
import { choleskyRoot, gammaDraw, normalDraw, parameterDraws, poissonDraw } from './draws.ts'
import { marginMultiple, rateWithRetention, replacementMinor } from './economics.ts'
import { type MoneyHistory, spentBetween, standingOn } from './history.ts'
import { picksByWorth } from './intervals.ts'
import { correctionOf, holdoutDays } from './learn.ts'
import { pastDays } from './look-back.ts'
import { marginOfLines } from './margins.ts'
import { expectedSpend } from './spend.ts'
import { purchasesDrawer, quantileOf } from './spread.ts'
import { dailyRate, discountedYear } from './worth.ts'

const history: MoneyHistory = {
  partyId: 'a',
  boughtOn: [0, 0, 10, 25],
  boughtMinor: [1000, 500, 2000, 700],
  refundedOn: [12, 30],
  refundedMinor: [500, 700],
}

describe('what is known of a customer on a day', () => {
  test.each([
    [-1, undefined],
    [0, { purchaseDays: 1, firstOn: 0, recency: 0, observed: 0, logGapSum: 0, netMinor: 1500 }],
    [11, { purchaseDays: 2, firstOn: 0, recency: 10, observed: 11, logGapSum: Math.log(10), netMinor: 3500 }],
    [12, { purchaseDays: 2, firstOn: 0, recency: 10, observed: 12, logGapSum: Math.log(10), netMinor: 3000 }],
    [
      40,
      {
        purchaseDays: 3,
        firstOn: 0,
        recency: 25,
        observed: 40,
        logGapSum: Math.log(10) + Math.log(15),
        netMinor: 3000,
      },
    ],
  ])('on day %s', (on, standing) => expect(standingOn(history, on)).toEqual(standing))

  test.each([
    [-1, 40, { purchaseDays: 3, netMinor: 3000 }],
    [0, 12, { purchaseDays: 1, netMinor: 1500 }],
    [10, 24, { purchaseDays: 0, netMinor: -500 }],
    [12, 40, { purchaseDays: 1, netMinor: 0 }],
  ])('after day %s through day %s', (after, through, spent) => {
    expect(spentBetween(history, after, through)).toEqual(spent)
  })
})

describe('the bridge between two days', () => {
  test.each([
    // start, end, bought between -> the part it stands in
    [null, 40, true, 'new', 40],
    [100, 130, true, 'grown', 30],
    [100, 100, false, 'unchanged', 0],
    [100, 60, true, 'shrunk', 40],
    [100, 20, false, 'shrunk', 80],
    [100, 19, false, 'lost', 81],
    [100, 19, true, 'shrunk', 81],
    [0, 0, false, 'unchanged', 0],
  ] as const)('%s -> %s, bought: %s, is %s', (startMinor, endMinor, boughtBetween, part, amountMinor) => {
    const bridge = bridgeOf('2026-01-01', '2026-04-02', [{ startMinor, endMinor, boughtBetween }])
    for (const name of ['new', 'grown', 'shrunk', 'lost'] as const) {
      expect(bridge[name]).toEqual(name === part ? { customers: 1, amountMinor } : { customers: 0, amountMinor: 0 })
    }
    expect(bridge.unchanged).toBe(part === 'unchanged' ? 1 : 0)
  })

  test('adds up to the minor unit, and every customer stands in one part', () => {
    const amount = fc.integer({ min: 0, max: 1e9 })
    const crossing = fc.record({
      startMinor: fc.option(amount, { nil: null }),
      endMinor: amount,
      boughtBetween: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(crossing, { maxLength: 60 }), crossings => {
        const bridge = bridgeOf('2026-01-01', '2026-04-02', crossings)
        const { start, end, grown, shrunk, lost, unchanged } = bridge
        expect(
          start.amountMinor + bridge.new.amountMinor + grown.amountMinor - shrunk.amountMinor - lost.amountMinor,
        ).toBe(end.amountMinor)
        expect(start.customers + bridge.new.customers).toBe(end.customers)
        expect(grown.customers + shrunk.customers + lost.customers + unchanged).toBe(start.customers)
      }),
    )
  })
})

describe('what one point is worth', () => {
  // SCIENCE 5: margin multiples by retention, at 10, 12, 14 and 16 % discount.
  test.each([
    [0.6, [1.2, 1.15, 1.11, 1.07]],
    [0.7, [1.75, 1.67, 1.59, 1.52]],
    [0.8, [2.67, 2.5, 2.35, 2.22]],
    [0.9, [4.5, 4.09, 3.75, 3.46]],
  ])('margin multiples at retention %s are those published', (retention, multiples) => {
    const ours = [0.1, 0.12, 0.14, 0.16].map(discount => Number(marginMultiple(retention, discount).toFixed(2)))
    expect(ours).toEqual(multiples)
  })

  test.each([
    [0.8, 0.81, 0.0829],
    [0.8, 0.8, 0.0953],
    [0.05, 0.06, null],
    [0.995, 1.005, null],
    [0, 0.01, null],
  ])('keeping %s -> %s is like discounting by %s a year', (share, better, rate) => {
    const found = rateWithRetention(Math.log(1.1), share, better)
    if (rate === null) expect(found).toBeNull()
    else expect(found).toBeCloseTo(rate, 4)
  })

  test.each([
    [30_000, 10_000, 2000, 6000],
    [30_000, 10_000, null, null],
    [30_000, 0, 2000, null],
  ])('replacing %s by newcomers of %s at %s each costs %s', (present, newcomer, acquisition, cost) => {
    expect(replacementMinor(present, newcomer, acquisition)).toBe(cost)
  })
})

describe('amounts', () => {
  test('gamma-gamma expects of the first customers of CDNOW what was published', () => {
    const parameters = { p: 6.25, q: 3.74, gamma: 15.44 }
    expect(expectedSpend(parameters, 2, 22.35)).toBeCloseTo(24.65, 1)
    expect(expectedSpend(parameters, 0, 0)).toBeCloseTo(35.2, 1)
    expect(expectedSpend({ p: 1, q: 0.5, gamma: 3 }, 0, 0)).toBe(0)
  })

  test('purchases a year away count for less, and without a discount in full', () => {
    expect(discountedYear(5, 10, 0)).toBeCloseTo(10, 12)
    expect(discountedYear(5, 10, dailyRate(0.1))).toBeCloseTo(9.54, 2)
    expect(discountedYear(0, 0, dailyRate(0.1))).toBe(0)
  })

  test.each([
    [
      [
        { amountMinor: 8000, marginShare: 0.5 },
        { amountMinor: 2000, marginShare: 0.2 },
      ],
      0.44,
    ],
    [[{ amountMinor: -500, marginShare: 0.5 }], null],
    [[], null],
  ])('the margin of %j is %s', (lines, margin) => expect(marginOfLines(lines)).toBe(margin))

  test.each([
    [739, 246],
    [2000, 365],
    [60, 0],
    [84, 28],
  ])('of %s days of history %s are hidden for the test', (span, hidden) => expect(holdoutDays(span)).toBe(hidden))

  test.each([
    [365, 100, 92, 0.92],
    [365, 100, 20, 0.5],
    [365, 100, 300, 1.5],
    [180, 100, 92, 1],
    [365, 0, 0, 1],
  ])('a test of %s days that foretold %s and met %s corrects by %s', (horizonDays, predictedMinor, actualMinor, by) => {
    const holdout = { cutoffOn: '2025-01-01', horizonDays, customers: 1, predictedMinor, actualMinor, deciles: [] }
    expect(correctionOf(holdout)).toBe(by)
  })
})

describe('concentration', () => {
  test('tenths go from the most valuable to the least', () => {
    const tenths = tenthsOf(Float64Array.of(1, 1, 1, 1, 5, 1, 1, 1, 1, 1))
    expect(tenths.map(tenth => tenth.worthMinor)).toEqual([5, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(tenthOf(tenths, 7)).toBe(1)
    expect(tenthOf(tenths, 0)).toBe(10)
    expect(tenthOf(tenthsOf(Float64Array.of(1, 2)), 1)).toBeNull()
  })

  test('tenths are the base', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 99 }), worth => {
        const tenths = tenthsOf(Float64Array.from(worth))
        expect(tenths.reduce((total, tenth) => total + tenth.customers, 0)).toBe(worth.length)
        expect(tenths.reduce((total, tenth) => total + tenth.worthMinor, 0)).toBe(worth.reduce((a, b) => a + b, 0))
      }),
    )
  })
})

describe('the trend', () => {
  test.each([
    ['2020-01-01', 1000, 12, '2023-11-26'],
    ['2025-11-22', 1000, 3, '2026-02-22'],
    ['2020-01-01', 1_000_000, 4, '2025-11-23'],
    [null, 10, 0, undefined],
  ])('of a shop since %s with %s customers has %s past days, the first of them %s', (firstOn, customers, count, on) => {
    const days = pastDays('2026-11-22', firstOn, customers)
    expect([days.length, days.at(-1)]).toEqual([count, on])
  })
})

describe('chance', () => {
  const mean = (draw: () => number, draws = 20_000) => {
    let total = 0
    for (let index = 0; index < draws; index++) total += draw()
    return total / draws
  }

  test('draws have the means of their distributions', () => {
    const chance = seeded(1)
    expect(mean(() => normalDraw(chance))).toBeCloseTo(0, 1)
    for (const shape of [0.3, 1, 7]) expect(mean(() => gammaDraw(shape, chance)) / shape).toBeCloseTo(1, 1)
    for (const rate of [0.2, 5, 200]) expect(mean(() => poissonDraw(rate, chance)) / rate).toBeCloseTo(1, 1)
  })

  test.each([
    { expected: 4, expectedSoon: 1, alive: 0.5, paceShape: 9 },
    { expected: 0.1, expectedSoon: 0.04, alive: 0.3, paceShape: 0.5 },
    { expected: 30, expectedSoon: 9, alive: 1, paceShape: 40 },
    { expected: 2, expectedSoon: 1.9, alive: 1, paceShape: 2 },
    { expected: 0, expectedSoon: 0, alive: 0, paceShape: 1 },
  ])('purchases drawn for %j keep its mean, and whoever has left buys nothing', foreseen => {
    const chance = seeded(2)
    const draw = purchasesDrawer(foreseen)
    const counts = Array.from({ length: 60_000 }, () => draw(chance))
    const mean = counts.reduce((total, count) => total + count, 0) / counts.length
    if (foreseen.expected > 0) expect(Math.abs(mean / foreseen.expected - 1)).toBeLessThan(0.04)
    else expect(mean).toBe(0)
    expect(counts.filter(count => count === 0).length / counts.length).toBeGreaterThan(1 - foreseen.alive - 0.01)
  })

  test('parameters are drawn around the estimate, as wide as the covariance says', () => {
    const root = choleskyRoot([0.04, 0.01, 0.01, 0.09], 2)!
    expect(root[0]! ** 2).toBeCloseTo(0.04)
    expect(root[2]! ** 2 + root[3]! ** 2).toBeCloseTo(0.09)
    expect(choleskyRoot([Number.NaN], 1)).toBeUndefined()
    const covariance = { names: ['r', 's'], logCovariance: [0.04, 0.01, 0.01, 0.09] }
    const draws = parameterDraws({ s: 3, r: 2 }, covariance, { count: 20_000, chance: seeded(3) })
    const logs = draws.map(draw => Math.log(draw.r / 2))
    expect(Math.sqrt(logs.reduce((total, log) => total + log * log, 0) / logs.length)).toBeCloseTo(0.2, 2)
    expect(parameterDraws({ r: 2 }, { names: ['r'], logCovariance: [] }, { count: 2, chance: seeded(3) })).toEqual([
      { r: 2 },
      { r: 2 },
    ])
  })

  test('whoever is worth more is picked more often, and whoever is worth nothing never', () => {
    expect([...picksByWorth([8, 1, 1], 5)]).toEqual([0, 0, 0, 0, 1])
    expect([...picksByWorth([0, 3, 0], 2)]).toEqual([1, 1])
    expect([...picksByWorth([0, 0], 2)]).toEqual([])
  })

  test.each([
    [0, 1],
    [0.5, 2.5],
    [1, 4],
  ])('the %s quantile', (share, value) => expect(quantileOf([1, 2, 3, 4], share)).toBe(value))
})
