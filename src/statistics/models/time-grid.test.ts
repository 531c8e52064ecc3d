import { expect, it } from 'vitest'
import { findTimeGrid } from './time-grid.ts'

const columns = (recency: ArrayLike<number>, observed: ArrayLike<number>) => ({
  purchases: Float64Array.from(recency, span => (span > 0 ? 1 : 0)),
  recency: Float64Array.from(recency),
  observed: Float64Array.from(observed),
})

it.each([
  ['days', [0, 30, 201], [10, 272, 272], { stepsPerUnit: 1, lastStep: 272 }],
  ['whole days in weeks', [0, 213 / 7, 3 / 7 + 1 / 7], [272 / 7, 272 / 7, 100 / 7], { stepsPerUnit: 7, lastStep: 272 }],
  ['every other day', [4, 0, 12], [14, 8, 30], { stepsPerUnit: 0.5, lastStep: 15 }],
  ['noon once', [3, 0.5, 12], [14, 7, 30], { stepsPerUnit: 2, lastStep: 60 }],
  ['everybody came on the last day', [0], [0], { stepsPerUnit: 1, lastStep: 0 }],
  ['a recency beside the grid', [1.00001, 1], [3, 3], undefined],
  ['an observation beside the grid', [1, 1], [3.3000001, 3], undefined],
  ['more steps than a table should hold', [1], [70_000], undefined],
])('%s', (_, recency, observed, grid) => {
  expect(findTimeGrid(columns(recency, observed))).toEqual(grid)
})

it('weeks written as days / 7, of many customers', () => {
  const days = Float64Array.from({ length: 500 }, (_, i) => (i * 37) % 501)
  const weeks = columns(
    days.map(d => d / 7),
    days.map(() => 501 / 7),
  )
  expect(findTimeGrid(weeks)).toEqual({ stepsPerUnit: 7, lastStep: 501 })
  expect(findTimeGrid(weeks, 501)).toBeDefined()
  expect(findTimeGrid(weeks, 500)).toBeUndefined()
})

it('none where times have hours and minutes, or one of them that is not asked for the step', () => {
  const days = Float64Array.from({ length: 5000 }, (_, i) => i % 300)
  const irregular = days.map((d, i) => d + Math.abs(Math.sin(i)))
  expect(findTimeGrid(columns(days, irregular))).toBeUndefined()
  const almost = Float64Array.from(days)
  almost[1234] = 77.000001
  expect(findTimeGrid(columns(days, days))).toEqual({ stepsPerUnit: 1, lastStep: 299 })
  expect(findTimeGrid(columns(days, almost))).toBeUndefined()
})
