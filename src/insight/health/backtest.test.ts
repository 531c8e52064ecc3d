import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { crossCorrected } from '#insight/rhythm/index.ts'
import { addDays, type Day } from '#kernel/clock/index.ts'
import { mbgNbd } from '#statistics/index.ts'
import { backtest } from './backtest.ts'
import { decileError } from './verdict.ts'

const shared = process.env.GUANXI_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const cdnow = `${shared}/cdnow/CDNOW_sample.txt`
const here = existsSync(cdnow)
if (!here) console.log('skipped: CDNOW is not in ../shared/data (or GUANXI_SHARED_DATA)')

function cdnowDays(): Map<string, Day[]> {
  const days = new Map<string, Set<Day>>()
  for (const line of readFileSync(cdnow, 'utf8').split('\n')) {
    const [, customer, on] = line.trim().split(/\s+/)
    if (!customer || !on) continue
    const theirs = days.get(customer) ?? new Set()
    days.set(customer, theirs.add(`${on.slice(0, 4)}-${on.slice(4, 6)}-${on.slice(6)}`))
  }
  return new Map([...days].map(([customer, theirs]) => [customer, [...theirs].sort()]))
}

describe('CDNOW, 39 weeks hidden after 39 weeks', () => {
  const found = here ? backtest(cdnowDays(), { splitOn: '1997-09-30', horizonDays: 273 }, mbgNbd, crossCorrected) : null

  test.skipIf(!here)('is foretold as published (SCIENCE 1.4: MBG/NBD and past rate)', () => {
    expect(found).toMatchObject({ customers: 2357, actual: 1882, unit: 'purchases', splitOn: '1997-09-30' })
    expect(found!.predicted).toBeCloseTo(1577, -1)
    expect(found!.errors!.model).toBeCloseTo(0.7648, 2)
    expect(found!.errors!.pastRate).toBeCloseTo(1.024, 2)
  })

  test.skipIf(!here)('holds its chances and its order against those of the last visit alone', () => {
    const { ranking, reliability } = found!
    expect(ranking!.auc).toBeGreaterThan(0.68)
    expect(ranking!.aucRecency).toBeGreaterThan(0.6)
    expect(reliability!.customers).toBeGreaterThan(300)
    expect(reliability!.error).toBeLessThan(reliability!.errorRaw)
    expect(reliability!.brier).toBeLessThan(0.25)
  })

  test.skipIf(!here)('divides into tenths that add up to the totals', () => {
    const sum = (side: 'predicted' | 'actual') =>
      found!.deciles.reduce((all, decile) => all + decile.customers * decile[side], 0)
    expect(sum('predicted')).toBeCloseTo(found!.predicted, 6)
    expect(sum('actual')).toBeCloseTo(found!.actual, 6)
    expect(decileError(found!)).toBeLessThan(0.4)
  })

  test.skipIf(!here)(
    'is tracked week by week: all repeat purchases are there, and a step begins after the split',
    () => {
      const { points, stepDays } = found!.tracking!
      expect(points.some(({ fromOn }) => fromOn === '1997-10-01')).toBe(true)
      const after = points.filter(({ fromOn }) => fromOn > '1997-09-30')
      const sum = (side: 'actual' | 'expected', of = points) => of.reduce((all, point) => all + point[side], 0)
      expect(stepDays).toBe(14)
      // 273 days hold 19 whole steps of 14: the last week of the holdout is left away.
      expect(after).toHaveLength(19)
      expect(sum('actual', after)).toBeGreaterThan(0.95 * 1882)
      expect(sum('actual', after)).toBeLessThanOrEqual(1882)
      // Repeat purchase days up to the split, as published (sum of x).
      expect(sum('actual') - sum('actual', after)).toBe(2457)
      expect(sum('expected') - sum('expected', after)).toBeCloseTo(2457, -3)
    },
  )
})

/** A base in which everybody buys every so many days, told by their own number. */
function regular(customers: number, days: number, from: Day = '2025-01-01'): Map<string, Day[]> {
  return new Map(
    Array.from({ length: customers }, (_, row) => [
      String(row),
      Array.from({ length: Math.floor(days / (10 + (row % 40))) + 1 }, (_, at) =>
        addDays(from, (row % 30) + at * (10 + (row % 40))),
      ),
    ]),
  )
}

describe('a test on a past day', () => {
  it('is not made where too few customers came back before it', () => {
    expect(backtest(regular(90, 300), { splitOn: '2025-06-01', horizonDays: 60 }, mbgNbd, crossCorrected)).toBeNull()
    expect(backtest(regular(300, 300), { splitOn: '2024-06-01', horizonDays: 60 }, mbgNbd, crossCorrected)).toBeNull()
    expect(backtest(new Map(), { splitOn: '2025-06-01', horizonDays: 60 }, mbgNbd, crossCorrected)).toBeNull()
  })

  it('does not let the model see what is hidden', () => {
    const split = { splitOn: '2025-06-01', horizonDays: 60 }
    const base = regular(300, 400)
    const silenced = new Map([...base].map(([id, days]) => [id, days.filter(day => day <= split.splitOn)]))
    const [seen, unseen] = [base, silenced].map(days => backtest(days, split, mbgNbd, crossCorrected)!)
    expect(unseen!.predicted).toBe(seen!.predicted)
    expect(unseen!.actual).toBe(0)
    expect(seen!.actual).toBeGreaterThan(0)
    expect(unseen!.reliability).toBeNull()
  })

  it('leaves out whoever came only later', () => {
    const split = { splitOn: '2025-06-01', horizonDays: 60 }
    const base = regular(300, 400)
    const joined = new Map([
      ...base,
      ...[...regular(50, 60, '2025-06-10')].map(([id, days]) => [`late ${id}`, days] as const),
    ])
    expect(backtest(joined, split, mbgNbd, crossCorrected)).toEqual(backtest(base, split, mbgNbd, crossCorrected))
  })
})
