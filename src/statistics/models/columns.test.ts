import { expect, it } from 'vitest'
import type { InvalidInput } from '../invalid-input.ts'
import { forEachBlock } from './blocks.ts'
import { checkColumns, everyNth, forEachRow } from './columns.ts'

const sound = {
  purchases: Int32Array.of(0, 2, 1),
  recency: Float64Array.of(0, 30.5, 7),
  observed: Float64Array.of(39, 38.5, 7),
}
const faultsOf = (columns: Parameters<typeof checkColumns>[0]): readonly string[] => {
  try {
    checkColumns(columns)
    return []
  } catch (error) {
    return (error as InvalidInput).messages
  }
}

it('takes a base of either kind of array', () => {
  expect(faultsOf(sound)).toEqual([])
  expect(faultsOf({ ...sound, purchases: Float64Array.from(sound.purchases) })).toEqual([])
})

it.each([
  [
    'half a purchase',
    { purchases: Float64Array.of(0, 1.5, 1) },
    /^purchases must be a whole number.*: 1 rows, first at row 1$/,
  ],
  ['endless purchases', { purchases: Float64Array.of(0, Infinity, 1) }, /^purchases must be a whole number/],
  ['no number at all', { purchases: Float64Array.of(Number.NaN, 2, 1) }, /^purchases must be a whole number/],
  [
    'a last purchase after the end',
    { recency: Float64Array.of(0, 40, 7) },
    /^recency must not exceed observed: 1 rows, first at row 1$/,
  ],
  [
    'an end before the beginning',
    { observed: Float64Array.of(-1, 38.5, 7) },
    /^observed must be a finite number of at least 0/,
  ],
  ['an endless observation', { observed: Float64Array.of(Infinity, 38.5, 7) }, /^observed must be a finite number/],
  ['a second purchase on the first day', { recency: Float64Array.of(0, 0, 7) }, /^recency must be positive/],
  [
    'recency without repeat purchases',
    { recency: Float64Array.of(3, 30, 7) },
    /^without repeat purchases recency must be 0/,
  ],
  ['columns of unequal length', { recency: Float64Array.of(0) }, /^recency has 1 rows where purchases has 3$/],
  ['a negative weight', { weights: Float64Array.of(1, -1, 1) }, /^weights must be.*: 1 rows, first at row 1$/],
  ['no weight at all', { weights: Float64Array.of(0, 0, 0) }, /^all weights are 0$/],
  ['a sum of logarithms beyond the possible', { logGapSum: Float64Array.of(0, 99, 1) }, /^logGapSum exceeds/],
])('refuses %s', (_, change, message) => {
  expect(faultsOf({ ...sound, ...change })[0]).toMatch(message)
})

it('names the row of a fault far down, and counts how often it occurs', () => {
  const rows = 20_000
  const purchases = new Float64Array(rows)
  const observed = new Float64Array(rows).fill(10)
  purchases[15_000] = -1
  purchases[19_999] = -1
  expect(faultsOf({ purchases, recency: new Float64Array(rows), observed })[0]).toBe(
    'purchases must be a whole number of at least 0: 2 rows, first at row 15000',
  )
})

it('takes every n-th customer', () => {
  const columns = {
    purchases: new Float64Array(10),
    recency: new Float64Array(10),
    observed: Int32Array.from({ length: 10 }, (_, i) => i),
  }
  expect([...everyNth(columns, 4).observed]).toEqual([0, 3, 6, 9])
  expect(everyNth(columns, 10)).toBe(columns)
})

it('visits every row once, in blocks of one kind of array', () => {
  const rows = 20_001
  const columns = {
    purchases: new Int32Array(rows),
    recency: new Float64Array(rows),
    observed: Int32Array.from({ length: rows }, (_, row) => row),
  }
  const seen: number[] = []
  forEachBlock(columns, block => {
    expect(block.purchases).toBeInstanceOf(Float64Array)
    expect(block.first).toBe(seen.length)
    for (let i = 0; i < block.rows; i++) seen.push(block.observed[i]!)
  })
  expect(seen).toEqual([...columns.observed])
  expect(forEachRow(columns, ({ observed }) => observed)).toEqual(Float64Array.from(columns.observed))
})
