import { levelFaults } from '../intervals/interval.ts'
import { type WelchInterval, welchInterval } from '../intervals/welch-interval.ts'
import { refuseAll } from '../invalid-input.ts'
import { adjustForCovariate, type PairedSample, pairedSampleFaults } from './paired-sample.ts'

export interface CupedInterval extends WelchInterval {
  /** Outcome per unit of the covariate. */
  readonly theta: number
  /** Share of the variance of the difference that the covariate took away; never below 0 by more than rounding. */
  readonly varianceReduction: number
}

/**
 * The difference of two means, first minus second, with less noise: what customers did before the act explains a part of
 * what they do after it, and that part is taken out of both groups alike (CUPED: Deng, Xu, Kohavi & Walker 2013). The
 * covariate must be known before the act; one that the act can change takes the effect away with it.
 *
 * theta = cov(Y, X) / var(X), of both groups together with the weights that leave the difference least variance; Welch's
 * interval on Y - theta (X - mean X).
 * Example: outcomes 1 2 3 5 against 1 2 3 4, covariates 1 2 3 4 in both -> 0.25 [-0.3052, 0.8052], theta 1.15; without the
 * covariate [-2.42, 2.92].
 */
export function cuped(
  first: PairedSample,
  second: PairedSample,
  { level = 0.95, theta = pooledSlope(first, second) }: { level?: number; theta?: number } = {},
): CupedInterval {
  const messages = [
    ...pairedSampleFaults('first', first),
    ...pairedSampleFaults('second', second),
    ...levelFaults(level),
  ]
  if (messages.length === 0 && !Number.isFinite(theta)) messages.push(`theta must be finite, found ${theta}`)
  refuseAll(messages)
  const centre = (first.n * first.covariateMean + second.n * second.covariateMean) / (first.n + second.n)
  const firstAdjusted = adjustForCovariate(first, theta, centre)
  const secondAdjusted = adjustForCovariate(second, theta, centre)
  const plain = first.variance / first.n + second.variance / second.n
  const adjusted = firstAdjusted.variance / first.n + secondAdjusted.variance / second.n
  return {
    ...welchInterval(firstAdjusted, secondAdjusted, level),
    theta,
    varianceReduction: plain > 0 ? 1 - adjusted / plain : 0,
  }
}

/** The slope that takes most variance out of the difference; 0 where the covariate is the same for everybody. */
function pooledSlope(first: PairedSample, second: PairedSample): number {
  const spread = first.covariateVariance / first.n + second.covariateVariance / second.n
  return spread > 0 ? (first.covariance / first.n + second.covariance / second.n) / spread : 0
}
