import { expect, it } from 'vitest'
import { logConcaveIntegral } from './log-concave-integral.ts'
import { logGamma } from './log-gamma.ts'

it('the exponential integrates to 1', () => {
  expect(
    logConcaveIntegral(
      y => -y,
      () => -1,
      0,
      Infinity,
    ),
  ).toBeCloseTo(0, 15)
})

it.each([0.01, 0.5, 1, 3, 40, 1e4])(
  'Gamma(%f) over the logarithm of its variable, from the left and from the right',
  shape => {
    const f = (y: number) => shape * y - Math.exp(y)
    const slope = (y: number) => shape - Math.exp(y)
    const far = 8 + Math.log(shape + 10)
    const found = logConcaveIntegral(f, slope, -Infinity, far)
    expect(Math.abs(found - logGamma(shape))).toBeLessThan(1e-12 * Math.max(1, Math.abs(logGamma(shape))))
    expect(logConcaveIntegral(f, slope, -40 / shape - 5, Infinity)).toBeCloseTo(found, 10)
  },
)

it('never overflows, whatever the height', () => {
  expect(
    logConcaveIntegral(
      y => 5000 - y,
      () => -1,
      0,
      Infinity,
    ),
  ).toBeCloseTo(5000, 11)
})
