import type { Calibration } from './calibration.ts'
import { logitOf } from './logistic-calibration.ts'

/**
 * What a stated probability has meant in the past. Never falls as the statement rises (for a logistic slope above 0).
 *
 * Example: isotonic points (0.2, 0.1) and (0.4, 0.5): 0.3 -> 0.3, 0.05 -> 0.1, 0.9 -> 0.5.
 */
export function applyCalibration(calibration: Calibration, probability: number): number {
  if (calibration.kind === 'logistic') {
    return 1 / (1 + Math.exp(-(calibration.intercept + calibration.slope * logitOf(probability))))
  }
  const { probabilities, frequencies } = calibration
  let low = 0
  let high = probabilities.length - 1
  if (probability <= probabilities[low]!) return frequencies[low]!
  if (probability >= probabilities[high]!) return frequencies[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (probabilities[middle]! <= probability) low = middle
    else high = middle
  }
  const share = (probability - probabilities[low]!) / (probabilities[high]! - probabilities[low]!)
  return frequencies[low]! + share * (frequencies[high]! - frequencies[low]!)
}
