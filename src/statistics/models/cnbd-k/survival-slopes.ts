import { betaFractionCurvature, FRACTION_CURVATURE } from '../../functions/beta-fraction-curvature.ts'
import { digamma } from '../../functions/digamma.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { trigamma } from '../../functions/trigamma.ts'

/** ln S, its slopes in k and in the shape R = r + kx, and its second derivatives (kk, kR, RR). */
export const SURVIVAL_NUMBERS = 6

/** ln B(k, R) with its derivatives, the same for all customers with as many gaps. */
export interface BetaConstants {
  readonly k: number
  readonly shape: number
  readonly logBeta: number
  readonly slopeK: number
  readonly slopeShape: number
  readonly curveKK: number
  readonly curveKShape: number
  readonly curveShape: number
}

export function betaConstants(k: number, shape: number): BetaConstants {
  const together = digamma(k + shape)
  const curveTogether = trigamma(k + shape)
  return {
    k,
    shape,
    logBeta: logBeta(k, shape),
    slopeK: digamma(k) - together,
    slopeShape: digamma(shape) - together,
    curveKK: trigamma(k) - curveTogether,
    curveKShape: -curveTogether,
    curveShape: trigamma(shape) - curveTogether,
  }
}

const fraction = new Float64Array(FRACTION_CURVATURE)

/**
 * ln S = ln(1 - I_z(k, R)) at ln(z / (1 - z)) = `logOdds`, written into `out` with its slopes in k and R and their
 * derivatives. Whichever tail is the smaller is computed, so neither loses its digits.
 */
export function survivalSlopes(logOdds: number, beta: BetaConstants, out: Float64Array): void {
  const { k, shape } = beta
  const odds = Math.exp(logOdds)
  const logY = -Math.log1p(odds)
  const logX = logOdds < 0 ? logOdds + logY : -Math.log1p(1 / odds)
  const logFront = k * logX + shape * logY - beta.logBeta
  const x = Math.exp(logX)
  if (x <= (k + 1) / (k + shape + 2)) {
    betaFractionCurvature(x, k, shape, fraction)
    const ended = Math.min(Math.exp(logFront - Math.log(k) + fraction[0]!), 1 - 1e-16)
    const against = -ended / (1 - ended)
    const overK = logX - 1 / k - beta.slopeK + fraction[1]!
    const overShape = logY - beta.slopeShape + fraction[2]!
    out[0] = Math.log1p(-ended)
    out[1] = against * overK
    out[2] = against * overShape
    out[3] = against * (1 / (k * k) - beta.curveKK + fraction[3]! + (1 - against) * overK * overK)
    out[4] = against * (-beta.curveKShape + fraction[4]! + (1 - against) * overK * overShape)
    out[5] = against * (-beta.curveShape + fraction[5]! + (1 - against) * overShape * overShape)
    return
  }
  const y = Math.exp(logY)
  betaFractionCurvature(y, shape, k, fraction)
  out[0] = Math.max(logFront - Math.log(shape) + fraction[0]!, -Number.MAX_VALUE)
  out[1] = logX - beta.slopeK + fraction[2]!
  out[2] = logY - 1 / shape - beta.slopeShape + fraction[1]!
  out[3] = -beta.curveKK + fraction[5]!
  out[4] = -beta.curveKShape + fraction[4]!
  out[5] = 1 / (shape * shape) - beta.curveShape + fraction[3]!
}
