import { liftOf, type Side } from '#insight/effect/compare.ts'
import { gammaDraw, type RandomSource, seeded } from '#statistics/index.ts'

export interface Trial {
  readonly treated: number
  readonly heldOut: number
  /** What treating somebody adds to their margin, in minor units, on average. */
  readonly effectMinor: number
  /** Looks at the comparison, spread evenly over the customers as they come in; 1 is one look at the end. */
  readonly looks?: number
}

/** Margins as shops see them: many buy nothing, a few a lot, and who bought much before buys much again. */
function drawSide(customers: number, effectMinor: number, random: RandomSource): Side {
  const outcomes = new Float64Array(customers)
  const before = new Float64Array(customers)
  let bought = 0
  for (let index = 0; index < customers; index++) {
    const taste = gammaDraw(0.8, random)
    const buys = () => (random() < Math.min(0.9, 0.25 + 0.3 * taste) ? 2000 * taste * gammaDraw(1.5, random) : 0)
    before[index] = buys()
    const margin = buys()
    outcomes[index] = margin + (effectMinor === 0 ? 0 : effectMinor * gammaDraw(1, random))
    if (margin > 0) bought++
  }
  return { outcomes, before, bought }
}

const firstOf = (side: Side, share: number): Side => {
  const n = Math.round(side.outcomes.length * share)
  return {
    outcomes: Array.from(side.outcomes).slice(0, n),
    before: Array.from(side.before).slice(0, n),
    bought: side.bought,
  }
}

export interface Tried {
  readonly trials: number
  /** Share of trials in which some look found an effect beyond doubt: by the range for ever, and by the range for one look. */
  readonly foundAlways: number
  readonly foundOnce: number
  /** Share of trials whose range held the true effect, at the last look. */
  readonly coveredAlways: number
  readonly coveredOnce: number
  readonly varianceReduction: number
}

/** Repeats a trial whose truth is known and counts how often the ranges tell it. */
export function tryOften({ treated, heldOut, effectMinor, looks = 1 }: Trial, trials: number, seed: number): Tried {
  const sums = { foundAlways: 0, foundOnce: 0, coveredAlways: 0, coveredOnce: 0, varianceReduction: 0 }
  for (let trial = 0; trial < trials; trial++) {
    const random = seeded(seed * 100_000 + trial)
    const [first, second] = [drawSide(treated, effectMinor, random), drawSide(heldOut, 0, random)]
    let [always, once] = [false, false]
    for (let look = 1; look <= looks; look++) {
      const found = liftOf(firstOf(first, look / looks), firstOf(second, look / looks))
      always ||= found.lowMinor > 0 || found.highMinor < 0
      once ||= found.onceLowMinor > 0 || found.onceHighMinor < 0
      if (look < looks) continue
      if (found.lowMinor <= effectMinor && effectMinor <= found.highMinor) sums.coveredAlways++
      if (found.onceLowMinor <= effectMinor && effectMinor <= found.onceHighMinor) sums.coveredOnce++
      sums.varianceReduction += found.varianceReduction
    }
    if (always) sums.foundAlways++
    if (once) sums.foundOnce++
  }
  const share = (sum: number) => Math.round((sum / trials) * 1000) / 1000
  return {
    trials,
    foundAlways: share(sums.foundAlways),
    foundOnce: share(sums.foundOnce),
    coveredAlways: share(sums.coveredAlways),
    coveredOnce: share(sums.coveredOnce),
    varianceReduction: share(sums.varianceReduction),
  }
}
