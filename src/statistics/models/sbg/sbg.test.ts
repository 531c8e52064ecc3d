import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integrate } from '../../functions/integrate.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { seeded } from '../../sampling/seeded.ts'
import { discountedSurvival } from './discounted-survival.ts'
import references from './sbg.references.json' with { type: 'json' }
import { sBg } from './sbg.ts'

// Fader & Hardie 2007 (Journal of Interactive Marketing 21, 76-90), Table 1, per cent of customers after years 0 to 12.
const published = {
  'high end': [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4],
  regular: [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3],
}

describe('published, years 0 to 7 of Fader & Hardie 2007, per 1,000 customers', () => {
  it.each([
    ['high end', 0.668, 3.806, -1611.158],
    ['regular', 0.704, 1.182, -1680.265],
  ] as const)('%s: a %d, b %d, LL %d', (segment, a, b, logLikelihood) => {
    const cohort = published[segment].slice(0, 8).map(share => share * 10)
    const fit = sBg.fit([cohort])
    expect(fit.parameters.a).toBeCloseTo(a, 3)
    expect(fit.parameters.b).toBeCloseTo(b, 3)
    expect(fit.logLikelihood).toBeCloseTo(logLikelihood, 3)
    expect(fit.warnings).toEqual([])
    expect(fit.converged).toBe(true)
    expect(fit.customers).toBe(1000)
    expect(fit.logLikelihood).toBeCloseTo(sBg.logLikelihood(fit.parameters, [cohort]), 8)
  })

  it.each(['high end', 'regular'] as const)('%s: years 8 to 12, not seen by the fit, within 2 points', segment => {
    const { parameters } = sBg.fit([published[segment].slice(0, 8).map(share => share * 10)])
    for (let year = 1; year <= 12; year++) {
      expect(Math.abs(100 * sBg.survival(parameters, year) - published[segment][year]!)).toBeLessThan(2)
    }
  })

  it.each([
    ['high end', 0.668, 3.806, 5.9226, [5.415, 5.902, 6.294, 6.62, 6.897]],
    ['regular', 0.704, 1.182, 3.6951, [2.965, 4.104, 4.87, 5.442, 5.894]],
  ] as const)(
    '%s (a %d, b %d) at 10 per cent: DEL and DERL (Fader & Hardie 2010)',
    (_segment, a, b, lifetime, residuals) => {
      const parameters = { a, b }
      expect(sBg.discountedExpectedLifetime(parameters, 0.1)).toBeCloseTo(lifetime, 3)
      for (const [i, residual] of residuals.entries()) {
        // The published parameters are rounded to three digits.
        expect(Math.abs(sBg.discountedExpectedResidual(parameters, i + 1, 0.1) - residual)).toBeLessThan(0.001)
      }
    },
  )
})

describe('against forty digits', () => {
  it.each(references)('discounted survival a $a, b $b, factor $factor', ({ a, b, factor, value }) => {
    expect(Math.abs(discountedSurvival(a, b, factor) / value - 1)).toBeLessThan(1e-10)
  })
})

const positive = fc.double({ min: 0.01, max: 200, noNaN: true })
const parameters = fc.record({ a: positive, b: positive })

describe('for every base', () => {
  it('survival is the product of the retention rates, which rise', () => {
    fc.assert(
      fc.property(parameters, fc.integer({ min: 1, max: 40 }), (base, renewals) => {
        let product = 1
        for (let renewal = 1; renewal <= renewals; renewal++) product *= sBg.retentionRate(base, renewal)
        expect(sBg.survival(base, renewals) / product).toBeCloseTo(1, 9)
        expect(sBg.retentionRate(base, renewals + 1)).toBeGreaterThan(sBg.retentionRate(base, renewals))
      }),
    )
  })

  it('a lifetime is the first period and, discounted once, what is left after it', () => {
    fc.assert(
      fc.property(parameters, fc.double({ min: 1e-4, max: 2, noNaN: true }), (base, rate) => {
        const whole = sBg.discountedExpectedLifetime(base, rate)
        const rest = sBg.discountedExpectedResidual(base, 1, rate)
        expect((1 + rest / (1 + rate)) / whole).toBeCloseTo(1, 9)
      }),
    )
  })

  it('discounting ever less leads to the expected lifetime, where it has one', () => {
    fc.assert(
      fc.property(fc.double({ min: 2, max: 50, noNaN: true }), positive, (a, b) => {
        const undiscounted = sBg.expectedLifetime({ a, b })
        expect(sBg.discountedExpectedLifetime({ a, b }, 1e-9) / undiscounted).toBeCloseTo(1, 3)
      }),
    )
  })

  it('a loyal remainder has no expected lifetime but a discounted one', () => {
    expect(sBg.expectedLifetime({ a: 0.668, b: 3.806 })).toBe(Infinity)
    expect(sBg.expectedLifetime({ a: 2, b: 3 })).toBe(4)
  })

  it('agrees with the integral it sums', () => {
    const [a, b, factor] = [1.4, 2.2, 0.97]
    const integral = integrate(
      (theta, fromZero, toOne) =>
        Math.exp((a - 1) * Math.log(fromZero) + (b - 1) * Math.log(toOne) - logBeta(a, b)) /
        (1 - factor + factor * theta),
      0,
      1,
    )
    expect(discountedSurvival(a, b, factor)).toBeCloseTo(integral, 11)
  })
})

describe('consistency and recovery', () => {
  const cohort = [500, 380, 310, 270]

  it('a cohort twice is a cohort of twice the size', () => {
    const twice = sBg.fit([cohort, cohort])
    const doubled = sBg.fit([cohort.map(count => 2 * count)])
    expect(twice.parameters).toEqual(doubled.parameters)
    expect(twice.logLikelihood).toBeCloseTo(doubled.logLikelihood, 9)
  })

  it('cohorts that joined in different years are fitted together', () => {
    const fit = sBg.fit([cohort, [400, 300, 250], [800, 610]])
    expect(fit.customers).toBe(1700)
    expect(fit.warnings).toEqual([])
  })

  it('a .668, b 3.806 come back from simulated customers', () => {
    const truth = { a: 0.668, b: 3.806 }
    const fit = sBg.fit([sBg.simulate(truth, { customers: 100_000, renewals: 8 }, seeded(1))])
    expect(Math.abs(fit.parameters.a - truth.a)).toBeLessThan(3 * fit.standardErrors.a)
    expect(Math.abs(fit.parameters.b - truth.b)).toBeLessThan(3 * fit.standardErrors.b)
    expect(fit.standardErrors.a).toBeLessThan(0.03)
  })
})

describe('what a fit cannot know it says', () => {
  it('where nobody left', () => {
    const { warnings, parameters } = sBg.fit([[1000, 1000, 1000]])
    expect(warnings).toContain('dropout-not-identified')
    expect(sBg.survival(parameters, 2)).toBeGreaterThan(0.999)
  })

  it('where all churn alike, or one renewal is all there is', () => {
    expect(sBg.fit([[1000, 500, 250, 125, 62]]).warnings).toContain('rates-at-boundary')
    const once = sBg.fit([[1000, 700]])
    expect(once.warnings).toContain('rates-at-boundary')
    expect(sBg.survival(once.parameters, 1)).toBeCloseTo(0.7, 6)
  })

  it('where everybody left at once', () => {
    const { parameters, logLikelihood } = sBg.fit([[1000, 0]])
    expect(sBg.survival(parameters, 1)).toBeLessThan(0.001)
    expect(Number.isFinite(logLikelihood)).toBe(true)
  })

  it('a handful is too few', () => {
    expect(sBg.fit([[20, 15, 12]]).warnings).toContain('too-few-customers')
  })
})

it('refuses what cannot have happened, all faults at once', () => {
  expect(() => sBg.fit([[10, 12], [Number.NaN, 3], [5]])).toThrow(
    /cannot grow.*must begin with customers.*finite numbers.*at least one renewal/,
  )
  expect(() => sBg.fit([])).toThrow(/no cohorts/)
  expect(() => sBg.survival({ a: -1, b: 0 }, 1)).toThrow(/a must be.*b must be/)
  expect(() => sBg.survival({ a: 1, b: 1 }, 1.5)).toThrow(/renewals/)
  expect(() => sBg.discountedExpectedLifetime({ a: 1, b: 1 }, 0)).toThrow(/rate/)
  expect(() => sBg.simulate({ a: 1, b: 1 }, { customers: 0, renewals: 0 }, seeded(1))).toThrow(/customers.*renewals/)
})
