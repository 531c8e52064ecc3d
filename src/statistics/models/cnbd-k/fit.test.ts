import { performance } from 'node:perf_hooks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnsUpTo, dayOf, readCdnowSample, readGrocery } from '../../../../bench/rhythm-datasets.ts'
import { seeded } from '../../sampling/seeded.ts'
import type { Columns } from '../columns.ts'
import { fitCnbdK } from './fit.ts'
import type { CnbdKParameters, Leaving } from './parameters.ts'
import { simulate } from './simulate.ts'

const fitMbg = (columns: Columns, options = {}) => fitCnbdK('mbg', columns, options)
const truth = { k: 1.6, r: 1.2, alpha: 40, a: 0.8, b: 3 }

/** Customers who join over three months and are watched for two years, or another span. */
function base(
  parameters: CnbdKParameters,
  customers: number,
  seed: number,
  { days = 730, joining = 90, leaving = 'mbg' as Leaving } = {},
) {
  const random = seeded(seed)
  const observed = Float64Array.from({ length: customers }, () => days - joining * random())
  return simulate(leaving, parameters, { observed }, random).columns
}

describe('published fits, in weeks', () => {
  const cdnow = readCdnowSample()
  const grocery = readGrocery()
  if (!cdnow) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
  if (!grocery) console.log('skipped: the grocery set is not in ../shared/data (or GUANXI_SHARED_DATA)')

  // lifetimes 0.11.3, test of ModifiedBetaGeoFitter: .525 6.183 .891 1.614.
  it.skipIf(!cdnow)('CDNOW sample, 39 weeks, MBG/NBD: LL -9582.136', () => {
    const found = fitMbg(columnsUpTo(cdnow!, dayOf('1997-09-30'), 7), { k: 1 })
    expect(found.logLikelihood).toBeCloseTo(-9582.136, 2)
    expect(rounded(found.parameters, 3)).toEqual({ k: 1, r: 0.525, alpha: 6.183, a: 0.891, b: 1.614 })
    expect(found.warnings).toEqual([])
  })

  // BTYDplus 1.2.0 on groceryElog, calibrated to the end of 2006.
  it.skipIf(!grocery)('grocery, 52 weeks, MBG/CNBD-2: LL -14978.211', () => {
    const found = fitMbg(columnsUpTo(grocery!, dayOf('2006-12-31'), 7), { k: 2 })
    expect(found.logLikelihood).toBeCloseTo(-14978.211, 2)
    expect(rounded(found.parameters, 3)).toEqual({ k: 2, r: 1.329, alpha: 2.813, a: 0.425, b: 0.79 })
  })

  it.skipIf(!grocery)('grocery with real k: 2.42, and 47 more in log-likelihood than k = 2', () => {
    const found = fitMbg(columnsUpTo(grocery!, dayOf('2006-12-31'), 7))
    expect(found.parameters.k).toBeCloseTo(2.42, 2)
    expect(found.logLikelihood).toBeCloseTo(-14931.06, 1)
  })
})

describe('recovery from simulated customers', () => {
  it.each([
    truth,
    { k: 1, r: 0.6, alpha: 20, a: 0.9, b: 1.6 },
    { k: 3, r: 2.5, alpha: 30, a: 1.5, b: 6 },
    { k: 0.6, r: 1.5, alpha: 60, a: 0.5, b: 2 },
  ])('k $k, r $r, alpha $alpha, a $a, b $b come back within a few per cent', parameters => {
    const found = fitMbg(base(parameters, 40_000, 7))
    expect(found.converged).toBe(true)
    expect(found.warnings).toEqual([])
    expect(found.gradientNorm).toBeLessThan(1e-5)
    expect(Math.abs(Math.log(found.parameters.k / parameters.k))).toBeLessThan(0.03)
    expect(Math.abs(Math.log(found.parameters.r / parameters.r))).toBeLessThan(0.08)
    expect(Math.abs(Math.log(found.parameters.alpha / parameters.alpha))).toBeLessThan(0.08)
    const leaving = ({ a, b }: { a: number; b: number }) => a / (a + b)
    expect(leaving(found.parameters)).toBeCloseTo(leaving(parameters), 2)
  })
})

it('is the same to the bit when asked twice', () => {
  const columns = base(truth, 2000, 3)
  expect(fitMbg(columns)).toEqual(fitMbg(columns))
})

it('counts a row with weight 2 like the same row twice', () => {
  const once = base(truth, 500, 5)
  const doubled = fitMbg({ ...once, weights: new Float64Array(500).fill(2) })
  const single = fitMbg(once)
  expect(doubled.logLikelihood / single.logLikelihood).toBeCloseTo(2, 8)
  expect(doubled.parameters.k).toBeCloseTo(single.parameters.k, 4)
})

it('a larger base than allowed is fitted on every n-th customer, and says so', () => {
  const found = fitMbg(base(truth, 10_000, 5), { maximumCustomers: 4000 })
  expect(found.customers).toBe(3334)
  expect(found.warnings).toEqual(['fitted-on-sample'])
})

describe('what a fit cannot know it says', () => {
  it('where nobody ever leaves, drop-out is not identified', () => {
    const found = fitMbg(base({ ...truth, a: 1e-7, b: 1 }, 3000, 11))
    expect(found.warnings).toContain('dropout-not-identified')
  })

  it('on a base too young for anybody to be missed, drop-out is not identified', () => {
    const young = { days: 20, joining: 20 }
    const found = fitMbg(base({ ...truth, a: 0.3, b: 6 }, 400, 2, young))
    expect(found.warnings).toContain('dropout-not-identified')
  })

  it('with gaps as regular as a clock, k runs to its boundary', () => {
    const found = fitMbg(base({ k: 400, r: 3, alpha: 0.2, a: 0.8, b: 3 }, 2000, 4))
    expect(found.warnings).toContain('k-at-boundary')
  })

  it('a handful of customers is too few', () => {
    expect(fitMbg(base(truth, 30, 6)).warnings).toContain('too-few-customers')
  })

  it('without any second purchase there is no rhythm', () => {
    const found = fitMbg({
      purchases: new Float64Array(100),
      recency: new Float64Array(100),
      logGapSum: new Float64Array(100),
      observed: Float64Array.from({ length: 100 }, (_, row) => row),
    })
    expect(found.warnings).toEqual(expect.arrayContaining(['too-few-customers', 'no-repeat-purchases']))
  })
})

describe('is finite on every base', () => {
  const anyCustomer = fc.record({
    gaps: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 10_000 })),
    mean: fc.oneof(fc.constant(1), fc.double({ min: 0.01, max: 400, noNaN: true })),
    evenness: fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 1, noNaN: true })),
    silent: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 1_000_000 })),
  })
  it('whatever the customers', () => {
    fc.assert(
      fc.property(fc.array(anyCustomer, { minLength: 1, maxLength: 40 }), customers => {
        const found = fitMbg(columnsOf(customers))
        for (const value of [...Object.values(found.parameters), found.logLikelihood, found.gradientNorm]) {
          expect(Number.isFinite(value)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['one customer, one purchase, today', [{ gaps: 0, mean: 1, evenness: 1, silent: 0 }]],
    ['one customer who came twice', [{ gaps: 1, mean: 1, evenness: 1, silent: 0 }]],
    ['all alike', Array.from({ length: 500 }, () => ({ gaps: 5, mean: 7, evenness: 1, silent: 3 }))],
    [
      'ten thousand purchases each',
      Array.from({ length: 60 }, (_, i) => ({ gaps: 10_000, mean: 2, evenness: 0.6, silent: i })),
    ],
  ])('%s', (_, customers) => {
    const found = fitMbg(columnsOf(customers))
    expect(Object.values(found.parameters).every(Number.isFinite)).toBe(true)
    expect(Number.isFinite(found.logLikelihood)).toBe(true)
  })
})

it('fits 24,000 customers within a second', () => {
  const columns = base(truth, 24_000, 9)
  const started = performance.now()
  fitMbg(columns)
  expect(performance.now() - started).toBeLessThan(1000)
})

it('refuses options that mean nothing, all at once', () => {
  const act = () => fitMbg(base(truth, 10, 1), { k: 0, maximumCustomers: 0 })
  expect(act).toThrow(/maximumCustomers must be.*k must lie/)
})

function rounded(parameters: CnbdKParameters, digits: number): CnbdKParameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, Number(value.toFixed(digits))]),
  ) as unknown as CnbdKParameters
}

function columnsOf(customers: readonly { gaps: number; mean: number; evenness: number; silent: number }[]): Columns {
  return {
    purchases: Int32Array.from(customers, ({ gaps }) => gaps),
    recency: Float64Array.from(customers, ({ gaps, mean }) => gaps * mean),
    logGapSum: Float64Array.from(customers, ({ gaps, mean, evenness }) => gaps && gaps * Math.log(mean * evenness)),
    observed: Float64Array.from(customers, ({ gaps, mean, silent }) => gaps * mean + silent),
  }
}
