import { describe, expect, it } from 'vitest'
import { groupByPurchases } from '../purchase-groups.ts'
import { bgNbdObjective, type EarlyChances } from './objective.ts'

const days = {
  purchases: Float64Array.of(0, 0, 1, 1, 1, 2, 3, 7, 7, 90, 0),
  recency: Float64Array.of(0, 0, 10, 25, 100, 60, 99, 50, 120, 200, 0),
  observed: Float64Array.of(200, 35, 200, 30, 100, 150, 100, 180, 121, 200, 0),
}
const points = [
  [-0.5, 2, -0.3, 0.7],
  [0.8, 3, 1.5, -1.2],
  [-3, -4, -2, 4],
]
const evaluate = (columns: Parameters<typeof groupByPurchases>[0], early: EarlyChances, point: number[]) => {
  const gradient = new Float64Array(4)
  const hessian = new Float64Array(16)
  const value = bgNbdObjective(groupByPurchases(columns), early)(Float64Array.from(point), gradient, hessian)
  return { value, gradient, hessian }
}

describe.each([0, 1] as const)('with %i early chances to leave', early => {
  it.each(points)('slopes and curvature are those that differences show, at %f %f %f %f', (...point) => {
    const { gradient, hessian } = evaluate(days, early, point)
    const h = 1e-5
    for (let i = 0; i < 4; i++) {
      const above = evaluate(
        days,
        early,
        point.map((at, j) => (i === j ? at + h : at)),
      )
      const below = evaluate(
        days,
        early,
        point.map((at, j) => (i === j ? at - h : at)),
      )
      const slope = (above.value - below.value) / (2 * h)
      expect(Math.abs(gradient[i]! - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope)))
      for (let j = 0; j < 4; j++) {
        const bend = (above.gradient[j]! - below.gradient[j]!) / (2 * h)
        expect(Math.abs(hessian[4 * i + j]! - bend)).toBeLessThan(1e-6 * (1 + Math.abs(bend)))
      }
    }
  })

  it.each(points)('the day grid and exact times agree, with weights and without, at %f %f %f %f', (...point) => {
    const once = new Float64Array(11).fill(1)
    for (const weights of [undefined, Float64Array.of(1, 2.5, 0, 3, 0.5, 4, 1.5, 2, 7, 0.1, 6)]) {
      const onGrid = evaluate(weights ? { ...days, weights } : days, early, point)
      // Nobody, seen at a time that is no day, takes the whole base off the grid and adds nothing.
      const nobody = (column: Float64Array, value: number) => Float64Array.of(...column, value)
      const offGrid = evaluate(
        {
          purchases: nobody(days.purchases, 0),
          recency: nobody(days.recency, 0),
          observed: nobody(days.observed, 10 * Math.PI),
          weights: nobody(weights ?? once, 0),
        },
        early,
        point,
      )
      expect(Math.abs(offGrid.value / onGrid.value - 1)).toBeLessThan(1e-13)
      for (const part of ['gradient', 'hessian'] as const) {
        for (const [i, value] of onGrid[part].entries()) {
          expect(Math.abs(offGrid[part][i]! - value)).toBeLessThan(1e-10 * (1 + Math.abs(value)))
        }
      }
    }
  })

  it('weights count like repetition, where a group is tabled too', () => {
    const twice = (column: Float64Array) => Float64Array.from({ length: 22 * 300 }, (_, i) => column[i % 11]!)
    const once = (column: Float64Array) => twice(column).subarray(0, 11 * 300)
    const columnsBy = (taken: typeof once) => ({
      purchases: taken(days.purchases),
      recency: taken(days.recency),
      observed: taken(days.observed),
    })
    const weighted = evaluate({ ...columnsBy(once), weights: new Float64Array(11 * 300).fill(2) }, early, points[0]!)
    const repeated = evaluate(columnsBy(twice), early, points[0]!)
    expect(Math.abs(weighted.value / repeated.value - 1)).toBeLessThan(1e-13)
    for (let i = 0; i < 16; i++) expect(Math.abs(weighted.hessian[i]! / repeated.hessian[i]! - 1)).toBeLessThan(1e-10)
  })

  it('many customers of one group are summed as each alone', () => {
    const many = (column: Float64Array) => Float64Array.from({ length: 11 * 300 }, (_, i) => column[i % 11]!)
    const repeated = { purchases: many(days.purchases), recency: many(days.recency), observed: many(days.observed) }
    const one = evaluate(days, early, points[0]!)
    const all = evaluate(repeated, early, points[0]!)
    expect(Math.abs(all.value / (300 * one.value) - 1)).toBeLessThan(1e-13)
    for (let i = 0; i < 16; i++) {
      expect(Math.abs(all.hessian[i]! / (300 * one.hessian[i]!) - 1)).toBeLessThan(1e-10)
    }
  })
})
