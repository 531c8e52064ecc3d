import { studentQuantile, studentTwoSided } from '../functions/student-quantile.ts'
import { refuseAll } from '../invalid-input.ts'
import { type Interval, levelFaults } from './interval.ts'
import { type Sample, sampleFaults } from './sample.ts'

export interface WelchInterval extends Interval {
  readonly degreesOfFreedom: number
  /** Two-sided: how often chance alone would show a difference at least this large. */
  readonly pValue: number
}

/**
 * Interval for the difference of two means, first minus second, without assuming equal variances (Welch 1947, with the
 * degrees of freedom of Welch and Satterthwaite). Valid when looked at once; for daily looking see
 * asymptoticConfidenceSequence.
 *
 * Example: (n 10, mean 5, variance 4) against (n 12, mean 3, variance 9) -> 2 [-0.2430, 4.2430], 19.19 degrees.
 */
export function welchInterval(first: Sample, second: Sample, level = 0.95): WelchInterval {
  refuseAll([...sampleFaults('first', first), ...sampleFaults('second', second), ...levelFaults(level)])
  const estimate = first.mean - second.mean
  const firstPart = first.variance / first.n
  const secondPart = second.variance / second.n
  const variance = firstPart + secondPart
  if (variance === 0) {
    const degreesOfFreedom = first.n + second.n - 2
    return { estimate, low: estimate, high: estimate, degreesOfFreedom, pValue: estimate === 0 ? 1 : 0 }
  }
  const degreesOfFreedom = variance ** 2 / (firstPart ** 2 / (first.n - 1) + secondPart ** 2 / (second.n - 1))
  const error = Math.sqrt(variance)
  const half = studentQuantile((1 + level) / 2, degreesOfFreedom) * error
  return {
    estimate,
    low: estimate - half,
    high: estimate + half,
    degreesOfFreedom,
    pValue: studentTwoSided(estimate / error, degreesOfFreedom),
  }
}
