import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { tryOften } from '../../../bench/effect-trials.ts'
import { sharedDataPath } from '../../../bench/rhythm-datasets.ts'
import { isEnough, liftOf, paybackMonths, type Side, verdictOf } from './compare.ts'

const side = (customers: number, bought: number): Side => ({
  outcomes: new Float64Array(customers),
  before: new Float64Array(customers),
  bought,
})

describe('the rules', () => {
  it.each([
    [900, 300, 100, 25, true],
    [900, 300, 99, 25, false],
    [900, 300, 100, 19, false],
    [99, 50, 900, 300, false],
    [100, 20, 100, 20, true],
  ])('%d treated (%d bought) against %d held out (%d bought): enough is %s', (a, b, c, d, expected) => {
    expect(isEnough(side(a, b), side(c, d))).toBe(expected)
  })

  const range = (lowMinor: number, highMinor: number) => ({ lowMinor, highMinor })
  it.each([
    ['nobody was left out', 0, range(1, 5), null, null, 'no-control'],
    ['too few', 30, null, null, null, 'not-enough'],
    ['above zero', 100, range(1, 5), null, null, 'earns'],
    ['around zero', 100, range(-1, 7), null, null, 'cannot-tell'],
    ['at zero', 100, range(0, 7), null, null, 'cannot-tell'],
    ['below zero', 100, range(-5, -1), null, null, 'costs-more'],
    ['above zero once, below it lately', 100, range(-1, 3), range(2, 6), range(-5, -1), 'no-longer'],
    ['above zero once, unclear lately', 100, range(1, 3), range(2, 6), range(-5, 1), 'earns'],
    ['always below zero', 100, range(-4, -1), range(-6, -2), range(-5, -1), 'costs-more'],
  ] as const)('%s', (_, heldOutCustomers, net, earlier, recent, expected) => {
    expect(verdictOf({ heldOutCustomers, net, earlier, recent })).toBe(expected)
  })

  it.each([
    [600, 1200, 60, 0.99],
    [0, 1200, 60, 0],
    [600, 0, 60, null],
    [600, -10, 60, null],
  ])('spent %d, added %d in %d days: %s months', (cost, added, days, expected) => {
    const months = paybackMonths(cost, added, days)
    expect(months === null ? null : Math.round(months * 100) / 100).toBe(expected)
  })
})

describe('trials whose truth is known', () => {
  test('two groups treated alike: one in twenty ranges leaves out zero, and far fewer of those that hold for ever', () => {
    const found = tryOften({ treated: 900, heldOut: 300, effectMinor: 0 }, 600, 1)
    // 600 trials know a share of .05 to within .018. With 150 left out, of customers as uneven as these, it is .065.
    expect(found.foundOnce).toBeLessThan(0.05 + 0.018)
    expect(found.foundOnce).toBeGreaterThan(0.05 - 0.018)
    expect(found.foundAlways).toBeLessThanOrEqual(found.foundOnce)
  }, 30_000)

  test('looked at every week, only the range that is made for it keeps its word', () => {
    const found = tryOften({ treated: 900, heldOut: 300, effectMinor: 0, looks: 20 }, 200, 2)
    expect(found.foundAlways).toBeLessThanOrEqual(0.05)
    expect(found.foundOnce).toBeGreaterThan(0.1)
  }, 30_000)

  test('a known effect lies in nineteen of twenty ranges, and what was bought before takes noise away', () => {
    const found = tryOften({ treated: 900, heldOut: 300, effectMinor: 700 }, 400, 3)
    expect(found.coveredOnce).toBeGreaterThan(0.925)
    expect(found.coveredOnce).toBeLessThan(0.975)
    expect(found.coveredAlways).toBeGreaterThanOrEqual(0.95)
    expect(found.varianceReduction).toBeGreaterThan(0.1)
  }, 30_000)
})

// Kevin Hillstrom's e-mail challenge (2008), a real trial of 64,000 customers.
const path = sharedDataPath('hillstrom', 'hillstrom.csv')
const present = existsSync(path)
if (!present) console.log('skipped: the Hillstrom set is not in ../shared/data (or GUANXI_SHARED_DATA)')

describe.skipIf(!present)('Hillstrom’s mails, by the rule of this room', () => {
  const customers = (present ? readFileSync(path, 'utf8').trim().split('\n').slice(1) : []).map(line => {
    const fields = line.replace(/"[^"]*"/, 'segment').split(',')
    return { history: Number(fields[2]), mail: fields[8]!, spend: Number(fields[11]) }
  })
  const of = (mail: string): Side => {
    const group = customers.filter(customer => customer.mail === mail)
    return {
      outcomes: group.map(customer => customer.spend),
      before: group.map(customer => customer.history),
      bought: group.filter(customer => customer.spend > 0).length,
    }
  }

  // Published by Welch alone: .4244 [.1690, .6799] and .7698 [.4851, 1.0545]; last year's spend explains next to nothing of it.
  it.each([
    ['Womens E-Mail', 0.4244, 0.169, 0.6799],
    ['Mens E-Mail', 0.7698, 0.4851, 1.0545],
  ])('%s: %d more spent, as published', (mail, estimate, low, high) => {
    expect(isEnough(of(mail), of('No E-Mail'))).toBe(true)
    const found = liftOf(of(mail), of('No E-Mail'))
    expect(found.estimateMinor).toBeCloseTo(estimate, 1.5)
    expect(Math.abs(found.onceLowMinor - low)).toBeLessThan(0.01)
    expect(Math.abs(found.onceHighMinor - high)).toBeLessThan(0.01)
    expect(found.lowMinor).toBeLessThan(found.onceLowMinor)
    // Who looked on every day of it could not be sure of more.
    expect(found.highMinor).toBeGreaterThan(found.onceHighMinor)
  })

  it('without what was bought before it is Welch to the published digit', () => {
    const plain = (mail: string): Side => ({ ...of(mail), before: new Float64Array(of(mail).outcomes.length) })
    const found = liftOf(plain('Womens E-Mail'), plain('No E-Mail'))
    expect(
      [found.estimateMinor, found.onceLowMinor, found.onceHighMinor].map(value => Number(value.toFixed(4))),
    ).toEqual([0.4244, 0.169, 0.6799])
  })
})
