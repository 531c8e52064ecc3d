import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { seeded } from '#statistics/index.ts'
import { backTest, simulateProgramme } from '../../../bench/liability-programmes.ts'
import { type Curve, curveOf, overdispersionOf, quantile, resampledCurves, toCome, usedByAge } from './curve.ts'
import { habitOf, historiesOf, type MemberHistory } from './habits.ts'

type Flow = readonly [vintage: number, posted: number, age: number, issued: number, used: number, lost: number]
const member = (...flows: Flow[]): MemberHistory => ({ group: 0, flows: flows.flat() })
const known = (members: MemberHistory[], last: number) =>
  historiesOf(members, { oldest: 0, first: 0, last, lastOver: last })
/** A curve on which all members have one habit. */
const oneHabit = (used: number[]): Curve => {
  const shares = [...used, used.at(-1)!].map(share => [{ used: share, lost: 0, next: [1, 0, 0, 0] }])
  return { shares: shares as never, fresh: [1, 0, 0, 0], seenAges: used.length, decay: 1 }
}

describe('the habit of a member', () => {
  test.each([
    ['new for half a year, whatever is used', 5, 0b11111, 0],
    ['used none within a year', 6, 0, 1],
    ['used some in one month', 8, 0b100, 2],
    ['used some in two', 30, 0b100000000010, 3],
    ['what lies more than a year back is forgotten', 30, 0b11000000000001, 2],
  ])('%s', (_, tenure, usedIn, habit) => expect(habitOf(tenure, usedIn)).toBe(habit))
})

describe('histories', () => {
  const saver = member([0, 0, 0, 100, 0, 0])
  const user = member([0, 0, 0, 100, 0, 0], [0, 2, 2, 0, 60, 0], [3, 3, 0, 50, 0, 0])

  it('tell what is left of a month by the habit of those who hold it', () => {
    const histories = known([saver, user], 8)
    expect([...histories.leftAt(1, 0)]).toEqual([200, 0, 0, 0])
    expect([...histories.leftAt(8, 0)]).toEqual([0, 100, 40, 0])
    expect([...histories.leftAt(8, 3)]).toEqual([0, 0, 50, 0])
  })

  it('a month that is over never changes, and what comes late counts from then on as if it had been in time', () => {
    const late = member([0, 0, 0, 100, 0, 0], [0, 5, 2, 0, 60, 0], [3, 3, 0, 50, 0, 0])
    const [inTime, tooLate] = [known([user], 8), known([late], 8)]
    const untold = known([member([0, 0, 0, 100, 0, 0], [3, 3, 0, 50, 0, 0])], 8)
    for (const month of [0, 2, 4]) {
      expect(tooLate.tableAt(month)).toEqual(untold.tableAt(month))
      expect(tooLate.leftAt(month, 0)).toEqual(untold.leftAt(month, 0))
    }
    for (const month of [5, 8]) {
      expect(tooLate.tableAt(month)).toEqual(inTime.tableAt(month))
      expect(tooLate.leftAt(month, 0)).toEqual(inTime.leftAt(month, 0))
    }
    expect(tooLate.inGroups).toEqual(inTime.inGroups)
    const then = known([user], 4).tableAt(4)
    expect(then).toEqual(inTime.tableAt(4).subarray(0, then.length))
    expect(
      inTime
        .tableAt(4)
        .subarray(then.length)
        .every(each => each === 0),
    ).toBe(true)
  })
})

describe('the curve', () => {
  const members = [member([0, 0, 0, 100, 20, 0], [0, 1, 1, 0, 8, 0]), member([1, 1, 0, 100, 30, 0], [1, 2, 1, 0, 7, 0])]

  test.each([
    [1, [0.25, 0.1]],
    [0, [0.2]],
    [2, [0.25, 0.1, 0]],
  ])('counts only months that are over: until month %d', (last, used) => {
    const curve = curveOf(known(members, last).tableAt(last))
    expect(curve.shares.slice(0, curve.seenAges).map(([fresh]) => Number(fresh!.used.toFixed(3)))).toEqual(used)
  })

  it('says how many will still be used, also in the rest of a month', () => {
    const curve = oneHabit([0.2, 0.1])
    const left = (points: number) => [points, 0, 0, 0]
    expect(toCome(curve, { left: left(80), age: 1, elapsed: 0, lastAge: 1 })).toBe(8)
    expect(toCome(curve, { left: left(80), age: 1, elapsed: 0.5, lastAge: 1 })).toBe(4)
    expect(toCome(curve, { left: left(100), age: 0, elapsed: 0, lastAge: 1 })).toBeCloseTo(28, 10)
    expect(toCome(curve, { left: left(100), age: 5, elapsed: 0, lastAge: 4 })).toBe(0)
  })

  it('points that never expire and go on being used are all used in the end', () => {
    const curve = oneHabit([0.2, 0.2, 0.2])
    expect(toCome(curve, { left: [100, 0, 0, 0], age: 0, elapsed: 0, lastAge: null })).toBeCloseTo(100, 2)
    expect(usedByAge(curve, 2).map(share => Number(share.toFixed(3)))).toEqual([0.2, 0.36, 0.488])
  })

  it('expects more of old points where those hold them who use theirs often', () => {
    const everybody = simulateProgramme({ members: 600, months: 30, lastAge: 24 }, seeded(4))
    const histories = historiesOf(everybody, { oldest: 0, first: 29, last: 29, lastOver: 29 })
    const curve = curveOf(histories.tableAt(29))
    const expected = [1, 2, 3].map(habit => {
      const left = [0, 1, 2, 3].map(each => (each === habit ? 100 : 0))
      return toCome(curve, { left, age: 12, elapsed: 0, lastAge: 24 })
    })
    expect(expected).toEqual([...expected].sort((one, other) => one - other))
    expect(expected[2]! - expected[0]!).toBeGreaterThan(20)
    expect(overdispersionOf(histories.tableAt(29), curve)).toBeGreaterThan(5)
  })

  it('the same seed draws the same curves', () => {
    const draw = () => [...resampledCurves(known(members, 2), { random: seeded(3), replicates: 5 })]
    expect(draw()).toEqual(draw())
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  })
})

test('a year after they were earned, the final use of points is known to two points in a hundred (C10)', () => {
  const found = backTest({ programmes: 40, seed: 11 })
  expect(found.meanError).toBeLessThanOrEqual(0.02)
  expect(found.covered).toBeGreaterThanOrEqual(0.8)
}, 60_000)

test('whatever came back, was taken away or stands with the wrong month, shares are shares and no more is used than is left', () => {
  const month = fc.integer({ min: 0, max: 14 })
  const points = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 500 }) }, fc.integer({ min: -600, max: 0 }))
  const flow = fc.tuple(month, month, month, points, points, points)
  const someone = fc
    .tuple(fc.integer({ min: 0, max: 63 }), fc.array(flow, { minLength: 1, maxLength: 8 }))
    .map(([group, flows]) => ({ group, flows: flows.flat() }))
  fc.assert(
    fc.property(fc.array(someone, { minLength: 1, maxLength: 12 }), fc.nat(), (members, seed) => {
      const histories = known(members, 14)
      const random = seeded(seed)
      const curves = [curveOf(histories.tableAt(14)), ...resampledCurves(histories, { random, replicates: 3 })]
      for (const curve of curves) {
        for (const used of usedByAge(curve, null)) expect(used >= 0 && used <= 1).toBe(true)
        const standing = { left: [100, 0, 50, 20], age: 2, elapsed: 0.25, lastAge: null }
        const overdispersion = overdispersionOf(histories.tableAt(14), curve)
        expect(overdispersion).toBeGreaterThanOrEqual(1)
        for (const chance of [undefined, { random, overdispersion }]) {
          const used = toCome(curve, standing, chance)
          expect(used >= 0 && used <= 170 + 1e-9).toBe(true)
        }
      }
    }),
    { numRuns: 2000 },
  )
})
