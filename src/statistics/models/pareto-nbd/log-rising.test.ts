import { expect, it } from 'vitest'
import { logGamma } from '../../functions/log-gamma.ts'
import { logRising } from './log-rising.ts'

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
