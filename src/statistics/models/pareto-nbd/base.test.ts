import { describe, expect, it } from 'vitest'
import { MOST_COUNTED, sortBase } from './base.ts'

/** 100 newcomers, 100 who came once, one who came twice and one beyond counting. */
const purchases = Float64Array.from({ length: 202 }, (_, row) => [0, 1][Math.floor(row / 100)] ?? [2, 5000][row - 200]!)
const recency = purchases.map((x, row) => (x === 0 ? 0 : 3 + (row % 4)))
const observed = purchases.map((_, row) => 10 + (row % 5))
const weights = purchases.map((_, row) => (row === 201 ? 4 : 2))

describe('on a grid of days', () => {
  const base = sortBase({ purchases, recency, observed, weights })

  it('counts by weight', () => {
    expect(base.customers).toBe(406)
    expect(base.repeaters).toBe(206)
    expect(base.purchases).toBe(100 * 2 + 2 * 2 + 4 * 5000)
    expect(base.observed).toBe(observed.reduce((sum, time, row) => sum + time * weights[row]!, 0))
  })

  it('knows how many bought more than k times, of those who can be counted', () => {
    expect([...base.moreThan.slice(0, 3)]).toEqual([206, 6, 4])
    expect(base.moreThan.length).toBe(MOST_COUNTED)
  })

  it('has newcomers by how long they were watched, blocks of those alike, and rows of the rest', () => {
    expect([...base.times]).toEqual([...Array(15).keys()])
    expect([...base.newcomers.slice(10)]).toEqual([40, 40, 40, 40, 40])
    expect(base.blocks.map(block => [block.purchases, block.recency.length, block.first])).toEqual([
      [1, 100, 3],
      [2, 1, 3],
    ])
    expect([...base.rows.purchases]).toEqual([5000])
    expect([...base.lastSeen.slice(3, 7)]).toEqual([52, 50, 50, 50])
    expect(base.lastSeenPurchases[3]).toBe(54)
  })
})

describe('beside any grid', () => {
  const base = sortBase({ purchases, recency, observed: observed.map((time, row) => time + Math.abs(Math.sin(row))) })

  it('has blocks of those alike, newcomers too, and rows of the rest', () => {
    expect(base.curves.map(block => [block.purchases, block.observed.length, block.first])).toEqual([
      [0, 100, 0],
      [1, 100, 3],
    ])
    expect([...base.rows.purchases]).toEqual([2, 5000])
    expect(base.blocks).toEqual([])
    expect(base.longest).toBe(Math.max(...base.curves.flatMap(block => [...block.observed]), ...base.rows.observed))
    expect(base.rows.weights).toBeUndefined()
  })
})
