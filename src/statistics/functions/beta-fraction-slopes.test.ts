import { describe, expect, it } from 'vitest'
import { betaFractionSlopes } from './beta-fraction-slopes.ts'
import { digamma } from './digamma.ts'
import { logIncompleteBeta } from './incomplete-beta.ts'
import { logBeta } from './log-beta.ts'

describe.each([
  [0.2, 2, 5],
  [0.0001, 2.5, 25001.3],
  [0.01, 0.3, 4],
  [0.4, 500, 700],
  [0.3, 12, 1.4],
  // A whole b ends the fraction early, but not its slope in b.
  [0.3, 12, 2],
  [0.2, 4.5, 1],
])('at x %f, a %f, b %f', (x, a, b) => {
  const out = new Float64Array(3)
  betaFractionSlopes(x, a, b, out)

  it('gives ln I_x(a, b) with its front part', () => {
    const front = a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - logBeta(a, b)
    expect((front + out[0]!) / logIncompleteBeta(x, a, b)).toBeCloseTo(1, 11)
  })

  it('gives the slopes that a difference of two values shows', () => {
    const together = digamma(a + b)
    const slopeA = Math.log(x) - 1 / a - (digamma(a) - together) + out[1]!
    const slopeB = Math.log1p(-x) - (digamma(b) - together) + out[2]!
    const h = 1e-4
    const differenceA = (logIncompleteBeta(x, a + h, b) - logIncompleteBeta(x, a - h, b)) / (2 * h)
    const differenceB = (logIncompleteBeta(x, a, b + h) - logIncompleteBeta(x, a, b - h)) / (2 * h)
    expect(slopeA).toBeCloseTo(differenceA, 5)
    expect(slopeB).toBeCloseTo(differenceB, 5)
  })
})
