import { logBeta } from './log-beta.ts'

/** Both tails of a beta distribution as logarithms, so that neither ever underflows. */
export interface BetaTails {
  readonly logLower: number
  readonly logUpper: number
}

/**
 * Regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) variable is at most x.
 *
 * Continued fraction of DLMF 8.17.22 on whichever tail is the smaller, so each tail keeps its relative accuracy.
 * Example: `incompleteBeta(0.5, 2, 3)` -> 0.6875.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  return Math.exp(logIncompleteBeta(x, a, b))
}

/** 1 - I_x(a, b) without the loss of digits. Example: `incompleteBetaComplement(0.5, 2, 3)` -> 0.3125. */
export function incompleteBetaComplement(x: number, a: number, b: number): number {
  return Math.exp(logIncompleteBetaComplement(x, a, b))
}

/** ln I_x(a, b), finite where I_x itself would underflow. Example: `logIncompleteBeta(0.5, 2, 3)` -> ln 0.6875. */
export function logIncompleteBeta(x: number, a: number, b: number): number {
  return betaTails(Math.log(x), Math.log1p(-x), a, b).logLower
}

/** ln(1 - I_x(a, b)). Example: `logIncompleteBetaComplement(0.5, 2, 3)` -> ln 0.3125. */
export function logIncompleteBetaComplement(x: number, a: number, b: number): number {
  return betaTails(Math.log(x), Math.log1p(-x), a, b).logUpper
}

/**
 * Both tails from ln x and ln(1 - x), which the caller may know more exactly than x itself:
 * a customer silent for 1e9 days has an x that rounds to 1, but a perfectly good ln(1 - x).
 */
export function betaTails(logX: number, logY: number, a: number, b: number): BetaTails {
  if (logX === -Infinity) return { logLower: -Infinity, logUpper: 0 }
  if (logY === -Infinity) return { logLower: 0, logUpper: -Infinity }
  const x = Math.exp(logX)
  const logFront = a * logX + b * logY - logBeta(a, b)
  if (x <= (a + 1) / (a + b + 2)) {
    const logLower = Math.min(0, logFront - Math.log(a) + Math.log(betaFraction(x, a, b)))
    return { logLower, logUpper: logOfComplement(logLower) }
  }
  const logUpper = Math.min(0, logFront - Math.log(b) + Math.log(betaFraction(Math.exp(logY), b, a)))
  return { logLower: logOfComplement(logUpper), logUpper }
}

/** ln(1 - e^logProbability), accurate near 0 and near 1. Example: `logOfComplement(Math.log(0.25))` -> ln 0.75. */
export function logOfComplement(logProbability: number): number {
  return logProbability > -Math.LN2 ? Math.log(-Math.expm1(logProbability)) : Math.log1p(-Math.exp(logProbability))
}

/**
 * The continued fraction itself by Lentz's method. It needs about sqrt(max(a, b)) steps on its own side of the mean;
 * the ceiling is far above that for any a, b a model of customers can hold.
 */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  if (Math.abs(d) < tiny) d = tiny
  d = 1 / d
  let fraction = d
  for (let m = 1; m <= 20_000; m++) {
    const twice = 2 * m
    const even = (m * (b - m) * x) / ((a + twice - 1) * (a + twice))
    d = 1 + even * d
    if (Math.abs(d) < tiny) d = tiny
    c = 1 + even / c
    if (Math.abs(c) < tiny) c = tiny
    d = 1 / d
    fraction *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + twice) * (a + twice + 1))
    d = 1 + odd * d
    if (Math.abs(d) < tiny) d = tiny
    c = 1 + odd / c
    if (Math.abs(c) < tiny) c = tiny
    d = 1 / d
    const change = c * d
    fraction *= change
    if (Math.abs(change - 1) < 3e-16) break
  }
  return fraction
}
