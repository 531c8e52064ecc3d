import type { RandomSource } from '#statistics/index.ts'
import { gammaDraw, poissonDraw } from './draws.ts'
import type { SpendParameters } from './spend.ts'

/** What a model says of one customer's purchases within a horizon, and what the customer's own pace rests on. */
export interface Foreseen {
  readonly expected: number
  /** Within the first quarter of the horizon. */
  readonly expectedSoon: number
  readonly alive: number
  /** How sure the pace is: r + x in every model of this family, one for each purchase seen and a little for the base. */
  readonly paceShape: number
}

/**
 * A count of purchases around what a model expects. Whoever has left buys nothing. Whoever has not buys at a pace that is
 * known as well as past purchases tell it, until leaving: at a constant hazard, chosen so that the purchases expected soon
 * and those expected within the whole horizon are both met. So every model's own answers shape the spread.
 *
 * Example: expected 1 soon and 4 in all, alive .5 -> nothing in half of the draws, about 8 in the others.
 */
export function purchasesDrawer({
  expected,
  expectedSoon,
  alive,
  paceShape,
}: Foreseen): (chance: RandomSource) => number {
  const staying = Math.min(1, Math.max(alive, 1e-9))
  const hazard = hazardOf(expected / expectedSoon)
  // Purchases within the horizon of somebody who never leaves.
  const whole = (expected / staying) * (hazard > 0 ? hazard / -Math.expm1(-hazard) : 1)
  return chance => {
    if (!(expected > 0) || chance() >= staying) return 0
    const share = hazard > 0 ? Math.min(1, -Math.log(1 - chance()) / hazard) : 1
    const pace = (gammaDraw(paceShape, chance) * whole) / paceShape
    return poissonDraw(pace * share, chance)
  }
}

/** The hazard h per horizon with (1 - e^-h) / (1 - e^(-h / 4)) = ratio; 0 where the quarters are alike (ratio 4 or more). */
function hazardOf(ratio: number): number {
  if (!(ratio < 3.999)) return 0
  let low = 1e-6
  let high = 200
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (Math.expm1(-middle) / Math.expm1(-middle / 4) > ratio) low = middle
    else high = middle
  }
  return low
}

/**
 * What one customer spends on `count` purchases: the own mean is drawn from what past purchases leave open, the purchases
 * around it (gamma-gamma).
 */
export function spendDraw(
  { p, q, gamma }: SpendParameters,
  past: { readonly purchaseDays: number; readonly meanMinor: number },
  draw: { readonly count: number; readonly chance: RandomSource },
): number {
  if (draw.count === 0) return 0
  const rate = gamma + past.purchaseDays * past.meanMinor
  const scale = gammaDraw(q + p * past.purchaseDays, draw.chance) / rate
  return gammaDraw(p * draw.count, draw.chance) / scale
}

/** The value below which a share of sorted draws lies. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share
  const below = Math.floor(at)
  const from = sorted[below] ?? 0
  return from + ((sorted[below + 1] ?? from) - from) * (at - below)
}
