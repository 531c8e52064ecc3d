import { expect, it } from 'vitest'
import { logGamma } from './log-gamma.ts'
import { addLogRising, logRising } from './log-rising.ts'

it('is the logarithm of 2 x 3 x 4 with both its slopes', () => {
  const out = new Float64Array(3)
  addLogRising(2, 0, 3, out)
  expect(out[0]).toBeCloseTo(Math.log(24), 14)
  expect(out[1]).toBeCloseTo(13 / 12, 14)
  expect(out[2]).toBeCloseTo(-61 / 144, 14)
  expect(logRising(2, 3)).toBeCloseTo(Math.log(24), 14)
})

it('of no factors is nothing', () => {
  const out = new Float64Array(3)
  addLogRising(0.3, 5, 5, out)
  expect([...out]).toEqual([0, 0, 0])
  expect(logRising(0.3, 0)).toBe(0)
})

it.each([0.008, 0.5, 17, 3000])('is the same in one stride as step by step, z %f', z => {
  const stride = new Float64Array(3)
  const steps = new Float64Array(3)
  addLogRising(z, 0, 1000, stride)
  for (let k = 0; k < 1000; k++) addLogRising(z, k, k + 1, steps)
  for (let i = 0; i < 3; i++) expect(Math.abs(stride[i]! / steps[i]! - 1)).toBeLessThan(1e-11)
  expect(logRising(z, 1000)).toBeCloseTo(steps[0]!, 8)
})

it.each([
  [2, 3, Math.log(24)],
  [1, 100, logGamma(101)],
  [0.5, 0, 0],
  [0.25, 60, logGamma(60.25) - logGamma(0.25)],
  [3, 5000, logGamma(5003) - logGamma(3)],
])('ln of %f and its next: %i factors', (r, count, answer) => {
  expect(Math.abs(logRising(r, count) - answer)).toBeLessThan(1e-14 * Math.max(1, answer))
})

it('keeps its digits where two log-gammas would cancel', () => {
  // 1e9 (1e9 + 1) ... (1e9 + 99): 100 ln 1e9 + 4950e-9 - ...
  expect(logRising(1e9, 100)).toBeCloseTo(100 * Math.log(1e9) + 4950e-9 - 0.5 * 328_350e-18, 10)
})
