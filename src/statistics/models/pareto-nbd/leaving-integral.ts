import { gaussLegendre } from '../../functions/gauss-legendre.ts'

const WIDEST_PANEL = 1.5
const LARGEST_FALL = 10
const wideRule = gaussLegendre(16)
/** A short silence is one panel on which eight points are as exact. */
const NARROW_PANEL = 0.7
const NARROW_FALL = 2.5
const narrowRule = gaussLegendre(8)

/** Where `leavingIntegral` writes what it needs for the slopes. */
export const LEAVING_MOMENTS = 5

/**
 * The probability mass of "she left between her last purchase and the end", against "alive at her last purchase": the
 * integral over u from `from` to `to` of
 *
 *     s / (beta + u) x ((alpha + from) / (alpha + u))^shape x ((beta + from) / (beta + u))^s,  shape = r + x.
 *
 * `moments` receives that integral, and the same with the factors ln((alpha + u) / (alpha + from)),
 * 1 / (alpha + from) - 1 / (alpha + u), ln((beta + u) / (beta + from)) and 1 / (beta + u), from which its four slopes
 * follow. No factor ever exceeds its value at `from`, so nothing overflows; every term is positive, so nothing cancels.
 *
 * In y = ln((m + u) / (m + from)), m the smaller of alpha and beta, the logarithm of the integrand is concave and its
 * singularities lie pi off the real axis, whatever the parameters: panels of at most 1.5, over none of which it falls by
 * more than 10, leave sixteen Gauss-Legendre points nothing to miss. The published 2F1 form needs two cases and fails
 * in both for large x (SCIENCE: BTYD on Online Retail II).
 */
export function leavingIntegral(
  moments: Float64Array,
  shape: number,
  alpha: number,
  s: number,
  beta: number,
  from: number,
  to: number,
): number {
  let integral = 0
  let logAlpha = 0
  let lossAlpha = 0
  let logBeta = 0
  let inverseBeta = 0
  const betaIsSmaller = beta <= alpha
  const start = (betaIsSmaller ? beta : alpha) + from
  const otherStart = (betaIsSmaller ? alpha : beta) + from
  const apart = Math.abs(alpha - beta)
  const ratio = start / otherStart
  const alphaStart = alpha + from
  const end = start > 0 ? Math.log1p((to - from) / start) : 0
  let y = 0
  while (y < end) {
    let width = end - y
    if (width > WIDEST_PANEL) width = WIDEST_PANEL
    let slope = 0
    let fall = 0
    for (;;) {
      const reached = start * Math.exp(y + width)
      const share = reached / (reached + apart)
      slope = betaIsSmaller ? -(s + shape * share) : 1 - shape - (s + 1) * share
      fall = Math.abs(slope) * width
      if (fall <= LARGEST_FALL) break
      width *= fall > 4 * LARGEST_FALL ? 0.25 : 0.5
    }
    const { nodes, weights } = width <= NARROW_PANEL && fall <= NARROW_FALL ? narrowRule : wideRule
    for (let i = 0; i < nodes.length; i++) {
      const here = y + width * nodes[i]!
      const grown = Math.expm1(here)
      const log = Math.log1p(ratio * grown)
      const near = start * (1 + grown)
      const far = otherStart + start * grown
      const term = betaIsSmaller
        ? width * weights[i]! * s * Math.exp(-shape * log - s * here)
        : width * weights[i]! * s * (near / far) * Math.exp(-shape * here - s * log)
      integral += term
      if (betaIsSmaller) {
        logAlpha += term * log
        lossAlpha += term * ((start * grown) / (alphaStart * far))
        logBeta += term * here
        inverseBeta += term / near
      } else {
        logAlpha += term * here
        lossAlpha += term * (grown / (alphaStart * (1 + grown)))
        logBeta += term * log
        inverseBeta += term / far
      }
    }
    y += width
    if (slope < 0) {
      const log = Math.log1p(ratio * Math.expm1(y))
      const last = s * Math.exp(betaIsSmaller ? -shape * log - s * y : -shape * y - s * log)
      if (last * Math.min(-1 / slope, end - y) < 1e-18 * integral) break
    }
  }
  moments[0] = integral
  moments[1] = logAlpha
  moments[2] = lossAlpha
  moments[3] = logBeta
  moments[4] = inverseBeta
  return integral
}
