import { digamma } from '../../functions/digamma.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { trigamma } from '../../functions/trigamma.ts'
import { refuseAll } from '../../invalid-input.ts'
import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { type CurvedObjective, newton } from '../../optimisation/newton.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { reportFit } from '../report-fit.ts'
import {
  checkSpendColumns,
  type GammaGammaParameters,
  gammaGammaNames,
  isPriced,
  type SpendColumns,
} from './parameters.ts'

/** Customers of the first, cheap fit from which the search over all of them starts. */
const SAMPLE = 30_000
/** Logarithms of p, q and of gamma in units of the mean spend. */
const box: Box = { lower: [-7, -5, -18], upper: [9, 9, 18] }

/** Log-variance from which a parameter may as well be eight times as large: the spread then has no upper end. */
const VAGUE = 4

/** The customers that say something about spending, spend in units of its mean. */
interface Priced {
  readonly purchases: Float64Array
  /** x z: everything a customer spent. */
  readonly totals: Float64Array
  readonly weights: Float64Array | undefined
}

/**
 * Maximum likelihood by Newton's method over the logarithms of p, q and gamma. The gamma functions depend on a customer only
 * by x, so one histogram of x carries them; a row costs one logarithm and one division a pass.
 *
 * Customers without a repeat purchase are left out; those with a mean spend of 0 or less (gifts, refunds) with the warning
 * `unpriced-customers-left-out`. A base without any other customer is refused.
 */
export function fit(columns: SpendColumns, { maximumIterations = 200 }: FitOptions = {}): Fit<GammaGammaParameters> {
  checkSpendColumns(columns)
  const { priced, unit, customers, logSpend, leftOut } = pricedOf(columns)
  const start = [Math.log(2), Math.log(3), 0]
  const sample = sampleOf(priced)
  const first = sample === priced ? start : newton(objectiveOf(sample), start, box).point
  const found = newton(objectiveOf(priced), first, box, { maximumIterations })
  const [p, q, gamma] = found.point.map(Math.exp) as unknown as [number, number, number]
  const parameters = { p, q, gamma: gamma * unit }
  const atEdge = gammaGammaNames.some((_, i) => isAtEdge(found.point, box, i))
  const finding = { parameters, names: gammaGammaNames, minimum: found, box, customers }
  const fitted = reportFit(finding, ({ logCovariance }) => {
    const warnings: FitWarning[] = []
    if (customers < 50) warnings.push('too-few-customers')
    if (leftOut) warnings.push('unpriced-customers-left-out')
    // With q at most 1 the mean spend of the base is infinite: as far out as the model goes.
    if (atEdge || q <= 1 || logCovariance.some((variance, i) => i % 4 === 0 && variance > VAGUE))
      warnings.push('spend-at-boundary')
    return warnings
  })
  return { ...fitted, logLikelihood: fitted.logLikelihood - logSpend }
}

function pricedOf({ purchases, meanSpend, weights }: SpendColumns) {
  const rows = purchases.length
  let kept = 0
  let customers = 0
  let spend = 0
  let logSpend = 0
  let leftOut = false
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row]! : 1
    if (weight === 0) continue
    if (!isPriced(purchases[row]!, meanSpend[row]!)) {
      // Who has not come back has nothing to average: that is no fault of the data, and goes without a word.
      if (purchases[row]! > 0) leftOut = true
      continue
    }
    kept++
    customers += weight
    spend += weight * meanSpend[row]!
    logSpend += weight * Math.log(meanSpend[row]!)
  }
  if (kept === 0) refuseAll(['there is no customer with a purchase and a positive mean spend'])
  const unit = spend / customers
  const priced = {
    purchases: new Float64Array(kept),
    totals: new Float64Array(kept),
    weights: weights && new Float64Array(kept),
  }
  let at = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights ? weights[row]! : 1
    if (weight === 0 || !isPriced(purchases[row]!, meanSpend[row]!)) continue
    priced.purchases[at] = purchases[row]!
    priced.totals[at] = (purchases[row]! * meanSpend[row]!) / unit
    if (priced.weights) priced.weights[at] = weight
    at++
  }
  return { priced, unit, customers, logSpend, leftOut }
}

/** Every n-th customer. */
function sampleOf(priced: Priced): Priced {
  const stride = Math.ceil(priced.totals.length / SAMPLE)
  if (stride <= 1) return priced
  const take = (column: Float64Array) =>
    Float64Array.from({ length: Math.ceil(column.length / stride) }, (_, i) => column[i * stride]!)
  return {
    purchases: take(priced.purchases),
    totals: take(priced.totals),
    weights: priced.weights && take(priced.weights),
  }
}

/** The negative log-likelihood less the sum of ln z, which no parameter moves. */
function objectiveOf({ purchases, totals, weights }: Priced): CurvedObjective {
  const histogram = new Map<number, number>()
  let customers = 0
  let logTotals = 0
  for (let row = 0; row < totals.length; row++) {
    const weight = weights ? weights[row]! : 1
    const x = purchases[row]!
    customers += weight
    logTotals += weight * x * Math.log(totals[row]!)
    histogram.set(x, (histogram.get(x) ?? 0) + weight)
  }
  const counts = [...histogram].sort(([one], [other]) => one - other)
  return (point, gradient, hessian) => {
    const [p, q, gamma] = point.map(Math.exp) as unknown as [number, number, number]
    const { log, xLog, inverse, xInverse, square, xSquare } = sumsOver(purchases, totals, weights, gamma)
    const beta = betaTerms(counts, p, q)
    const slopeP = beta.p - logTotals + xLog
    const slopeQ = beta.q - customers * Math.log(gamma) + log
    const slopeGamma = p * xInverse + q * inverse - (q * customers) / gamma
    gradient[0] = p * slopeP
    gradient[1] = q * slopeQ
    gradient[2] = gamma * slopeGamma
    hessian[0] = p * p * beta.pp + gradient[0]
    hessian[4] = q * q * beta.qq + gradient[1]
    hessian[8] = gamma * gamma * ((q * customers) / (gamma * gamma) - p * xSquare - q * square) + gradient[2]
    hessian[1] = hessian[3] = p * q * beta.pq
    hessian[2] = hessian[6] = p * gamma * xInverse
    hessian[5] = hessian[7] = q * gamma * (inverse - customers / gamma)
    return beta.value - p * (logTotals - xLog) - q * (customers * Math.log(gamma) - log)
  }
}

/** Sum of ln B(px, q) over the histogram of x, with its first and second derivatives. */
function betaTerms(counts: readonly (readonly [number, number])[], p: number, q: number) {
  const terms = { value: 0, p: 0, q: 0, pp: 0, pq: 0, qq: 0 }
  const slope = digamma(q)
  const bend = trigamma(q)
  for (const [x, weight] of counts) {
    const shape = p * x
    const both = digamma(shape + q)
    const bothBend = trigamma(shape + q)
    terms.value += weight * logBeta(shape, q)
    terms.p += weight * x * (digamma(shape) - both)
    terms.q += weight * (slope - both)
    terms.pp += weight * x * x * (trigamma(shape) - bothBend)
    terms.pq -= weight * x * bothBend
    terms.qq += weight * (bend - bothBend)
  }
  return terms
}

/** The sums over customers that depend on gamma: of ln(gamma + x z) and of its derivatives, plain and weighed by x. */
function sumsOver(purchases: Float64Array, totals: Float64Array, weights: Float64Array | undefined, gamma: number) {
  let log = 0
  let xLog = 0
  let inverse = 0
  let xInverse = 0
  let square = 0
  let xSquare = 0
  for (let row = 0; row < totals.length; row++) {
    const x = purchases[row]!
    const sum = gamma + totals[row]!
    const weight = weights === undefined ? 1 : weights[row]!
    const logged = weight * Math.log(sum)
    const inverted = weight / sum
    const squared = inverted / sum
    log += logged
    xLog += x * logged
    inverse += inverted
    xInverse += x * inverted
    square += squared
    xSquare += x * squared
  }
  return { log, xLog, inverse, xInverse, square, xSquare }
}
