import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bgNbd, mbgNbd } from '../bg-nbd/bg-nbd.ts'
import { discountedExpectedResidual } from './discounted-residual.ts'
import { expectedPurchases } from './expected-purchases.ts'

const grocery = { k: 2.42, r: 1.32, alpha: 15.8, a: 0.437, b: 0.811 }

it('of a customer who never leaves and buys by chance: her mean rate over the discount rate', () => {
  const never = { k: 1, r: 3, alpha: 30, a: 1e-9, b: 1 }
  const found = discountedExpectedResidual('mbg', never, { purchases: 0, recency: 0, observed: 0 }, 0.01)
  expect(found).toBeCloseTo(3 / 30 / 0.01, 5)
})

it('with k = 1 equals BG/NBD and MBG/NBD', () => {
  const between = (min: number, max: number) =>
    fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)
  fc.assert(
    fc.property(
      between(0.2, 10),
      between(1, 100),
      between(0.05, 5),
      between(0.1, 10),
      between(1e-4, 1),
      (r, alpha, a, b, rate) => {
        const history = { purchases: 3, recency: 40, observed: 75 }
        for (const [leaving, model] of [
          ['bg', bgNbd],
          ['mbg', mbgNbd],
        ] as const) {
          const expected = model.discountedExpectedResidual({ r, alpha, a, b }, history, rate)
          const found = discountedExpectedResidual(leaving, { k: 1, r, alpha, a, b }, history, rate)
          expect(Math.abs(found / expected - 1)).toBeLessThan(1e-9)
        }
      },
    ),
    { numRuns: 40 },
  )
})

it.each(['bg', 'mbg'] as const)('%s: is the rate times the discounted forecasts of all horizons', leaving => {
  // Integrated by parts: sum of e^(-d t) dE(t) = d x integral of e^(-d t) E(t); Simpson's rule on E as another function tells it.
  const history = { purchases: 4, recency: 60, observed: 72 }
  const rate = 0.02
  const steps = 200
  const step = 900 / steps
  let sum = 0
  for (let i = 0; i <= steps; i++) {
    const t = i * step
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2
    sum += weight * Math.exp(-rate * t) * expectedPurchases(leaving, grocery, history, t)
  }
  const found = discountedExpectedResidual(leaving, grocery, history, rate)
  expect(found / ((rate * sum * step) / 3)).toBeCloseTo(1, 4)
})

it('falls with the discount rate and with silence', () => {
  const at = (silent: number, rate: number) =>
    discountedExpectedResidual('mbg', grocery, { purchases: 4, recency: 60, observed: 60 + silent }, rate)
  expect(at(10, 0.001)).toBeGreaterThan(at(10, 0.01))
  expect(at(60, 0.001)).toBeLessThan(at(40, 0.001))
})

describe('stays finite', () => {
  const histories = [
    { purchases: 0, recency: 0, observed: 40 },
    { purchases: 132, recency: 200, observed: 200 },
    { purchases: 200, recency: 38, observed: 40 },
    { purchases: 10_000, recency: 20_000, observed: 20_100 },
  ]
  it.each(histories)('$purchases purchases, $recency, $observed', history => {
    for (const parameters of [grocery, { k: 50, r: 0.1, alpha: 1, a: 0.01, b: 0.1 }, { ...grocery, alpha: 0.008 }]) {
      for (const rate of [1e-9, 0.0003, 1, 1e6]) {
        const found = discountedExpectedResidual('mbg', parameters, history, rate)
        expect(found).toBeGreaterThanOrEqual(0)
        expect(found).toBeLessThan(Infinity)
      }
    }
  })
})
