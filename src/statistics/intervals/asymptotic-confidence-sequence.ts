import { refuseAll } from '../invalid-input.ts'
import { type Interval, levelFaults } from './interval.ts'

/** An estimated difference as it stands today. */
export interface RunningDifference {
  readonly estimate: number
  /** Squared standard error of the estimate. */
  readonly variance: number
  /** Customers in both groups together. */
  readonly n: number
}

/**
 * An interval that stays valid however often one looks, and whenever one stops (Waudby-Smith, Arbour, Sinha, Kennedy &
 * Ramdas, arXiv 2103.06476): estimate +- sqrt(V n) sqrt(2 (n rho^2 + 1) ln(sqrt(n rho^2 + 1) / alpha)) / (n rho), with
 * rho^2 = (ln(1 - 2 ln alpha) - 2 ln alpha) / N*. It is narrowest near n = N* (`sharpestAt`), and wider than a
 * fixed-sample interval: the price of looking every day.
 *
 * Example: estimate .50336, standard error .33341, n 6,461, N* 1,000, level .95 -> [-.55844, 1.56516].
 */
export function asymptoticConfidenceSequence(
  difference: RunningDifference,
  { level = 0.95, sharpestAt = 1000 }: { level?: number; sharpestAt?: number } = {},
): Interval {
  const { estimate, variance, n } = difference
  const messages = levelFaults(level)
  if (!Number.isFinite(estimate)) messages.push(`estimate must be finite, found ${estimate}`)
  if (!(variance >= 0 && variance < Infinity)) {
    messages.push(`variance must be a finite number of at least 0, found ${variance}`)
  }
  if (!(n >= 1 && n < Infinity)) messages.push(`n must be a number of at least 1, found ${n}`)
  if (!(sharpestAt >= 1 && sharpestAt < Infinity)) {
    messages.push(`sharpestAt must be a number of at least 1, found ${sharpestAt}`)
  }
  refuseAll(messages)
  const alpha = 1 - level
  const rhoSquared = (Math.log(1 - 2 * Math.log(alpha)) - 2 * Math.log(alpha)) / sharpestAt
  const growth = n * rhoSquared + 1
  const half =
    (Math.sqrt(variance * n) * Math.sqrt(2 * growth * Math.log(Math.sqrt(growth) / alpha))) /
    (n * Math.sqrt(rhoSquared))
  return { estimate, low: estimate - half, high: estimate + half }
}
