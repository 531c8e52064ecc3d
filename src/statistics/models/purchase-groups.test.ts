import { describe, expect, it } from 'vitest'
import { groupByPurchases } from './purchase-groups.ts'

const base = {
  purchases: Int32Array.of(5000, 1, 0, 1_000_000, 1, 5000, 0),
  recency: Int32Array.of(9, 1, 0, 8, 2, 7, 0),
  observed: Int32Array.of(10, 10, 4, 10, 10, 10, 4),
}

it('orders customers by purchases, also by very many, and keeps one-timers apart', () => {
  const groups = groupByPurchases(base)
  expect([...groups.purchases]).toEqual([1, 5000, 1_000_000])
  expect([...groups.counts]).toEqual([2, 2, 1])
  expect([...groups.starts]).toEqual([0, 2, 4, 5])
  expect([...groups.rows.recency]).toEqual([1, 2, 9, 7, 8])
  expect(groups.oneTimers).toEqual({ observed: Float64Array.of(4), weights: Float64Array.of(2) })
  expect(groups.customers).toBe(7)
})

describe('carries weights along', () => {
  const weights = Float64Array.of(1, 2, 3, 4, 5, 6, 7)
  const sorted = Float64Array.of(2, 5, 1, 6, 4)

  it('on the grid', () => {
    const groups = groupByPurchases({ ...base, weights })
    expect(groups.rows.weights).toEqual(sorted)
    expect(groups.rows.recency).toEqual(Uint16Array.of(1, 2, 9, 7, 8))
    expect(groups.oneTimers).toEqual({ observed: Float64Array.of(4), weights: Float64Array.of(10) })
    expect([...groups.counts]).toEqual([7, 7, 4])
    expect(groups.customers).toBe(28)
  })

  it('and off it', () => {
    const observed = Float64Array.of(10, 10, Math.PI, 10, 10, 10, 4)
    const groups = groupByPurchases({ ...base, observed, weights })
    expect(groups.rows).toEqual({
      grid: undefined,
      recency: Float64Array.of(1, 2, 9, 7, 8),
      observed: Float64Array.of(10, 10, 10, 10, 10),
      weights: sorted,
    })
    expect(groups.oneTimers).toEqual({ observed: Float64Array.of(Math.PI, 4), weights: Float64Array.of(3, 7) })
    expect([...groups.counts]).toEqual([7, 7, 4])
    expect(groups.customers).toBe(28)
  })
})

it('a base without repeat purchases has no groups', () => {
  const groups = groupByPurchases({
    purchases: Int32Array.of(0),
    recency: Int32Array.of(0),
    observed: Int32Array.of(3),
  })
  expect([...groups.purchases]).toEqual([])
  expect(groups.customers).toBe(1)
})
