import { describe, expect, it } from 'vitest'
import { findTimeGrid } from './time-grid.ts'

const numbers = (...values: number[]) => Float64Array.from(values)

describe('the coarsest grid on which all times lie', () => {
  it.each([
    ['days', numbers(3, 0, 12), numbers(14, 7, 30), { step: 1, cells: 30 }],
    ['every other day', numbers(4, 0, 12), numbers(14, 8, 30), { step: 2, cells: 15 }],
    ['everybody first came today', numbers(0, 0), numbers(0, 0), { step: 1, cells: 1 }],
    ['noon once', numbers(3, 0.5, 12), numbers(14, 7, 30), { step: 0.5, cells: 60 }],
  ])('%s', (_, recency, observed, grid) => {
    expect(findTimeGrid(recency, observed)).toEqual(grid)
  })

  it('weeks written as days / 7', () => {
    const days = Float64Array.from({ length: 500 }, (_, i) => (i * 37) % 501)
    const grid = findTimeGrid(
      days.map(d => d / 7),
      days.map(() => 501 / 7),
    )
    expect(grid?.cells).toBe(501)
    expect(grid?.step).toBeCloseTo(1 / 7, 15)
  })

  it('none where times have hours and minutes, or one of them has', () => {
    const days = Float64Array.from({ length: 5000 }, (_, i) => i % 300)
    expect(
      findTimeGrid(
        days,
        days.map((d, i) => d + Math.abs(Math.sin(i))),
      ),
    ).toBeUndefined()
    const almost = Float64Array.from(days)
    almost[1234] = 77.000001
    expect(findTimeGrid(days, almost)).toBeUndefined()
  })
})
