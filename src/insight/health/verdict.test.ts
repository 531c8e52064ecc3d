import { describe, expect, it, test } from 'vitest'
import { stabilityBounds } from '#statistics/index.ts'
import {
  driftBounds,
  type Holdout,
  type Measure,
  type MeasureName,
  type Reliability,
  type Verdict,
} from './contract.ts'
import { beyondChance, decileError, measuresOf, standards, verdictOf, verdictOn } from './verdict.ts'
import type { KnownFit } from './watched.ts'

/** Both ends of every rule: the last figure that still belongs to a verdict, and the first that does not. */
test.each<[MeasureName, number, Verdict]>([
  ['calibration', 0, 'good'],
  ['calibration', 0.03, 'good'],
  ['calibration', 0.0301, 'care'],
  ['calibration', 0.08, 'care'],
  ['calibration', 0.0801, 'not'],
  ['live', 0.03, 'good'],
  ['live', 0.0301, 'care'],
  ['live', 0.08, 'care'],
  ['live', 0.0801, 'not'],
  ['total', 0.1, 'good'],
  ['total', 0.1001, 'care'],
  ['total', 0.25, 'care'],
  ['total', 0.2501, 'not'],
  ['past-rate', 0.95, 'good'],
  ['past-rate', 0.9501, 'care'],
  ['past-rate', 1.05, 'care'],
  ['past-rate', 1.0501, 'not'],
  ['ranking', 0.7, 'good'],
  ['ranking', 0.6999, 'care'],
  ['ranking', 0.6, 'care'],
  ['ranking', 0.5999, 'not'],
  ['over-recency', 0, 'good'],
  ['over-recency', -0.0001, 'care'],
  ['over-recency', -0.02, 'care'],
  ['over-recency', -0.0201, 'not'],
  ['deciles', 0.2, 'good'],
  ['deciles', 0.2001, 'care'],
  ['deciles', 0.4, 'care'],
  ['deciles', 0.4001, 'not'],
  ['customers', 500, 'good'],
  ['customers', 499, 'care'],
  ['customers', 1, 'care'],
  ['fit', 0, 'good'],
  ['fit', 1, 'care'],
  ['fit', 2, 'not'],
  ['age', 31, 'good'],
  ['age', 32, 'care'],
  ['age', 4000, 'care'],
  ['drift', 0.1, 'good'],
  ['drift', 0.1001, 'care'],
  ['drift', 9, 'care'],
])('%s at %d is %s', (name, value, verdict) => {
  expect(verdictOn(name, value)).toBe(verdict)
})

describe('a model that tells chances', () => {
  const tells: readonly MeasureName[] = ['calibration', 'fit']
  const judged = (...verdicts: readonly [MeasureName, Verdict][]): Measure[] =>
    verdicts.map(([name, verdict]) => ({
      name,
      verdict,
      value: 0,
      good: standards[name].good,
      care: standards[name].care,
    }))

  test.each<[string, Measure[], Verdict | null]>([
    ['nothing was looked at', [], null],
    ['it was only fitted, and nothing held against what happened', judged(['fit', 'good'], ['age', 'good']), null],
    ['all is good', judged(['total', 'good'], ['calibration', 'good'], ['age', 'good']), 'good'],
    ['one figure wants care', judged(['calibration', 'good'], ['age', 'care']), 'care'],
    ['its chances are not to be relied on, whatever else is', judged(['calibration', 'not'], ['age', 'good']), 'not'],
    ['its total is not, which it tells nobody', judged(['calibration', 'good'], ['total', 'not']), 'care'],
    ['its fit failed', judged(['calibration', 'good'], ['fit', 'not']), 'not'],
  ])('is as good as its worst figure: %s', (_, measures, verdict) => {
    expect(verdictOf(measures, tells)).toBe(verdict)
  })
})

const reliability = (error: number, errorByChance: number): Reliability => ({
  customers: 400,
  said: 0.5,
  happened: 0.5,
  brierRaw: 0.2,
  brier: 0.2,
  errorRaw: error,
  error,
  errorByChance,
  bins: [],
})

const holdout: Holdout = {
  splitOn: '2026-01-01',
  horizonDays: 60,
  customers: 2357,
  unit: 'purchases',
  predicted: 1577,
  actual: 1882,
  errors: { model: 0.7648, pastRate: 1.024 },
  ranking: { auc: 0.709, aucRecency: 0.689 },
  deciles: [
    { customers: 10, predicted: 1, actual: 2 },
    { customers: 10, predicted: 3, actual: 3 },
  ],
  reliability: reliability(0.05, 0.03),
  tracking: null,
}

const fit: KnownFit = {
  fitId: '01900000-0000-7000-8000-000000000001',
  fittedAt: new Date('2026-03-02T18:40:00Z'),
  asOfOn: '2026-03-02',
  kind: 'fitted',
  customers: 2357,
  parameters: {},
  logLikelihood: null,
  warnings: [],
  soundness: 0,
}

test('every figure that is known is judged, in the order in which it is told, and what is not known is left out', () => {
  const drift = {
    sinceOn: '2026-03-02',
    foundOn: '2026-03-05',
    customers: 2357,
    features: [
      { name: 'recency' as const, psi: 0.02, bins: [] },
      { name: 'spend' as const, psi: 0.12, bins: [] },
    ],
  }
  const measures = measuresOf({ fit, today: '2026-03-05', holdout, live: null, drift })
  expect(measures.map(({ name, value, verdict }) => [name, Number(value.toFixed(4)), verdict])).toEqual([
    ['calibration', 0.02, 'good'],
    ['total', 0.1621, 'care'],
    ['past-rate', 0.7469, 'good'],
    ['ranking', 0.709, 'good'],
    ['over-recency', 0.02, 'good'],
    ['deciles', 0.2, 'good'],
    ['customers', 2357, 'good'],
    ['fit', 0, 'good'],
    ['age', 3, 'good'],
    ['drift', 0.12, 'care'],
  ])
  expect(verdictOf(measures, ['calibration'])).toBe('care')
})

it('an error that chance alone explains is none', () => {
  expect(beyondChance(reliability(0.02, 0.03))).toBe(0)
  expect(beyondChance(reliability(0.05, 0.03))).toBeCloseTo(0.02, 12)
})

it('a base in which nobody bought anything has no share by which the tenths are off', () => {
  expect(decileError({ deciles: [{ customers: 10, predicted: 1, actual: 0 }] })).toBeNull()
})

it('a browser judges drift by the bounds of the statistics', () => {
  expect(driftBounds).toEqual(stabilityBounds)
})
