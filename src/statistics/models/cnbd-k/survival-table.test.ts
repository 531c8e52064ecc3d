import { expect, it } from 'vitest'
import { betaConstants, SURVIVAL_NUMBERS, survivalSlopes } from './survival-slopes.ts'
import { readSurvival, survivalTable } from './survival-table.ts'

const shapes = [0.3, 5, 1000].flatMap(shape => [0.05, 0.3, 1, 1.6, 5, 20, 50].map(k => ({ k, shape })))

it.each(shapes)('answers as the fraction does, k $k, shape $shape', ({ k, shape }) => {
  const beta = betaConstants(k, shape)
  const middle = Math.log(k / shape)
  const logOdds = Float64Array.from({ length: 3000 }, (_, i) => middle - 10 + (16 * i) / 3000)
  const table = survivalTable(logOdds, logOdds.length, beta)
  expect(table.offsets.some(offset => offset >= 0)).toBe(true)
  const read = new Float64Array(SURVIVAL_NUMBERS)
  const exact = new Float64Array(SURVIVAL_NUMBERS)
  for (const at of logOdds) {
    readSurvival(table, at, read)
    survivalSlopes(at, beta, exact)
    expect(Math.abs(read[0]! - exact[0]!)).toBeLessThan(3e-11 * (1 + Math.abs(exact[0]!)))
    expect(Math.abs(read[1]! - exact[1]!)).toBeLessThan(1e-9 * (1 / k + Math.abs(exact[1]!)))
    expect(Math.abs(read[2]! - exact[2]!)).toBeLessThan(1e-9 * (1 / shape + Math.abs(exact[2]!)))
    expect(Math.abs(read[3]! - exact[3]!)).toBeLessThan(1e-7 * (1 / (k * k) + Math.abs(exact[3]!)))
  }
})

it('computes for whom few ask, and knows nothing of silences of 0', () => {
  const table = survivalTable(Float64Array.of(-Infinity, 0.5, 1.5), 3, betaConstants(1.6, 3))
  expect([...table.offsets]).toEqual([-1, -1])
  const none = survivalTable(Float64Array.of(-Infinity), 1, betaConstants(1.6, 3))
  expect([...none.offsets]).toEqual([-1])
})
