import { type Chance, gammaDraw, poissonDraw } from './draws.ts'
import type { SpendParameters } from './spend.ts'

/** What a model says of one customer's purchases within a horizon. */
export interface Foreseen {
  readonly expected: number
  /** Probability of none. */
  readonly silence: number
  readonly alive: number
}

/**
 * A count with a given mean and a given probability of none. Whoever has left buys nothing; for whoever has not, the count
 * is negative binomial with the mean and the zeros that the model states, or Poisson where the zeros are as few as chance
 * alone would make them. So every model's own answers shape the spread, whatever it assumes inside.
 *
 * Example: expected 4, silence .5, alive .5 -> nothing in half of the draws, about 8 in the others.
 */
export function purchasesDrawer({ expected, silence, alive }: Foreseen): (chance: Chance) => number {
  const staying = Math.min(1, Math.max(alive, 1 - silence, 1e-9))
  const mean = expected / staying
  const none = Math.min(1, Math.max((silence - (1 - staying)) / staying, 1e-12))
  const shape = shapeOf(mean, -Math.log(none))
  return chance => {
    if (!(mean > 0) || chance() >= staying) return 0
    return poissonDraw(shape === Infinity ? mean : (gammaDraw(shape, chance) * mean) / shape, chance)
  }
}

/** The shape r of the negative binomial of this mean with (1 + mean / r)^-r = e^-c; Infinity is the Poisson. */
function shapeOf(mean: number, c: number): number {
  if (!(c < mean * 0.999)) return Infinity
  let low = Math.log(1e-6)
  let high = Math.log(1e6)
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    const shape = Math.exp(middle)
    if (shape * Math.log1p(mean / shape) < c) low = middle
    else high = middle
  }
  return Math.exp(low)
}

/**
 * What one customer spends on `count` purchases: the own mean is drawn from what past purchases leave open, the purchases
 * around it (gamma-gamma).
 */
export function spendDraw(
  { p, q, gamma }: SpendParameters,
  past: { readonly purchaseDays: number; readonly meanMinor: number },
  draw: { readonly count: number; readonly chance: Chance },
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
