import { expect, it } from 'vitest'
import { gaussSum } from './gauss-sum.ts'

const sumBy = (length: number, f: (n: number) => number) => {
  const { places, weights } = gaussSum(length)
  return places.reduce((sum, place, i) => sum + weights[i]! * f(place), 0)
}
const sumAll = (length: number, f: (n: number) => number) => {
  let sum = 0
  for (let n = 0; n < length; n++) sum += f(n)
  return sum
}

it('adds a thousand squares with twelve values', () => {
  expect(sumBy(1000, n => n * n) / 332_833_500).toBeCloseTo(1, 13)
})

it.each([13, 14, 20, 57, 1000, 100_000])('is exact up to degree 23 over %i numbers', length => {
  for (const degree of [0, 1, 7, 22, 23]) {
    const f = (n: number) => ((n + 1) / length) ** degree
    expect(sumBy(length, f) / sumAll(length, f)).toBeCloseTo(1, 12)
  }
})

it.each([16, 64, 1024, 3_000_000])('adds what is smooth over an octave: 1/n from %i on', length => {
  const f = (n: number) => 1 / (length + n)
  expect(sumBy(length, f) / sumAll(length, f)).toBeCloseTo(1, 11)
})
