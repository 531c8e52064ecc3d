import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyDays, anyHistory, anyParameters, GROCERY_IN_WEEKS } from '../../../bench/rhythm-arbitraries.ts'
import { columnsUpTo, dayOf, type PurchaseLog, readCdnowSample, readGrocery } from '../../../bench/rhythm-datasets.ts'
import { logBeta } from '../functions/log-beta.ts'
import { logGamma } from '../functions/log-gamma.ts'
import { logLikelihood } from './log-likelihood.ts'
import type { RhythmParameters } from './rhythm.ts'

it('a first purchase, one day of silence, everything 1: ln 0.75', () => {
  const history = { gaps: 0, gapDaysSum: 0, logGapSum: 0 }
  expect(logLikelihood({ k: 1, r: 1, alpha: 1, a: 1, b: 1 }, history, 1)).toBeCloseTo(Math.log(0.75), 14)
})

describe('published log-likelihoods', () => {
  const cdnow = readCdnowSample()
  const grocery = readGrocery()
  if (!cdnow) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
  if (!grocery) console.log('skipped: the grocery set is not in ../shared/data (or GUANXI_SHARED_DATA)')

  // lifetimes 0.11.3, test of ModifiedBetaGeoFitter: .525 6.183 .891 1.614; here with one digit more.
  it.skipIf(!cdnow)('CDNOW sample, 39 weeks, MBG/NBD (k = 1): -9582.136', () => {
    const parameters = { k: 1, r: 0.5248, alpha: 6.1831, a: 0.8914, b: 1.614 }
    expect(totalInWeeks(cdnow!, '1997-09-30', parameters)).toBeCloseTo(-9582.136, 2)
  })

  // BTYDplus 1.2.0, mbgcnbd.cbs.LL on groceryElog with k = 2.
  it.skipIf(!grocery)('grocery, 52 weeks, MBG/CNBD-2: -14978.211', () => {
    expect(totalInWeeks(grocery!, '2006-12-31', GROCERY_IN_WEEKS)).toBeCloseTo(-14978.211, 2)
  })
})

it('with k = 1 equals the MBG/NBD likelihood in (x, t_x, T), with no constant between them', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, (parameters, history, silentDays) => {
      const { r, alpha, a, b } = parameters
      const { gaps: x, gapDaysSum } = history
      const counting = logGamma(r + x) - logGamma(r) + r * Math.log(alpha)
      const alive = logBeta(a, b + x + 1) - (r + x) * Math.log(alpha + gapDaysSum + silentDays)
      const left = logBeta(a + 1, b + x) - (r + x) * Math.log(alpha + gapDaysSum)
      const larger = Math.max(alive, left)
      const expected = counting - logBeta(a, b) + larger + Math.log(Math.exp(alive - larger) + Math.exp(left - larger))
      const found = logLikelihood({ ...parameters, k: 1 }, history, silentDays)
      expect(Math.abs(found - expected)).toBeLessThan(1e-8 * (1 + Math.abs(expected)))
    }),
  )
})

it('measured in weeks it adds ln 7 for every gap and is otherwise the same', () => {
  fc.assert(
    fc.property(anyParameters, anyHistory, anyDays, (parameters, history, silentDays) => {
      const weeks = {
        gaps: history.gaps,
        gapDaysSum: history.gapDaysSum / 7,
        logGapSum: history.logGapSum - history.gaps * Math.log(7),
      }
      const inWeeks = logLikelihood({ ...parameters, alpha: parameters.alpha / 7 }, weeks, silentDays / 7)
      const inDays = logLikelihood(parameters, history, silentDays) + history.gaps * Math.log(7)
      expect(Math.abs(inWeeks - inDays)).toBeLessThan(1e-8 * (1 + Math.abs(inDays)))
    }),
  )
})

function totalInWeeks(log: PurchaseLog, cutOffOn: string, parameters: RhythmParameters): number {
  const { gaps, gapDaysSum, logGapSum, silentDays } = columnsUpTo(log, dayOf(cutOffOn), 7)
  let total = 0
  for (let row = 0; row < gaps.length; row++) {
    const history = { gaps: gaps[row]!, gapDaysSum: gapDaysSum[row]!, logGapSum: logGapSum[row]! }
    total += logLikelihood(parameters, history, silentDays[row]!)
  }
  return total
}
