import fc from 'fast-check'
import { expect, it } from 'vitest'
import { chebyshevPoints, lagrangeBasis, tabulatedLine, tabulatedSurface } from './polynomial-pieces.ts'

it('turns values into coefficients', () => {
  expect([...lagrangeBasis(Float64Array.of(-1, 1))]).toEqual([0.5, -0.5, 0.5, 0.5])
  expect(chebyshevPoints(2)[0]).toBeCloseTo(Math.SQRT1_2, 15)
})

it('answers a line as the function does, also after many questions', () => {
  const line = tabulatedLine(u => Math.log1p(Math.exp(u)), 1.25)
  fc.assert(
    fc.property(fc.double({ min: -6, max: 6, noNaN: true }), u => {
      expect(Math.abs(line(u) - Math.log1p(Math.exp(u)))).toBeLessThan(1e-11)
    }),
    { numRuns: 2000 },
  )
})

it('asks the function no more once a piece is known', () => {
  let asked = 0
  const line = tabulatedLine(u => {
    asked++
    return u
  }, 1)
  for (let i = 0; i < 1000; i++) line(i / 1000)
  expect(asked).toBe(28)
})

it('answers a surface as the function does', () => {
  const f = (u: number, v: number) => 1 / (1 + Math.exp(u + v)) + Math.cos(v)
  const surface = tabulatedSurface(f, 1.25)
  fc.assert(
    fc.property(fc.double({ min: -2, max: 2, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true }), (u, v) => {
      expect(Math.abs(surface(u, v) - f(u, v))).toBeLessThan(1e-7)
    }),
    { numRuns: 3000 },
  )
})
