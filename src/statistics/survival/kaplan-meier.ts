import { normalQuantile } from '../functions/normal-quantile.ts'
import { type Interval, levelFaults } from '../intervals/interval.ts'
import { refuseAll } from '../invalid-input.ts'

/** What is known of the survivors just after a time at which somebody left. */
export interface SurvivalPoint {
  readonly time: number
  /** Weight of those still watched just before. */
  readonly atRisk: number
  /** Weight of those who left at this time. */
  readonly events: number
  /** Share that outlives this time. */
  readonly survival: number
  /** Greenwood's. */
  readonly standardError: number
  readonly low: number
  readonly high: number
}

export interface SurvivalCurve {
  /** One point per time at which somebody left, in order. Before the first, everybody is there. */
  readonly points: readonly SurvivalPoint[]
  /** Time that half outlive; Infinity where the curve, or a side of its interval, never falls to one half. */
  readonly median: Interval
}

/**
 * How long customers stay when some are still here (Kaplan & Meier 1958): at every time somebody leaves, the share that stays
 * is multiplied by 1 - left / watched. Customers still here when the watch ended count as watched until then.
 * Greenwood's variance on the log-log scale (Kalbfleisch & Prentice), so that intervals stay in [0, 1].
 *
 * Example: times 1 2 3, the second still here -> survival 2/3 after 1, 0 after 3; median 3.
 */
export function kaplanMeier(
  times: ArrayLike<number>,
  observed: ArrayLike<number>,
  { weights, level = 0.95 }: { weights?: ArrayLike<number>; level?: number } = {},
): SurvivalCurve {
  const order = checked(times, observed, weights, level)
  order.sort((one, other) => times[one]! - times[other]!)
  const z = normalQuantile((1 + level) / 2)
  const points: SurvivalPoint[] = []
  let atRisk = 0
  for (const row of order) atRisk += weights ? weights[row]! : 1
  let survival = 1
  let greenwood = 0
  for (let at = 0; at < order.length; ) {
    const time = times[order[at]!]!
    let events = 0
    let gone = 0
    while (at < order.length && times[order[at]!] === time) {
      const row = order[at++]!
      const weight = weights ? weights[row]! : 1
      gone += weight
      if (observed[row] === 1) events += weight
    }
    if (events > 0) {
      // The sums of the weights are rounded; who is left after the last of all is nobody.
      const stay = at === order.length && events === gone ? 0 : Math.max(0, 1 - events / atRisk)
      survival *= stay
      greenwood += stay > 0 ? events / (atRisk * (atRisk - events)) : 0
      points.push({ time, atRisk, events, survival, ...uncertainty(survival, greenwood, z) })
    }
    atRisk -= gone
  }
  const fallsToHalf = (side: 'survival' | 'low' | 'high') => points.find(point => point[side] <= 0.5)?.time ?? Infinity
  return { points, median: { estimate: fallsToHalf('survival'), low: fallsToHalf('low'), high: fallsToHalf('high') } }
}

/**
 * Share that outlives a time, read off the curve.
 *
 * Example: `survivalAt(kaplanMeier([1, 2, 3], [1, 0, 1]), 2.5)` -> 0.6667.
 */
export function survivalAt({ points }: SurvivalCurve, time: number): number {
  let survival = 1
  for (const point of points) {
    if (point.time > time) break
    survival = point.survival
  }
  return survival
}

function uncertainty(survival: number, greenwood: number, z: number) {
  if (survival <= 0) return { standardError: 0, low: 0, high: 0 }
  const half = (z * Math.sqrt(greenwood)) / Math.log(survival)
  return {
    standardError: survival * Math.sqrt(greenwood),
    low: survival ** Math.exp(-half),
    high: survival ** Math.exp(half),
  }
}

function checked(
  times: ArrayLike<number>,
  observed: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  level: number,
): Uint32Array {
  const rows = times.length
  const messages = levelFaults(level)
  if (rows === 0) messages.push('there are no customers')
  if (observed.length !== rows) messages.push(`observed has ${observed.length} rows where times has ${rows}`)
  if (weights && weights.length !== rows) messages.push(`weights has ${weights.length} rows where times has ${rows}`)
  refuseAll(messages)
  const faults = new Map<string, number>()
  const note = (fault: string) => faults.set(fault, (faults.get(fault) ?? 0) + 1)
  let total = 0
  for (let row = 0; row < rows; row++) {
    if (!(times[row]! >= 0 && times[row]! < Infinity)) note('times must be finite numbers of at least 0')
    if (observed[row] !== 0 && observed[row] !== 1) note('observed must be 0 or 1')
    const weight = weights ? weights[row]! : 1
    if (!(weight >= 0 && weight < Infinity)) note('weights must be finite numbers of at least 0')
    total += weight
  }
  for (const [fault, count] of faults) messages.push(`${fault}: ${count} rows`)
  if (messages.length === 0 && total === 0) messages.push('all weights are 0')
  refuseAll(messages)
  return Uint32Array.from({ length: rows }, (_, row) => row).filter(row => !weights || weights[row]! > 0)
}
