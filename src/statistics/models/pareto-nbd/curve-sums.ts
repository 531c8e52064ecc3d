import type { CurveBlock } from './base.ts'
import { type LeavingCurve, polynomialAt, TERMS } from './leaving-curve.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** The product of many probabilities is logged once, shortly before it is too small. */
const SMALLEST_PRODUCT = 1e-200

/**
 * The sum of ln V - fall(t_x) over a block, by the polynomials of the curve: four logarithms and one exponential a customer.
 * Its slopes are added to `gradient`. Without repeat purchases t_x is 0, and half of that is known beforehand.
 */
export function curveBlockTerm(
  block: CurveBlock,
  curve: LeavingCurve,
  parameters: ParetoNbdParameters,
  gradient: Float64Array,
): number {
  const { r, alpha, s, beta } = parameters
  const { purchases, recency, observed, weights } = block
  const alphaIsSmaller = alpha < beta
  const logFirst = Math.log1p(block.first / Math.min(alpha, beta))
  curve.fill(purchases, curve.cellAt(logFirst))
  const { coefficients, slopes, cellsPerLog, lastCell } = curve
  const shape = r + purchases
  const logAlpha = Math.log(alpha)
  const logBeta = Math.log(beta)
  let logOfProducts = 0
  let product = 1
  let fallAlpha = 0
  let fallBeta = 0
  let onAlpha = 0
  let onBeta = 0
  let lossAlpha = 0
  let lossBeta = 0
  // What a customer knows of her last purchase; of the first it is the same for all.
  let startLogAlpha = 0
  let startLogBeta = 0
  let startInverseAlpha = 1 / alpha
  let startInverseBeta = 1 / beta
  let startCell = 0
  let startPlace = -1
  let left = purchases === 0 ? polynomialAt(coefficients, 0, -1) : 0
  for (let row = 0; row < observed.length; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    if (purchases > 0) {
      const start = recency[row]!
      startLogAlpha = Math.log(alpha + start) - logAlpha
      startLogBeta = Math.log(beta + start) - logBeta
      startInverseAlpha = 1 / (alpha + start)
      startInverseBeta = 1 / (beta + start)
      const position = (alphaIsSmaller ? startLogAlpha : startLogBeta) * cellsPerLog
      startCell = Math.min(lastCell, Math.floor(position))
      startPlace = 2 * (position - startCell) - 1
      left = polynomialAt(coefficients, TERMS * startCell, startPlace)
    }
    const end = observed[row]!
    const endLogAlpha = Math.log(alpha + end) - logAlpha
    const endLogBeta = Math.log(beta + end) - logBeta
    const position = (alphaIsSmaller ? endLogAlpha : endLogBeta) * cellsPerLog
    const endCell = Math.min(lastCell, Math.floor(position))
    const endPlace = 2 * (position - endCell) - 1
    const silentAlpha = endLogAlpha - startLogAlpha
    const silentBeta = endLogBeta - startLogBeta
    const stayed = Math.exp(-shape * silentAlpha - s * silentBeta)
    const alive = stayed * (1 - polynomialAt(coefficients, TERMS * endCell, endPlace))
    const silence = alive + left
    const share = weight / silence
    if (weights === undefined) {
      product *= silence
      if (product < SMALLEST_PRODUCT) {
        logOfProducts += Math.log(product)
        product = 1
      }
    } else logOfProducts += weight * Math.log(silence)
    addPowers(slopes, TERMS * startCell, startPlace, share)
    addPowers(slopes, TERMS * endCell, endPlace, -stayed * share)
    const there = alive * share
    fallAlpha += weight * startLogAlpha
    fallBeta += weight * startLogBeta
    onAlpha += there * silentAlpha
    onBeta += there * silentBeta
    lossAlpha += weight * (1 / alpha - startInverseAlpha) + there * (startInverseAlpha - 1 / (alpha + end))
    lossBeta += weight * (1 / beta - startInverseBeta) + there * (startInverseBeta - 1 / (beta + end))
  }
  gradient[0]! -= fallAlpha + onAlpha
  gradient[1]! += shape * lossAlpha
  gradient[2]! -= fallBeta + onBeta
  gradient[3]! += s * lossBeta
  curve.addGradient(gradient)
  return logOfProducts + Math.log(product) - shape * fallAlpha - s * fallBeta
}

/** The slope of a value in the coefficients it was made of. */
function addPowers(slopes: Float64Array, at: number, x: number, slope: number): void {
  const square = x * x
  const odd = slope * x
  slopes[at]! += slope
  slopes[at + 1]! += odd
  slopes[at + 2]! += slope * square
  slopes[at + 3]! += odd * square
  const fourth = square * square
  slopes[at + 4]! += slope * fourth
  slopes[at + 5]! += odd * fourth
  slopes[at + 6]! += slope * fourth * square
  slopes[at + 7]! += odd * fourth * square
}
