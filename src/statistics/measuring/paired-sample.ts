import { type Sample, sampleFaults } from '../intervals/sample.ts'
import { refuseAll } from '../invalid-input.ts'

/** A group of customers with, for each, an outcome and something known of the customer before the act began. */
export interface PairedSample extends Sample {
  readonly covariateMean: number
  /** Divided by n - 1, like `variance`. */
  readonly covariateVariance: number
  readonly covariance: number
}

/** Below this a double keeps fewer digits the smaller it is. */
const SMALLEST_NORMAL = 2 ** -1022

/**
 * Describes a group by its outcomes and its covariates, in two passes.
 *
 * Example: outcomes 1 2 3, covariates 2 4 6 -> mean 2, variance 1, covariateMean 4, covariateVariance 4, covariance 2.
 */
export function describePairedSample(outcomes: ArrayLike<number>, covariates: ArrayLike<number>): PairedSample {
  const n = outcomes.length
  if (covariates.length !== n) refuseAll([`covariates has ${covariates.length} rows where outcomes has ${n}`])
  let mean = 0
  let covariateMean = 0
  for (let row = 0; row < n; row++) {
    mean += outcomes[row]! / n
    covariateMean += covariates[row]! / n
  }
  let squares = 0
  let covariateSquares = 0
  let products = 0
  for (let row = 0; row < n; row++) {
    const outcome = outcomes[row]! - mean
    const covariate = covariates[row]! - covariateMean
    squares += outcome * outcome
    covariateSquares += covariate * covariate
    products += outcome * covariate
  }
  const degrees = Math.max(n - 1, 1)
  // A spread whose square has lost its digits to underflow is none, and nothing can go along with it.
  const variance = squares < SMALLEST_NORMAL ? 0 : squares / degrees
  const covariateVariance = covariateSquares < SMALLEST_NORMAL ? 0 : covariateSquares / degrees
  const covariance = variance === 0 || covariateVariance === 0 ? 0 : products / degrees
  return { n, mean, variance, covariateMean, covariateVariance, covariance }
}

/**
 * What the group would look like if nobody differed in the covariate: mean Y - theta (mean X - centre), variance
 * var Y + theta^2 var X - 2 theta cov. `centre` is the same for all groups that are compared, so it never matters to
 * their difference.
 *
 * Example: theta 0.5 on outcomes 1 2 3 with covariates 2 4 6, centre 4 -> mean 2, variance 0.
 */
export function adjustForCovariate(sample: PairedSample, theta: number, centre: number): Sample {
  refuseAll(pairedSampleFaults('sample', sample))
  const variance = sample.variance + theta * theta * sample.covariateVariance - 2 * theta * sample.covariance
  return {
    n: sample.n,
    mean: sample.mean - theta * (sample.covariateMean - centre),
    // Rounding may leave a variance of -1e-20 where the covariate explains everything.
    variance: Math.max(variance, 0),
  }
}

export function pairedSampleFaults(label: string, sample: PairedSample): string[] {
  const faults = sampleFaults(label, sample)
  const { covariateMean, covariateVariance, covariance, variance } = sample
  if (!Number.isFinite(covariateMean)) faults.push(`${label}: covariateMean must be finite, found ${covariateMean}`)
  if (!(covariateVariance >= 0 && covariateVariance < Infinity)) {
    faults.push(`${label}: covariateVariance must be a finite number of at least 0, found ${covariateVariance}`)
  }
  // Cauchy and Schwarz: whoever breaks this has mixed up the columns. By roots, because small squares underflow.
  else if (!(Math.abs(covariance) <= Math.sqrt(variance) * Math.sqrt(covariateVariance) * (1 + 5e-10))) {
    faults.push(`${label}: covariance ${covariance} is impossible with these variances`)
  }
  return faults
}
