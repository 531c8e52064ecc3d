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

  it.each(points)('the day grid, exact times and weights agree, at %f %f %f %f', (...point) => {
    const onGrid = evaluate(days, early, point)
    const weighted = evaluate({ ...days, weights: new Float64Array(11).fill(1) }, early, point)
    // One customer a hair beside the grid takes the whole base off it.
    const beside = evaluate({ ...days, observed: days.observed.map(span => span + 1e-8) }, early, point)
    expect(Math.abs(weighted.value / onGrid.value - 1)).toBeLessThan(1e-13)
    expect(Math.abs(beside.value / onGrid.value - 1)).toBeLessThan(1e-7)
    for (let i = 0; i < 16; i++) {
      expect(Math.abs(weighted.hessian[i]! - onGrid.hessian[i]!)).toBeLessThan(
        1e-10 * (1 + Math.abs(onGrid.hessian[i]!)),
      )
    }
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
