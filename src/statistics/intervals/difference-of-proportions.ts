import { refuseAll } from '../invalid-input.ts'
import { countFaults, type Interval, levelFaults } from './interval.ts'
import { wilsonInterval } from './wilson-interval.ts'

/** A count of successes among n customers. */
export interface Count {
  readonly successes: number
  readonly n: number
}

/**
 * Interval for the difference of two independent proportions, first minus second: the hybrid score method (Newcombe 1998,
 * method 10), which combines the distances to the two Wilson limits by Pythagoras.
 *
 * Example: 56 of 70 against 48 of 80 at 0.95 -> 0.2 [0.0524, 0.3339] (Newcombe 1998, table II).
 */
export function differenceOfProportions(first: Count, second: Count, level = 0.95): Interval {
  refuseAll([
    ...countFaults('first: ', first.successes, first.n),
    ...countFaults('second: ', second.successes, second.n),
    ...levelFaults(level),
  ])
  const one = wilsonInterval(first.successes, first.n, level)
  const other = wilsonInterval(second.successes, second.n, level)
  const estimate = one.estimate - other.estimate
  return {
    estimate,
    low: estimate - Math.hypot(one.estimate - one.low, other.high - other.estimate),
    high: estimate + Math.hypot(one.high - one.estimate, other.estimate - other.low),
  }
}
