import { describe, expect, it } from 'vitest'
import { InvalidInput } from '../../invalid-input.ts'
import { seeded } from '../../sampling/seeded.ts'
import { checkColumns } from '../columns.ts'
import { simulate } from './simulate.ts'

const parameters = { k: 2, r: 1, alpha: 10, a: 0.5, b: 2 }
const window = (customers: number, days: number, horizon = 0) => ({
  observed: new Float64Array(customers).fill(days),
  horizon,
})

it('makes a sound base that can be repeated from the same source of numbers', () => {
  const once = simulate('mbg', parameters, window(1000, 365, 100), seeded(1))
  expect(() => checkColumns(once.columns)).not.toThrow()
  expect(simulate('mbg', parameters, window(1000, 365, 100), seeded(1))).toEqual(once)
})

it('with k, r, alpha known, gaps of customers who never leave have mean alpha k / (r - 1)', () => {
  const never = { k: 3, r: 400, alpha: 1000, a: 1e-6, b: 1 }
  const { purchases, recency } = simulate('mbg', never, window(500, 730), seeded(2)).columns
  const sum = (column: Iterable<number>) => [...column].reduce((total, value) => total + value, 0)
  expect(sum(recency) / sum(purchases)).toBeCloseTo((1000 * 3) / 399, 0)
})

describe('where leaving is certain', () => {
  const certain = { ...parameters, a: 1e9, b: 1e-3 }
  it('everybody buys once under MBG', () => {
    const { columns, alive } = simulate('mbg', certain, window(200, 365), seeded(3))
    expect(Math.max(...columns.purchases)).toBe(0)
    expect(Math.max(...alive)).toBe(0)
  })

  it('and twice under BG, given the time', () => {
    const { columns, alive } = simulate('bg', certain, window(200, 1e9), seeded(3))
    expect(new Set(columns.purchases)).toEqual(new Set([1]))
    expect(Math.max(...alive)).toBe(0)
  })
})

it('who has left buys no more', () => {
  const { future, alive } = simulate('mbg', parameters, window(2000, 200, 400), seeded(4))
  expect(future.some(count => count > 0)).toBe(true)
  expect(future.every((count, row) => count === 0 || alive[row] === 1)).toBe(true)
})

it('watches nobody longer than the window', () => {
  const { recency, observed } = simulate('mbg', parameters, window(500, 60), seeded(4)).columns
  expect(recency.every((seen, row) => seen <= observed[row]!)).toBe(true)
})

it('refuses a window that is not a span, and parameters that are no model', () => {
  const act = () => simulate('mbg', parameters, { observed: Float64Array.from([1, -1]) }, seeded(1))
  expect(act).toThrow(InvalidInput)
  expect(() => simulate('mbg', { ...parameters, k: -1 }, window(1, 1, -1), seeded(1))).toThrow(/k must be.*horizon/)
})
