import { expect, it } from 'vitest'
import { applyCalibration } from './apply-calibration.ts'

const curve = { kind: 'isotonic', probabilities: [0.2, 0.4, 0.7], frequencies: [0.1, 0.5, 0.5] } as const

it.each([
  [0, 0.1],
  [0.2, 0.1],
  [0.3, 0.3],
  [0.4, 0.5],
  [0.55, 0.5],
  [1, 0.5],
])('the curve through (0.2, 0.1) (0.4, 0.5) (0.7, 0.5) says %f -> %f', (stated, calibrated) => {
  expect(applyCalibration(curve, stated)).toBeCloseTo(calibrated, 14)
})

it('the line with intercept 0 and slope 1 changes nothing', () => {
  for (const stated of [0.001, 0.3, 0.5, 0.99]) {
    expect(applyCalibration({ kind: 'logistic', intercept: 0, slope: 1 }, stated)).toBeCloseTo(stated, 14)
  }
})

it('certainty stays a probability', () => {
  const line = { kind: 'logistic', intercept: 0.5, slope: 0.8 } as const
  for (const stated of [0, 1]) {
    expect(applyCalibration(line, stated)).toBeGreaterThan(0)
    expect(applyCalibration(line, stated)).toBeLessThan(1)
  }
})
