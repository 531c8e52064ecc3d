import { findRoot } from '../../functions/find-root.ts'
import { betaTails } from '../../functions/incomplete-beta.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { logRising } from '../../functions/log-rising.ts'
import { meanOverBeta, meanOverGamma } from '../../functions/mean-over.ts'
import type { History } from '../history.ts'
import type { EarlyChances } from './objective.ts'
import type { BgNbdParameters } from './parameters.ts'

/**
 * ln L of one customer. With n = x + early chances, u = -(r + x) ln((alpha + T) / (alpha + t_x)) and s = (b + n - 1) /
 * (a + b + n - 1), the chance to stay at the last decision:
 *
 *   ln (r)_x - x ln(alpha + t_x) - r ln(1 + t_x / alpha) + ln[(b)_(n-1) / (a + b)_(n-1)] + ln[s e^u + (1 - s)]
 */
export function logLikelihoodOf({ r, alpha, a, b }: BgNbdParameters, history: History, early: EarlyChances): number {
  const { purchases: x, recency, observed } = history
  const decisions = x + early
  const silence = -(r + x) * Math.log1p((observed - recency) / (alpha + recency))
  const bought = logRising(r, x) - x * Math.log(alpha + recency) - r * Math.log1p(recency / alpha)
  if (decisions === 0) return bought + silence
  const stays = (b + decisions - 1) / (a + b + decisions - 1)
  const leaves = a / (a + b + decisions - 1)
  // Near no silence the sum is 1 less very little, after a long one it is little more than `leaves`.
  const change = stays * Math.expm1(silence)
  const last = change > -0.5 ? Math.log1p(change) : Math.log(stays * Math.exp(silence) + leaves)
  return bought + logStayed(a, b, decisions - 1) + last
}

/** Odds of having left: (a / (b + n - 1)) ((alpha + T) / (alpha + t_x))^(r + x); 0 where there was no chance to leave. */
export function oddsOfHavingLeft({ r, alpha, a, b }: BgNbdParameters, history: History, early: EarlyChances): number {
  const { purchases: x, recency, observed } = history
  const decisions = x + early
  if (decisions === 0) return 0
  return (a / (b + decisions - 1)) * Math.exp((r + x) * Math.log1p((observed - recency) / (alpha + recency)))
}

/**
 * Of a customer who is still here, when nothing but x matters any more: what the rest of the base knows of her is a rate
 * that is Gamma(r + x, alpha + T) and a chance to leave that is Beta(a, b + n).
 */
export interface Ahead {
  /** Expected purchases within the horizon. */
  expected(observed: number, horizon: number): number
  /** Expected purchases over all time, discounted. */
  discounted(observed: number, rate: number): number
  /** Chance that the relationship outlives the span. */
  survival(observed: number, span: number): number
}

/**
 * Each answer is a mean over the chance p to leave of something known for a given p:
 *
 *   expected    E[(1 - ((alpha + T) / (alpha + T + p t))^(r + x)) / p]
 *   discounted  E[lambda / (lambda p + rate)], over lambda too
 *   survival    E[((alpha + T) / (alpha + T + p u))^(r + x)]
 *
 * The first is the closed form with 2F1 of Fader, Hardie & Lee (2005, equation 10) before its integral was taken; in this
 * form it is positive all through, finite for every x and horizon, and a = 1 is nothing special.
 */
export function aheadOf({ r, alpha, a, b }: BgNbdParameters, purchases: number, early: EarlyChances): Ahead {
  const shape = r + purchases
  const overChance = meanOverBeta(a, b + purchases + early)
  let overRate: ReturnType<typeof meanOverGamma> | undefined
  return {
    expected(observed, horizon) {
      const spans = horizon / (alpha + observed)
      return overChance(p => -Math.expm1(-shape * Math.log1p(p * spans)) / p)
    },
    discounted(observed, rate) {
      overRate ??= meanOverGamma(shape)
      const mean = overRate
      const patience = rate * (alpha + observed)
      return overChance(p => mean(pace => pace / (pace * p + patience)))
    },
    survival(observed, span) {
      const spans = span / (alpha + observed)
      return overChance(p => Math.exp(-shape * Math.log1p(p * spans)))
    },
  }
}

/** The span that the relationship outlives with probability 1/2; at most Number.MAX_VALUE. */
export function medianOf(ahead: Ahead, observed: number): number {
  const excess = (logSpan: number) => ahead.survival(observed, Math.exp(logSpan)) - 0.5
  let lower = 0
  let upper = 0
  for (let stride = 1; excess(upper) > 0; stride *= 2) {
    lower = upper
    upper = Math.min(upper + stride, 709)
    if (upper === 709 && excess(upper) > 0) return Number.MAX_VALUE
  }
  for (let stride = 1; excess(lower) < 0; stride *= 2) lower -= stride
  return Math.exp(findRoot(excess, lower, upper))
}

/**
 * P(X(t) = x) of a new customer: she stayed through every chance and bought just x times, or she left right after the
 * x-th purchase and would have bought more (Fader, Hardie & Lee 2005, equation 8).
 */
export function countProbability(
  { r, alpha, a, b }: BgNbdParameters,
  count: number,
  horizon: number,
  early: EarlyChances,
): number {
  const logHorizonShare = -Math.log1p(alpha / horizon)
  const logAlphaShare = -Math.log1p(horizon / alpha)
  const bought = count === 0 ? 0 : count * logHorizonShare - Math.log(count) - logBeta(count, r)
  const decisions = count + early
  const stayed = Math.exp(logStayed(a, b, decisions) + bought + r * logAlphaShare)
  if (decisions === 0) return stayed
  const logAtLeast = count === 0 ? 0 : betaTails(logHorizonShare, logAlphaShare, count, r).logLower
  const leaves = a / (a + b + decisions - 1)
  return stayed + leaves * Math.exp(logStayed(a, b, decisions - 1) + logAtLeast)
}

const LONGEST_LOOP = 64

/** ln of the probability of staying through so many chances: B(a, b + n) / B(a, b). */
function logStayed(a: number, b: number, chances: number): number {
  if (chances > LONGEST_LOOP) return logBeta(a, b + chances) - logBeta(a, b)
  let sum = 0
  for (let j = 0; j < chances; j++) sum -= Math.log1p(a / (b + j))
  return sum
}
