import { InvalidInput } from '../invalid-input.ts'
import type { LogisticCalibration } from './calibration.ts'
import { checkScores } from './check-scores.ts'

/**
 * One line on the logit scale: logit(observed) = intercept + slope logit(stated), by maximum likelihood (Cox 1958; the
 * "logistic recalibration" of the prediction literature). Slope 1 and intercept 0 mean the statements were right; a slope
 * below 1 means they were too bold. Two numbers, so a hundred outcomes suffice where isotonic calibration needs many.
 *
 * One fiftieth of a customer (a 0 and a 1 at both ends of the range) is added, so that perfectly separated outcomes still
 * have a finite answer (cf. Platt 1999) while real samples do not feel it.
 * Example: statements that are already right -> intercept near 0, slope near 1.
 */
export function logisticCalibration(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): LogisticCalibration {
  checkScores({ scores: probabilities, outcomes, weights, probabilities: true, needsBoth: true })
  const rows = probabilities.length
  const logits = Float64Array.from({ length: rows }, (_, row) => logitOf(probabilities[row]!))
  if (logits.every(value => value === logits[0])) {
    throw new InvalidInput(['all probabilities are equal, so no slope can be found'])
  }
  let intercept = 0
  let slope = 1
  for (let step = 0; step < 100; step++) {
    const { gradient, curvature } = slopes(logits, outcomes, weights, intercept, slope)
    const [first, second] = gradient
    const [ii, is, ss] = curvature
    const determinant = ii * ss - is * is
    let interceptMove = (ss * first - is * second) / determinant
    let slopeMove = (ii * second - is * first) / determinant
    const size = Math.max(Math.abs(interceptMove), Math.abs(slopeMove))
    if (!Number.isFinite(size)) break
    // The likelihood is concave, so a shortened Newton step always leads uphill.
    const shorten = Math.min(1, 1 / size)
    interceptMove *= shorten
    slopeMove *= shorten
    intercept += interceptMove
    slope += slopeMove
    if (size < 1e-12) break
  }
  return { kind: 'logistic', intercept, slope }
}

/** ln(p / (1 - p)), with 0 and 1 moved in by 1e-9: a statement of certainty must not outweigh all others. */
export function logitOf(probability: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-9, probability))
  return Math.log(inside / (1 - inside))
}

function slopes(
  logits: Float64Array,
  outcomes: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  intercept: number,
  slope: number,
): { gradient: [number, number]; curvature: [number, number, number] } {
  const gradient: [number, number] = [0, 0]
  const curvature: [number, number, number] = [0, 0, 0]
  const add = (logit: number, outcome: number, weight: number) => {
    const stated = 1 / (1 + Math.exp(-(intercept + slope * logit)))
    const surprise = weight * (outcome - stated)
    const spread = weight * stated * (1 - stated)
    gradient[0] += surprise
    gradient[1] += surprise * logit
    curvature[0] += spread
    curvature[1] += spread * logit
    curvature[2] += spread * logit * logit
  }
  let lowest = Infinity
  let highest = -Infinity
  for (let row = 0; row < logits.length; row++) {
    add(logits[row]!, outcomes[row]!, weights ? weights[row]! : 1)
    lowest = Math.min(lowest, logits[row]!)
    highest = Math.max(highest, logits[row]!)
  }
  for (const end of [lowest, highest]) for (const outcome of [0, 1]) add(end, outcome, 0.005)
  return { gradient, curvature }
}
