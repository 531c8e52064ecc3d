import { incompleteBeta } from './incomplete-beta.ts'
import { inverseIncompleteBetaLogOdds } from './inverse-incomplete-beta.ts'

/**
 * The t below which a Student variable with the given degrees of freedom falls with probability p, 0 < p < 1.
 *
 * If T is Student with v degrees of freedom, T^2 / v is the odds of a Beta(1/2, v/2) variable (A&S 26.7.1).
 * Example: `studentQuantile(0.975, 10)` -> 2.2281388519862744.
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (p === 0.5) return 0
  if (p < 0.5) return -studentQuantile(1 - p, degreesOfFreedom)
  const logOdds = inverseIncompleteBetaLogOdds(2 * p - 1, 0.5, degreesOfFreedom / 2)
  return Math.sqrt(degreesOfFreedom) * Math.exp(logOdds / 2)
}

/** Probability that |T| exceeds |t|: the two-sided p-value. Example: `studentTwoSided(2.228, 10)` -> 0.05001. */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5)
}
