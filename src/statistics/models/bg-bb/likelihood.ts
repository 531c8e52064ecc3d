import { logBeta } from '../../functions/log-beta.ts'
import { checkPositive } from '../history.ts'
import {
  type BgBbParameters,
  checkOpportunities,
  checkOpportunityHistory,
  type OpportunityHistory,
} from './parameters.ts'

/**
 * Log-probability of a customer's whole string of opportunities, taken and not (Fader, Hardie & Shang 2010, equation 3): alive
 * to the end, or gone after any opportunity since the last she took.
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; (x 4, t_x 5, n 6) -> -5.0956.
 */
export function logLikelihood(parameters: BgBbParameters, history: OpportunityHistory): number {
  checkPositive(parameters)
  checkOpportunityHistory(history)
  const { alpha, beta, gamma, delta } = parameters
  const { purchases, opportunities } = history
  const aliveThroughout =
    logBeta(alpha + purchases, beta + opportunities - purchases) -
    logBeta(alpha, beta) +
    logBeta(gamma, delta + opportunities) -
    logBeta(gamma, delta)
  return aliveThroughout + Math.log1p(goneOverAlive(parameters, history))
}

/**
 * Probability that the customer is still there, at the last opportunity or, with `ahead`, so many further on.
 *
 * Example: alpha 1.2035, beta .7497, gamma .6568, delta 2.7838; of 6 opportunities none taken, one ahead -> .11.
 */
export function probabilityAlive(parameters: BgBbParameters, history: OpportunityHistory, ahead = 0): number {
  checkPositive(parameters)
  checkOpportunityHistory(history)
  checkOpportunities('ahead', ahead)
  let stays = 1
  for (let i = 0; i < ahead; i++) stays *= stayingAt(parameters, history.opportunities + i)
  return stays / (1 + goneOverAlive(parameters, history))
}

/** Chance of somebody who was there at opportunity n to be there at the next one. */
export function stayingAt({ gamma, delta }: BgBbParameters, n: number): number {
  return (delta + n) / (gamma + delta + n)
}

/**
 * How much likelier it is that the customer has gone than that she is there. A sum of ratios of whole products, all positive,
 * from the likeliest (gone right after her last purchase) on, so that nothing cancels and nothing overflows before the
 * answer itself does.
 */
export function goneOverAlive(
  { alpha, beta, gamma, delta }: BgBbParameters,
  { purchases, recency, opportunities }: OpportunityHistory,
): number {
  if (recency === opportunities) return 0
  let logFirst = Math.log(gamma / (gamma + delta + recency))
  let relative = 1
  let sum = 0
  for (let j = recency; j < opportunities; j++) {
    logFirst += Math.log1p((alpha + purchases) / (beta + j - purchases)) + Math.log1p(gamma / (delta + j))
    sum += relative
    relative *= ((beta + j - purchases) * (delta + j)) / ((alpha + beta + j) * (gamma + delta + j + 1))
  }
  return sum * Math.exp(logFirst)
}

/** Parameters of those who are there after a history: Bayes' theorem for two Beta spreads. */
export function parametersAfter(
  { alpha, beta, gamma, delta }: BgBbParameters,
  { purchases, opportunities }: OpportunityHistory,
): BgBbParameters {
  return {
    alpha: alpha + purchases,
    beta: beta + opportunities - purchases,
    gamma,
    delta: delta + opportunities,
  }
}
