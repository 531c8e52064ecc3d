import { describe, expect, it } from 'vitest'
import { LeavingCurve, TERMS } from './leaving-curve.ts'
import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'

const moments = new Float64Array(LEAVING_MOMENTS)
const models = [
  { r: 0.55, alpha: 74, s: 0.6, beta: 81 },
  { r: 0.5, alpha: 0.3, s: 0.6, beta: 500 },
  { r: 2, alpha: 500, s: 0.01, beta: 0.001 },
  { r: 1e-4, alpha: 5, s: 1e-5, beta: 1e5 },
  { r: 300, alpha: 100, s: 200, beta: 10 },
]

function leavingAt(curve: LeavingCurve, time: number, smaller: number): number {
  const position = Math.log1p(time / smaller) * curve.cellsPerLog
  const cell = curve.cellAt(Math.log1p(time / smaller))
  const place = 2 * (position - cell) - 1
  let value = 0
  for (let k = TERMS - 1; k >= 0; k--) value = value * place + curve.coefficients[TERMS * cell + k]!
  return value
}

describe('what leaves between two moments is the difference of what leaves after each', () => {
  it.each(models)('r $r, alpha $alpha, s $s, beta $beta', parameters => {
    const { r, alpha, s, beta } = parameters
    const smaller = Math.min(alpha, beta)
    const curve = new LeavingCurve(730, parameters)
    for (const purchases of [0, 1, 7, 60, 3000]) {
      curve.fill(purchases, 0)
      for (const [from, to] of [
        [0, 730],
        [0, 0.01],
        [3.14, 99.9],
        [77.7, 78],
        [300.3, 729.99],
      ] as const) {
        const shape = r + purchases
        const wanted = leavingIntegral(moments, shape, alpha, s, beta, from, to)
        const fallen = shape * Math.log((alpha + to) / (alpha + from)) + s * Math.log((beta + to) / (beta + from))
        const found = leavingAt(curve, from, smaller) - Math.exp(-fallen) * leavingAt(curve, to, smaller)
        // Against the probability of silence, in which it is a part.
        expect(Math.abs(found - wanted) / (Math.exp(-fallen) + wanted)).toBeLessThan(1e-13)
      }
    }
  })
})

it('passes slopes on to the parameters', () => {
  const parameters = { r: 0.55, alpha: 12, s: 0.6, beta: 20 }
  // The end is far, so the mass after 30 days may stand for all after it.
  const answer = (at: typeof parameters) => leavingIntegral(moments, at.r + 4, at.alpha, at.s, at.beta, 30, 1e8)
  const curve = new LeavingCurve(400, parameters)
  curve.fill(4, 0)
  const cell = curve.cellAt(Math.log1p(30 / 12))
  const place = 2 * (Math.log1p(30 / 12) * curve.cellsPerLog - cell) - 1
  for (let k = 0; k < TERMS; k++) curve.slopes[TERMS * cell + k] = place ** k
  const gradient = new Float64Array(4)
  curve.addGradient(gradient)
  expect(curve.slopes.every(slope => slope === 0)).toBe(true)
  for (const [i, name] of (['r', 'alpha', 's', 'beta'] as const).entries()) {
    const step = 1e-5 * parameters[name]
    const up = answer({ ...parameters, [name]: parameters[name] + step })
    const down = answer({ ...parameters, [name]: parameters[name] - step })
    expect(gradient[i]! / ((up - down) / (2 * step))).toBeCloseTo(1, 7)
  }
})
