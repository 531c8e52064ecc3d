import type { Box } from '../../optimisation/box.ts'
import { type CurvedObjective, newton } from '../../optimisation/newton.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { checkPositive } from '../history.ts'
import { reportFit } from '../report-fit.ts'
import { checkCohorts, type SbgParameters, type SurvivalCounts, sbgNames } from './parameters.ts'

/** Logarithms of a and b. */
const box: Box = { lower: [-9, -9], upper: [9, 9] }

/** Log-variance from which a parameter may as well be eight times as large: the spread then has no upper end. */
const VAGUE = 4

/** What each renewal saw, over all cohorts: how many faced it, how many stayed. */
interface Renewals {
  readonly faced: Float64Array
  readonly stayed: Float64Array
}

/**
 * Log-likelihood of cohorts: a renewal keeps (b + t - 1) / (a + b + t - 1) of those who face it, so every cohort is a row of
 * coins with known sides (Fader & Hardie 2007, appendix).
 *
 * Example: a .668, b 3.806 and 1,000 customers of whom 869, 743, 653, 593, 551, 517, 491 remain -> -1611.158.
 */
export function logLikelihood(parameters: SbgParameters, cohorts: readonly SurvivalCounts[]): number {
  checkPositive(parameters)
  checkCohorts(cohorts)
  const { a, b } = parameters
  const { faced, stayed } = renewalsOf(cohorts)
  let sum = 0
  for (let i = 0; i < faced.length; i++) {
    if (stayed[i]! > 0) sum -= stayed[i]! * Math.log1p(a / (b + i))
    if (faced[i]! > stayed[i]!) sum -= (faced[i]! - stayed[i]!) * Math.log1p((b + i) / a)
  }
  return sum
}

/**
 * Maximum likelihood over the logarithms of a and b. Where nobody left the churn is not identified
 * (`dropout-not-identified`); where all customers churn alike the spread runs to its boundary (`rates-at-boundary`), and so
 * it does with a single renewal, which tells churn but not its spread.
 */
export function fit(
  cohorts: readonly SurvivalCounts[],
  { maximumIterations = 200 }: FitOptions = {},
): Fit<SbgParameters> {
  checkCohorts(cohorts)
  const renewals = renewalsOf(cohorts)
  const found = newton(objectiveOf(renewals), [0, 0], box, { tolerance: 1e-8, maximumIterations })
  const parameters: SbgParameters = { a: Math.exp(found.point[0]!), b: Math.exp(found.point[1]!) }
  const customers = cohorts.reduce((sum, active) => sum + active[0]!, 0)
  const nobodyLeft = renewals.faced.every((faced, i) => faced === renewals.stayed[i])
  const finding = { parameters, names: sbgNames, minimum: found, box, customers }
  return reportFit(finding, ({ logCovariance, known }) => {
    const warnings: FitWarning[] = []
    if (customers < 50) warnings.push('too-few-customers')
    if (nobodyLeft) warnings.push('dropout-not-identified')
    else if (!known || logCovariance[0]! > VAGUE || logCovariance[3]! > VAGUE) warnings.push('rates-at-boundary')
    return warnings
  })
}

function renewalsOf(cohorts: readonly SurvivalCounts[]): Renewals {
  const longest = Math.max(...cohorts.map(active => active.length)) - 1
  const faced = new Float64Array(longest)
  const stayed = new Float64Array(longest)
  for (const active of cohorts) {
    for (let i = 0; i + 1 < active.length; i++) {
      faced[i]! += active[i]!
      stayed[i]! += active[i + 1]!
    }
  }
  return { faced, stayed }
}

function objectiveOf({ faced, stayed }: Renewals): CurvedObjective {
  return (point, gradient, hessian) => {
    const a = Math.exp(point[0]!)
    const b = Math.exp(point[1]!)
    let value = 0
    let slopeA = 0
    let slopeB = 0
    let both = 0
    let bendA = 0
    let bendB = 0
    for (let i = 0; i < faced.length; i++) {
      const left = faced[i]! - stayed[i]!
      const kept = b + i
      const all = a + kept
      if (stayed[i]! > 0) value += stayed[i]! * Math.log1p(a / kept)
      if (left > 0) value += left * Math.log1p(kept / a)
      slopeA += faced[i]! / all - left / a
      slopeB += faced[i]! / all - stayed[i]! / kept
      both -= faced[i]! / (all * all)
      bendA += left / (a * a)
      bendB += stayed[i]! / (kept * kept)
    }
    gradient[0] = a * slopeA
    gradient[1] = b * slopeB
    hessian[0] = a * a * (bendA + both) + gradient[0]
    hessian[1] = hessian[2] = a * b * both
    hessian[3] = b * b * (bendB + both) + gradient[1]
    return value
  }
}
