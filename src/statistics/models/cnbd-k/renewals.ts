import { gaussSum } from '../../functions/gauss-sum.ts'
import { betaTails } from '../../functions/incomplete-beta.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { logConcaveIntegral } from '../../functions/log-concave-integral.ts'

/**
 * How much the n-th purchase to come counts: `every` one counts as long as she stays, with the probability that she has not
 * left at the n - 1 before it; of `the-last` the probability is asked that it is hers, that is, that she then leaves.
 */
export type Counted = 'every' | 'the-last'

/** A customer who has just bought and stayed. */
export interface JustStayed {
  readonly k: number
  /** r + kx: shape of what is known of her rate. */
  readonly shape: number
  readonly a: number
  /** What speaks for staying at her next chance to leave, against a. */
  readonly staying: number
}

/** So many terms are added one by one; beyond, the sum is smooth enough for Gauss's rule. */
const ONE_BY_ONE = 16
const NEGLIGIBLE = 1e-17
/** Larger numbers, of purchases or of mean gaps, are no different from one another. */
const FOR_EVER = 1e250
/** In standard deviations: farther from the middle than this nothing is left of a step from 1 to 0. */
const FAR = 9

/**
 * Expected weight of her purchases within a span t: the sum over n of weight(n) x P(the n-th purchase comes within t). With
 * the rate mixed over Gamma(shape, scale) that probability is I_z(nk, shape), z = t / (t + scale); `odds` is t / scale.
 *
 * Exact for real k. The sum may be long (thousands of purchases), but it is smooth: it is added up in stretches that are
 * narrow where I_z falls from 1 to 0 and as long as an octave elsewhere.
 * Example: k 1, shape 1, nobody leaves (a -> 0), odds 3 -> 3: a Poisson process at a rate with mean 1 / scale.
 */
export function weightedRenewals({ k, shape, a, staying }: JustStayed, odds: number, counted: Counted): number {
  if (!(odds > 0)) return 0
  const span = Math.min(odds, FOR_EVER)
  const logZ = -Math.log1p(1 / span)
  const logRest = -Math.log1p(span)
  const reached = (n: number) => probabilityOfReaching(n * k, shape, logZ, logRest)
  let weight = counted === 'every' ? 1 : a / (a + staying)
  let sum = 0
  let before = 0
  for (let n = 1; n <= ONE_BY_ONE; n++) {
    const term = weight * reached(n)
    sum += term
    // Terms fall ever faster, so what is left is below the geometric series with the last ratio.
    if (n > 1 && term * term <= NEGLIGIBLE * sum * (before - term)) return sum
    before = term
    weight *= (staying + n - 1) / (a + staying + (counted === 'every' ? n - 1 : n))
  }

  const logStart = logBeta(a, staying)
  const logWeight =
    counted === 'every'
      ? (n: number) => logBeta(a, staying + n - 1) - logStart
      : (n: number) => logBeta(a + 1, staying + n - 1) - logStart
  const term = (n: number) => Math.exp(logWeight(n)) * reached(n)
  const middle = (shape * span) / k
  let n = ONE_BY_ONE + 1
  for (let stretch = 0; stretch < 5000; stretch++) {
    const spread = Math.sqrt(1 / shape + 1 / (n * k))
    const flatUntil = middle * (1 - FAR * spread)
    const end = n < flatUntil ? Math.min(2 * n, flatUntil) : n * (1 + Math.min(1, 1.5 * spread))
    const length = stretchLength(end - n)
    // Within reach beyond all doubt: only whether she stays counts.
    const termHere = n < flatUntil ? (place: number) => Math.exp(logWeight(place)) : term
    let added = 0
    if (length <= 12) for (let i = 0; i < length; i++) added += termHere(n + i)
    else {
      const { places, weights } = gaussSum(length)
      for (let i = 0; i < places.length; i++) added += weights[i]! * termHere(n + places[i]!)
    }
    sum += added
    n += length
    if (added <= NEGLIGIBLE * sum || n > FOR_EVER) break
  }
  return sum
}

/** Rounded down to one of few lengths, so that the rules can be kept. */
function stretchLength(wanted: number): number {
  if (wanted < 13) return Math.max(1, Math.floor(wanted))
  return Math.floor(1.2 ** Math.floor(Math.log(wanted) / Math.log(1.2)) + 1e-9)
}

/** The continued fraction of a beta function takes about as many steps as the root of this. */
const LARGE = 10_000

/** I_z(needed, shape) from ln z and ln(1 - z), also where thousands of purchases or millions of years are asked for. */
function probabilityOfReaching(needed: number, shape: number, logZ: number, logRest: number): number {
  if (needed < LARGE) return Math.exp(betaTails(logZ, logRest, needed, shape).logLower)
  const logOdds = logZ - logRest
  if (logOdds >= Math.log(needed / shape)) return -Math.expm1(betaTails(logRest, logZ, shape, needed).logLower)
  // Below the middle the density itself is added up, over ln(z / (1 - z)), where it is log-concave.
  const logIntegral = logConcaveIntegral(
    u => shape * u - (needed + shape) * Math.log1p(Math.exp(u)),
    u => shape - (needed + shape) / (1 + Math.exp(-u)),
    -logOdds,
    Infinity,
  )
  return Math.exp(logIntegral - logBeta(needed, shape))
}
