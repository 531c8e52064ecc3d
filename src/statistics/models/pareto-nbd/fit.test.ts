import { describe, expect, it } from 'vitest'
import {
  columnsUpTo,
  dayOf,
  type PurchaseLog,
  readCdnowSample,
  readGrocery,
  readOnlineRetail,
} from '../../../../bench/rhythm-datasets.ts'
import { seeded } from '../../sampling/seeded.ts'
import { forEachRow } from '../columns.ts'
import { sortBase } from './base.ts'
import { fitParetoNbd } from './fit.ts'
import { baseLogLikelihood } from './objective.ts'
import { type ParetoNbdParameters, parameterNames } from './parameters.ts'
import { paretoNbd } from './pareto-nbd.ts'

const cdnow = readCdnowSample()
const grocery = readGrocery()
const onlineRetail = readOnlineRetail()
if (!cdnow) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
if (!grocery) console.log('skipped: the grocery set is not in ../shared/data (or GUANXI_SHARED_DATA)')
if (!onlineRetail) console.log('skipped: Online Retail II is not in ../shared/data (or GUANXI_SHARED_DATA)')

/** The columns of everybody known on the day, in weeks. */
const weeksUpTo = (log: PurchaseLog, date: string) => columnsUpTo(log, dayOf(date), 7)

const rounded = (parameters: ParetoNbdParameters, digits: number) =>
  Object.values(parameters).map(value => Number(value.toFixed(digits)))

/** Whole days, as data come; purchases of one day are merged by leaving the later ones out. */
function dayBase(parameters: ParetoNbdParameters, customers: number, seed: number) {
  const random = seeded(seed)
  const watched = Int32Array.from({ length: customers }, () => 20 + Math.floor(400 * random()))
  const { purchases, recency } = paretoNbd.simulate(parameters, { observed: watched }, random).columns
  const last = Int32Array.from(recency, (time, row) => Math.min(watched[row]!, Math.ceil(time)))
  return {
    purchases: Int32Array.from(purchases, (x, row) => Math.min(x, last[row]!)),
    recency: last,
    observed: watched,
  }
}

const truth = { r: 0.6, alpha: 40, s: 0.7, beta: 90 }

describe('published fits, in weeks', () => {
  // Fader, Hardie & Lee 2005: .553 10.578 .606 11.669, log-likelihood -9594.976.
  it.skipIf(!cdnow)('CDNOW sample, 39 weeks', () => {
    const fit = fitParetoNbd(weeksUpTo(cdnow!, '1997-09-30'))
    expect(fit.logLikelihood).toBeCloseTo(-9594.976, 3)
    expect(rounded(fit.parameters, 3)).toEqual([0.553, 10.578, 0.606, 11.669])
    expect(fit.warnings).toEqual([])
    expect(fit.customers).toBe(2357)
  })

  // BTYD 2.4.3 on groceryElog.
  it.skipIf(!grocery)('grocery, 52 weeks', () => {
    const fit = fitParetoNbd(weeksUpTo(grocery!, '2006-12-31'))
    expect(fit.logLikelihood).toBeCloseTo(-15782.392, 3)
    expect(rounded(fit.parameters, 3)).toEqual([0.786, 5.679, 0.386, 5.718])
    expect(fit.warnings).toEqual([])
  })

  // Fader, Hardie & Lee 2005, table of the holdout by purchases in the calibration period.
  it.skipIf(!cdnow)('CDNOW: what customers do in the next 39 weeks, by what they did in the first', () => {
    const columns = weeksUpTo(cdnow!, '1997-09-30')
    const { expected } = paretoNbd.scores(fitParetoNbd(columns).parameters, columns, 39)
    const sums = Array.from({ length: 8 }, () => ({ customers: 0, expected: 0 }))
    for (const [row, x] of columns.purchases.entries()) {
      const sum = sums[Math.min(7, x)]!
      sum.customers++
      sum.expected += expected[row]!
    }
    const means = sums.map(sum => sum.expected / sum.customers)
    const published = [0.138, 0.6, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403]
    for (const [x, mean] of means.entries()) expect(Math.abs(mean - published[x]!)).toBeLessThan(0.0012)
    expect(expected.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1665.5, 0)
  })

  it.skipIf(!cdnow)('the standard errors stand beside the parameters, and in their logarithms', () => {
    const { parameters, standardErrors, logCovariance } = fitParetoNbd(weeksUpTo(cdnow!, '1997-09-30'))
    expect(rounded(standardErrors, 3)).toEqual([0.048, 0.843, 0.187, 6.211])
    expect(standardErrors.alpha / parameters.alpha).toBeCloseTo(Math.sqrt(logCovariance[5]!), 12)
  })
})

describe('it stands where the likelihood is highest', () => {
  it('the slope is flat, and no step in any direction leads up', () => {
    const columns = dayBase(truth, 20_000, 1)
    const fit = fitParetoNbd(columns)
    expect(fit.converged).toBe(true)
    // As measured before the last, short step; and where that step ended.
    expect(fit.gradientNorm).toBeLessThan(1e-4)
    const slopes = new Float64Array(4)
    baseLogLikelihood(sortBase(columns), fit.parameters, slopes)
    for (const [i, name] of parameterNames.entries()) {
      expect(Math.abs(slopes[i]! * fit.parameters[name]) / 20_000).toBeLessThan(1e-8)
    }
    const direct = (parameters: ParetoNbdParameters) =>
      forEachRow(columns, history => paretoNbd.logLikelihood(parameters, history)).reduce(
        (sum, value) => sum + value,
        0,
      )
    const highest = direct(fit.parameters)
    expect(fit.logLikelihood / highest - 1).toBeCloseTo(0, 12)
    for (const name of parameterNames) {
      for (const factor of [0.998, 1.002]) {
        expect(direct({ ...fit.parameters, [name]: fit.parameters[name] * factor })).toBeLessThan(highest)
      }
    }
  })
})

describe('the same answer by another way', () => {
  it('a row with weight 3 counts like the same row three times', () => {
    const once = dayBase(truth, 1500, 2)
    const thrice = (column: ArrayLike<number>) =>
      Float64Array.from({ length: 3 * column.length }, (_, i) => column[i % column.length]!)
    const repeated = fitParetoNbd({
      purchases: thrice(once.purchases),
      recency: thrice(once.recency),
      observed: thrice(once.observed),
    })
    const weighted = fitParetoNbd({ ...once, weights: new Float64Array(1500).fill(3) })
    expect(weighted.logLikelihood / repeated.logLikelihood).toBeCloseTo(1, 12)
    for (const name of parameterNames) {
      expect(weighted.parameters[name] / repeated.parameters[name]).toBeCloseTo(1, 7)
    }
  })

  it('a row without weight counts for nothing', () => {
    const columns = dayBase(truth, 2000, 3)
    const head = (column: Int32Array) => column.slice(0, 1900)
    const weights = Float64Array.from({ length: 2000 }, (_, row) => (row < 1900 ? 1 : 0))
    const fewer = {
      purchases: head(columns.purchases),
      recency: head(columns.recency),
      observed: head(columns.observed),
    }
    expect(fitParetoNbd({ ...columns, weights }).logLikelihood).toBeCloseTo(fitParetoNbd(fewer).logLikelihood, 7)
  })

  it('on a grid of days and at any time: one customer who counts for nothing takes the base off the grid', () => {
    const days = dayBase(truth, 20_000, 12)
    const onGrid = fitParetoNbd(days)
    const beside = fitParetoNbd({
      purchases: Float64Array.of(...days.purchases, 0),
      recency: Float64Array.of(...days.recency, 0),
      observed: Float64Array.of(...days.observed, Math.PI),
      weights: Float64Array.from({ length: 20_001 }, (_, row) => (row < 20_000 ? 1 : 0)),
    })
    expect(Math.abs(beside.logLikelihood / onGrid.logLikelihood - 1)).toBeLessThan(1e-10)
    for (const name of parameterNames) {
      expect(Math.abs(beside.parameters[name] / onGrid.parameters[name] - 1)).toBeLessThan(1e-6)
    }
  })

  it('days and weeks differ in the unit only', () => {
    const days = dayBase(truth, 4000, 4)
    const weeks = {
      ...days,
      recency: Float64Array.from(days.recency, d => d / 7),
      observed: Float64Array.from(days.observed, d => d / 7),
    }
    const inDays = fitParetoNbd(days)
    const inWeeks = fitParetoNbd(weeks)
    expect(inWeeks.parameters.r / inDays.parameters.r).toBeCloseTo(1, 8)
    expect((inWeeks.parameters.beta * 7) / inDays.parameters.beta).toBeCloseTo(1, 8)
    const purchases = Float64Array.from(days.purchases).reduce((sum, x) => sum + x, 0)
    // A density per week is seven times that per day.
    expect(inWeeks.logLikelihood - purchases * Math.log(7)).toBeCloseTo(inDays.logLikelihood, 6)
  })

  it('is the same to the bit when asked twice', () => {
    const columns = dayBase(truth, 3000, 5)
    expect(fitParetoNbd(columns)).toEqual(fitParetoNbd(columns))
  })
})

describe('recovery from simulated customers', () => {
  it.each([truth, { r: 0.25, alpha: 5, s: 0.4, beta: 20 }, { r: 2, alpha: 60, s: 1.5, beta: 200 }])(
    'r $r, alpha $alpha, s $s, beta $beta come back within four standard errors',
    parameters => {
      const random = seeded(11)
      const observed = Float64Array.from({ length: 30_000 }, () => 50 + 300 * random())
      const fit = fitParetoNbd(paretoNbd.simulate(parameters, { observed }, random).columns)
      expect(fit.warnings).toEqual([])
      for (const [i, name] of parameterNames.entries()) {
        const error = Math.log(fit.parameters[name] / parameters[name]) / Math.sqrt(fit.logCovariance[5 * i]!)
        expect(Math.abs(error)).toBeLessThan(4)
      }
    },
  )
})

describe('what a fit cannot know it says', () => {
  it('where nobody ever leaves, drop-out is not identified', () => {
    const fit = fitParetoNbd(dayBase({ ...truth, s: 1e-9 }, 5000, 6))
    expect(fit.warnings).toContain('dropout-not-identified')
  })

  it.skipIf(!onlineRetail)('Online Retail II to 2010-11-30: one year of history that began with old customers', () => {
    const fit = fitParetoNbd(weeksUpTo(onlineRetail!, '2010-11-30'))
    expect(fit.warnings).toContain('dropout-not-identified')
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
  })

  it('few customers who came back', () => {
    expect(fitParetoNbd(dayBase(truth, 40, 7)).warnings).toContain('too-few-customers')
  })

  it('nobody came back', () => {
    const none = new Float64Array(100)
    const fit = fitParetoNbd({ purchases: none, recency: none, observed: Float64Array.from(none, (_, row) => row) })
    expect(fit.warnings).toContain('no-repeat-purchases')
    expect(fit.warnings).toContain('dropout-not-identified')
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
  })

  it('everybody came today for the first time', () => {
    const none = new Float64Array(10)
    const fit = fitParetoNbd({ purchases: none, recency: none, observed: none })
    expect(fit.logLikelihood).toBeCloseTo(0, 12)
    expect(fit.warnings).toContain('no-repeat-purchases')
  })

  it('a search cut short', () => {
    expect(fitParetoNbd(dayBase(truth, 500, 8), { maximumIterations: 1 }).warnings).toContain('not-converged')
  })

  it('all customers alike run the spread of rates to its end', () => {
    const random = seeded(9)
    const observed = new Float64Array(5000).fill(100)
    const { columns } = paretoNbd.simulate({ r: 1e6, alpha: 1e7, s: 0.7, beta: 90 }, { observed }, random)
    const fit = fitParetoNbd(columns)
    expect(fit.parameters.r).toBeGreaterThan(50)
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
  })
})

describe('refusals', () => {
  it('columns that are no base, with every fault', () => {
    const columns = {
      purchases: new Float64Array([1, 0]),
      recency: new Float64Array([5, 2]),
      observed: new Float64Array([3, 4]),
    }
    expect(() => fitParetoNbd(columns)).toThrow(
      'recency must not exceed observed: 1 rows, first at row 0; without repeat purchases recency must be 0: 1 rows, first at row 1',
    )
  })

  it('no iterations', () => {
    expect(() => fitParetoNbd(dayBase(truth, 10, 1), { maximumIterations: 0 })).toThrow('maximumIterations')
  })
})
