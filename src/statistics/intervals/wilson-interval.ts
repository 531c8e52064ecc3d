import { normalQuantile } from '../functions/normal-quantile.ts'
import { refuseAll } from '../invalid-input.ts'
import { countFaults, type Interval, levelFaults } from './interval.ts'

/**
 * Score interval for a proportion (Wilson 1927): the values p whose own standard error reaches the observed share.
 *
 * Unlike share +- 1.96 errors it never leaves [0, 1] and says something sensible about 0 of n.
 * Example: 81 of 263 at 0.95 -> 0.3080 [0.2553, 0.3662] (Newcombe 1998, table I).
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  refuseAll([...countFaults('', successes, n), ...levelFaults(level)])
  const z = -normalQuantile((1 - level) / 2)
  const share = successes / n
  const shrink = 1 + (z * z) / n
  const middle = (share + (z * z) / (2 * n)) / shrink
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  // At the ends the formula gives exactly 0 and 1, but not its rounding.
  return {
    estimate: share,
    low: successes === 0 ? 0 : Math.max(0, middle - half),
    high: successes === n ? 1 : Math.min(1, middle + half),
  }
}
