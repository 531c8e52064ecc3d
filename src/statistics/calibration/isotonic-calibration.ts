import type { IsotonicCalibration } from './calibration.ts'
import { checkScores } from './check-scores.ts'

/**
 * The rising curve nearest to the outcomes in squared distance: pool adjacent violators (Ayer, Brunk et al. 1955).
 *
 * Each pool is kept as two points, its lowest and highest statement with the frequency observed in it; between pools
 * the curve is a straight line. Assumes only that a higher statement never means a lower chance. Needs some hundred outcomes.
 * Example: statements 0.2 0.4 0.6 with outcomes 1 0 1 -> 0.5 from 0.2 to 0.4, and 1 from 0.6 on.
 */
export function isotonicCalibration(
  probabilities: ArrayLike<number>,
  outcomes: ArrayLike<number>,
  weights?: ArrayLike<number>,
): IsotonicCalibration {
  const order = checkScores({ scores: probabilities, outcomes, weights, probabilities: true })
  order.sort((one, other) => probabilities[one]! - probabilities[other]!)
  const pools: { from: number; to: number; weight: number; mean: number }[] = []
  for (const row of order) {
    const weight = weights ? weights[row]! : 1
    if (weight === 0) continue
    const at = probabilities[row]!
    const last = pools.at(-1)
    // Equal statements are one point of the curve from the start; otherwise the curve could not be a function.
    if (last && last.from === at && last.to === at) {
      last.mean += (weight * (outcomes[row]! - last.mean)) / (last.weight + weight)
      last.weight += weight
    } else {
      pools.push({ from: at, to: at, weight, mean: outcomes[row]! })
    }
  }
  const curve: typeof pools = []
  for (const pool of pools) {
    curve.push({ ...pool })
    while (curve.length > 1 && curve.at(-2)!.mean >= curve.at(-1)!.mean) {
      const upper = curve.pop()!
      const lower = curve.at(-1)!
      lower.mean = (lower.mean * lower.weight + upper.mean * upper.weight) / (lower.weight + upper.weight)
      lower.weight += upper.weight
      lower.to = upper.to
    }
  }
  const points = curve.flatMap(({ from, to, mean }) =>
    from === to
      ? [[from, mean]]
      : [
          [from, mean],
          [to, mean],
        ],
  )
  return {
    kind: 'isotonic',
    probabilities: points.map(([probability]) => probability!),
    frequencies: points.map(([, frequency]) => frequency!),
  }
}
