import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import references from './bg-bb.references.json' with { type: 'json' }
import { bgBb } from './bg-bb.ts'
import type { BgBbParameters, OpportunityColumns } from './parameters.ts'

// Fader, Hardie & Shang 2010 (Marketing Science 29, 1086-1108), Table 1: 11,104 people who first gave in 1995; number of gifts in
// 1996-2001, year of the last (6: 2001), how many such donors. The published fit comes out of it to all digits.
const donors = `
  6 6 1203  5 6 728  4 6 512  3 6 357  2 6 234  1 6 129
  5 5 335   4 5 284  3 5 225  2 5 173  1 5 119
  4 4 240   3 4 181  2 4 155  1 4 78
  3 3 322   2 3 255  1 3 129
  2 2 613   1 2 277
  1 1 1091
  0 0 3464`
const rows = [...donors.matchAll(/(\d+) (\d+) (\d+)/g)].map(([, x, last, count]) => [x, last, count].map(Number)) as [
  number,
  number,
  number,
][]
const columns: Required<OpportunityColumns> = {
  purchases: Int32Array.from(rows, ([x]) => x),
  recency: Int32Array.from(rows, ([, last]) => last),
  opportunities: new Int32Array(rows.length).fill(6),
  weights: Int32Array.from(rows, ([, , count]) => count),
}
const published: BgBbParameters = { alpha: 1.2035, beta: 0.7497, gamma: 0.6568, delta: 2.7838 }
const donor = (purchases: number, recency: number, opportunities = 6) => ({ purchases, recency, opportunities })

describe('published: the donors of Fader, Hardie & Shang 2010', () => {
  const fit = bgBb.fit(columns)

  it('1.204 .750 .657 2.783, LL -33225.58', () => {
    expect(fit.customers).toBe(11_104)
    expect(Object.values(fit.parameters).map(value => Number(value.toFixed(3)))).toEqual([1.204, 0.75, 0.657, 2.783])
    expect(fit.logLikelihood).toBeCloseTo(-33225.58, 2)
    expect(fit.converged).toBe(true)
    expect(fit.gradientNorm).toBeLessThan(1e-5)
    expect(fit.warnings).toEqual([])
  })

  it('next 10 years: who never gave .1302, (4, 5) 3.6279', () => {
    expect(bgBb.expectedPurchases(fit.parameters, donor(0, 0), 10)).toBeCloseTo(0.1302, 4)
    expect(bgBb.expectedPurchases(fit.parameters, donor(4, 5), 10)).toBeCloseTo(3.6279, 3)
  })

  it('still a donor in 2002: .11 (none), .59 (two, the last in 1999), .93 (gave in 2001)', () => {
    expect(bgBb.probabilityAlive(published, donor(0, 0), 1)).toBeCloseTo(0.11, 2)
    expect(bgBb.probabilityAlive(published, donor(2, 4), 1)).toBeCloseTo(0.59, 2)
    for (let x = 1; x <= 6; x++) expect(bgBb.probabilityAlive(published, donor(x, 6), 1)).toBeCloseTo(0.93, 2)
  })

  it('gifts foretold for the five years after: 12,884.2', () => {
    const expected = bgBb.expectedPurchasesOfBase(fit.parameters, columns, 5)
    expect(expected.reduce((sum, gifts, row) => sum + gifts * columns.weights[row]!, 0)).toBeCloseTo(12_884.2, 1)
  })

  it('the log-likelihood is the sum over the donors', () => {
    const sum = rows.reduce(
      (all, [x, last, count]) => all + count * bgBb.logLikelihood(fit.parameters, donor(x, last)),
      0,
    )
    expect(fit.logLikelihood / sum).toBeCloseTo(1, 12)
  })
})

describe('against forty digits', () => {
  it.each(references)('$parameters.alpha $parameters.gamma $history', reference => {
    const { parameters, history } = reference
    const near = (found: number, expected: number) => {
      if (expected === 0) expect(found).toBe(0)
      else expect(Math.abs(found / expected - 1)).toBeLessThan(1e-9)
    }
    expect(Math.abs(bgBb.probabilityAlive(parameters, history) - reference.probabilityAlive)).toBeLessThan(1e-12)
    near(bgBb.probabilityAlive(parameters, history), reference.probabilityAlive)
    near(bgBb.logLikelihood(parameters, history), reference.logLikelihood)
    near(bgBb.expectedPurchases(parameters, history, 10), reference.expectedPurchases)
    near(bgBb.probabilityOfSilence(parameters, history, 10), reference.probabilityOfSilence)
    near(bgBb.discountedExpectedResidual(parameters, history, 0.125), reference.discountedExpectedResidual)
  })
})

const positive = fc.double({ min: 0.02, max: 100, noNaN: true })
const anyParameters = fc.record({ alpha: positive, beta: positive, gamma: positive, delta: positive })
const anyHistory = fc
  .integer({ min: 0, max: 300 })
  .chain(opportunities => fc.tuple(fc.constant(opportunities), fc.integer({ min: 0, max: opportunities })))
  .chain(([opportunities, recency]) =>
    fc.record({
      opportunities: fc.constant(opportunities),
      recency: fc.constant(recency),
      purchases: recency === 0 ? fc.constant(0) : fc.integer({ min: 1, max: recency }),
    }),
  )
const anyPeriods = fc.integer({ min: 0, max: 60 })

describe('for every customer', () => {
  it('probabilities lie in [0, 1], and silence never makes her more alive', () => {
    fc.assert(
      fc.property(anyParameters, anyHistory, anyPeriods, (parameters, history, periods) => {
        const alive = bgBb.probabilityAlive(parameters, history)
        expect(alive).toBeGreaterThanOrEqual(0)
        expect(alive).toBeLessThanOrEqual(1)
        const later = { ...history, opportunities: history.opportunities + 1 }
        expect(bgBb.probabilityAlive(parameters, later)).toBeLessThanOrEqual(alive + 1e-12)
        expect(bgBb.probabilityAlive(parameters, history, periods)).toBeLessThanOrEqual(alive)
        const silence = bgBb.probabilityOfSilence(parameters, history, periods)
        expect(silence).toBeGreaterThanOrEqual(1 - alive - 1e-12)
        expect(silence).toBeLessThanOrEqual(1 + 1e-12)
      }),
    )
  })

  it('no opportunities, no purchases; silence over both spans is silence over one and then the other', () => {
    fc.assert(
      fc.property(anyParameters, anyHistory, anyPeriods, anyPeriods, (parameters, history, first, second) => {
        expect(bgBb.expectedPurchases(parameters, history, 0)).toBe(0)
        expect(bgBb.probabilityOfSilence(parameters, history, 0)).toBeCloseTo(1, 12)
        const later = { ...history, opportunities: history.opportunities + first }
        const both = bgBb.probabilityOfSilence(parameters, history, first + second)
        const one = bgBb.probabilityOfSilence(parameters, history, first)
        expect(one * bgBb.probabilityOfSilence(parameters, later, second)).toBeCloseTo(both, 9)
      }),
    )
  })

  it('silence is the likelihood of having waited longer; it is also what the counts say', () => {
    fc.assert(
      fc.property(anyParameters, anyHistory, anyPeriods, (parameters, history, periods) => {
        const later = { ...history, opportunities: history.opportunities + periods }
        const ratio = Math.exp(bgBb.logLikelihood(parameters, later) - bgBb.logLikelihood(parameters, history))
        expect(bgBb.probabilityOfSilence(parameters, history, periods)).toBeCloseTo(ratio, 9)
      }),
    )
  })

  it('what is expected falls with the discount, towards the plain expectation of all that is to come', () => {
    fc.assert(
      fc.property(anyParameters, anyHistory, (parameters, history) => {
        const dear = bgBb.discountedExpectedResidual(parameters, history, 0.5)
        const cheap = bgBb.discountedExpectedResidual(parameters, history, 0.05)
        expect(dear).toBeLessThanOrEqual(cheap)
        let sum = 0
        let before = 0
        for (let period = 1; period <= 60; period++) {
          const now = bgBb.expectedPurchases(parameters, history, period)
          sum += (now - before) / 1.5 ** period
          before = now
        }
        expect(Math.abs(sum - dear)).toBeLessThanOrEqual(1e-8 * (1 + dear))
      }),
      { numRuns: 50 },
    )
  })
})

describe('for somebody new', () => {
  it('the counts add up to 1, and their mean is the expectation', () => {
    fc.assert(
      fc.property(anyParameters, fc.integer({ min: 0, max: 80 }), (parameters, periods) => {
        let mass = 0
        let mean = 0
        for (let count = 0; count <= periods; count++) {
          const probability = bgBb.purchaseCountProbability(parameters, count, periods)
          mass += probability
          mean += count * probability
        }
        expect(mass).toBeCloseTo(1, 9)
        expect(mean).toBeCloseTo(bgBb.expectedPurchasesOfNew(parameters, periods), 7)
      }),
    )
    expect(bgBb.purchaseCountProbability(published, 7, 6)).toBe(0)
  })

  it('nobody of whom nothing is known differs from a new one', () => {
    expect(bgBb.expectedPurchases(published, donor(0, 0, 0), 9)).toBe(bgBb.expectedPurchasesOfNew(published, 9))
    expect(bgBb.logLikelihood(published, donor(0, 0, 0))).toBe(0)
  })
})

describe('consistency and recovery', () => {
  it('a weight is that many customers', () => {
    const one = bgBb.fit({ ...columns, weights: columns.weights.map((count: number) => Math.ceil(count / 100)) })
    const repeated = rows.flatMap(([x, last, count]) => Array.from({ length: Math.ceil(count / 100) }, () => [x, last]))
    const many = bgBb.fit({
      purchases: Int32Array.from(repeated, ([x]) => x!),
      recency: Int32Array.from(repeated, ([, last]) => last!),
      opportunities: new Int32Array(repeated.length).fill(6),
    })
    expect(many).toEqual(one)
  })

  it.each([published, { alpha: 2, beta: 5, gamma: 0.8, delta: 6 }])(
    'alpha $alpha, beta $beta, gamma $gamma, delta $delta come back, with what followed',
    parameters => {
      const random = seeded(17)
      const opportunities = Int32Array.from({ length: 30_000 }, () => 6 + Math.floor(20 * random()))
      const simulated = bgBb.simulate(parameters, { opportunities, periods: 8 }, random)
      const fit = bgBb.fit(simulated.columns)
      expect(fit.warnings).toEqual([])
      for (const name of bgBb.parameterNames) {
        expect(Math.abs(fit.parameters[name] - parameters[name])).toBeLessThan(3.2 * fit.standardErrors[name])
        expect(fit.standardErrors[name] / fit.parameters[name]).toBeLessThan(0.1)
      }
      const expected = bgBb.expectedPurchasesOfBase(fit.parameters, simulated.columns, 8)
      const foretold = expected.reduce((sum, count) => sum + count, 0)
      const came = simulated.future.reduce((sum, count) => sum + count, 0)
      expect(foretold / came).toBeCloseTo(1, 1)
      let alive = 0
      for (let row = 0; row < 30_000; row++) {
        alive += bgBb.probabilityAlive(
          parameters,
          donor(simulated.columns.purchases[row]!, simulated.columns.recency[row]!, opportunities[row]!),
        )
      }
      expect(alive / simulated.alive.reduce((sum, flag) => sum + flag, 0)).toBeCloseTo(1, 1)
    },
  )
})

describe('what a fit cannot know it says', () => {
  const ofAll = (purchases: number[], recency: number[], opportunities: number[]) =>
    bgBb.fit({
      purchases: Int32Array.from(purchases),
      recency: Int32Array.from(recency),
      opportunities: Int32Array.from(opportunities),
    })

  it('where nobody ever leaves, drop-out is not identified', () => {
    const opportunities = new Int32Array(2000).fill(8)
    const { columns: stayers } = bgBb.simulate(
      { alpha: 4, beta: 2, gamma: 1e-6, delta: 1 },
      { opportunities },
      seeded(2),
    )
    expect(bgBb.fit(stayers).warnings).toContain('dropout-not-identified')
  })

  it('after a single opportunity nothing can be told apart', () => {
    const fit = ofAll(
      Array.from({ length: 100 }, (_, row) => row % 2),
      Array.from({ length: 100 }, (_, row) => row % 2),
      new Array(100).fill(1),
    )
    expect(fit.warnings).toContain('dropout-not-identified')
    expect(Number.isFinite(fit.logLikelihood)).toBe(true)
  })

  it('where nobody bought', () => {
    const fit = ofAll(new Array(60).fill(0), new Array(60).fill(0), new Array(60).fill(5))
    expect(fit.warnings).toEqual(expect.arrayContaining(['no-repeat-purchases', 'too-few-customers']))
    expect(Object.values(fit.parameters).every(value => value > 0 && value < Infinity)).toBe(true)
  })

  it('a fit of any few customers is finite', () => {
    fc.assert(
      fc.property(fc.array(anyHistory, { minLength: 1, maxLength: 15 }), customers => {
        const fit = ofAll(
          customers.map(({ purchases }) => purchases),
          customers.map(({ recency }) => recency),
          customers.map(({ opportunities }) => opportunities),
        )
        expect(Object.values(fit.parameters).every(value => value > 0 && value < Infinity)).toBe(true)
        expect(Number.isFinite(fit.logLikelihood)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

it('refuses what cannot have happened, all faults at once', () => {
  expect(() => bgBb.logLikelihood(published, { purchases: 3, recency: 2, opportunities: 1 })).toThrow(
    /recency must not exceed.*purchases must not exceed/,
  )
  expect(() => bgBb.probabilityAlive({ alpha: 0, beta: -1, gamma: Number.NaN, delta: 1 }, donor(0, 0))).toThrow(
    /alpha must.*beta must.*gamma must/,
  )
  expect(() => bgBb.expectedPurchases(published, donor(0, 0), 1.5)).toThrow(/periods/)
  expect(() => bgBb.probabilityAlive(published, donor(0, 0), -1)).toThrow(/ahead/)
  expect(() => bgBb.discountedExpectedResidual(published, donor(0, 0), 0)).toThrow(/rate/)
  expect(() => bgBb.fit({ ...columns, recency: new Int32Array(3), weights: new Int32Array(2) })).toThrow(
    /recency has 3.*weights has 2/,
  )
  expect(() => bgBb.fit({ ...columns, weights: new Int32Array(rows.length) })).toThrow(/all weights are 0/)
  expect(() => bgBb.fit({ ...columns, purchases: columns.purchases.map((x: number) => x + 1) })).toThrow(/first at row/)
})
