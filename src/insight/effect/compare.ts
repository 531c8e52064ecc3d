import { adjustForCovariate, asymptoticConfidenceSequence, cuped, describePairedSample } from '#statistics/index.ts'
import type { Lift, Verdict } from './contract.ts'

/** One side: a row for each customer, in minor units. `before` was known when the lot was drawn. */
export interface Side {
  readonly outcomes: ArrayLike<number>
  readonly before: ArrayLike<number>
  /** How many of them bought within the horizon. */
  readonly bought: number
}

/** Each side needs so many customers, and so many who bought: with fewer, an interval of means is not to be believed. */
export const enough = { customers: 100, buyers: 20 } as const

/** Example: 900 treated (300 bought) against 100 held out (25 bought) -> true; against 99 -> false. */
export function isEnough(treated: Side, heldOut: Side): boolean {
  return [treated, heldOut].every(side => side.outcomes.length >= enough.customers && side.bought >= enough.buyers)
}

/**
 * What treating changed for a customer: mean outcome of the treated less that of the held out, after what customers did before
 * is taken out of both (CUPED). `low` and `high` hold however often one looks (asymptotic confidence sequence), `onceLow`
 * and `onceHigh` for one look at the end (Welch).
 *
 * Example: 2,000 and 2,000 customers of mean 110 and 100, variance 10,000, nothing known before -> 10 [-2.3, 22.3]; looked at
 * once [3.8, 16.2].
 */
export function liftOf(treated: Side, heldOut: Side, level = 0.95): Lift & { readonly varianceReduction: number } {
  const first = describePairedSample(treated.outcomes, treated.before)
  const second = describePairedSample(heldOut.outcomes, heldOut.before)
  const once = cuped(first, second, { level })
  const n = first.n + second.n
  const centre = (first.n * first.covariateMean + second.n * second.covariateMean) / n
  const variance = [first, second].reduce((sum, side) => {
    const adjusted = adjustForCovariate(side, once.theta, centre)
    return sum + adjusted.variance / adjusted.n
  }, 0)
  const always = asymptoticConfidenceSequence({ estimate: once.estimate, variance, n }, { level, sharpestAt: 2000 })
  return {
    estimateMinor: once.estimate,
    lowMinor: always.low,
    highMinor: always.high,
    onceLowMinor: once.low,
    onceHighMinor: once.high,
    level,
    varianceReduction: once.varianceReduction,
  }
}

/**
 * What the comparison says. Only an interval that leaves out zero says that something earns or loses; that it no longer earns
 * is said where it did for those assigned earlier and costs more than it brings for those assigned lately.
 *
 * Example: net 3 [1, 5] -> earns; net 3 [-1, 7] -> cannot-tell; earlier 4 [2, 6], lately -3 [-5, -1] -> no-longer.
 */
export function verdictOf(found: {
  readonly heldOutCustomers: number
  readonly net: Pick<Lift, 'lowMinor' | 'highMinor'> | null
  readonly earlier: Pick<Lift, 'lowMinor'> | null
  readonly recent: Pick<Lift, 'highMinor'> | null
}): Verdict {
  const { heldOutCustomers, net, earlier, recent } = found
  if (heldOutCustomers === 0) return 'no-control'
  if (net === null) return 'not-enough'
  if (earlier && recent && earlier.lowMinor > 0 && recent.highMinor < 0) return 'no-longer'
  if (net.highMinor < 0) return 'costs-more'
  return net.lowMinor > 0 ? 'earns' : 'cannot-tell'
}

const daysOfMonth = 365.25 / 12

/**
 * Months until the added margin has paid what treating a customer cost. Null where nothing was added.
 *
 * Example: ¥6 spent, ¥12 more margin in 60 days -> about one month. Nothing spent -> 0.
 */
export function paybackMonths(costMinor: number, marginMinor: number, horizonDays: number): number | null {
  if (costMinor <= 0) return 0
  return marginMinor > 0 ? (costMinor / marginMinor) * (horizonDays / daysOfMonth) : null
}
