import { describe, expect, it } from 'vitest'
import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'
import { LeavingTable } from './leaving-table.ts'

const days = Float64Array.from({ length: 401 }, (_, day) => day)
const moments = new Float64Array(LEAVING_MOMENTS)

describe('a table holds what the integral answers one by one', () => {
  it.each([
    { r: 0.55, alpha: 74, s: 0.6, beta: 81 },
    { r: 0.5, alpha: 0.3, s: 0.6, beta: 500 },
    { r: 2, alpha: 500, s: 0.01, beta: 0.001 },
  ])('r $r, alpha $alpha, s $s, beta $beta', parameters => {
    const { r, alpha, s, beta } = parameters
    const table = new LeavingTable(days, parameters)
    for (const [purchases, first] of [
      [0, 0],
      [1, 1],
      [2, 5],
      [9, 30],
    ] as const) {
      expect(table.moveTo(purchases, first)).toBe(true)
      for (const day of [first, first + 1, 77, 399]) {
        const place = day === 0 ? 0 : day + table.shift
        const wanted = leavingIntegral(moments, r + purchases, alpha, s, beta, day, 400)
        expect(Math.abs(table.leaving[place]! / wanted - 1)).toBeLessThan(1e-13)
        const fallen =
          (r + purchases) * Math.log((alpha + day) / (alpha + first)) + s * Math.log((beta + day) / (beta + first))
        expect(Math.abs(table.stay[place]! * Math.exp(fallen) - 1)).toBeLessThan(1e-12)
      }
    }
  })
})

it('says so where the days are too coarse for the parameters, or the fall too deep for numbers', () => {
  const table = new LeavingTable(days, { r: 0.5, alpha: 5, s: 0.6, beta: 5 })
  expect(table.moveTo(3, 1)).toBe(true)
  expect(table.moveTo(60, 1)).toBe(false)
  expect(table.moveTo(60, 200)).toBe(true)
  expect(new LeavingTable(days, { r: 0.5, alpha: 1e-3, s: 0.6, beta: 5 }).moveTo(150, 1)).toBe(false)
})

it('passes slopes on to the parameters', () => {
  const parameters = { r: 0.55, alpha: 12, s: 0.6, beta: 20 }
  // An answer that adds up leaving at 3 places of 2 numbers of purchases, and one fall.
  const answer = (at: typeof parameters) => {
    const table = new LeavingTable(days, at)
    const gradient = new Float64Array(4)
    let sum = 0
    for (const purchases of [1, 4]) {
      table.moveTo(purchases, 2)
      for (const place of [2, 50, 300]) {
        sum += place * table.leaving[place + table.shift]!
        table.slopeByLeaving[place + table.shift] = place
      }
      const last = 100 + table.shift
      sum += 7 * ((at.r + purchases) * table.logAlpha[last]! + at.s * table.logBeta[last]!)
      table.slopeByFall[last] = 7
      table.takeSlopes()
    }
    table.addGradient(gradient)
    return { sum, gradient }
  }
  const { gradient } = answer(parameters)
  for (const [i, name] of (['r', 'alpha', 's', 'beta'] as const).entries()) {
    const step = 1e-5 * parameters[name]
    const up = answer({ ...parameters, [name]: parameters[name] + step }).sum
    const down = answer({ ...parameters, [name]: parameters[name] - step }).sum
    expect(gradient[i]! / ((up - down) / (2 * step))).toBeCloseTo(1, 7)
  }
})
