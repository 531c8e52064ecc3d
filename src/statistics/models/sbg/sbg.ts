import { logBeta } from '../../functions/log-beta.ts'
import { refuseAll } from '../../invalid-input.ts'
import { betaDraw } from '../../sampling/draws.ts'
import type { RandomSource } from '../../sampling/random-source.ts'
import { checkPositive } from '../history.ts'
import { discountedSurvival } from './discounted-survival.ts'
import { fit, logLikelihood } from './fit.ts'
import { checkPeriods, checkRate, type SbgParameters, sbgNames } from './parameters.ts'

/** Share of a cohort that is still there after so many renewals. Example: a .668, b 3.806, 12 -> .394. */
function survival(parameters: SbgParameters, renewals: number): number {
  checkPositive(parameters)
  checkPeriods('renewals', renewals, 0)
  const { a, b } = parameters
  return Math.exp(logBeta(a, b + renewals) - logBeta(a, b))
}

/**
 * Share of those facing the n-th renewal who stay: (b + n - 1) / (a + b + n - 1). It rises with n although nobody grows more
 * loyal, because the disloyal have left. Example: a .668, b 3.806, first renewal -> .8507.
 */
function retentionRate(parameters: SbgParameters, renewal: number): number {
  checkPositive(parameters)
  checkPeriods('renewal', renewal, 1)
  const { a, b } = parameters
  return (b + renewal - 1) / (a + b + renewal - 1)
}

/** Expected number of periods, the first included: (a + b - 1) / (a - 1); Infinity where a is 1 or less. Example: a 2, b 3 -> 4. */
function expectedLifetime(parameters: SbgParameters): number {
  checkPositive(parameters)
  const { a, b } = parameters
  return a > 1 ? (a + b - 1) / (a - 1) : Infinity
}

/**
 * Expected periods of somebody who joins now, each discounted by (1 + rate) per period, the first not at all (DEL). Finite
 * even where the lifetime has no mean. Example: a .668, b 3.806, 10 % -> 5.9226.
 */
function discountedExpectedLifetime(parameters: SbgParameters, rate: number): number {
  checkPositive(parameters)
  checkRate(rate)
  return discountedSurvival(parameters.a, parameters.b, 1 / (1 + rate))
}

/**
 * Expected further periods of somebody in her n-th period, just before she renews or leaves; the next period is not
 * discounted (DERL, Fader & Hardie 2010). Example: a .668, b 3.806, 10 %, periods 1 to 3 -> 5.415, 5.902, 6.294.
 */
function discountedExpectedResidual(parameters: SbgParameters, periods: number, rate: number): number {
  checkPositive(parameters)
  checkPeriods('periods', periods, 1)
  checkRate(rate)
  const { a, b } = parameters
  return retentionRate(parameters, periods) * discountedSurvival(a, b + periods, 1 / (1 + rate))
}

/** Invents a cohort: how many of so many customers are there at the start and after each of so many renewals. */
function simulate(
  parameters: SbgParameters,
  { customers, renewals }: { readonly customers: number; readonly renewals: number },
  random: RandomSource,
): Float64Array {
  checkPositive(parameters)
  const messages: string[] = []
  if (!(Number.isInteger(customers) && customers >= 1))
    messages.push(`customers must be a whole number of at least 1, found ${customers}`)
  if (!(Number.isInteger(renewals) && renewals >= 1))
    messages.push(`renewals must be a whole number of at least 1, found ${renewals}`)
  refuseAll(messages)
  const active = new Float64Array(renewals + 1)
  for (let customer = 0; customer < customers; customer++) {
    const churn = betaDraw(parameters.a, parameters.b, random)
    active[0]!++
    for (let renewal = 1; renewal <= renewals && random() >= churn; renewal++) active[renewal]!++
  }
  return active
}

/**
 * Who stays under contract (shifted beta geometric, Fader & Hardie 2007): every customer leaves at each renewal with a chance
 * of her own that never changes, and chances differ. From it comes a retention rate that rises year by year, and what
 * a customer is still worth. Periods are those of the contract.
 *
 * Example: `sBg.fit([[1000, 869, 743, 653, 593, 551, 517, 491]]).parameters` -> a .668, b 3.806.
 */
export const sBg = {
  name: 'sbg',
  parameterNames: sbgNames,
  fit,
  logLikelihood,
  survival,
  retentionRate,
  expectedLifetime,
  discountedExpectedLifetime,
  discountedExpectedResidual,
  simulate,
} as const
