import { expect, it } from 'vitest'
import { describeSample } from './sample.ts'

it('describes a list by its number, mean and variance', () => {
  const { n, mean, variance } = describeSample([1, 2, 3, 4])
  expect(n).toBe(4)
  expect(mean).toBeCloseTo(2.5, 14)
  expect(variance).toBeCloseTo(5 / 3, 14)
})

it('keeps the variance of numbers far from zero', () => {
  expect(describeSample([1e9 + 1, 1e9 + 2, 1e9 + 3]).variance).toBeCloseTo(1, 6)
})

it('one number has no spread', () => {
  expect(describeSample([7])).toEqual({ n: 1, mean: 7, variance: 0 })
})
