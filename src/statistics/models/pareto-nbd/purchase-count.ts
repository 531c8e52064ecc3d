import { logConcaveIntegral } from '../../functions/log-concave-integral.ts'
import { logGamma } from '../../functions/log-gamma.ts'
import { logRising } from '../../functions/log-rising.ts'
import { checkQuestion } from '../question.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/**
 * Probability that a new customer makes exactly `count` repeat purchases within `horizon` (Fader & Hardie 2006, "Deriving an
 * expression for P(X(t) = x) under the Pareto/NBD model"): she stays all the time and buys so often, or she leaves at u and has
 * bought so often by then. Example: CDNOW, no repeat purchase within 39 weeks -> .5935
 */
export function purchaseCountProbability(parameters: ParetoNbdParameters, count: number, horizon: number): number {
  checkQuestion(parameters, { count, horizon })
  if (horizon === 0) return count === 0 ? 1 : 0
  const { r, alpha, s, beta } = parameters
  const logWays = logRising(r, count) - logGamma(count + 1)
  const logBuying = (time: number) =>
    logWays - r * Math.log1p(time / alpha) - (count > 0 ? count * Math.log1p(alpha / time) : 0)
  const stayed = logBuying(horizon) - s * Math.log1p(horizon / beta)
  // Over y = ln u: leaving at u has the density s u / (beta + u) x (beta / (beta + u))^s.
  const left = logConcaveIntegral(
    y => {
      const u = Math.exp(y)
      return logBuying(u) + Math.log(s) - Math.log1p(Math.exp(-y) * beta) - s * Math.log1p(u / beta)
    },
    y => {
      const u = Math.exp(y)
      return (count * alpha - r * u) / (alpha + u) + (beta - s * u) / (beta + u)
    },
    -Infinity,
    Math.log(horizon),
  )
  return Math.min(1, Math.exp(stayed) + Math.exp(left))
}
