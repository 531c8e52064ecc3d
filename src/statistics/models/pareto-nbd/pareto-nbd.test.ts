import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { paretoNbd } from './pareto-nbd.ts'

interface References {
  customers: {
    parameters: [number, number, number, number]
    history: [number, number, number]
    horizon: number
    rate: number
    logLikelihood: number
    probabilityAlive: number
    expectedPurchases: number
    probabilityOfSilence: number
    discountedExpectedResidual: number
  }[]
  counts: { parameters: [number, number, number, number]; count: number; horizon: number; probability: number }[]
}
const references: References = JSON.parse(readFileSync(join(import.meta.dirname, 'pareto-nbd.references.json'), 'utf8'))
const model = ([r, alpha, s, beta]: readonly number[]) => ({ r: r!, alpha: alpha!, s: s!, beta: beta! })
const past = ([purchases, recency, observed]: readonly number[]) => ({
  purchases: purchases!,
  recency: recency!,
  observed: observed!,
})

// BTYD 2.4.3 vignette: the estimates on the CDNOW sample, in weeks.
const cdnow = model([0.55315, 10.57633, 0.60625, 11.67062])
const grocery = model([0.7864, 5.679, 0.3862, 5.7171])

describe('published answers', () => {
  it('a new CDNOW customer: 1.4734 repeat purchases in 52 weeks (BTYD)', () => {
    expect(paretoNbd.expectedPurchasesOfNew(cdnow, 52)).toBeCloseTo(1.4734, 4)
  })

  it('customer 1516: 25.456 purchases in the next 52 weeks, alive with .99787 (BTYD; Fader & Hardie)', () => {
    const customer = past([26, 30.857142857, 31])
    expect(paretoNbd.expectedPurchases(cdnow, customer, 52)).toBeCloseTo(25.456, 2)
    expect(paretoNbd.probabilityAlive(cdnow, customer)).toBeCloseTo(0.99787, 4)
  })

  // BTYDplus 1.2.0 on groceryElog: twelve weeks of buying, then 40 weeks of silence.
  it.each([
    [1, 0.319],
    [2, 0.165],
    [3, 0.073],
    [4, 0.029],
    [5, 0.011],
  ])('grocery: %i purchases, then 40 weeks of silence: alive with %f (BTYDplus)', (purchases, alive) => {
    expect(paretoNbd.probabilityAlive(grocery, past([purchases, 12, 52]))).toBeCloseTo(alive, 3)
  })

  // The paradox of Fader, Hardie & Lee 2005 (figure 7), here with the Pareto/NBD estimates.
  it('after the same long silence, the more she bought the surer it is that she left', () => {
    const expected = [5, 10, 15, 20, 25].map(x => paretoNbd.expectedPurchases(cdnow, past([x, 20, 39]), 52))
    expect(expected.toSorted((one, other) => other - one)).toEqual(expected)
    expect(expected.at(-1)).toBeLessThan(0.01)
  })
})

describe('references of 40 digits (bench/references/pareto-nbd.py)', () => {
  it.each(references.customers)('$parameters, history $history, horizon $horizon', reference => {
    const parameters = model(reference.parameters)
    const history = past(reference.history)
    const { horizon, rate } = reference
    const near = (found: number, wanted: number) =>
      expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-11 * Math.abs(wanted))
    near(paretoNbd.logLikelihood(parameters, history), reference.logLikelihood)
    near(paretoNbd.probabilityAlive(parameters, history), reference.probabilityAlive)
    near(paretoNbd.expectedPurchases(parameters, history, horizon), reference.expectedPurchases)
    near(paretoNbd.probabilityOfSilence(parameters, history, horizon), reference.probabilityOfSilence)
    near(paretoNbd.discountedExpectedResidual(parameters, history, rate), reference.discountedExpectedResidual)
    expect(Math.abs(paretoNbd.probabilityAlive(parameters, history) - reference.probabilityAlive)).toBeLessThan(1e-13)
  })

  it.each(references.counts)('$parameters, $count purchases within $horizon', reference => {
    const found = paretoNbd.purchaseCountProbability(model(reference.parameters), reference.count, reference.horizon)
    expect(Math.abs(found / reference.probability - 1)).toBeLessThan(1e-11)
  })
})

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)
const anyModel = fc.record({
  r: between(1e-3, 1e3),
  alpha: between(1e-4, 1e5),
  s: between(1e-5, 1e3),
  beta: between(1e-4, 1e5),
})
const anyHistory = fc
  .record({
    purchases: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 10_000 })),
    observed: between(1e-3, 1e5),
    share: fc.oneof(fc.constant(1), fc.double({ min: 1e-6, max: 1, noNaN: true })),
  })
  .map(({ purchases, observed, share }) => ({ purchases, recency: purchases === 0 ? 0 : share * observed, observed }))
const anySpan = fc.oneof(fc.constant(0), between(1e-6, 1e6))

describe('what must hold for any model and any history', () => {
  it('every answer is a finite number, and probabilities lie in [0, 1]', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, anySpan, between(1e-8, 10), (parameters, history, horizon, rate) => {
        const alive = paretoNbd.probabilityAlive(parameters, history)
        const silence = paretoNbd.probabilityOfSilence(parameters, history, horizon)
        const count = paretoNbd.purchaseCountProbability(parameters, history.purchases, horizon)
        for (const probability of [alive, silence, count]) {
          expect(probability).toBeGreaterThanOrEqual(0)
          expect(probability).toBeLessThanOrEqual(1)
        }
        for (const number of [
          paretoNbd.logLikelihood(parameters, history),
          paretoNbd.expectedPurchases(parameters, history, horizon),
          paretoNbd.expectedPurchasesOfNew(parameters, horizon),
          paretoNbd.discountedExpectedResidual(parameters, history, rate),
          paretoNbd.residualLifetimeMedian(parameters, history),
          paretoNbd.nextPurchaseQuantile(parameters, history, 0.9),
        ]) {
          expect(Number.isFinite(number)).toBe(true)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('silence never makes her more alive', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, between(1e-3, 1e4), (parameters, history, more) => {
        const later = { ...history, observed: history.observed + more }
        expect(paretoNbd.probabilityAlive(parameters, later)).toBeLessThanOrEqual(
          paretoNbd.probabilityAlive(parameters, history) + 1e-12,
        )
      }),
    )
  })

  it('silence over one span and then another is silence over both', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, anySpan, anySpan, (parameters, history, first, second) => {
        const later = { ...history, observed: history.observed + first }
        const both = paretoNbd.probabilityOfSilence(parameters, history, first + second)
        const product =
          paretoNbd.probabilityOfSilence(parameters, history, first) *
          paretoNbd.probabilityOfSilence(parameters, later, second)
        expect(Math.abs(product - both)).toBeLessThan(1e-9)
      }),
    )
  })

  it('a longer horizon never expects fewer purchases, nor more than of one who stays', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, anySpan, (parameters, history, horizon) => {
        // d/dh E[X(h)] at h = 0 is P(alive) x rate; E is concave in h, so it never exceeds that line.
        const expected = paretoNbd.expectedPurchases(parameters, history, horizon)
        const rate = (parameters.r + history.purchases) / (parameters.alpha + history.observed)
        expect(expected).toBeLessThanOrEqual(
          paretoNbd.probabilityAlive(parameters, history) * rate * horizon * (1 + 1e-12),
        )
        expect(paretoNbd.expectedPurchases(parameters, history, 2 * horizon)).toBeGreaterThanOrEqual(
          expected * (1 - 1e-12),
        )
      }),
    )
  })

  it('over no time at all nobody buys', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, (parameters, history) => {
        expect(paretoNbd.expectedPurchases(parameters, history, 0)).toBe(0)
        expect(paretoNbd.probabilityOfSilence(parameters, history, 0)).toBe(1)
        expect(paretoNbd.purchaseCountProbability(parameters, 0, 0)).toBe(1)
      }),
    )
  })

  it('is alive for certain on the day of a purchase', () => {
    fc.assert(
      fc.property(anyModel, anyHistory, (parameters, history) => {
        const today = { ...history, observed: history.recency }
        expect(paretoNbd.probabilityAlive(parameters, today)).toBe(1)
      }),
    )
  })
})

describe('one answer from another', () => {
  it('the probabilities of all counts sum to 1, and their mean is the expectation', () => {
    let sum = 0
    let mean = 0
    for (let count = 0; count < 3000; count++) {
      const probability = paretoNbd.purchaseCountProbability(cdnow, count, 52)
      sum += probability
      mean += count * probability
    }
    expect(sum).toBeCloseTo(1, 12)
    expect(mean).toBeCloseTo(paretoNbd.expectedPurchasesOfNew(cdnow, 52), 11)
  })

  it('no purchase within T is the likelihood of a customer without purchases', () => {
    const none = paretoNbd.purchaseCountProbability(cdnow, 0, 39)
    expect(Math.log(none)).toBeCloseTo(paretoNbd.logLikelihood(cdnow, past([0, 0, 39])), 13)
  })

  it('a tiny discount and s > 1 leave the undiscounted rest of her purchases', () => {
    const parameters = model([0.8, 10, 2.5, 30])
    const history = past([4, 20, 30])
    const rest = paretoNbd.expectedPurchases(parameters, history, 1e15)
    expect(paretoNbd.discountedExpectedResidual(parameters, history, 1e-12) / rest).toBeCloseTo(1, 8)
  })

  it('the quantile of the next purchase is undone by the distribution of her gap', () => {
    const history = past([3, 20, 25])
    const span = paretoNbd.nextPurchaseQuantile(cdnow, history, 0.9)
    const longer = ((cdnow.alpha + 20) / (cdnow.alpha + 20 + span)) ** (cdnow.r + 3)
    expect(longer).toBeCloseTo(0.1, 14)
  })

  it('half of those who are there outlive the median, whatever they bought', () => {
    const history = past([3, 20, 25])
    const median = paretoNbd.residualLifetimeMedian(cdnow, history)
    expect(((cdnow.beta + 25) / (cdnow.beta + 25 + median)) ** cdnow.s).toBeCloseTo(0.5, 14)
  })

  it('nothing happens at s = 1', () => {
    const history = past([4, 20, 30])
    const at = (s: number) => paretoNbd.expectedPurchases({ ...cdnow, s }, history, 52)
    expect(at(1)).toBeCloseTo((at(1 - 1e-7) + at(1 + 1e-7)) / 2, 12)
  })
})

describe('refusals, all at once', () => {
  it('names every parameter, every fault of the history and the horizon', () => {
    const ask = () =>
      paretoNbd.expectedPurchases(
        { r: -1, alpha: Number.NaN, s: 0, beta: 5 },
        { purchases: 1.5, recency: 9, observed: 3 },
        -2,
      )
    expect(ask).toThrow(
      'r must be a positive finite number, found -1; alpha must be a positive finite number, found NaN; ' +
        's must be a positive finite number, found 0; purchases must be a whole number of at least 0; ' +
        'recency must not exceed observed; horizon must be a finite number of at least 0, found -2',
    )
  })

  it.each([
    [() => paretoNbd.nextPurchaseQuantile(cdnow, past([0, 0, 3]), 1), 'p must lie between 0 and 1, found 1'],
    [
      () => paretoNbd.discountedExpectedResidual(cdnow, past([0, 0, 3]), 0),
      'rate must be a positive finite number, found 0',
    ],
    [() => paretoNbd.purchaseCountProbability(cdnow, 0.5, 3), 'count must be a whole number of at least 0, found 0.5'],
    [
      () => paretoNbd.probabilityAlive(cdnow, past([2, 0, 3])),
      'recency must be positive where there are repeat purchases (merge purchases of the same day)',
    ],
  ])('%#: %s', (ask, message) => {
    expect(ask).toThrow(message)
  })
})
