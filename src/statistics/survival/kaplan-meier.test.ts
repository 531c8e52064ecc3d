import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kaplanMeier, survivalAt } from './kaplan-meier.ts'

// Weeks in remission on 6-mercaptopurine (Freireich and others 1963), the textbook example of Cox & Oakes 1984, Kleinbaum &
// Klein and Collett; a plus marks who was still in remission.
const remission = '6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+'.split(' ')
const times = remission.map(Number.parseFloat)
const observed = remission.map(week => Number(!week.endsWith('+')))

describe('the textbook example', () => {
  it.each([
    [6, 21, 3, 0.8571, 0.0764, 0.6197, 0.9516],
    [7, 17, 1, 0.8067, 0.0869, 0.5631, 0.9228],
    [10, 15, 1, 0.7529, 0.0963, 0.5032, 0.8894],
    [13, 12, 1, 0.6902, 0.1068, 0.4316, 0.8491],
    [16, 11, 1, 0.6275, 0.1141, 0.3675, 0.8049],
    [22, 7, 1, 0.5378, 0.1282, 0.2678, 0.7468],
    [23, 6, 1, 0.4482, 0.1346, 0.1881, 0.6801],
  ])('week %d: %d at risk, %d relapse, survival %d (%d) [%d, %d]', (...row) => {
    const { points } = kaplanMeier(times, observed)
    const point = points.find(({ time }) => time === row[0])!
    const { time, atRisk, events, survival, standardError, low, high } = point
    expect([time, atRisk, events]).toEqual(row.slice(0, 3))
    expect([survival, standardError, low, high].map(value => Number(value.toFixed(4)))).toEqual(row.slice(3))
  })

  it('the median is 23 weeks, from 13 to beyond the study', () => {
    expect(kaplanMeier(times, observed).median).toEqual({ estimate: 23, low: 13, high: Infinity })
  })
})

const anyCustomers = fc.array(
  fc.record({ time: fc.integer({ min: 0, max: 20 }), seen: fc.nat(1), weight: fc.integer({ min: 1, max: 4 }) }),
  { minLength: 1, maxLength: 30 },
)

describe('for every base', () => {
  it('a weight is that many customers', () => {
    fc.assert(
      fc.property(anyCustomers, rows => {
        const repeated = rows.flatMap(row => Array.from({ length: row.weight }, () => row))
        const weighted = kaplanMeier(
          rows.map(({ time }) => time),
          rows.map(({ seen }) => seen),
          { weights: rows.map(({ weight }) => weight) },
        )
        const plain = kaplanMeier(
          repeated.map(({ time }) => time),
          repeated.map(({ seen }) => seen),
        )
        expect(weighted).toEqual(plain)
      }),
    )
  })

  it('where everybody is seen to leave it is the share still there', () => {
    fc.assert(
      fc.property(anyCustomers, fc.integer({ min: 0, max: 20 }), (rows, at) => {
        const curve = kaplanMeier(
          rows.map(({ time }) => time),
          rows.map(() => 1),
        )
        expect(survivalAt(curve, at)).toBeCloseTo(rows.filter(({ time }) => time > at).length / rows.length, 10)
      }),
    )
  })

  it('survival only falls, and lies inside its interval within [0, 1]', () => {
    fc.assert(
      fc.property(anyCustomers, rows => {
        let before = 1
        for (const { survival, low, high } of kaplanMeier(
          rows.map(({ time }) => time),
          rows.map(({ seen }) => seen),
        ).points) {
          expect(survival).toBeLessThanOrEqual(before)
          expect(low).toBeGreaterThanOrEqual(0)
          expect(low).toBeLessThanOrEqual(survival + 1e-12)
          expect(high).toBeGreaterThanOrEqual(survival - 1e-12)
          expect(high).toBeLessThanOrEqual(1)
          before = survival
        }
      }),
    )
  })
})

it('where nobody leaves there is no point and no median', () => {
  expect(kaplanMeier([1, 2], [0, 0])).toEqual({
    points: [],
    median: { estimate: Infinity, low: Infinity, high: Infinity },
  })
})

it('refuses what is no observation, all faults at once', () => {
  expect(() => kaplanMeier([-1, 2], [2, 1], { weights: [Number.NaN, 1] })).toThrow(
    /times must be.*observed must be 0 or 1.*weights must be/,
  )
  expect(() => kaplanMeier([1], [], { level: 1, weights: [] })).toThrow(/level.*observed has 0.*weights has 0/)
})
