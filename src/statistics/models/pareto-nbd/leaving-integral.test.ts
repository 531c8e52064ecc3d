import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'

const between = (min: number, max: number) =>
  fc.double({ min: Math.log(min), max: Math.log(max), noNaN: true }).map(Math.exp)

const integral = (shape: number, alpha: number, s: number, beta: number, from: number, to: number) =>
  leavingIntegral(new Float64Array(LEAVING_MOMENTS), shape, alpha, s, beta, from, to)

it('is known where alpha = beta: s / (shape + s) (1 - ((a + from) / (a + to))^(shape + s))', () => {
  fc.assert(
    fc.property(
      between(1e-3, 1e4),
      between(1e-4, 1e4),
      between(1e-5, 1e3),
      between(1e-4, 1e4),
      between(1e-4, 1e5),
      (shape, scale, s, from, more) => {
        const found = integral(shape, scale, s, scale, from, from + more)
        const wanted = (-s / (shape + s)) * Math.expm1(-(shape + s) * Math.log1p((from + more - from) / (scale + from)))
        expect(Math.abs(found / wanted - 1)).toBeLessThan(1e-12)
      },
    ),
  )
})

it('two parts make the whole', () => {
  fc.assert(
    fc.property(
      fc.tuple(between(1e-3, 1e4), between(1e-4, 1e4), between(1e-5, 1e3), between(1e-4, 1e4)),
      fc.tuple(between(1e-4, 1e4), between(1e-4, 1e5), between(1e-4, 1e5)),
      ([shape, alpha, s, beta], [from, one, two]) => {
        const middle = from + one
        const end = middle + two
        const kept = Math.exp(
          -shape * Math.log((alpha + middle) / (alpha + from)) - s * Math.log((beta + middle) / (beta + from)),
        )
        const parts =
          integral(shape, alpha, s, beta, from, middle) + kept * integral(shape, alpha, s, beta, middle, end)
        expect(Math.abs(parts / integral(shape, alpha, s, beta, from, end) - 1)).toBeLessThan(1e-10)
      },
    ),
  )
})

it('nobody leaves in no time', () => {
  expect(integral(3, 10, 0.6, 11, 5, 5)).toBe(0)
})

it('is never more than s / (beta + from) per unit of time', () => {
  expect(integral(1e4, 10, 0.6, 11, 5, 5.001)).toBeLessThan((0.6 / 16) * 0.001)
})
