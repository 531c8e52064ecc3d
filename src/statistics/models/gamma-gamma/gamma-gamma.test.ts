import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayOf, readCdnowSample } from '../../../../bench/rhythm-datasets.ts'
import { InvalidInput } from '../../invalid-input.ts'
import { seeded } from '../../sampling/seeded.ts'
import references from './gamma-gamma.references.json' with { type: 'json' }
import { gammaGamma } from './gamma-gamma.ts'
import type { GammaGammaParameters, SpendColumns } from './parameters.ts'

const cdnow: GammaGammaParameters = { p: 6.2493, q: 3.7443, gamma: 15.4443 }

describe('published, CDNOW sample, first 39 weeks (Fader & Hardie 2013, note 025; first customers by the R package BTYD)', () => {
  const log = readCdnowSample()
  if (!log) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
  const customers = [...(log?.values() ?? [])].map(all => {
    const repeats = all.slice(1).filter(({ day }) => day <= dayOf('1997-09-30'))
    const spend = repeats.reduce((sum, { value }) => sum + value, 0)
    return { purchases: repeats.length, meanSpend: repeats.length > 0 ? spend / repeats.length : 0 }
  })
  const columns: SpendColumns = {
    purchases: Int32Array.from(customers, ({ purchases }) => purchases),
    meanSpend: Float64Array.from(customers, ({ meanSpend }) => meanSpend),
  }

  it.skipIf(!log)('946 repeaters: p 6.2493, q 3.7443, gamma 15.4443, LL -4055.918', () => {
    const fit = gammaGamma.fit(columns)
    expect(fit.customers).toBe(946)
    expect(fit.parameters.p).toBeCloseTo(6.2493, 2)
    expect(fit.parameters.q).toBeCloseTo(3.7443, 2)
    expect(fit.parameters.gamma).toBeCloseTo(15.4443, 1)
    expect(fit.logLikelihood).toBeCloseTo(-4055.918, 3)
    expect(fit.converged).toBe(true)
    expect(fit.gradientNorm).toBeLessThan(1e-6)
    expect(fit.warnings).toEqual([])
  })

  it.skipIf(!log)('the first ten customers: 24.65 18.91 35.17 35.17 35.17 71.46 18.91 35.17 27.28 35.17', () => {
    const spends = gammaGamma.expectedSpends(cdnow, columns)
    expect([...spends.slice(0, 10)].map(value => Number(value.toFixed(2)))).toEqual([
      24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17,
    ])
  })
})

describe('against forty digits', () => {
  it.each(references)(
    '$parameters.p $parameters.q $parameters.gamma: $purchases of $meanSpend',
    ({ parameters, purchases, meanSpend, logLikelihood, expectedSpend }) => {
      const found = gammaGamma.logLikelihood(parameters, purchases, meanSpend)
      expect(Math.abs(found / logLikelihood - 1)).toBeLessThan(1e-9)
      expect(Math.abs(gammaGamma.expectedSpend(parameters, purchases, meanSpend) / expectedSpend - 1)).toBeLessThan(
        1e-13,
      )
    },
  )
})

const base = (rows: number, seed: number, parameters = cdnow) => {
  const random = seeded(seed)
  return gammaGamma.simulate(
    parameters,
    Int32Array.from({ length: rows }, () => 1 + Math.floor(6 * random())),
    random,
  )
}

describe('consistency', () => {
  it('the log-likelihood of a fit is the sum over its customers', () => {
    const columns = base(500, 2)
    const fit = gammaGamma.fit(columns)
    let sum = 0
    for (let row = 0; row < 500; row++) {
      sum += gammaGamma.logLikelihood(fit.parameters, columns.purchases[row]!, columns.meanSpend[row]!)
    }
    expect(fit.logLikelihood / sum).toBeCloseTo(1, 10)
  })

  it('no step in any direction raises it', () => {
    const columns = base(500, 3)
    const { parameters, logLikelihood } = gammaGamma.fit(columns)
    const at = (moved: GammaGammaParameters) =>
      columns.meanSpend.reduce(
        (sum, mean, row) => sum + gammaGamma.logLikelihood(moved, columns.purchases[row]!, mean),
        0,
      )
    for (const name of gammaGamma.parameterNames) {
      for (const factor of [0.999, 1.001]) {
        expect(at({ ...parameters, [name]: parameters[name] * factor })).toBeLessThan(logLikelihood)
      }
    }
  })

  it('a row of weight 3 is three rows', () => {
    const columns = base(300, 4)
    const thrice = gammaGamma.fit({ ...columns, weights: new Float64Array(300).fill(3) })
    const repeat = (column: ArrayLike<number>) => Float64Array.from({ length: 900 }, (_, row) => column[row % 300]!)
    const repeated = gammaGamma.fit({ purchases: repeat(columns.purchases), meanSpend: repeat(columns.meanSpend) })
    expect(thrice.logLikelihood / repeated.logLikelihood).toBeCloseTo(1, 12)
    expect(thrice.parameters.p / repeated.parameters.p).toBeCloseTo(1, 8)
    expect(thrice.standardErrors.q / repeated.standardErrors.q).toBeCloseTo(1, 6)
    expect(thrice.customers).toBe(900)
  })

  it('does not know the currency: cents for dollars give gamma a hundredfold', () => {
    const columns = base(2000, 5)
    const dollars = gammaGamma.fit(columns).parameters
    const cents = gammaGamma.fit({
      ...columns,
      meanSpend: columns.meanSpend.map(spend => spend * 100),
    }).parameters
    expect(cents.gamma / dollars.gamma).toBeCloseTo(100, 6)
    expect(cents.p / dollars.p).toBeCloseTo(1, 8)
  })

  it('a base fitted from a sample of it ends where a fit from scratch ends', () => {
    const columns = base(70_000, 6)
    const fit = gammaGamma.fit(columns)
    const scratch = gammaGamma.fit({ ...columns, weights: new Float64Array(70_000).fill(1) })
    expect(fit.iterations).toBeLessThanOrEqual(4)
    expect(fit.logLikelihood).toBeCloseTo(scratch.logLikelihood, 5)
  })
})

describe('one odd customer never stops a fit', () => {
  it('mean spends of 0 and below, and no purchases, are left out and said to be', () => {
    const columns = base(400, 7)
    const plain = gammaGamma.fit(columns)
    const withOdd = gammaGamma.fit({
      purchases: Int32Array.from([...columns.purchases, 3, 1, 0]),
      meanSpend: Float64Array.from([...columns.meanSpend, 0, -12, 0]),
    })
    expect(plain.warnings).toEqual([])
    expect(withOdd.warnings).toEqual(['unpriced-customers-left-out'])
    expect(withOdd.customers).toBe(400)
    expect(withOdd.parameters).toEqual(plain.parameters)
    expect(gammaGamma.expectedSpend(cdnow, 3, 0)).toBe(gammaGamma.expectedSpendOfNew(cdnow))
    expect(gammaGamma.expectedSpend(cdnow, 1, -12)).toBe(gammaGamma.expectedSpendOfNew(cdnow))
  })

  it('where everybody spends the same, the fit says that it ran to the boundary', () => {
    const same = { purchases: new Int32Array(100).fill(2), meanSpend: new Float64Array(100).fill(20) }
    const fit = gammaGamma.fit(same)
    expect(fit.warnings).toContain('spend-at-boundary')
    expect(gammaGamma.expectedSpend(fit.parameters, 2, 20)).toBeCloseTo(20, 1)
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
  })

  it('a base of outliers has no mean to fall back on, and says so', () => {
    const fit = gammaGamma.fit(base(3000, 8, { p: 2, q: 0.7, gamma: 5 }))
    expect(fit.warnings).toContain('spend-at-boundary')
    expect(gammaGamma.expectedSpendOfNew(fit.parameters)).toBe(Infinity)
    expect(gammaGamma.expectedSpend(fit.parameters, 5, 20)).toBeLessThan(60)
  })

  it('a handful is too few', () => {
    expect(gammaGamma.fit(base(30, 9)).warnings).toContain('too-few-customers')
  })
})

describe('recovery from simulated customers', () => {
  it.each([cdnow, { p: 0.8, q: 2.5, gamma: 60 }, { p: 20, q: 8, gamma: 12 }])(
    'p $p, q $q, gamma $gamma come back within three standard errors',
    parameters => {
      const fit = gammaGamma.fit(base(40_000, 11, parameters))
      expect(fit.warnings).toEqual([])
      for (const name of gammaGamma.parameterNames) {
        expect(Math.abs(fit.parameters[name] - parameters[name])).toBeLessThan(3.2 * fit.standardErrors[name])
        expect(fit.standardErrors[name] / fit.parameters[name]).toBeLessThan(0.1)
      }
    },
  )
})

describe('for every customer', () => {
  const parameters = fc.record({
    p: fc.double({ min: 0.1, max: 50, noNaN: true }),
    q: fc.double({ min: 1.05, max: 50, noNaN: true }),
    gamma: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  })
  const spend = fc.double({ min: 1e-3, max: 1e7, noNaN: true })

  it('the expectation lies between her own mean and that of the base, the nearer to hers the more she bought', () => {
    fc.assert(
      fc.property(parameters, fc.integer({ min: 1, max: 10_000 }), spend, (base, purchases, mean) => {
        const own = gammaGamma.expectedSpend(base, purchases, mean)
        const everybody = gammaGamma.expectedSpendOfNew(base)
        const slack = 1e-9 * Math.max(mean, everybody)
        expect(own).toBeGreaterThanOrEqual(Math.min(mean, everybody) - slack)
        expect(own).toBeLessThanOrEqual(Math.max(mean, everybody) + slack)
        const more = gammaGamma.expectedSpend(base, purchases + 1, mean)
        expect(Math.abs(more - mean)).toBeLessThanOrEqual(Math.abs(own - mean) + slack)
      }),
    )
  })

  it('the density is finite', () => {
    fc.assert(
      fc.property(parameters, fc.integer({ min: 1, max: 100_000 }), spend, (base, purchases, mean) => {
        expect(Number.isFinite(gammaGamma.logLikelihood(base, purchases, mean))).toBe(true)
      }),
    )
  })

  it('a fit of any few customers is finite', () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0.01, max: 1e5, noNaN: true })), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(rows, customers => {
        const fit = gammaGamma.fit({
          purchases: Int32Array.from(customers, ([purchases]) => purchases),
          meanSpend: Float64Array.from(customers, ([, mean]) => mean),
        })
        expect(Object.values(fit.parameters).every(value => value > 0 && value < Infinity)).toBe(true)
        expect(Number.isFinite(fit.logLikelihood)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

it('refuses what cannot be, all faults at once', () => {
  const refusal = (act: () => unknown) => {
    try {
      act()
    } catch (fault) {
      return (fault as InvalidInput).messages
    }
    return undefined
  }
  expect(() => gammaGamma.expectedSpend({ p: 0, q: -1, gamma: Number.NaN }, 1, 1)).toThrow(InvalidInput)
  expect(refusal(() => gammaGamma.expectedSpendOfNew({ p: 0, q: -1, gamma: Number.NaN }))).toHaveLength(3)
  expect(refusal(() => gammaGamma.expectedSpend(cdnow, 1.5, Number.NaN))).toHaveLength(2)
  expect(
    refusal(() =>
      gammaGamma.fit({
        purchases: Float64Array.of(-1, 1),
        meanSpend: Float64Array.of(1, Infinity),
        weights: Float64Array.of(-1, 1),
      }),
    ),
  ).toHaveLength(3)
  expect(refusal(() => gammaGamma.fit({ purchases: new Int32Array(2), meanSpend: new Float64Array(1) }))).toHaveLength(
    1,
  )
  expect(refusal(() => gammaGamma.fit({ purchases: new Int32Array(2), meanSpend: new Float64Array(2) }))).toEqual([
    'there is no customer with a purchase and a positive mean spend',
  ])
  expect(refusal(() => gammaGamma.logLikelihood(cdnow, 0, 0))).toHaveLength(1)
})
