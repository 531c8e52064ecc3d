import { expect, it } from 'vitest'
import { expectedCalibrationError } from './expected-calibration-error.ts'

it.each([
  ['two bins, each off', [0.1, 0.1, 0.9, 0.9], [0, 0, 1, 0], 10, 0.25],
  ['right in every bin', [0.5, 0.5, 1, 0], [1, 0, 1, 0], 10, 0],
  ['one bin sees only the mean', [0.2, 0.8], [1, 0], 1, 0],
  ['certainty belongs to the last bin', [1, 0.95], [1, 1], 10, 0.025],
] as const)('%s', (_, probabilities, outcomes, bins, error) => {
  expect(expectedCalibrationError(probabilities, outcomes, bins)).toBeCloseTo(error, 14)
})

it('refuses half a bin', () => {
  expect(() => expectedCalibrationError([0.5], [1], 0.5)).toThrow('bins must be a whole number')
})
