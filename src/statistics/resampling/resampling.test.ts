import { describe, expect, it } from 'vitest'
import { describeSample } from '../intervals/sample.ts'
import { normalDraw } from '../sampling/draws.ts'
import { seeded } from '../sampling/seeded.ts'
import { bootstrapInterval, bootstrapTotals } from './bootstrap.ts'
import { drawParameters, parameterInterval } from './draw-parameters.ts'

const mean = (rows: readonly number[]) => rows.reduce((sum, row) => sum + row, 0) / rows.length

describe('bootstrap', () => {
  const random = seeded(5)
  const values = Array.from({ length: 400 }, () => -Math.log(1 - random()))

  it('of a mean: the interval theory gives, 1.96 standard errors to each side', () => {
    const { n, variance } = describeSample(values)
    const half = 1.96 * Math.sqrt(variance / n)
    const found = bootstrapInterval(values, mean, seeded(1), { replicates: 4000 })
    expect(found.estimate).toBe(mean(values))
    expect((found.high - found.low) / 2 / half).toBeCloseTo(1, 1)
    const total = bootstrapTotals({ value: values }, ({ value }) => value / n, seeded(1), { replicates: 4000 })
    expect((total.high - total.low) / 2 / half).toBeCloseTo(1, 1)
    expect(total.estimate).toBeCloseTo(found.estimate, 12)
  })

  it('is the same to the bit when asked twice', () => {
    const once = () => bootstrapInterval(values, mean, seeded(2), { replicates: 50 })
    expect(once()).toEqual(once())
  })

  it.each([7500, 50_001])(
    'of totals of %d sorted rows with a large mean: no wider and no narrower by the grouping',
    rows => {
      const draw = seeded(6)
      const many = Float64Array.from({ length: rows }, () => 100 + normalDraw(draw)).sort()
      const { low, high } = bootstrapTotals({ many }, totals => totals.many, seeded(7), { replicates: 2000 })
      const theory = 2 * 1.96 * Math.sqrt(rows)
      expect((high - low) / theory).toBeGreaterThan(0.92)
      expect((high - low) / theory).toBeLessThan(1.08)
    },
  )

  it('of a ratio of totals covers 1 where the predictions are right, and is narrower than of independent columns', () => {
    const draw = seeded(3)
    const predicted = Float64Array.from({ length: 20_000 }, () => 3 * draw())
    const actual = predicted.map(value => value + normalDraw(draw))
    const found = bootstrapTotals({ predicted, actual }, t => t.predicted / t.actual, seeded(1))
    expect(found.low).toBeLessThan(1)
    expect(found.high).toBeGreaterThan(1)
    expect(found.high - found.low).toBeLessThan(0.03)
  })

  it('refuses what cannot be drawn, all faults at once', () => {
    expect(() => bootstrapInterval([], mean, seeded(1), { replicates: 0, level: 1 })).toThrow(
      /level.*no rows.*replicates/,
    )
    expect(() => bootstrapTotals({ a: [1], b: [] }, t => t.a, seeded(1))).toThrow(/b has not as many rows/)
  })
})

describe('drawn parameters', () => {
  const fit = { parameters: { r: 2, alpha: 10 }, logCovariance: Float64Array.of(0.04, 0.03, 0.03, 0.09) }

  it('have the covariance of the fit, in logarithms', () => {
    const random = seeded(12)
    const drawn = Array.from({ length: 20_000 }, () => drawParameters(fit, random))
    const r = drawn.map(parameters => Math.log(parameters.r / 2))
    const alpha = drawn.map(parameters => Math.log(parameters.alpha / 10))
    expect(describeSample(r).variance).toBeCloseTo(0.04, 2)
    expect(describeSample(alpha).variance).toBeCloseTo(0.09, 2)
    expect(mean(r.map((value, i) => value * alpha[i]!))).toBeCloseTo(0.03, 2)
  })

  it('give the interval of a parameter that its standard error gives', () => {
    const found = parameterInterval(fit, ({ r }) => r, seeded(4), { replicates: 20_000 })
    expect(found.estimate).toBe(2)
    expect(found.low).toBeCloseTo(2 * Math.exp(-1.96 * 0.2), 1)
    expect(found.high).toBeCloseTo(2 * Math.exp(1.96 * 0.2), 1)
  })

  it('leave a held parameter where it is', () => {
    const held = { ...fit, logCovariance: Float64Array.of(0, 0, 0, 0.09) }
    expect(drawParameters(held, seeded(1)).r).toBe(2)
    expect(drawParameters(held, seeded(1)).alpha).not.toBe(10)
  })

  it('are refused where the fit has no standard errors', () => {
    const blind = { ...fit, logCovariance: new Float64Array(4).fill(Number.NaN) }
    expect(() => drawParameters(blind, seeded(1))).toThrow(/no standard errors/)
    expect(() => parameterInterval(fit, ({ r }) => r, seeded(1), { replicates: 0, level: 2 })).toThrow(
      /level.*replicates/,
    )
  })
})
