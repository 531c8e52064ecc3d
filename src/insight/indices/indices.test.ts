import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { factNames, indexNames } from './contract.ts'
import { type Facts, indexOf, leastKnown, scoresOf, weights } from './indices.ts'
import { meanOf } from './measure.ts'

const nothing: Facts = {
  returning: null,
  horizonDays: 60,
  usualDays: null,
  silentDays: null,
  tenureDays: null,
  ratings: [],
  promisesKept: 0,
  promisesBreached: 0,
  complaintsOpened: null,
  complaintsClosed: 0,
  visits: null,
  contacts: 0,
  replies: 0,
  reviews: null,
  referrals: null,
  boughtMinor: 0,
  refundedMinor: null,
  deliveries: 0,
  lateDeliveries: 0,
}

test.each([
  ['returning', { returning: 0 }, 0],
  ['returning', { returning: 1 }, 1],
  ['rhythm', { usualDays: 30, silentDays: 0 }, 1],
  ['rhythm', { usualDays: 30, silentDays: 30 }, 1],
  ['rhythm', { usualDays: 30, silentDays: 75 }, 0.4],
  ['rhythm', { usualDays: 30, silentDays: null }, null],
  ['tenure', { tenureDays: 0 }, 0],
  ['tenure', { tenureDays: 365 }, 0.5],
  ['ratings', { ratings: [] }, null],
  ['ratings', { ratings: [1, 1, 1, 1, 1, 0] }, 1],
  ['ratings', { ratings: [0.5, 1] }, 0.75],
  ['promises', { promisesKept: 0, promisesBreached: 0 }, null],
  ['promises', { promisesKept: 0, promisesBreached: 2 }, 0],
  ['promises', { promisesKept: 3, promisesBreached: 1 }, 0.75],
  ['closed-complaints', { complaintsOpened: 0 }, null],
  ['closed-complaints', { complaintsOpened: 2, complaintsClosed: 1 }, 0.5],
  ['closed-complaints', { complaintsOpened: 2, complaintsClosed: 2 }, 1],
  ['visits', { visits: 0 }, 0],
  ['visits', { visits: 4 }, 0.5],
  ['replies', { contacts: 0 }, null],
  ['replies', { contacts: 4, replies: 1 }, 0.25],
  ['reviews', { reviews: null }, null],
  ['reviews', { reviews: 1 }, 0.5],
  ['referrals', { referrals: 3 }, 0.75],
  ['refunds', { boughtMinor: 1000, refundedMinor: null }, null],
  ['refunds', { boughtMinor: 0, refundedMinor: 0 }, null],
  ['refunds', { boughtMinor: 1000, refundedMinor: 0 }, 1],
  ['refunds', { boughtMinor: 1000, refundedMinor: 250 }, 0.75],
  ['refunds', { boughtMinor: 1000, refundedMinor: 5000 }, 0],
  ['complaints', { complaintsOpened: 0 }, 1],
  ['complaints', { complaintsOpened: 1 }, 0.5],
  ['deliveries', { deliveries: 0 }, null],
  ['deliveries', { deliveries: 4, lateDeliveries: 1 }, 0.75],
] as const)('%s of %j: %d', (fact, facts, expected) => {
  expect(scoresOf({ ...nothing, ...facts })[fact]).toBe(expected)
})

test.each([
  ['loyalty', 'nothing', nothing, null, 0],
  ['loyalty', 'tenure alone', { ...nothing, tenureDays: 365 }, null, 0.2],
  ['loyalty', 'a chance and no habit yet', { ...nothing, returning: 0.8, tenureDays: 0 }, 57.14, 0.7],
  ['loyalty', 'all of it', { ...nothing, returning: 0.8, usualDays: 30, silentDays: 75, tenureDays: 365 }, 62, 1],
  ['satisfaction', 'nobody asked', nothing, null, 0],
  ['satisfaction', 'asked once', { ...nothing, ratings: [0.75] }, 75, 1],
  ['trust', 'nothing promised, nothing complained of', nothing, null, 0],
  ['trust', 'promises only', { ...nothing, promisesKept: 1, promisesBreached: 1 }, 50, 0.6],
  ['participation', 'visits only', { ...nothing, visits: 4 }, 50, 0.4],
  ['participation', 'reviews are kept and there are none', { ...nothing, visits: 4, reviews: 0 }, 33.33, 0.6],
  ['experience', 'nothing given back', { ...nothing, boughtMinor: 10, refundedMinor: 0 }, 100, 0.5],
  ['experience', 'complaints alone', { ...nothing, complaintsOpened: 1 }, null, 0.25],
] as const)('%s, %s', (index, _, facts, value, restsOn) => {
  const found = indexOf(index, scoresOf(facts))
  if (value === null) expect(found.value).toBeNull()
  else expect(found.value).toBeCloseTo(value, 2)
  expect(found.restsOn).toBeCloseTo(restsOn, 10)
})

test('each row of weights adds up to one, and every fact is weighed once or more', () => {
  for (const index of indexNames) {
    expect(Object.values(weights[index]).reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
  }
  expect(new Set(indexNames.flatMap(index => Object.keys(weights[index])))).toEqual(new Set(factNames))
})

const chance = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))
const count = fc.integer({ min: 0, max: 1000 })
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  returning: chance,
  horizonDays: fc.constant(60),
  usualDays: fc.option(fc.double({ min: 0.5, max: 1000, noNaN: true })),
  silentDays: fc.option(count),
  tenureDays: fc.option(count),
  ratings: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 7 }),
  promisesKept: count,
  promisesBreached: count,
  complaintsOpened: fc.option(count),
  complaintsClosed: count,
  visits: fc.option(count),
  contacts: count,
  replies: count,
  reviews: fc.option(count),
  referrals: fc.option(count),
  boughtMinor: count,
  refundedMinor: fc.option(count),
  deliveries: count,
  lateDeliveries: count,
})

/** What makes a customer's index better, one fact at a time. */
const better: Readonly<Record<string, (facts: Facts, by: number) => Facts>> = {
  'a greater chance of returning': (facts, by) => ({
    ...facts,
    returning: facts.returning === null ? null : Math.min(1, facts.returning + by / 100),
  }),
  'a shorter silence': (facts, by) => ({
    ...facts,
    silentDays: facts.silentDays === null ? null : Math.max(0, facts.silentDays - by),
  }),
  'a longer time together': (facts, by) => ({
    ...facts,
    tenureDays: facts.tenureDays === null ? null : facts.tenureDays + by,
  }),
  'better answers': (facts, by) => ({ ...facts, ratings: facts.ratings.map(each => Math.min(1, each + by / 100)) }),
  'more promises kept': (facts, by) => ({
    ...facts,
    promisesKept: facts.promisesKept + (facts.promisesKept + facts.promisesBreached > 0 ? by : 0),
  }),
  'fewer promises broken': (facts, by) => ({
    ...facts,
    promisesBreached: Math.max(
      facts.promisesKept > 0 ? 0 : Math.min(1, facts.promisesBreached),
      facts.promisesBreached - by,
    ),
  }),
  'more complaints closed': (facts, by) => ({ ...facts, complaintsClosed: facts.complaintsClosed + by }),
  'more visits': (facts, by) => ({ ...facts, visits: facts.visits === null ? null : facts.visits + by }),
  'more answers to contacts': (facts, by) => ({ ...facts, replies: facts.replies + by }),
  'more reviews': (facts, by) => ({ ...facts, reviews: facts.reviews === null ? null : facts.reviews + by }),
  'more referrals': (facts, by) => ({ ...facts, referrals: facts.referrals === null ? null : facts.referrals + by }),
  'fewer refunds': (facts, by) => ({
    ...facts,
    refundedMinor: facts.refundedMinor === null ? null : Math.max(0, facts.refundedMinor - by),
  }),
  'fewer late deliveries': (facts, by) => ({ ...facts, lateDeliveries: Math.max(0, facts.lateDeliveries - by) }),
}

describe('every index', () => {
  test('lies between 0 and 100, or is not told', () => {
    fc.assert(
      fc.property(anyFacts, facts => {
        for (const index of indexNames) {
          const { value, restsOn } = indexOf(index, scoresOf(facts))
          if (value === null) expect(restsOn).toBeLessThan(leastKnown)
          else expect(value >= 0 && value <= 100).toBe(true)
        }
      }),
    )
  })

  test.each(Object.entries(better))('never falls by %s', (_, improve) => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 1, max: 50 }), (facts, by) => {
        const [before, after] = [scoresOf(facts), scoresOf(improve(facts, by))]
        for (const index of indexNames) {
          const [one, other] = [indexOf(index, before), indexOf(index, after)]
          expect(other.restsOn).toBe(one.restsOn)
          if (one.value !== null) expect(other.value!).toBeGreaterThanOrEqual(one.value - 1e-9)
        }
      }),
    )
  })
})

test.each([
  ['nobody', [], undefined],
  ['one customer has no interval', [60], { mean: 60, low: null, high: null, customers: 1 }],
  ['three', [60, 70, 80], { mean: 70, low: 58.684, high: 81.316, customers: 3 }],
  ['never beyond the ends', [100, 100, 90], { mean: 96.667, low: 90.133, high: 100, customers: 3 }],
])('the mean of %s', (_, values, expected) => {
  const found = meanOf(values)
  if (!expected) return expect(found).toBeUndefined()
  expect(found).toMatchObject({ customers: expected.customers })
  for (const each of ['mean', 'low', 'high'] as const) {
    if (expected[each] === null) expect(found![each]).toBeNull()
    else expect(found![each]).toBeCloseTo(expected[each], 3)
  }
})
