import { incompleteBeta, wilsonInterval } from '#statistics/index.ts'
import type { PromiseClock } from './terms.ts'

/**
 * The quantile after Harrell and Davis (1982): a weighted mean of all ordered values, steadier in small samples than any one of
 * them. Values must be sorted.
 *
 * Example: the median of [1, 2, 3] -> 2.
 */
export function quantileOf(sorted: readonly number[], share: number): number {
  const n = sorted.length
  const [a, b] = [(n + 1) * share, (n + 1) * (1 - share)]
  let before = 0
  let sum = 0
  for (const [index, value] of sorted.entries()) {
    const upTo = index === n - 1 ? 1 : incompleteBeta((index + 1) / n, a, b)
    sum += (upTo - before) * value
    before = upTo
  }
  return sum
}

export interface WouldKeep {
  readonly minutes: number
  /** Between which times it lies, by the ranks of the binomial; null on the side where the sample does not reach. */
  readonly fromMinutes: number | null
  readonly toMinutes: number | null
}

/**
 * The time that would have been kept in so many of a hundred cases, rounded up to what one can say. Cases that never ended
 * count as longer than all others; where they are too many, no time would do, and none is proposed.
 *
 * Example: 100 deliveries of 1 to 100 hours, 95 % -> about 96 hours; 10 of 100 never delivered -> null.
 */
export function wouldKeep(minutes: readonly number[], neverEnded: number, share = 0.95): WouldKeep | null {
  const sorted = [...minutes].sort((one, other) => one - other)
  const all = sorted.length + neverEnded
  const ofEnded = (share * all) / Math.max(1, sorted.length)
  if (sorted.length < 10 || ofEnded >= 1) return null
  const spread = 1.96 * Math.sqrt(all * share * (1 - share))
  const atRank = (rank: number) => (rank >= 1 && rank <= sorted.length ? sayable(sorted[rank - 1]!) : null)
  return {
    minutes: sayable(quantileOf(sorted, ofEnded)),
    fromMinutes: atRank(Math.floor(all * share - spread)),
    toMinutes: atRank(Math.ceil(all * share + spread)),
  }
}

/** Up to the next five minutes, beyond two hours the next hour, beyond a week the next day. Example: 2,851 -> 2,880. */
export function sayable(minutes: number): number {
  const step = minutes <= 120 ? 5 : minutes <= 10_080 ? 60 : 1440
  return Math.max(step, Math.ceil(minutes / step) * step)
}

export interface Observed {
  readonly minutes: readonly number[]
  readonly neverEnded: number
  readonly kept: number
  readonly broken: number
  readonly costMinor: number
  readonly days: number
  readonly isOverBudget: boolean
}

/** So many decided cases before a promise is called one that cannot be kept. */
const enough = 30
const bar = 0.95

/**
 * Whether a promise should be changed, to what, and what that would save. Only where it is surely kept in less than 95 of 100, or where
 * this month's budget is spent: paying was right all the same.
 *
 * Example: 60 of 100 kept within 48 hours, 95 within 71 -> 71 hours, at an eighth of the cost.
 */
export function proposalFor(clock: PromiseClock | null, observed: Observed) {
  const { kept, broken, costMinor, days, isOverBudget } = observed
  const decided = kept + broken
  const isNotKept = decided >= enough && wilsonInterval(kept, decided).high < bar
  if (!isNotKept && !isOverBudget) return null
  const canBeTimed = clock !== null && clock.kind !== 'by'
  const time = canBeTimed ? wouldKeep(observed.minutes, observed.neverEnded) : null
  // A shorter time than the one promised is no way out of a budget.
  const longer = time && clock && clock.kind !== 'by' && time.minutes > clock.minutes ? time : null
  const yearly = 365 / days
  const each = broken > 0 ? costMinor / broken : 0
  return {
    why: isNotKept ? ('not-kept' as const) : ('over-budget' as const),
    minutes: longer?.minutes ?? null,
    fromMinutes: longer?.fromMinutes ?? null,
    toMinutes: longer?.toMinutes ?? null,
    cases: decided,
    costPerYearMinor: Math.round(costMinor * yearly),
    costPerYearThenMinor: longer ? Math.round(decided * (1 - bar) * each * yearly) : null,
  }
}
