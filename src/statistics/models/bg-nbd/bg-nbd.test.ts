import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded } from '../../sampling/seeded.ts'
import type { History } from '../history.ts'
import { nbd } from '../nbd/nbd.ts'
import { bgNbd, mbgNbd } from './bg-nbd.ts'

const cdnow = { r: 0.2426, alpha: 4.4137, a: 0.793, b: 2.4262 }
const past = (purchases: number, recency: number, observed: number): History => ({ purchases, recency, observed })

describe('published answers about CDNOW, in weeks', () => {
  // Fader, Hardie & Lee 2005, and the vignette of BTYD 2.4.3.
  it('two purchases, the last at 30.43 of 38.86 weeks: 1.226 in the next 39', () => {
    const printed = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }
    expect(bgNbd.expectedPurchases(printed, past(2, 30.43, 38.86), 39)).toBeCloseTo(1.226, 3)
  })

  it('a new customer buys 1.444 times in 52 weeks', () => {
    expect(bgNbd.expectedPurchasesOfNew(cdnow, 52)).toBeCloseTo(1.444, 3)
  })

  it('customer 1516: alive with .96885, 25.757 purchases in 52 weeks', () => {
    const fitted = { r: 0.2425945, alpha: 4.4136019, a: 0.7929199, b: 2.4258881 }
    expect(bgNbd.probabilityAlive(fitted, past(26, 30.857, 31))).toBeCloseTo(0.96885, 4)
    expect(bgNbd.expectedPurchases(fitted, past(26, 30.857, 31), 52)).toBeCloseTo(25.757, 2)
  })

  it.each([
    [10, 0.34746],
    [15, 0.04283],
    [20, 0.00416],
    [25, 0.00036],
  ])('the increasing-frequency paradox: %i purchases by week 20 of 39 promise %f', (purchases, expected) => {
    expect(bgNbd.expectedPurchases(cdnow, past(purchases, 20, 39), 52)).toBeCloseTo(expected, 4)
  })

  // Hardie, note 027, "Overcoming the BG/NBD model's #NUM! error problem".
  it('the likelihood survives 200 purchases', () => {
    const parameters = { r: 0.25, alpha: 4, a: 0.8, b: 2.5 }
    expect(bgNbd.logLikelihood(parameters, past(0, 0, 40))).toBeCloseTo(-0.59947, 5)
    expect(bgNbd.logLikelihood(parameters, past(200, 38, 40))).toBeCloseTo(100.7957, 4)
  })
})

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)
const anyParameters = fc.record({
  r: between(0.01, 100),
  alpha: between(0.005, 1e4),
  a: between(0.01, 1e3),
  b: between(0.01, 1e4),
})
const anySpan = fc.oneof(fc.constant(0), between(1e-6, 1e6))
const anyPast = fc
  .record({
    purchases: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 10_000 })),
    recency: between(1e-3, 1e4),
    silent: anySpan,
  })
  .map(({ purchases, recency, silent }) => past(purchases, purchases && recency, (purchases && recency) + silent))
const isProbability = (value: number) => {
  expect(value).toBeGreaterThanOrEqual(0)
  expect(value).toBeLessThanOrEqual(1 + 1e-12)
}
const isNear = (found: number, exact: number, share = 1e-9) =>
  expect(Math.abs(found - exact), `${found} against ${exact}`).toBeLessThanOrEqual(share * Math.abs(exact) + 1e-14)

describe.each([
  ['bg-nbd', bgNbd],
  ['mbg-nbd', mbgNbd],
] as const)('%s, whatever the parameters and the past', (_, model) => {
  it('every answer is finite, and probabilities are probabilities', () => {
    fc.assert(
      fc.property(anyParameters, anyPast, anySpan, between(1e-5, 1), (parameters, history, horizon, rate) => {
        expect(Number.isFinite(model.logLikelihood(parameters, history))).toBe(true)
        isProbability(model.probabilityAlive(parameters, history))
        isProbability(model.probabilityOfSilence(parameters, history, horizon))
        for (const value of [
          model.expectedPurchases(parameters, history, horizon),
          model.expectedPurchasesOfNew(parameters, horizon),
          model.discountedExpectedResidual(parameters, history, rate),
          model.residualLifetimeMedian(parameters, history),
          model.nextPurchaseQuantile(parameters, history, 0.9),
        ]) {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThan(Infinity)
        }
      }),
    )
  })

  it('silence never makes her more alive', () => {
    fc.assert(
      fc.property(anyParameters, anyPast, anySpan, (parameters, history, more) => {
        const later = { ...history, observed: history.observed + more }
        expect(model.probabilityAlive(parameters, later)).toBeLessThanOrEqual(
          model.probabilityAlive(parameters, history) + 1e-14,
        )
      }),
    )
  })

  it('over no time nobody buys', () => {
    fc.assert(
      fc.property(anyParameters, anyPast, (parameters, history) => {
        expect(model.expectedPurchases(parameters, history, 0)).toBe(0)
        isNear(model.probabilityOfSilence(parameters, history, 0), 1)
      }),
    )
  })

  it('silence over 30 days and then over 60 is silence over 90', () => {
    fc.assert(
      fc.property(anyParameters, anyPast, anySpan, anySpan, (parameters, history, first, second) => {
        const then = { ...history, observed: history.observed + first }
        isNear(
          model.probabilityOfSilence(parameters, history, first + second),
          model.probabilityOfSilence(parameters, history, first) * model.probabilityOfSilence(parameters, then, second),
        )
      }),
    )
  })

  it('the longer the horizon, the more purchases and the less silence; never more than of one who cannot leave', () => {
    fc.assert(
      fc.property(anyParameters, anyPast, anySpan, anySpan, (parameters, history, horizon, more) => {
        const near = model.expectedPurchases(parameters, history, horizon)
        const far = model.expectedPurchases(parameters, history, horizon + more)
        expect(far).toBeGreaterThanOrEqual(near * (1 - 1e-12))
        expect(far).toBeLessThanOrEqual(nbd.expectedPurchases(parameters, history, horizon + more) * (1 + 1e-12))
        expect(model.probabilityOfSilence(parameters, history, horizon + more)).toBeLessThanOrEqual(
          model.probabilityOfSilence(parameters, history, horizon) * (1 + 1e-12),
        )
      }),
    )
  })

  it('no purchase by a new customer is her silence, and her purchases are those of one watched for no time', () => {
    fc.assert(
      fc.property(anyParameters, anySpan, (parameters, horizon) => {
        isNear(
          model.purchaseCountProbability(parameters, 0, horizon),
          model.probabilityOfSilence(parameters, past(0, 0, 0), horizon),
        )
        isNear(
          model.expectedPurchasesOfNew(parameters, horizon),
          model.expectedPurchases(parameters, past(0, 0, 0), horizon),
        )
      }),
    )
  })

  it('the probabilities of all counts make one, and their mean is the expectation', () => {
    const modest = fc.record({ r: between(0.1, 20), alpha: between(5, 50), a: between(0.05, 20), b: between(0.1, 50) })
    fc.assert(
      fc.property(modest, between(0.1, 60), (parameters, horizon) => {
        let sum = 0
        let mean = 0
        for (let count = 0; count < 3000; count++) {
          const probability = model.purchaseCountProbability(parameters, count, horizon)
          sum += probability
          mean += count * probability
        }
        isNear(sum, 1, 1e-10)
        isNear(mean, model.expectedPurchasesOfNew(parameters, horizon), 1e-8)
      }),
      { numRuns: 30 },
    )
  })

  it('without discount worth mentioning, half of the rest of the relationship lasts beyond its median', () => {
    const { r, alpha, a, b } = cdnow
    const history = past(3, 20, 30)
    const median = model.residualLifetimeMedian(cdnow, history)
    const random = seeded(5)
    const { alive } = model.simulate(
      { r: r + 3, alpha: alpha + 30, a, b: b + 3 + (model === mbgNbd ? 1 : 0) },
      { observed: new Float64Array(40_000).fill(median) },
      random,
    )
    // In BG/NBD a new life has no early chance to leave, in MBG/NBD it has one more than the rest of an old one.
    const share = alive.reduce((sum, value) => sum + value, 0) / alive.length
    if (model === bgNbd) expect(Math.abs(share - 0.5)).toBeLessThan(0.01)
    else expect(share).toBeLessThan(0.5)
  })

  it('a discount rate near 0 leaves the long run undiscounted', () => {
    const history = past(3, 20, 30)
    const parameters = { ...cdnow, a: 3.2 }
    isNear(
      model.discountedExpectedResidual(parameters, history, 1e-9),
      model.expectedPurchases(parameters, history, 1e9),
      1e-3,
    )
  })

  it('nobody leaves with a near 0: every answer is that of NBD', () => {
    fc.assert(
      fc.property(between(0.05, 10), between(1, 200), anyPast, between(1, 500), (r, alpha, history, horizon) => {
        fc.pre(history.purchases < 50 && history.observed < 500)
        const parameters = { r, alpha, a: 1e-13, b: 1 }
        fc.pre(model.probabilityAlive(parameters, history) > 1 - 1e-8)
        isNear(model.logLikelihood(parameters, history), nbd.logLikelihood(parameters, history), 1e-7)
        isNear(
          model.expectedPurchases(parameters, history, horizon),
          nbd.expectedPurchases(parameters, history, horizon),
          1e-7,
        )
        const more =
          model.probabilityOfSilence(parameters, history, horizon) -
          nbd.probabilityOfSilence(parameters, history, horizon)
        expect(Math.abs(more)).toBeLessThan(1e-7)
      }),
    )
  })

  it('simulated customers do what it expects of them', () => {
    const observed = Float64Array.from({ length: 30_000 }, (_, i) => 20 + (i % 40))
    const parameters = { r: 0.6, alpha: 6, a: 0.9, b: 2.2 }
    const { columns, future, alive } = model.simulate(parameters, { observed, horizon: 30 }, seeded(11))
    const scores = model.scores(parameters, columns, 30)
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0)
    expect(total(scores.expected) / total(future)).toBeCloseTo(1, 1)
    expect(Math.abs(total(scores.alive) - total(alive)) / 30_000).toBeLessThan(0.01)
    expect(Math.abs(total(scores.silence) - future.filter(count => count === 0).length) / 30_000).toBeLessThan(0.01)
  })

  it('refuses unsound input, all faults at once', () => {
    expect(() => model.expectedPurchases({ ...cdnow, r: -1 }, past(1, 5, 3), -2)).toThrow(
      /r must be.*recency must not exceed observed.*horizon must be/,
    )
    expect(() => model.purchaseCountProbability(cdnow, 1.5, 10)).toThrow(/count must be/)
    expect(() => model.nextPurchaseQuantile(cdnow, past(0, 0, 0), 1)).toThrow(/p must lie/)
    expect(() => model.discountedExpectedResidual(cdnow, past(0, 0, 0), 0)).toThrow(/rate must be/)
    expect(() => model.simulate(cdnow, { observed: Float64Array.of(-1) }, seeded(1))).toThrow(/observed must be/)
  })
})

it('without a repeat purchase BG/NBD holds her for alive, MBG/NBD does not', () => {
  expect(bgNbd.probabilityAlive(cdnow, past(0, 0, 1000))).toBe(1)
  expect(mbgNbd.probabilityAlive(cdnow, past(0, 0, 1000))).toBeLessThan(0.5)
})

it('for whoever came back, MBG/NBD with b is BG/NBD with b + 1', () => {
  fc.assert(
    fc.property(anyParameters, anyPast, anySpan, (parameters, history, horizon) => {
      fc.pre(history.purchases > 0)
      const { b } = parameters
      const shifted = { ...parameters, b: b + 1 }
      isNear(mbgNbd.probabilityAlive(parameters, history), bgNbd.probabilityAlive(shifted, history))
      isNear(mbgNbd.expectedPurchases(parameters, history, horizon), bgNbd.expectedPurchases(shifted, history, horizon))
      isNear(
        mbgNbd.probabilityOfSilence(parameters, history, horizon),
        bgNbd.probabilityOfSilence(shifted, history, horizon),
      )
    }),
  )
})

it('the next purchase comes within its quantile with that probability', () => {
  const history = past(4, 20, 20)
  const within = bgNbd.nextPurchaseQuantile(cdnow, history, 0.9)
  // Given that she stays, silence is that of a model in which nobody leaves.
  expect(nbd.probabilityOfSilence(cdnow, history, within)).toBeCloseTo(0.1, 12)
})
