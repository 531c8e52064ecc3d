import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyDays, anyHistory, anyParameters } from '../../../bench/rhythm-arbitraries.ts'
import { probabilityOfContinuing } from './probability-of-continuing.ts'

it('one gap of 20 days, k 2, r 1, alpha 10, 20 days silent: 0.4752', () => {
  const history = { gaps: 1, gapDaysSum: 20, logGapSum: Math.log(20) }
  expect(probabilityOfContinuing({ k: 2, r: 1, alpha: 10, a: 1, b: 1 }, history, 20)).toBeCloseTo(0.4752, 12)
})

it('with k = 1 it is the Pareto survival ((alpha + t_x) / (alpha + T))^(r + x) of NBD models', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, (parameters, history, silentDays) => {
      const scale = parameters.alpha + history.gapDaysSum
      const logExpected = -(parameters.r + history.gaps) * Math.log1p(silentDays / scale)
      const found = probabilityOfContinuing({ ...parameters, k: 1 }, history, silentDays)
      if (logExpected > -600) expect(found / Math.exp(logExpected)).toBeCloseTo(1, 8)
      else expect(found).toBeLessThan(1e-200)
    }),
  )
})

it('with k = 2 it is the Erlang survival of BG/CNBD-2: no or one hidden step since the last purchase', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, (parameters, history, silentDays) => {
      const shape = parameters.r + 2 * history.gaps
      const total = parameters.alpha + history.gapDaysSum + silentDays
      const stay = Math.exp(-shape * Math.log1p(silentDays / (parameters.alpha + history.gapDaysSum)))
      const expected = stay * (1 + (shape * silentDays) / total)
      expect(probabilityOfContinuing({ ...parameters, k: 2 }, history, silentDays)).toBeCloseTo(expected, 9)
    }),
  )
})

it('is a probability that starts at 1 and never rises with silence', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, anyDays, (parameters, history, days, more) => {
      const now = probabilityOfContinuing(parameters, history, days)
      const later = probabilityOfContinuing(parameters, history, days + more)
      expect(probabilityOfContinuing(parameters, history, 0)).toBe(1)
      expect(now).toBeLessThanOrEqual(1)
      expect(later).toBeGreaterThanOrEqual(0)
      expect(later).toBeLessThanOrEqual(now + 1e-12)
    }),
  )
})
