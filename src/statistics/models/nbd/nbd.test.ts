import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsUpTo, dayOf, readCdnowSample, readGrocery } from '../../../../bench/rhythm-datasets.ts'
import { seeded } from '../../sampling/seeded.ts'
import { historyAt } from '../columns.ts'
import { nbd } from './nbd.ts'

const cdnow = readCdnowSample()
const grocery = readGrocery()
if (!cdnow) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
if (!grocery) console.log('skipped: the grocery set is not in ../shared/data (or GUANXI_SHARED_DATA)')

describe('reference fits, in weeks', () => {
  // BTYDplus 1.2.0.
  it.skipIf(!cdnow)('CDNOW sample, 39 weeks: .3848 12.072, LL -9763.658', () => {
    const fit = nbd.fit(columnsUpTo(cdnow!, dayOf('1997-09-30'), 7))
    expect(fit.parameters.r).toBeCloseTo(0.3848, 4)
    expect(fit.parameters.alpha).toBeCloseTo(12.072, 3)
    expect(fit.logLikelihood).toBeCloseTo(-9763.658, 3)
    expect(fit).toMatchObject({ converged: true, warnings: [] })
  })

  it.skipIf(!grocery)('grocery, 52 weeks: .4203 5.2451, LL -16376.864', () => {
    const fit = nbd.fit(columnsUpTo(grocery!, dayOf('2006-12-31'), 7))
    expect(fit.parameters.r).toBeCloseTo(0.4203, 4)
    expect(fit.parameters.alpha).toBeCloseTo(5.2451, 4)
    expect(fit.logLikelihood).toBeCloseTo(-16376.864, 3)
  })
})

const truth = { r: 0.7, alpha: 25 }
const invented = (customers: number) =>
  nbd.simulate(
    truth,
    { observed: Int32Array.from({ length: customers }, (_, i) => 100 + (i % 300)), horizon: 60 },
    seeded(3),
  )

describe('the fit', () => {
  it('finds the parameters of simulated customers again, about as closely as it says', () => {
    const fit = nbd.fit(invented(40_000).columns)
    expect(fit).toMatchObject({ converged: true, warnings: [], customers: 40_000 })
    expect(Math.abs(fit.parameters.r - truth.r)).toBeLessThan(4 * fit.standardErrors.r)
    expect(Math.abs(fit.parameters.alpha - truth.alpha)).toBeLessThan(4 * fit.standardErrors.alpha)
    expect(fit.standardErrors.r).toBeLessThan(0.02)
  })

  it('has the log-likelihood of its customers, on the grid of days and off it', () => {
    const { purchases, recency, observed } = invented(5000).columns
    for (const columns of [
      { purchases, recency, observed },
      { purchases, recency: recency.map(Math.ceil), observed },
    ]) {
      const fit = nbd.fit(columns)
      let sum = 0
      for (let row = 0; row < 5000; row++) sum += nbd.logLikelihood(fit.parameters, historyAt(columns, row))
      expect(Math.abs(fit.logLikelihood / sum - 1)).toBeLessThan(1e-12)
    }
    const onGrid = nbd.fit({ purchases, recency: recency.map(Math.ceil), observed })
    const off = nbd.fit({ purchases, recency, observed })
    expect(Math.abs(onGrid.parameters.r / off.parameters.r - 1)).toBeLessThan(1e-8)
  })

  it('counts a row of weight 2 like the same row twice', () => {
    const { purchases, recency, observed } = invented(2000).columns
    const once = nbd.fit({ purchases, recency, observed })
    const doubled = nbd.fit({ purchases, recency, observed, weights: new Float64Array(2000).fill(2) })
    expect(doubled.logLikelihood / once.logLikelihood).toBeCloseTo(2, 10)
    expect(doubled.parameters.r).toBeCloseTo(once.parameters.r, 8)
  })

  it('says where customers are too few or all alike', () => {
    const alike = {
      purchases: new Int32Array(40).fill(5),
      recency: new Int32Array(40).fill(90),
      observed: new Int32Array(40).fill(100),
    }
    expect(nbd.fit(alike).warnings).toEqual(['too-few-customers', 'rates-at-boundary', 'no-standard-errors'])
  })
})

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)
const anyParameters = fc.record({ r: between(0.05, 50), alpha: between(0.01, 1000) })
const anyPast = fc
  .record({ purchases: fc.integer({ min: 0, max: 10_000 }), recency: between(0.01, 1000), silent: between(0.01, 1000) })
  .map(({ purchases, recency, silent }) => ({ purchases, recency: purchases && recency, observed: recency + silent }))

it('the probabilities of all counts make one, and their mean is the expectation', () => {
  fc.assert(
    fc.property(between(0.1, 20), between(5, 50), between(0.1, 60), (r, alpha, horizon) => {
      let sum = 0
      let mean = 0
      for (let count = 0; count < 3000; count++) {
        const probability = nbd.purchaseCountProbability({ r, alpha }, count, horizon)
        sum += probability
        mean += count * probability
      }
      expect(Math.abs(sum - 1)).toBeLessThan(1e-10)
      expect(Math.abs(mean / nbd.expectedPurchasesOfNew({ r, alpha }, horizon) - 1)).toBeLessThan(1e-8)
    }),
    { numRuns: 30 },
  )
})

it('silence adds up, purchases add up, and the quantile is undone by the silence', () => {
  fc.assert(
    fc.property(anyParameters, anyPast, between(0.1, 500), between(0.1, 500), (parameters, history, first, second) => {
      const then = { ...history, observed: history.observed + first }
      const both = nbd.probabilityOfSilence(parameters, history, first + second)
      const twice =
        nbd.probabilityOfSilence(parameters, history, first) * nbd.probabilityOfSilence(parameters, then, second)
      expect(Math.abs(both - twice)).toBeLessThan(1e-11 * both + 1e-300)
      const here = { ...history, observed: history.recency }
      const within = nbd.nextPurchaseQuantile(parameters, here, 0.5)
      if (within < 1e300) expect(nbd.probabilityOfSilence(parameters, here, within)).toBeCloseTo(0.5, 11)
    }),
  )
})

it('a customer of whom nothing is known, with three purchases since, and for ever', () => {
  const parameters = { r: 0.5, alpha: 10 }
  const history = { purchases: 3, recency: 20, observed: 25 }
  expect(nbd.expectedPurchasesOfNew(parameters, 20)).toBe(1)
  expect(nbd.expectedPurchases(parameters, history, 10)).toBe(1)
  expect(nbd.discountedExpectedResidual(parameters, history, 0.01)).toBeCloseTo(10, 12)
  expect(nbd.probabilityAlive(parameters, history)).toBe(1)
  expect(nbd.residualLifetimeMedian(parameters, history)).toBe(Infinity)
})

it('scores a base as one by one, and as its customers then behave', () => {
  const { columns, future, alive } = invented(20_000)
  const { expected, silence } = nbd.scores(truth, columns, 60)
  const discounted = nbd.discountedExpectedResiduals(truth, columns, 0.001)
  for (let row = 0; row < 50; row++) {
    const history = historyAt(columns, row)
    expect(expected[row]).toBeCloseTo(nbd.expectedPurchases(truth, history, 60), 12)
    expect(silence[row]).toBeCloseTo(nbd.probabilityOfSilence(truth, history, 60), 12)
    expect(discounted[row]).toBeCloseTo(nbd.discountedExpectedResidual(truth, history, 0.001), 9)
  }
  const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0)
  expect(total(expected) / total(future)).toBeCloseTo(1, 1)
  expect(Math.abs(total(silence) - future.filter(count => count === 0).length) / 20_000).toBeLessThan(0.01)
  expect(alive.every(value => value === 1)).toBe(true)
})

it('refuses unsound input, all faults at once', () => {
  const history = { purchases: 1, recency: 0, observed: 3 }
  expect(() => nbd.expectedPurchases({ r: 0, alpha: 1 }, history, -1)).toThrow(/r must be.*recency must be.*horizon/)
  expect(() =>
    nbd.scores(truth, { purchases: Int32Array.of(), recency: Int32Array.of(), observed: Int32Array.of() }, 1),
  ).toThrow(/there are no customers/)
})
