import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asymptoticConfidenceSequence } from '../intervals/asymptotic-confidence-sequence.ts'
import { welchInterval } from '../intervals/welch-interval.ts'
import { normalDraw } from '../sampling/draws.ts'
import { seeded } from '../sampling/seeded.ts'
import { cuped } from './cuped.ts'
import { adjustForCovariate, describePairedSample, type PairedSample } from './paired-sample.ts'

// GrowthBook, packages/stats, test_sequential_test_runs_ra: theta .5, tuning parameter 5,000, relative lift.
it("equals GrowthBook's sequential test with a covariate: [-.43745, 1.44217]", () => {
  const paired = (n: number, post: number, postSquares: number, pre: number, preSquares: number, products: number) => ({
    n,
    mean: post / n,
    variance: (postSquares - post ** 2 / n) / (n - 1),
    covariateMean: pre / n,
    covariateVariance: (preSquares - pre ** 2 / n) / (n - 1),
    covariance: (products - (post * pre) / n) / (n - 1),
  })
  const base = paired(3000, 1396.87, 52377.9767, 16.87, 527.9767, 12525)
  const treated = paired(3461, 2422.7, 134698.29, 22.7, 1348.29, 3333)
  // The published sums break Cauchy and Schwarz in the first group, so the adjustment is written out here.
  const adjusted = ({ mean, variance, covariateMean, covariateVariance, covariance }: PairedSample) => ({
    mean: mean - 0.5 * covariateMean,
    variance: variance + 0.25 * covariateVariance - covariance,
  })
  const [one, other] = [adjusted(base), adjusted(treated)]
  const estimate = (other.mean - one.mean) / base.mean
  const variance =
    other.variance / treated.n / base.mean ** 2 + (one.variance / base.n) * (treated.mean ** 2 / base.mean ** 4)
  const found = asymptoticConfidenceSequence({ estimate, variance, n: 6461 }, { sharpestAt: 5000 })
  expect(found.estimate).toBeCloseTo(0.50236, 5)
  expect(found.low).toBeCloseTo(-0.43745, 5)
  expect(found.high).toBeCloseTo(1.44217, 5)
})

describe('special cases', () => {
  const first = describePairedSample([1, 2, 3, 5], [1, 2, 3, 4])
  const second = describePairedSample([1, 2, 3, 4], [1, 2, 3, 4])

  it('equals the example', () => {
    const found = cuped(first, second)
    expect(found.theta).toBeCloseTo(1.15, 12)
    expect(found.estimate).toBeCloseTo(0.25, 12)
    expect([found.low, found.high].map(value => value.toFixed(4))).toEqual(['-0.3052', '0.8052'])
    expect(found.varianceReduction).toBeGreaterThan(0.9)
  })

  it('theta 0, or a covariate that is the same for everybody, is Welch', () => {
    const { theta: _, varianceReduction, ...plain } = cuped(first, second, { theta: 0 })
    expect(plain).toEqual(welchInterval(first, second))
    expect([plain.low, plain.high].map(value => value.toFixed(2))).toEqual(['-2.42', '2.92'])
    expect(varianceReduction).toBe(0)
    const flat = { covariateMean: 3, covariateVariance: 0, covariance: 0 }
    const found = cuped({ ...first, ...flat }, { ...second, ...flat })
    expect(found.theta).toBe(0)
    expect(found.low).toBe(plain.low)
  })

  it('where the covariate explains everything nothing is left to doubt', () => {
    const sample = describePairedSample([1, 2, 3], [2, 4, 6])
    expect(adjustForCovariate(sample, 0.5, 4)).toEqual({ n: 3, mean: 2, variance: 0 })
  })
})

describe('recovery: an effect of 0.2 behind a covariate that explains three quarters of the variance', () => {
  it('is found, with a quarter of the variance', () => {
    const random = seeded(21)
    const group = (effect: number) => {
      const covariates = Float64Array.from({ length: 5000 }, () => normalDraw(random))
      const outcomes = covariates.map(covariate => effect + Math.sqrt(0.75) * covariate + 0.5 * normalDraw(random))
      return describePairedSample(outcomes, covariates)
    }
    const found = cuped(group(0.2), group(0))
    expect(found.varianceReduction).toBeCloseTo(0.75, 1)
    expect(found.theta).toBeCloseTo(Math.sqrt(0.75), 1)
    expect(found.low).toBeLessThan(0.2)
    expect(found.high).toBeGreaterThan(0.2)
  })

  it('a covariate too small to square is a covariate that says nothing', () => {
    const plain = describePairedSample([1, 2], [0, 0])
    expect(describePairedSample([-5, 3], [0, 4e-163])).toMatchObject({ covariateVariance: 0, covariance: 0 })
    expect(cuped(plain, describePairedSample([-5, 3], [0, 4e-163])).varianceReduction).toBe(0)
  })

  it('the chosen theta never adds variance', () => {
    const anyGroup = fc
      .array(
        fc.tuple(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
        {
          minLength: 2,
          maxLength: 20,
        },
      )
      .map(rows =>
        describePairedSample(
          rows.map(([outcome]) => outcome),
          rows.map(([, covariate]) => covariate),
        ),
      )
    fc.assert(
      fc.property(anyGroup, anyGroup, (first, second) => {
        expect(cuped(first, second).varianceReduction).toBeGreaterThan(-1e-9)
      }),
    )
  })
})

it('refuses groups that cannot be, all faults at once', () => {
  const impossible = { n: 1, mean: 0, variance: 1, covariateMean: 0, covariateVariance: 1, covariance: 2 }
  expect(() => cuped(impossible, { ...impossible, mean: Number.NaN }, { level: 2, theta: 0 })).toThrow(
    /first: n.*first: covariance.*second: n.*second: mean.*level/,
  )
  expect(() => describePairedSample([1, 2], [1])).toThrow(/covariates has 1/)
})
