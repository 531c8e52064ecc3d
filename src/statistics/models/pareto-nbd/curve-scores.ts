import type { Columns } from '../columns.ts'
import { MOST_COUNTED } from './base.ts'
import { FEWEST_ON_CURVE, LeavingCurve, polynomialAt, TERMS } from './leaving-curve.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** More cells than this (a horizon of ages) and curves no longer pay. */
const MOST_CELLS = 200

export interface SilenceCurves {
  /** Whether a curve stands for this number of purchases. */
  has(purchases: number): boolean
  /** Writes P(alive) and the probability of silence within the horizon. */
  write(purchases: number, recency: number, observed: number, out: Float64Array): void
}

/**
 * P(alive) and silence of customers at times on no grid, for each number of purchases that enough of them share: with
 * V(t) = A(t)/A(t_x) (1 - leaving(t)) + leaving(t_x), P(alive) is A(T)/A(t_x) / V(T), and silence V(T + horizon) / V(T).
 */
export function silenceCurves(
  parameters: ParetoNbdParameters,
  { purchases, observed }: Columns,
  horizon: number,
): SilenceCurves | undefined {
  const { r, alpha, s, beta } = parameters
  const counted = new Int32Array(MOST_COUNTED)
  let longest = 0
  for (let row = 0; row < purchases.length; row++) {
    if (purchases[row]! < MOST_COUNTED) counted[purchases[row]!]!++
    if (observed[row]! > longest) longest = observed[row]!
  }
  const curve = new LeavingCurve(longest + horizon, parameters)
  if (curve.lastCell >= MOST_CELLS) return undefined
  const size = curve.coefficients.length
  const shared = [...counted.keys()].filter(x => counted[x]! >= FEWEST_ON_CURVE)
  const coefficients = new Float64Array(size * shared.length)
  const slotOf = new Int32Array(MOST_COUNTED).fill(-1)
  for (const [i, x] of shared.entries()) {
    curve.fill(x, 0)
    coefficients.set(curve.coefficients, size * i)
    slotOf[x] = size * i
  }
  const smaller = Math.min(alpha, beta)
  const leavingAfter = (slot: number, time: number) => {
    const logTime = Math.log1p(time / smaller)
    const cell = curve.cellAt(logTime)
    return polynomialAt(coefficients, slot + TERMS * cell, 2 * (logTime * curve.cellsPerLog - cell) - 1)
  }
  return {
    has: x => x < MOST_COUNTED && slotOf[x]! >= 0,
    write(x, start, end, out) {
      const slot = slotOf[x]!
      const left = leavingAfter(slot, start)
      const stayedUntil = (time: number) =>
        Math.exp(
          -(r + x) * Math.log1p((time - start) / (alpha + start)) - s * Math.log1p((time - start) / (beta + start)),
        )
      const stayed = stayedUntil(end)
      const now = stayed * (1 - leavingAfter(slot, end)) + left
      out[0] = stayed / now
      out[1] =
        horizon === 0
          ? 1
          : Math.min(1, (stayedUntil(end + horizon) * (1 - leavingAfter(slot, end + horizon)) + left) / now)
    },
  }
}
