import { expect, it } from 'vitest'
import { findTimeGrid } from './time-grid.ts'

const columns = (recency: number[], observed: number[]) => ({
  purchases: Float64Array.from(recency, span => (span > 0 ? 1 : 0)),
  recency: Float64Array.from(recency),
  observed: Float64Array.from(observed),
})

it.each([
  ['days', [0, 30, 200], [10, 272, 272], { stepsPerUnit: 1, lastStep: 272 }],
  ['whole days in weeks', [0, 213 / 7, 3 / 7 + 1 / 7], [272 / 7, 272 / 7, 100 / 7], { stepsPerUnit: 7, lastStep: 272 }],
  ['everybody came on the last day', [0], [0], { stepsPerUnit: 1, lastStep: 0 }],
  ['half days', [0, 0.5], [3, 3], undefined],
  ['a recency beside the grid', [1.00001], [3], undefined],
  ['an observation beside the grid', [1], [3.3], undefined],
  ['more steps than a table should hold', [1], [70_000], undefined],
])('%s', (_, recency, observed, grid) => {
  expect(findTimeGrid(columns(recency, observed))).toEqual(grid)
})
