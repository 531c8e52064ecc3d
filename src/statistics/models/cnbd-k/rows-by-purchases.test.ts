import { expect, it } from 'vitest'
import { rowsByPurchases } from './rows-by-purchases.ts'

const base = {
  purchases: Int32Array.from([0, 2, 0, 1, 0, 2]),
  recency: Int32Array.from([0, 20, 0, 7, 0, 30]),
  observed: Int32Array.from([5, 21, 5, 7, 9, 40]),
  logGapSum: Float64Array.from([0, 1, 0, 2, 0, 3]),
}

it('brings the rows into the order of their purchases, and who bought once into one row per silence', () => {
  const rows = rowsByPurchases(base)
  expect(rows.groups).toEqual([
    { purchases: 0, first: 0, end: 2, weight: 3 },
    { purchases: 1, first: 2, end: 3, weight: 1 },
    { purchases: 2, first: 3, end: 5, weight: 2 },
  ])
  expect([...rows.silent]).toEqual([5, 9, 0, 1, 10])
  expect([...rows.weights]).toEqual([2, 1, 1, 1, 1])
  expect([...rows.recency]).toEqual([0, 0, 7, 20, 30])
  expect(rows.customers).toBe(6)
  expect(rows.repeaters).toBe(3)
  expect(rows.logGapSum).toBe(6)
})

it('counts by weight where there are weights', () => {
  const rows = rowsByPurchases({ ...base, weights: Float64Array.from([2, 1, 3, 1, 0, 4]) })
  expect([...rows.weights]).toEqual([5, 0, 1, 1, 4])
  expect(rows.customers).toBe(11)
  expect(rows.repeaters).toBe(6)
  expect(rows.logGapSum).toBe(1 + 2 + 12)
})
