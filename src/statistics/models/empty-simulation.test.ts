import { expect, it } from 'vitest'
import { emptySimulation } from './empty-simulation.ts'

it('has a row for each time to watch, in which nothing has happened yet', () => {
  const watched = Int32Array.of(10, 0)
  const { columns, future, alive } = emptySimulation(watched)
  expect([...columns.observed]).toEqual([10, 0])
  expect([...columns.weights]).toEqual([1, 1])
  for (const column of [columns.purchases, columns.recency, columns.logGapSum, future, alive]) {
    expect([...column]).toEqual([0, 0])
  }
  columns.observed[0] = 99
  expect(watched[0]).toBe(10)
})

it.each([[-1], [Number.NaN], [Infinity]])('refuses to watch for %f', time => {
  expect(() => emptySimulation(Float64Array.of(3, time))).toThrow(
    `observed must be finite numbers of at least 0, found ${time} at row 1`,
  )
})
