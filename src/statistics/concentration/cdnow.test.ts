import { describe, expect, it } from 'vitest'
import { dayOf, readCdnowSample } from '../../../bench/rhythm-datasets.ts'
import { decileCalibrationError } from './decile-table.ts'
import { normalisedGini } from './normalised-gini.ts'
import { shareOfTop } from './share-of-top.ts'
import { spearman } from './spearman.ts'

// The plainest forecast of the 39 weeks after: a customer's rate of repeat purchases so far, times her mean repeat spend.
// References: a run of the definitions of Wang, Liu & Miao's metrics.py in pandas.
const log = readCdnowSample()
if (!log) console.log('skipped: the CDNOW sample is not in ../shared/data (or GUANXI_SHARED_DATA)')
const split = dayOf('1997-09-30')
const customers = [...(log?.values() ?? [])].map(all => {
  const repeats = all.slice(1).filter(({ day }) => day <= split)
  const sum = (days: typeof all) => days.reduce((total, { value }) => total + value, 0)
  return {
    predicted: (sum(repeats) / (split - all[0]!.day)) * 7 * 39,
    actual: sum(all.filter(({ day }) => day > split)),
  }
})
const actual = customers.map(row => row.actual)
const predicted = customers.map(row => row.predicted)

describe.skipIf(!log)('CDNOW sample, revenue of the second 39 weeks by past rate', () => {
  it('normalised Gini .660 where ties keep the order of the file, .672 where they share their outcomes', () => {
    const byRow = predicted.map((value, row) => value - row * 1e-12)
    expect(normalisedGini(actual, byRow)).toBeCloseTo(0.66, 3)
    expect(normalisedGini(actual, predicted)).toBeCloseTo(0.672, 3)
  })

  it('Spearman .480', () => {
    expect(spearman(actual, predicted)).toBeCloseTo(0.48, 3)
  })

  it('share of the best predicted tenth .487, decile calibration error .836 (borders are cut differently there)', () => {
    expect(Math.abs(shareOfTop(actual, 0.1, predicted) - 0.487)).toBeLessThan(0.002)
    expect(Math.abs(decileCalibrationError(predicted, actual) - 0.836)).toBeLessThan(0.002)
  })
})
