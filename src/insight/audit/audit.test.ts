import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayNumber } from '#kernel/clock/index.ts'
import { auditOf } from './audit.ts'
import type { Transactions } from './base.ts'
import { baseOf } from './base.ts'
import { amountBins, countBins, edgeBins } from './bins.ts'
import { baseAudit } from './contract.ts'
import { calendarOf, monthsBefore } from './periods.ts'
import { concentrationOf, decilesOf } from './spread.ts'

/** `[who, on, paid]`; what was given back has no order. */
type Row = readonly [who: number, on: string, paid: number, orders?: number]

function transactionsOf(rows: readonly Row[], isPriced = true): Transactions {
  return {
    customers: Math.max(-1, ...rows.map(([who]) => who)) + 1,
    customer: Int32Array.from(rows, ([who]) => who),
    day: Int32Array.from(rows, ([, on]) => dayNumber(on)),
    orders: Int32Array.from(rows, ([, , paid, orders]) => orders ?? (paid < 0 ? 0 : 1)),
    ...(isPriced && { value: Float64Array.from(rows, ([, , paid]) => paid) }),
  }
}

const audit = (rows: readonly Row[], isPriced = true) =>
  auditOf(transactionsOf(rows, isPriced), { name: 'shop', currency: isPriced ? 'CNY' : null })

const anna = 0
const ben = 1
const chen = 2
const dora = 3
const shop: readonly Row[] = [
  [anna, '2024-01-05', 1000],
  [anna, '2024-07-10', 1000],
  [anna, '2025-01-10', 3000],
  [ben, '2024-02-01', 5000],
  [ben, '2024-02-01', -1000],
  [chen, '2024-12-31', 2000],
  [chen, '2025-06-01', 500],
  [dora, '2025-05-05', 700],
  [dora, '2025-12-31', 100],
]

describe('a base is put together customer by customer and day by day', () => {
  it('makes one visit of what happens on one day, less what is given back', () => {
    const base = baseOf(transactionsOf(shop))!
    expect([...base.start]).toEqual([0, 3, 4, 6, 8])
    expect([...base.value]).toEqual([1000, 1000, 3000, 4000, 2000, 500, 700, 100])
    expect([...base.orders]).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('sets refunds aside that no order went before', () => {
    const base = baseOf(
      transactionsOf([
        [0, '2024-01-01', -300],
        [0, '2024-02-01', 900],
        [1, '2024-01-05', -200],
        [2, '2024-03-01', -50],
        [2, '2024-03-01', 100],
      ]),
    )!
    expect(base.customers).toBe(2)
    expect(base.setAside).toEqual([
      { reason: 'returned-before-buying', lines: 2, orders: null, customers: 1, valueMinor: -500 },
    ])
    expect([...base.value]).toEqual([900, 50])
  })

  it('has nothing to say of nobody', () => {
    expect(baseOf(transactionsOf([]))).toBeNull()
    expect(() => audit([])).toThrow('audit:refusal.no-orders')
  })
})

describe('lens 1: one period', () => {
  const onePeriod = audit(shop).onePeriod!

  it('is the last twelve months', () => {
    expect(onePeriod.period).toEqual({ fromOn: '2025-01-01', toOn: '2025-12-31', days: 365 })
    expect(onePeriod.totals).toEqual({ customers: 3, orders: 4, revenueMinor: 4300, otherMinor: 0 })
  })

  it('counts who bought once, and whose first order that was', () => {
    expect(onePeriod.oneTime).toEqual({ customers: 2, share: 2 / 3, ofWhomNew: 0 })
    expect(onePeriod.ordersPerCustomer.slice(0, 3).map(({ customers }) => customers)).toEqual([2, 1, 0])
  })

  it('says in decimals what the book says in words', () => {
    const values = Object.fromEntries(onePeriod.measures.map(({ name, value }) => [name, value]))
    expect(values).toMatchObject({
      customers: 3,
      orders: 4,
      revenue: { amountMinor: 4300, currency: 'CNY' },
      'spend-per-customer': { amountMinor: 1433, currency: 'CNY' },
      'order-value': { amountMinor: 1075, currency: 'CNY' },
    })
  })

  it.each([
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 10, [1, 10 / 55]],
    [[5, 5], 2, [1, 0.5]],
    [[7], 1, [1, 1]],
  ])('deciles of %j: %d groups, the first with %j', (spent, groups, [customers, share]) => {
    const ranking = { orders: Int32Array.from(spent, () => 1), value: Float64Array.from(spent) }
    const deciles = decilesOf(ranking, true)
    expect(deciles).toHaveLength(groups)
    expect([deciles[0]!.customers, deciles[0]!.revenueShare]).toEqual([customers, share])
  })

  it.each([
    [[4, 0, 0, 0], 0.75, 0.25],
    [[1, 1, 1, 1], 0, 0.5],
    [[6, 3, 2, 1], 0.3333333333333333, 0.25],
    [[-5, 4, 2, 2], 0.375, 0.25],
  ])('spend of %j: Gini %d, half of it from %d of the customers', (spent, gini, halfFrom) => {
    const found = concentrationOf({ orders: Int32Array.from(spent, () => 1), value: Float64Array.from(spent) }, true)
    expect(found.gini).toBeCloseTo(gini, 12)
    expect(found.halfFrom).toBe(halfFrom)
    expect(found.curve[0]).toEqual({ customers: 0, value: 0 })
    expect(found.curve.at(-1)).toEqual({ customers: 1, value: 1 })
  })
})

describe('lens 2: two periods', () => {
  const { twoPeriods } = audit(shop)

  it('sets the last year beside the one before', () => {
    expect([twoPeriods!.previous.fromOn, twoPeriods!.previous.toOn]).toEqual(['2024-01-05', '2024-12-31'])
    expect(twoPeriods!.current).toMatchObject({ fromOn: '2025-01-01', toOn: '2025-12-31' })
  })

  it.each([
    ['new', 1, 0, 800],
    ['returned', 0, 0, 0],
    ['grew', 1, 2000, 3000],
    ['shrank', 1, 2000, 500],
    ['left', 1, 4000, 0],
  ])('%s: %d customers, from %d to %d', (fate, customers, previousMinor, currentMinor) => {
    expect(twoPeriods!.fates.find(row => row.fate === fate)).toMatchObject({ customers, previousMinor, currentMinor })
  })

  it('splits what moved revenue into customers, orders each, and worth of an order', () => {
    expect(twoPeriods!.factors.map(({ previous, current }) => [previous, current])).toEqual([
      [3, 3],
      [4 / 3, 4 / 3],
      [2000, 1075],
    ])
  })

  it('halves what time there is where there are not two years, and says nothing of less than two months', () => {
    const short = (lastOn: string) =>
      audit([
        [0, '2025-01-01', 1],
        [0, lastOn, 1],
      ]).twoPeriods
    expect(short('2026-06-30')?.current).toEqual({ fromOn: '2025-10-01', toOn: '2026-06-30', days: 273 })
    expect(short('2025-02-10')).toBeNull()
  })
})

describe('lens 3: cohorts', () => {
  const { cohorts } = auditOf(transactionsOf(shop), { name: 'shop', currency: 'CNY', unit: 'quarter' })

  it('follows each cohort from the period of its first order', () => {
    expect(
      cohorts.cohorts.map(({ fromOn, customers, active, revenueMinor }) => [fromOn, customers, active, revenueMinor]),
    ).toEqual([
      ['2024-01-01', 2, [2, 0, 1, 0, 1, 0, 0, 0], [5000, 0, 1000, 0, 3000, 0, 0, 0]],
      ['2024-10-01', 1, [1, 0, 1, 0, 0], [2000, 0, 500, 0, 0]],
      ['2025-04-01', 1, [1, 0, 1], [700, 0, 100]],
    ])
  })

  it('counts who came back in time only where everybody had the time', () => {
    expect(cohorts.withinDays).toBe(90)
    expect(cohorts.cohorts.map(({ cameBack }) => cameBack?.customers ?? null)).toEqual([0, 0, 0])
    const young = audit([...shop, [4, '2025-11-01', 10]])
    expect(young.cohorts.cohorts.at(-1)!.cameBack).toBeNull()
  })

  it('says that a first cohort much larger than the others may be older than it looks', () => {
    const rows: Row[] = []
    for (let month = 1; month <= 8; month++) {
      for (let n = 0; n < (month === 1 ? 30 : 5); n++) rows.push([rows.length, `2025-0${month}-03`, 100])
    }
    const { notes } = audit(rows).cohorts.findings.retention!
    expect(notes.map(({ key }) => key)).toEqual(['audit:note.first-cohort'])
  })
})

describe('lens 4: everyone together', () => {
  const { together } = auditOf(transactionsOf(shop), { name: 'shop', currency: 'CNY', unit: 'year' })

  it('counts each customer once per period', () => {
    expect(together.periods).toMatchObject([
      { fromOn: '2024-01-01', active: 3, new: 3, orders: 4, revenueMinor: 8000, newRevenueMinor: 8000 },
      { fromOn: '2025-01-01', active: 3, new: 1, orders: 4, revenueMinor: 4300, newRevenueMinor: 800 },
    ])
  })

  it('measures the days between purchases and since the last', () => {
    expect(together.gaps).toMatchObject({ count: 4, median: 184 })
    expect(together.silence.median).toBe(213)
  })
})

describe('without amounts', () => {
  const found = audit(shop, false)

  it('everything is said of orders and nothing of revenue', () => {
    expect(found.source.revenueMinor).toBeNull()
    expect(found.onePeriod!.deciles.every(({ revenueMinor }) => revenueMinor === null)).toBe(true)
    expect(found.onePeriod!.concentration.of).toBe('orders')
    expect(Object.keys(found.onePeriod!.findings)).not.toContain('spend')
    expect(Object.keys(found.twoPeriods!.findings)).not.toContain('bridge')
  })
})

it.each([
  ['2012-02-29', 12, '2011-02-28'],
  ['2025-12-31', 12, '2024-12-31'],
  ['2025-03-31', 1, '2025-02-28'],
  ['2025-01-15', 13, '2023-12-15'],
])('%s less %d months is %s', (day, months, before) => {
  expect(monthsBefore(dayNumber(day), months)).toBe(dayNumber(before))
})

it.each([
  ['month', ['2024-11-01', '2024-12-01', '2025-01-01']],
  ['quarter', ['2024-10-01', '2025-01-01']],
  ['year', ['2024-01-01', '2025-01-01']],
] as const)('a span from November to January touches %ss from %j', (unit, begins) => {
  const periods = calendarOf(dayNumber('2024-11-10'), dayNumber('2025-01-31'), unit)
  expect(periods.map(({ fromOn }) => fromOn)).toEqual(begins)
  expect(periods[0]!.complete).toBe(false)
})

const spending = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 900 }), fc.integer({ min: -500, max: 3000 })),
  { minLength: 1, maxLength: 80 },
)

const rowsOf = (drawn: readonly (readonly [number, number, number])[]): Row[] =>
  drawn.map(([who, after, paid]) => [
    who,
    new Date(Date.UTC(2022, 0, 1 + after)).toISOString().slice(0, 10),
    paid,
    paid < 0 ? 0 : 1,
  ])

const total = (values: readonly (number | null)[]) => values.reduce<number>((all, each) => all + (each ?? 0), 0)

describe('nothing is lost and nothing made up', () => {
  const always = (holds: (found: ReturnType<typeof audit>) => void) =>
    fc.assert(
      fc.property(spending, fc.boolean(), (drawn, isPriced) => {
        const rows = rowsOf(drawn)
        if (!rows.some(([, , paid]) => paid >= 0)) return
        holds(audit(rows, isPriced))
      }),
      { numRuns: 200 },
    )

  it('the answer fits its contract', () => always(found => expect(baseAudit.parse(found)).toEqual(found)))

  it('deciles and bins add up to the period', () =>
    always(({ onePeriod }) => {
      if (!onePeriod) return
      const { deciles, totals, ordersPerCustomer, spendPerCustomer } = onePeriod
      expect(total(deciles.map(({ customers }) => customers))).toBe(totals.customers)
      expect(total(deciles.map(({ orders }) => orders))).toBe(totals.orders)
      expect(total(deciles.map(({ revenueMinor }) => revenueMinor))).toBe(totals.revenueMinor ?? 0)
      expect(total(ordersPerCustomer.map(({ customers }) => customers))).toBe(totals.customers)
      if (spendPerCustomer) expect(total(spendPerCustomer.map(({ customers }) => customers))).toBe(totals.customers)
    }))

  it('the bridge leads from the revenue of one period to that of the next, and so do the factors', () =>
    always(({ twoPeriods, source }) => {
      if (!twoPeriods || source.revenueMinor === null) return
      const before = total(twoPeriods.fates.map(({ previousMinor }) => previousMinor))
      const now = total(twoPeriods.fates.map(({ currentMinor }) => currentMinor))
      const product = (side: 'previous' | 'current') =>
        twoPeriods.factors.reduce((all, factor) => all * factor[side], 1)
      if (twoPeriods.factors[0]!.previous > 0) expect(product('previous')).toBeCloseTo(before, 5)
      if (twoPeriods.factors[0]!.current > 0) expect(product('current')).toBeCloseTo(now, 5)
    }))

  it('rows and columns of the movement are its margins, and their buyers are the fates', () =>
    always(({ twoPeriods }) => {
      if (!twoPeriods) return
      const { movement, fates } = twoPeriods
      const sums = movement.customers.map(row => total(row))
      expect(sums).toEqual(movement.previous)
      const left = fates.find(({ fate }) => fate === 'left')!.customers
      expect(movement.current.at(-1)).toBe(left)
      expect(total(sums.slice(0, -1))).toBe(
        total(fates.filter(({ fate }) => ['grew', 'same', 'shrank', 'left'].includes(fate)).map(row => row.customers)),
      )
    }))

  it('the diagonals of the cohorts are the periods of everyone together', () =>
    always(({ cohorts, together, source }) => {
      for (const [place, period] of together.periods.entries()) {
        const cellsOf = (of: 'active' | 'orders' | 'revenueMinor') =>
          total(
            cohorts.cohorts.map(cohort => {
              const born = cohorts.periods.findIndex(({ fromOn }) => fromOn === cohort.fromOn)
              return place < born ? 0 : (cohort[of]?.[place - born] ?? 0)
            }),
          )
        expect(cellsOf('active')).toBe(period.active)
        expect(cellsOf('orders')).toBe(period.orders)
        if (source.revenueMinor !== null) expect(cellsOf('revenueMinor')).toBe(period.revenueMinor)
      }
      expect(total(cohorts.cohorts.map(({ customers }) => customers))).toBe(source.customers)
      expect(total(together.periods.map(period => period.new))).toBe(source.customers)
      expect(total(together.layers.flatMap(({ values }) => values))).toBe(source.revenueMinor ?? source.orders)
    }))

  it('everything paid is in the base or set aside', () =>
    fc.assert(
      fc.property(spending, drawn => {
        const rows = rowsOf(drawn)
        if (!rows.some(([, , paid]) => paid >= 0)) return
        const { source } = audit(rows)
        const aside = total(source.setAside.map(({ valueMinor }) => valueMinor))
        expect(source.revenueMinor! + aside).toBe(total(rows.map(([, , paid]) => paid)))
      }),
    ))

  it('the order of the rows does not matter, nor who is called by which number', () =>
    fc.assert(
      fc.property(
        spending.chain(drawn => fc.tuple(fc.constant(drawn), fc.shuffledSubarray(drawn, { minLength: drawn.length }))),
        fc.boolean(),
        ([drawn, shuffled], isPriced) => {
          if (!drawn.some(([, , paid]) => paid >= 0)) return
          const renamed = shuffled.map(([who, after, paid]) => [12 - who, after, paid] as const)
          expect(audit(rowsOf(renamed), isPriced)).toEqual(audit(rowsOf(drawn), isPriced))
        },
      ),
    ))
})

describe('bins', () => {
  it.each([
    [[1, 1, 2, 9], 3, [2, 1, 1]],
    [[], 2, [0, 0]],
  ])('counts %j up to %d: %j', (values, last, customers) => {
    expect(countBins(values, last).map(bin => bin.customers)).toEqual(customers)
  })

  it('round widths, with everything beyond in the last', () => {
    const bins = amountBins(Float64Array.from({ length: 100 }, (_, index) => index + 1))
    expect(bins[0]).toEqual({ from: 0, to: 5, customers: 4 })
    expect(bins.at(-1)).toEqual({ from: 95, to: null, customers: 6 })
  })

  it.each([
    [
      [0, 6, 7, 100],
      [0, 7, 30],
      [2, 1, 1],
    ],
    [[-3], [0, 7], [1, 0]],
  ])('%j between %j: %j', (values, edges, customers) => {
    expect(edgeBins(values, edges).map(bin => bin.customers)).toEqual(customers)
  })
})
