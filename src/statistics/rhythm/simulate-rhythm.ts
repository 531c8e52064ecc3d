import { InvalidInput } from '../invalid-input.ts'
import { checkParameters, type RhythmParameters } from './rhythm.ts'
import type { RhythmColumns } from './rhythm-columns.ts'

/** A source of numbers in [0, 1); passed in, so that a simulation can be repeated. */
export type RandomSource = () => number

/** Customers join evenly over the first days and all are watched until the same last day. */
export interface ObservationWindow {
  readonly joinWithinDays: number
  readonly observedDays: number
}

/**
 * Invents n customers who live exactly as MBG/CNBD-k says: each draws a rate and a chance to leave, buys, and after every
 * purchase stays or leaves. What the merchant would have seen by the last day comes back as columns.
 *
 * Example: with a = 1e9, b = 1 everybody leaves at once, so every row has no gaps.
 */
export function simulateRhythm(
  parameters: RhythmParameters,
  n: number,
  random: RandomSource,
  { joinWithinDays, observedDays }: ObservationWindow = { joinWithinDays: 90, observedDays: 730 },
): Required<RhythmColumns> {
  checkParameters(parameters)
  const messages: string[] = []
  if (!(Number.isInteger(n) && n > 0)) messages.push(`n must be a whole number of at least 1, found ${n}`)
  if (!(joinWithinDays >= 0 && joinWithinDays <= observedDays && observedDays < Infinity)) {
    messages.push(`joinWithinDays must lie between 0 and observedDays, found ${joinWithinDays} and ${observedDays}`)
  }
  if (messages.length > 0) throw new InvalidInput(messages)
  const { k, r, alpha, a, b } = parameters
  const columns = {
    gaps: new Float64Array(n),
    gapDaysSum: new Float64Array(n),
    logGapSum: new Float64Array(n),
    silentDays: new Float64Array(n),
    weights: new Float64Array(n).fill(1),
  }
  for (let customer = 0; customer < n; customer++) {
    const rate = Math.max(gammaDraw(r, random) / alpha, 1e-300)
    const leaving = betaDraw(a, b, random)
    const watchedDays = observedDays - random() * joinWithinDays
    let day = 0
    while (random() >= leaving) {
      const gap = Math.max(gammaDraw(k, random) / rate, 1e-9)
      if (day + gap > watchedDays) break
      day += gap
      columns.gaps[customer]!++
      columns.logGapSum[customer]! += Math.log(gap)
    }
    columns.gapDaysSum[customer] = day
    columns.silentDays[customer] = watchedDays - day
  }
  return columns
}

function betaDraw(a: number, b: number, random: RandomSource): number {
  const first = gammaDraw(a, random)
  const second = gammaDraw(b, random)
  return first + second > 0 ? first / (first + second) : a / (a + b)
}

/** Marsaglia & Tsang (2000); shapes below 1 are drawn one higher and scaled back by a power of a uniform number. */
function gammaDraw(shape: number, random: RandomSource): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = normalDraw(random)
    const cubeRoot = 1 + c * normal
    if (cubeRoot <= 0) continue
    const cube = cubeRoot * cubeRoot * cubeRoot
    const uniform = 1 - random()
    if (Math.log(uniform) < 0.5 * normal * normal + d * (1 - cube + Math.log(cube))) return d * cube
  }
}

/** Box & Muller (1958). */
function normalDraw(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
