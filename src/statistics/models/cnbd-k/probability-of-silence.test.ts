import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHistory, anyParameters, anySpan } from '../../../../bench/rhythm-arbitraries.ts'
import { InvalidInput } from '../../invalid-input.ts'
import { probabilityAlive } from './probability-alive.ts'
import { probabilityOfSilence } from './probability-of-silence.ts'

const anyLeaving = fc.constantFrom('bg' as const, 'mbg' as const)

it('is 1 over no days, a probability over any, and never rises with a longer horizon', () => {
  fc.assert(
    fc.property(
      anyLeaving,
      anyParameters,
      anyHistory,
      anySpan,
      anySpan,
      (leaving, parameters, history, horizon, more) => {
        const short = probabilityOfSilence(leaving, parameters, history, horizon)
        const long = probabilityOfSilence(leaving, parameters, history, horizon + more)
        expect(probabilityOfSilence(leaving, parameters, history, 0)).toBe(1)
        expect(short).toBeLessThanOrEqual(1)
        expect(long).toBeGreaterThanOrEqual(0)
        expect(long).toBeLessThanOrEqual(short + 1e-12)
      },
    ),
  )
})

it('is never below the probability of having left', () => {
  fc.assert(
    fc.property(anyLeaving, anyParameters, anyHistory, anySpan, (leaving, parameters, history, horizon) => {
      const left = 1 - probabilityAlive(leaving, parameters, history)
      expect(probabilityOfSilence(leaving, parameters, history, horizon)).toBeGreaterThanOrEqual(left - 1e-12)
    }),
  )
})

it('adds up through survival: silence for 30 and then for 60 days is silence for 90', () => {
  fc.assert(
    fc.property(
      anyLeaving,
      anyParameters,
      anyHistory,
      anySpan,
      anySpan,
      (leaving, parameters, history, first, second) => {
        const whole = probabilityOfSilence(leaving, parameters, history, first + second)
        const later = { ...history, observed: history.observed + first }
        const parts =
          probabilityOfSilence(leaving, parameters, history, first) *
          probabilityOfSilence(leaving, parameters, later, second)
        expect(parts).toBeCloseTo(whole, 9)
      },
    ),
  )
})

it('refuses a negative horizon', () => {
  const history = { purchases: 0, recency: 0, observed: 0 }
  expect(() => probabilityOfSilence('mbg', { k: 1, r: 1, alpha: 1, a: 1, b: 1 }, history, -1)).toThrow(InvalidInput)
})
