import { describe, expect, it } from 'vitest'
import { dayNumber } from '#kernel/clock/index.ts'
import { baseOf } from './base.ts'
import { holdoutOf } from './holdout.ts'
import { shopOf } from './shop.testing.ts'

const base = baseOf(shopOf())!

describe('lens 5: a model held against what happened', () => {
  const holdout = holdoutOf(base, 'CNY')!

  it('holds out the last three tenths of the time', () => {
    const span = base.lastDay - base.firstDay
    expect((dayNumber(holdout.splitOn) - base.firstDay) / span).toBeCloseTo(0.7, 2)
  })

  it('counts what came as the purchase days after the split of those who had bought before it', () => {
    const split = dayNumber(holdout.splitOn)
    let customers = 0
    let came = 0
    for (let who = 0; who < base.customers; who++) {
      if (base.first[who]! > split) continue
      customers++
      for (let at = base.start[who]!; at < base.start[who + 1]!; at++) if (base.day[at]! > split) came++
    }
    expect([holdout.customers, holdout.actual]).toEqual([customers, came])
  })

  it('groups by frequency add up to the totals', () => {
    const sum = (of: 'predicted' | 'actual') =>
      holdout.byFrequency.reduce((all, row) => all + row[of] * row.customers, 0)
    const chosen = holdout.models.find(({ model }) => model === holdout.chosen)!
    expect(sum('actual')).toBeCloseTo(holdout.actual, 6)
    expect(sum('predicted')).toBeCloseTo(chosen.predicted, 6)
    expect(holdout.byFrequency.reduce((all, { customers }) => all + customers, 0)).toBe(holdout.customers)
  })

  it('tracks repeat purchases upwards from nothing to all of them', () => {
    const { tracking } = holdout
    expect(tracking[0]).toMatchObject({ actual: 0, expected: 0 })
    for (const [at, point] of tracking.entries()) {
      if (at === 0) continue
      expect(point.actual).toBeGreaterThanOrEqual(tracking[at - 1]!.actual)
      expect(point.expected).toBeGreaterThanOrEqual(tracking[at - 1]!.expected)
    }
    expect(tracking.at(-1)!.on).toBe(holdout.endOn)
  })

  it('expects of the next twelve months an amount within its own limits', () => {
    const { purchases, revenueMinor } = holdout.next!
    expect(purchases.low).toBeLessThan(purchases.estimate)
    expect(purchases.high).toBeGreaterThan(purchases.estimate)
    expect(revenueMinor!.estimate / purchases.estimate).toBeGreaterThan(2000)
  })

  it('comes nearer than carrying on as before, for people who stop coming', () => {
    const error = (name: string) => holdout.models.find(({ model }) => model === name)!.meanAbsoluteError
    expect(error(holdout.chosen!)).toBeLessThan(error('past-rate'))
  })
})

it.each([
  ['too few customers', { customers: 20 }],
  ['too little time', { to: base.firstDay + 60 }],
])('says nothing of %s', (_, { customers, to }: { customers?: number; to?: number }) => {
  const few = customers ? baseOf(firstCustomers(customers))! : baseOf(shopOf(), { to: to! })!
  expect(holdoutOf(few, 'CNY')).toBeNull()
})

it('lets the day of the split be chosen, and says nothing where it lies outside', () => {
  expect(holdoutOf(base, null, base.firstDay + 400)!.splitOn).toBe('2024-02-10')
  expect(holdoutOf(base, null, base.lastDay)).toBeNull()
})

it('shows no forecast where nobody ever came back', () => {
  const once = Array.from({ length: 200 }, (_, who) => who)
  const found = holdoutOf(
    baseOf({
      customers: 200,
      customer: Int32Array.from(once),
      day: Int32Array.from(once, who => who * 2),
      orders: Int32Array.from(once, () => 1),
    })!,
    null,
  )!
  expect(found).toMatchObject({ chosen: null, next: null, tracking: [], actual: 0 })
  expect(found.findings.models!.title.key).toBe('audit:finding.models.none')
})

function firstCustomers(count: number) {
  const shop = shopOf()
  const rows = [...shop.customer.keys()].filter(row => shop.customer[row]! < count)
  return {
    customers: count,
    customer: Int32Array.from(rows, row => shop.customer[row]!),
    day: Int32Array.from(rows, row => shop.day[row]!),
    orders: Int32Array.from(rows, row => shop.orders[row]!),
  }
}
