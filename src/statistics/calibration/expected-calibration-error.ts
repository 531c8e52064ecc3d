import { InvalidInput } from '../invalid-input.ts'
import { checkScores } from './check-scores.ts'

/**
 * Expected calibration error: customers are put into equally wide bins of stated probability; in each bin the mean
 * statement is compared with the share that happened, and the distances are averaged by the number of customers.
 *
 * Example: 0.1 0.1 0.9 0.9 with outcomes 0 0 1 0 in 10 bins -> (2 x 0.1 + 2 x 0.4) / 4 = 0.25.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  bins = 10,
): number {
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new InvalidInput([`bins must be a whole number of at least 1, found ${bins}`])
  }
  checkScores({ scores: probabilities, outcomes, probabilities: true })
  const difference = new Float64Array(bins)
  for (let row = 0; row < probabilities.length; row++) {
    const bin = Math.min(bins - 1, Math.floor(probabilities[row]! * bins))
    difference[bin]! += probabilities[row]! - outcomes[row]!
  }
  return difference.reduce((sum, value) => sum + Math.abs(value), 0) / probabilities.length
}
