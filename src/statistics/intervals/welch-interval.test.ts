import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sharedDataPath } from '../../../bench/rhythm-datasets.ts'
import { describeSample } from './sample.ts'
import { welchInterval } from './welch-interval.ts'

it('two small groups, against scipy 1.17', () => {
  const interval = welchInterval({ n: 10, mean: 5, variance: 4 }, { n: 12, mean: 3, variance: 9 })
  expect(interval.estimate).toBe(2)
  expect(interval.low).toBeCloseTo(-0.24301080516026063, 10)
  expect(interval.high).toBeCloseTo(4.24301080516026, 10)
  expect(interval.degreesOfFreedom).toBeCloseTo(19.19054598754122, 10)
  expect(interval.pValue).toBeCloseTo(0.07754643868205863, 10)
})

// GrowthBook, packages/stats, TestTwoSidedTTest: 0.41 (sd 3.9, n 3,407) against 0.7 (sd 6.2, n 3,461).
it('the two-sided test of GrowthBook: .29 [.04538, .53462], p .02016', () => {
  const interval = welchInterval(
    { n: 3461, mean: 0.7, variance: 6.2 ** 2 },
    { n: 3407, mean: 0.41, variance: 3.9 ** 2 },
  )
  expect(interval.low).toBeCloseTo(0.04538, 5)
  expect(interval.high).toBeCloseTo(0.53462, 5)
  expect(interval.pValue).toBeCloseTo(0.02016, 5)
})

describe('Hillstrom e-mail test', () => {
  const path = sharedDataPath('hillstrom', 'hillstrom.csv')
  const here = existsSync(path)
  if (!here) console.log('skipped: the Hillstrom set is not in ../shared/data (or GUANXI_SHARED_DATA)')
  it.skipIf(!here).each([
    ['Womens E-Mail', 'visit', 100, 4.523, 3.889, 5.157, 3],
    ['Womens E-Mail', 'conversion', 100, 0.311, 0.15, 0.472, 3],
    ['Womens E-Mail', 'spend', 1, 0.4244, 0.169, 0.6799, 4],
    ['Mens E-Mail', 'visit', 100, 7.659, 6.995, 8.323, 3],
    ['Mens E-Mail', 'conversion', 100, 0.681, 0.5, 0.861, 3],
    ['Mens E-Mail', 'spend', 1, 0.7698, 0.4851, 1.0545, 4],
  ] as const)('%s on %s (x %i): %f [%f, %f]', (segment, outcome, unit, estimate, low, high, digits) => {
    const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
    // Counted from the right, because a field further left holds a comma of its own ("6) $750 - $1,000").
    const titles = header!.split(',')
    const column = titles.indexOf(outcome) - titles.length
    const segmentColumn = titles.indexOf('segment') - titles.length
    const values = (wanted: string) =>
      lines
        .map(line => line.replaceAll('"', '').split(','))
        .filter(cells => cells.at(segmentColumn) === wanted)
        .map(cells => Number(cells.at(column)) * unit)
    const interval = welchInterval(describeSample(values(segment)), describeSample(values('No E-Mail')))
    expect(interval.estimate).toBeCloseTo(estimate, digits)
    expect(interval.low).toBeCloseTo(low, digits)
    expect(interval.high).toBeCloseTo(high, digits)
  })
})

it('without any spread the difference is certain', () => {
  const flat = { n: 5, mean: 2, variance: 0 }
  expect(welchInterval(flat, { ...flat, mean: 1 })).toMatchObject({ low: 1, estimate: 1, high: 1, pValue: 0 })
})

it('refuses a group of one and a negative variance, both at once', () => {
  expect(() => welchInterval({ n: 1, mean: 0, variance: 1 }, { n: 5, mean: 0, variance: -1 })).toThrow(
    /first: n must.*second: variance must/,
  )
})
