import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { qiniCoefficient, qiniCurve, upliftAtShare, upliftCoefficient, upliftCurve } from './uplift.ts'

const small = { scores: [3, 2, 1, 0], outcomes: [1, 0, 1, 0], treated: [1, 0, 1, 0] }

it('equals the examples', () => {
  expect([...qiniCurve(small).gain]).toEqual([0, 1, 1, 2, 2])
  expect([...upliftCurve(small).gain]).toEqual([0, 1, 2, 3, 4])
})

it('the best possible order scores 1, its reverse below 0', () => {
  const columns = { outcomes: [1, 0, 0, 1], treated: [1, 1, 0, 0] }
  expect(qiniCoefficient({ ...columns, scores: [2, 1, 1, 0] })).toBeCloseTo(1, 12)
  expect(qiniCoefficient({ ...columns, scores: [0, 1, 1, 2] })).toBeLessThan(0)
  expect(upliftCoefficient({ ...columns, scores: [3, 1, 2, 0] })).toBeGreaterThan(0)
})

it('a score that is the same for everybody is worth nothing', () => {
  const same = { ...small, scores: [1, 1, 1, 1] }
  expect(qiniCoefficient(same)).toBe(0)
  expect(upliftCoefficient(same)).toBe(0)
  expect(upliftAtShare(same, 0.5)).toBe(1)
})

const anyColumns = fc
  .array(fc.record({ score: fc.integer({ min: 0, max: 5 }), outcome: fc.nat(1), treated: fc.nat(1) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter(rows => rows.some(({ treated }) => treated === 1) && rows.some(({ treated }) => treated === 0))
const columnsOf = (rows: readonly { score: number; outcome: number; treated: number }[]) => ({
  scores: rows.map(({ score }) => score),
  outcomes: rows.map(({ outcome }) => outcome),
  treated: rows.map(({ treated }) => treated),
})

describe('for every experiment', () => {
  it('the order of the rows never matters', () => {
    fc.assert(
      fc.property(anyColumns, rows => {
        const forward = columnsOf(rows)
        const backward = columnsOf(rows.toReversed())
        for (const answer of [qiniCoefficient, upliftCoefficient, upliftAtShare]) {
          expect(answer(backward)).toBeCloseTo(answer(forward), 10)
        }
      }),
    )
  })

  it('both coefficients are finite', () => {
    fc.assert(
      fc.property(anyColumns, rows => {
        expect(qiniCoefficient(columnsOf(rows))).toSatisfy(Number.isFinite)
        expect(upliftCoefficient(columnsOf(rows))).toSatisfy(Number.isFinite)
      }),
    )
  })

  it('a share of 1 is the plain difference of the means', () => {
    fc.assert(
      fc.property(anyColumns, rows => {
        const mean = (flag: number) => {
          const group = rows.filter(({ treated }) => treated === flag)
          return group.reduce((sum, { outcome }) => sum + outcome, 0) / group.length
        }
        expect(upliftAtShare(columnsOf(rows), 1)).toBeCloseTo(mean(1) - mean(0), 10)
      }),
    )
  })
})

it('refuses what is no experiment, all faults at once', () => {
  expect(() => qiniCoefficient({ scores: [Number.NaN, 1], outcomes: [2, 0], treated: [3, 1] })).toThrow(
    /scores must be finite.*outcomes must be 0 or 1.*treated must be 0 or 1/,
  )
  expect(() => qiniCurve({ scores: [1, 2], outcomes: [1, 0], treated: [1, 1] })).toThrow(/held-out/)
  expect(() => upliftCurve({ scores: [1], outcomes: [], treated: [] })).toThrow(/outcomes has 0.*treated has 0/)
  expect(() => upliftAtShare(small, 0)).toThrow(/share/)
})
