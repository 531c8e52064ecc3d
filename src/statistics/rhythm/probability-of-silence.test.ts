import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyDays, anyHistory, anyParameters } from '../../../bench/rhythm-arbitraries.ts'
import { InvalidInput } from '../invalid-input.ts'
import { logLikelihood } from './log-likelihood.ts'
import { nextPurchaseQuantile } from './next-purchase-quantile.ts'
import { probabilityAlive } from './probability-alive.ts'
import { probabilityOfContinuing } from './probability-of-continuing.ts'
import { probabilityOfSilence } from './probability-of-silence.ts'

it('is 1 over no days, a probability over any, and never rises with a longer horizon', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, anyDays, anyDays, (parameters, history, silent, horizon, more) => {
      const short = probabilityOfSilence(parameters, history, silent, horizon)
      const long = probabilityOfSilence(parameters, history, silent, horizon + more)
      expect(probabilityOfSilence(parameters, history, silent, 0)).toBe(1)
      expect(short).toBeLessThanOrEqual(1)
      expect(long).toBeGreaterThanOrEqual(0)
      expect(long).toBeLessThanOrEqual(short + 1e-12)
    }),
  )
})

it('is never below the probability of having left', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, anyDays, (parameters, history, silent, horizon) => {
      const left = 1 - probabilityAlive(parameters, history, silent)
      expect(probabilityOfSilence(parameters, history, silent, horizon)).toBeGreaterThanOrEqual(left - 1e-12)
    }),
  )
})

it('adds up through survival: silence for 30 and then for 60 days is silence for 90', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, anyDays, anyDays, (parameters, history, silent, first, second) => {
      const whole = probabilityOfSilence(parameters, history, silent, first + second)
      const parts =
        probabilityOfSilence(parameters, history, silent, first) *
        probabilityOfSilence(parameters, history, silent + first, second)
      expect(parts).toBeCloseTo(whole, 9)
    }),
  )
})

it('refuses a negative horizon', () => {
  const history = { gaps: 0, gapDaysSum: 0, logGapSum: 0 }
  expect(() => probabilityOfSilence({ k: 1, r: 1, alpha: 1, a: 1, b: 1 }, history, 0, -1)).toThrow(InvalidInput)
})

describe('every function stays finite', () => {
  // Among them the cases in which published implementations answer NaN or infinity.
  const histories = [
    { gaps: 0, gapDaysSum: 0, logGapSum: 0 },
    { gaps: 1, gapDaysSum: 1e-9, logGapSum: Math.log(1e-9) },
    { gaps: 132, gapDaysSum: 200, logGapSum: 0 },
    { gaps: 133, gapDaysSum: 200, logGapSum: 0 },
    { gaps: 200, gapDaysSum: 38, logGapSum: 200 * Math.log(0.18) },
    { gaps: 10_000, gapDaysSum: 20_000, logGapSum: 10_000 * Math.log(1.9) },
    { gaps: 10_000, gapDaysSum: 3.6e6, logGapSum: 10_000 * Math.log(300) },
  ]
  const models = [
    { k: 2, r: 1, alpha: 10, a: 0.5, b: 1 },
    { k: 1, r: 0.25, alpha: 0.008, a: 0.8, b: 2.5 },
    { k: 0.05, r: 0.01, alpha: 1e-3, a: 1e-4, b: 1e4 },
    { k: 50, r: 1000, alpha: 1e6, a: 1e4, b: 1e-3 },
  ]
  const cases = histories.flatMap(history => models.map(parameters => ({ history, parameters })))
  it.each(cases)('gaps $history.gaps, days $history.gapDaysSum, k $parameters.k', ({ history, parameters }) => {
    for (const silent of [0, 1e-9, 1, 2, 40, 365, 1e5, 1e12]) {
      for (const value of [
        logLikelihood(parameters, history, silent),
        probabilityOfContinuing(parameters, history, silent),
        probabilityAlive(parameters, history, silent),
        probabilityOfSilence(parameters, history, silent, 90),
        nextPurchaseQuantile(parameters, history, 0.001),
        nextPurchaseQuantile(parameters, history, 0.999),
      ]) {
        expect(Number.isFinite(value)).toBe(true)
      }
    }
  })
})
