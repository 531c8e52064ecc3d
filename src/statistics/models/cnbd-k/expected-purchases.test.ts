import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { incompleteBeta } from '../../functions/incomplete-beta.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { logGamma } from '../../functions/log-gamma.ts'
import { betaDraw, gammaDraw } from '../../sampling/draws.ts'
import { seeded } from '../../sampling/seeded.ts'
import { bgNbd, mbgNbd } from '../bg-nbd/bg-nbd.ts'
import type { History } from '../history.ts'
import { expectedPurchases, expectedPurchasesOfNew } from './expected-purchases.ts'
import { type CnbdKParameters, chancesToLeave, type Leaving } from './parameters.ts'
import { probabilityAlive } from './probability-alive.ts'
import { probabilityOfSilence } from './probability-of-silence.ts'

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)
const anyLeaving = fc.constantFrom<Leaving>('bg', 'mbg')
const ordinary: fc.Arbitrary<CnbdKParameters> = fc.record({
  k: between(0.3, 6),
  r: between(0.2, 10),
  alpha: between(1, 100),
  a: between(0.05, 5),
  b: between(0.1, 10),
})
const ordinaryHistory: fc.Arbitrary<History> = fc
  .record({
    purchases: fc.integer({ min: 0, max: 30 }),
    mean: between(1, 60),
    silent: fc.oneof(fc.constant(0), between(0.1, 300)),
  })
  .map(({ purchases, mean, silent }) => ({ purchases, recency: purchases * mean, observed: purchases * mean + silent }))
const anyHorizon = between(1, 400)

/** For whole k a gap is k hidden steps of a Poisson process, of which j are done: an exact sum (as Platzer & Reutterer 2016). */
function byPhases(leaving: Leaving, parameters: CnbdKParameters, history: History, horizon: number): number {
  const { k, r, alpha, a, b } = parameters
  const { purchases, recency, observed } = history
  const shape = r + k * purchases
  const silent = observed - recency
  const total = alpha + observed
  const staying = b + chancesToLeave(leaving, purchases)
  const weights = Array.from({ length: k }, (_, j) =>
    j === 0 ? 1 : Math.exp(j * Math.log(silent / total) + logGamma(shape + j) - logGamma(shape) - logGamma(j + 1)),
  )
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  for (let n = 1; n < 50_000; n++) {
    const counts = Math.exp(logBeta(a, staying + n - 1) - logBeta(a, staying))
    let reached = 0
    weights.forEach((weight, j) => {
      if (weight > 0) reached += (weight / whole) * incompleteBeta(horizon / (horizon + total), n * k - j, shape + j)
    })
    sum += counts * reached
    if (counts * reached < 1e-16 * sum) break
  }
  return sum * probabilityAlive(leaving, parameters, history)
}

it.each([1, 2, 3, 5])('with k = %i equals the sum over hidden phases', k => {
  fc.assert(
    fc.property(anyLeaving, ordinary, ordinaryHistory, anyHorizon, (leaving, parameters, history, horizon) => {
      const whole = { ...parameters, k }
      const expected = byPhases(leaving, whole, history, horizon)
      const found = expectedPurchases(leaving, whole, history, horizon)
      expect(Math.abs(found - expected)).toBeLessThan(1e-9 * expected + 1e-290)
    }),
    { numRuns: 25 },
  )
})

it('with k = 1 equals BG/NBD and MBG/NBD', () => {
  fc.assert(
    fc.property(ordinary, ordinaryHistory, anyHorizon, ({ r, alpha, a, b }, history, horizon) => {
      for (const [leaving, model] of [
        ['bg', bgNbd],
        ['mbg', mbgNbd],
      ] as const) {
        const expected = model.expectedPurchases({ r, alpha, a, b }, history, horizon)
        const found = expectedPurchases(leaving, { k: 1, r, alpha, a, b }, history, horizon)
        expect(Math.abs(found - expected)).toBeLessThan(1e-9 * expected + 1e-290)
      }
    }),
    { numRuns: 40 },
  )
})

describe('with real k is what simulated customers do', () => {
  it.each([
    ['mbg', { k: 1.6, r: 1.3, alpha: 40, a: 0.5, b: 2 }, { purchases: 3, recency: 90, observed: 130 }, 200],
    ['bg', { k: 2.42, r: 1.32, alpha: 15.8, a: 0.44, b: 0.81 }, { purchases: 5, recency: 60, observed: 71 }, 91],
    ['mbg', { k: 0.5, r: 2, alpha: 30, a: 1, b: 3 }, { purchases: 2, recency: 20, observed: 60 }, 180],
    ['bg', { k: 7.5, r: 3, alpha: 5, a: 0.2, b: 1 }, { purchases: 4, recency: 40, observed: 47 }, 60],
  ] as const)('%s, k of %o', (leaving, parameters, history, horizon) => {
    const random = seeded(5)
    const { k, r, alpha, a, b } = parameters
    const { purchases, recency, observed } = history
    const staying = b + chancesToLeave(leaving, purchases)
    let weightSum = 0
    let sum = 0
    let squares = 0
    // Lives given her gaps: those whose running gap has already ended are not hers.
    for (let life = 0; life < 400_000; life++) {
      const rate = gammaDraw(r + k * purchases, random) / (alpha + recency)
      let at = recency + gammaDraw(k, random) / rate
      if (at <= observed) continue
      const chance = betaDraw(a, staying, random)
      let bought = 0
      while (at <= observed + horizon) {
        bought++
        if (random() < chance) break
        at += gammaDraw(k, random) / rate
      }
      weightSum++
      sum += bought
      squares += bought * bought
    }
    const mean = sum / weightSum
    const error = Math.sqrt((squares / weightSum - mean * mean) / weightSum)
    const found =
      expectedPurchases(leaving, parameters, history, horizon) / probabilityAlive(leaving, parameters, history)
    expect(error).toBeLessThan(0.04)
    expect(Math.abs(found - mean)).toBeLessThan(4 * error)
  })
})

it('is 0 over no time, never falls with the horizon, and is at least the chance of one purchase', () => {
  fc.assert(
    fc.property(
      anyLeaving,
      ordinary,
      ordinaryHistory,
      anyHorizon,
      anyHorizon,
      (leaving, parameters, history, horizon, more) => {
        const short = expectedPurchases(leaving, parameters, history, horizon)
        const long = expectedPurchases(leaving, parameters, history, horizon + more)
        expect(expectedPurchases(leaving, parameters, history, 0)).toBe(0)
        expect(long).toBeGreaterThanOrEqual(short * (1 - 1e-9))
        const once = 1 - probabilityOfSilence(leaving, parameters, history, horizon)
        expect(short).toBeGreaterThanOrEqual(once - 1e-9)
      },
    ),
    { numRuns: 40 },
  )
})

it('does not jump where the silence is over: a moment after a purchase is like the moment of it', () => {
  fc.assert(
    fc.property(anyLeaving, ordinary, anyHorizon, (leaving, parameters, horizon) => {
      const bought = { purchases: 3, recency: 60, observed: 60 }
      const after = { ...bought, observed: 60 + 1e-9 }
      const now = expectedPurchases(leaving, parameters, bought, horizon)
      expect(expectedPurchases(leaving, parameters, after, horizon) / now).toBeCloseTo(1, 2)
    }),
    { numRuns: 20 },
  )
})

it('of a new customer who never leaves and buys by chance: her mean rate times the horizon', () => {
  expect(expectedPurchasesOfNew('mbg', { k: 1, r: 3, alpha: 30, a: 1e-9, b: 1 }, 52)).toBeCloseTo(5.2, 6)
})

describe('stays finite, also where others answer NaN', () => {
  const histories = [
    { purchases: 0, recency: 0, observed: 0 },
    { purchases: 1, recency: 1e-9, observed: 1e-9 },
    { purchases: 132, recency: 200, observed: 200 },
    { purchases: 133, recency: 200, observed: 200 },
    { purchases: 200, recency: 38, observed: 40 },
    { purchases: 10_000, recency: 20_000, observed: 20_000 },
    { purchases: 3, recency: 10, observed: 1e9 },
  ]
  const models = [
    { k: 2.42, r: 1.3, alpha: 15, a: 0.43, b: 0.81 },
    { k: 1, r: 0.25, alpha: 0.008, a: 0.8, b: 2.5 },
    { k: 0.05, r: 0.01, alpha: 1e-3, a: 1e-4, b: 1e4 },
    { k: 50, r: 1000, alpha: 1e6, a: 1e4, b: 1e-3 },
  ]
  it.each(histories)('$purchases purchases, $recency, $observed', history => {
    for (const parameters of models) {
      for (const horizon of [1e-9, 90, 1e5, 1e12]) {
        const expected = expectedPurchases('mbg', parameters, history, horizon)
        expect(expected).toBeGreaterThanOrEqual(0)
        expect(expected).toBeLessThan(Infinity)
      }
    }
  })
})
