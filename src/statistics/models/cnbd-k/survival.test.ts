import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyHistory, anyParameters, anySpan } from '../../../../bench/rhythm-arbitraries.ts'
import { logSurvival } from './survival.ts'

it('one gap of 20 days, k 2, r 1, alpha 10, 20 days silent: 0.4752', () => {
  const survival = Math.exp(logSurvival({ k: 2, r: 1, alpha: 10, a: 1, b: 1 }, { purchases: 1, recency: 20 }, 20))
  expect(survival).toBeCloseTo(0.4752, 12)
})

it('with k = 1 it is the Pareto survival ((alpha + t_x) / (alpha + T))^(r + x) of NBD models', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anySpan, (parameters, history, silent) => {
      const scale = parameters.alpha + history.recency
      const expected = -(parameters.r + history.purchases) * Math.log1p(silent / scale)
      const found = logSurvival({ ...parameters, k: 1 }, history, silent)
      expect(Math.abs(found - expected)).toBeLessThan(1e-8 * (1 + Math.abs(expected)))
    }),
  )
})

it('with k = 2 it is the Erlang survival of BG/CNBD-2: no or one hidden step since the last purchase', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anySpan, (parameters, history, silent) => {
      const shape = parameters.r + 2 * history.purchases
      const total = parameters.alpha + history.recency + silent
      const stay = Math.exp(-shape * Math.log1p(silent / (parameters.alpha + history.recency)))
      const expected = stay * (1 + (shape * silent) / total)
      expect(Math.exp(logSurvival({ ...parameters, k: 2 }, history, silent))).toBeCloseTo(expected, 9)
    }),
  )
})

it('is a probability that starts at 1 and never rises with silence', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anySpan, anySpan, (parameters, history, silent, more) => {
      const now = logSurvival(parameters, history, silent)
      const later = logSurvival(parameters, history, silent + more)
      expect(logSurvival(parameters, history, 0)).toBe(0)
      expect(now).toBeLessThanOrEqual(0)
      expect(later).toBeGreaterThan(-Infinity)
      expect(Math.exp(later)).toBeLessThanOrEqual(Math.exp(now) + 1e-12)
    }),
  )
})
