import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../sampling/seeded.ts'
import { decileCalibrationError, decileTable } from './decile-table.ts'
import { giniCoefficient } from './gini-coefficient.ts'
import { lorenzCurve } from './lorenz-curve.ts'
import { normalisedGini } from './normalised-gini.ts'
import { populationStabilityIndex, stabilityBounds } from './population-stability-index.ts'
import { shareOfTop } from './share-of-top.ts'
import { spearman } from './spearman.ts'

const amounts = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e6, noNaN: true })), {
  minLength: 1,
  maxLength: 60,
})
const pairs = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0, max: 1e3, noNaN: true })), {
    minLength: 2,
    maxLength: 60,
  })
  .map(rows => ({ scores: rows.map(([score]) => score), values: rows.map(([, value]) => value) }))

describe('known answers', () => {
  it.each([
    [[1, 1, 1, 1], 0],
    [[0, 0, 0, 4], 0.75],
    [[1, 2, 3, 4], 0.25],
    [[0, 0], 0],
    [[7], 0],
  ])('Gini of %j: %d', (values, gini) => expect(giniCoefficient(values)).toBeCloseTo(gini, 12))

  it('of an exponential amount: Gini 1/2', () => {
    const random = seeded(3)
    const values = Float64Array.from({ length: 200_000 }, () => -Math.log(1 - random()))
    expect(giniCoefficient(values)).toBeCloseTo(0.5, 2)
  })

  it('Lorenz of 0 0 0 4: nothing for three quarters, and of a border through a customer her part', () => {
    expect([...lorenzCurve([0, 4, 0, 0], 4).value]).toEqual([0, 0, 0, 0, 1])
    expect([...lorenzCurve([2, 2], 4).value]).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect([...lorenzCurve([0, 0], 2).value]).toEqual([0, 0.5, 1])
  })

  it('share of the best quarter of 1 2 3 4: .4, and .1 by a score that has it backwards', () => {
    expect(shareOfTop([1, 2, 3, 4], 0.25)).toBeCloseTo(0.4, 12)
    expect(shareOfTop([1, 2, 3, 4], 0.25, [4, 3, 2, 1])).toBeCloseTo(0.1, 12)
    expect(shareOfTop([1, 2, 3, 4], 0.25, [1, 1, 1, 1])).toBeCloseTo(0.25, 12)
  })

  it('normalised Gini: 1 in order, -1 against it, 0 without order', () => {
    expect(normalisedGini([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12)
    expect(normalisedGini([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12)
    expect(normalisedGini([1, 2, 3], [1, 1, 1])).toBe(0)
    expect(normalisedGini([0, 0], [1, 2])).toBe(0)
  })

  // Wang, Liu & Miao's metrics.py sums the chart at its right ends, 2 sum / n - 1, for both orders.
  it("differs from the paper's code by 1/n in both terms of the ratio", () => {
    const random = seeded(8)
    const actual = Array.from({ length: 500 }, () => -Math.log(1 - random()))
    const predicted = actual.map(value => value + 2 * random())
    const rightEnds = (order: readonly number[]) => {
      const ranked = actual.map((value, row) => [order[row]!, value] as const).sort(([one], [other]) => other - one)
      const total = actual.reduce((sum, value) => sum + value, 0)
      let held = 0
      let area = 0
      for (const [, value] of ranked) {
        held += value / total
        area += held
      }
      return (2 * area) / actual.length - 1
    }
    const n = actual.length
    const ratio = (rightEnds(predicted) - 1 / n) / (rightEnds(actual) - 1 / n)
    expect(normalisedGini(actual, predicted)).toBeCloseTo(ratio, 10)
  })

  it('Spearman 1 2 3 4 against 10 20 40 30: .8; with ties: 1 2 2 3 against itself: 1', () => {
    expect(spearman([1, 2, 3, 4], [10, 20, 40, 30])).toBeCloseTo(0.8, 12)
    expect(spearman([1, 2, 2, 3], [1, 2, 2, 3])).toBeCloseTo(1, 12)
    expect(spearman([1, 1, 1], [1, 2, 3])).toBe(0)
    // scipy.stats.spearmanr prints 0.3947368421052632.
    expect(spearman([1, 2, 2, 4, 5], [2, 1, 4, 4, 3])).toBeCloseTo(0.3947368421052632, 12)
  })

  it('deciles of predictions half as high as the outcomes: an error of one half in each', () => {
    const predicted = Array.from({ length: 10 }, (_, i) => 10 - i)
    const table = decileTable(
      predicted,
      predicted.map(value => 2 * value),
    )
    expect(table[0]).toEqual({ decile: 1, customers: 1, predicted: 10, actual: 20 })
    expect(table[9]).toEqual({ decile: 10, customers: 1, predicted: 1, actual: 2 })
    expect(
      decileCalibrationError(
        predicted,
        predicted.map(value => 2 * value),
      ),
    ).toBeCloseTo(0.5, 12)
    expect(decileCalibrationError([1, 1], [0, 0])).toBe(1)
    expect(decileCalibrationError([0, 0], [0, 0])).toBe(0)
  })

  it('stability: the same base 0; half of a two-valued base gone over: (.75 - .5) ln 1.5 + (.25 - .5) ln .5', () => {
    const before = Array.from({ length: 10_000 }, (_, row) => row % 2)
    const after = before.map((value, row) => (row % 4 === 0 ? 1 : value))
    expect(populationStabilityIndex(before, before)).toBe(0)
    expect(populationStabilityIndex(before, after)).toBeCloseTo(0.25 * Math.log(1.5) - 0.25 * Math.log(0.5), 3)
    expect(populationStabilityIndex(before, after)).toBeGreaterThan(stabilityBounds.refit)
    expect(populationStabilityIndex([1, 1], [5, 5])).toBe(0)
  })

  it('stability: two draws from one base stay below the first bound, everybody in the top tenth does not', () => {
    const random = seeded(4)
    const draw = () => Array.from({ length: 2000 }, () => random())
    expect(populationStabilityIndex(draw(), draw())).toBeLessThan(stabilityBounds.watch)
    expect(
      populationStabilityIndex(
        draw(),
        draw().map(value => 0.9 + value / 10),
      ),
    ).toBeGreaterThan(4)
  })
})

describe('for every base', () => {
  it('a Gini lies in [0, 1), does not know the currency, and is twice the area above the Lorenz curve', () => {
    fc.assert(
      fc.property(amounts, values => {
        const gini = giniCoefficient(values)
        expect(gini).toBeGreaterThanOrEqual(-1e-12)
        expect(gini).toBeLessThan(1)
        expect(giniCoefficient(values.map(value => value * 100))).toBeCloseTo(gini, 10)
        const { value } = lorenzCurve(values, values.length)
        const below = value.reduce((sum, share, step) => sum + (step > 0 ? (share + value[step - 1]!) / 2 : 0), 0)
        expect(1 - (2 * below) / values.length).toBeCloseTo(gini, 10)
      }),
    )
  })

  it('the order of the rows never matters', () => {
    fc.assert(
      fc.property(pairs, ({ scores, values }) => {
        const [backScores, backValues] = [scores.toReversed(), values.toReversed()]
        expect(normalisedGini(backValues, backScores)).toBeCloseTo(normalisedGini(values, scores), 9)
        expect(shareOfTop(backValues, 0.3, backScores)).toBeCloseTo(shareOfTop(values, 0.3, scores), 9)
        expect(spearman(backScores, backValues)).toBeCloseTo(spearman(scores, values), 9)
        const [one, other] = [decileTable(scores, values), decileTable(backScores, backValues)]
        for (const [i, { actual }] of one.entries()) expect(other[i]!.actual).toBeCloseTo(actual, 6)
      }),
    )
  })

  it('nobody ranks better than the truth; deciles add up to the whole', () => {
    fc.assert(
      fc.property(pairs, ({ scores, values }) => {
        expect(normalisedGini(values, scores)).toBeLessThanOrEqual(1 + 1e-9)
        expect(shareOfTop(values, 0.2, scores)).toBeLessThanOrEqual(shareOfTop(values, 0.2) + 1e-9)
        const table = decileTable(scores, values)
        expect(table.reduce((sum, { customers }) => sum + customers, 0)).toBe(scores.length)
        expect(table.reduce((sum, { actual }) => sum + actual, 0)).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          6,
        )
      }),
    )
  })

  it('a stability index is finite and at least 0', () => {
    fc.assert(
      fc.property(amounts, amounts, (before, now) => {
        const index = populationStabilityIndex(before, now)
        expect(index).toBeGreaterThanOrEqual(-1e-12)
        expect(index).toBeLessThan(Infinity)
      }),
    )
  })
})

it('refuses what cannot be ranked or shared out, all faults at once', () => {
  expect(() => normalisedGini([-1, Number.NaN], [1])).toThrow(/actual must hold.*predicted has 1 rows/)
  expect(() => giniCoefficient([])).toThrow(/values is empty/)
  expect(() => shareOfTop([1], 0)).toThrow(/share/)
  expect(() => lorenzCurve([1], 0)).toThrow(/steps/)
  expect(() => spearman([1, Infinity], [1])).toThrow(/first must hold.*second has 1 rows/)
  expect(() => populationStabilityIndex([1], [2], { bins: 1 })).toThrow(/bins/)
  expect(() => decileTable([], [])).toThrow(/predicted is empty; actual is empty/)
})
