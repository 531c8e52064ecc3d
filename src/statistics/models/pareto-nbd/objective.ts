import { addLogRising } from '../../functions/log-rising.ts'
import { type Base, MOST_COUNTED, type PurchaseBlock } from './base.ts'
import { curveBlockTerm } from './curve-sums.ts'
import { LeavingCurve } from './leaving-curve.ts'
import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'
import { LeavingTable } from './leaving-table.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/**
 * The log-likelihood of a base; its slopes in (r, alpha, s, beta) are written to `gradient`.
 *
 * Per customer ln L = ln(r (r+1) ... (r+x-1)) - x ln alpha - fall(t_x) + ln V, where fall(t) = (r + x) ln(1 + t / alpha) +
 * s ln(1 + t / beta), and V is the probability of her silence since. The first term needs only how many bought more than k
 * times; V comes from tables on the grid of days, from curves where there is no grid, and one by one where few share x.
 */
export function baseLogLikelihood(base: Base, parameters: ParetoNbdParameters, gradient: Float64Array): number {
  gradient.fill(0)
  let sum = gammaTerms(base, parameters, gradient)
  sum += gridTerms(base, parameters, gradient)
  sum += curveTerms(base, parameters, gradient)
  const { purchases, recency, observed, weights } = base.rows
  for (let row = 0; row < purchases.length; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    sum += weight * rowTerm(parameters, purchases[row]!, recency[row]!, observed[row]!, weight, gradient)
  }
  return sum
}

/** ln(r (r+1) ... (r+x-1)) - x ln alpha of all customers. */
export function gammaTerms(base: Base, { r, alpha }: ParetoNbdParameters, gradient: Float64Array): number {
  const { moreThan, rows } = base
  let sum = -base.purchases * Math.log(alpha)
  gradient[1]! -= base.purchases / alpha
  for (let k = 0; k < moreThan.length; k++) {
    sum += moreThan[k]! * Math.log(r + k)
    gradient[0]! += moreThan[k]! / (r + k)
  }
  if (moreThan.length < MOST_COUNTED) return sum
  for (let row = 0; row < rows.purchases.length; row++) {
    if (rows.purchases[row]! <= MOST_COUNTED) continue
    const weight = rows.weights === undefined ? 1 : rows.weights[row]!
    const rising = new Float64Array(3)
    addLogRising(r, MOST_COUNTED, rows.purchases[row]!, rising)
    sum += weight * rising[0]!
    gradient[0]! += weight * rising[1]!
  }
  return sum
}

const moments = new Float64Array(LEAVING_MOMENTS)

/** ln V - fall(t_x) of one customer; its slopes, times the weight, are added to `gradient`. */
export function rowTerm(
  { r, alpha, s, beta }: ParetoNbdParameters,
  purchases: number,
  recency: number,
  observed: number,
  weight: number,
  gradient: Float64Array,
): number {
  const shape = r + purchases
  const left = leavingIntegral(moments, shape, alpha, s, beta, recency, observed)
  const silent = observed - recency
  const onAlpha = Math.log1p(silent / (alpha + recency))
  const onBeta = Math.log1p(silent / (beta + recency))
  const fallen = shape * onAlpha + s * onBeta
  const stayed = Math.exp(-fallen)
  const all = stayed + left
  const alive = stayed / all
  const logAlpha = Math.log1p(recency / alpha)
  const logBeta = Math.log1p(recency / beta)
  gradient[0]! -= weight * (logAlpha + alive * onAlpha + moments[1]! / all)
  gradient[1]! +=
    weight *
    shape *
    (recency / (alpha * (alpha + recency)) +
      (alive * silent) / ((alpha + recency) * (alpha + observed)) +
      moments[2]! / all)
  gradient[2]! += weight * (left / (s * all) - logBeta - alive * onBeta - moments[3]! / all)
  gradient[3]! +=
    weight *
    ((s * recency) / (beta * (beta + recency)) +
      (alive * s * silent) / ((beta + recency) * (beta + observed)) +
      ((s * left) / (beta + recency) - (s + 1) * moments[4]!) / all)
  return (fallen < 0.5 ? Math.log1p(Math.expm1(-fallen) + left) : Math.log(all)) - shape * logAlpha - s * logBeta
}

function curveTerms({ curves, longest }: Base, parameters: ParetoNbdParameters, gradient: Float64Array): number {
  if (curves.length === 0) return 0
  const curve = new LeavingCurve(longest, parameters)
  return curves.reduce((sum, block) => sum + curveBlockTerm(block, curve, parameters, gradient), 0)
}

function gridTerms(base: Base, parameters: ParetoNbdParameters, gradient: Float64Array): number {
  const { times, lastSeen, lastSeenPurchases, blocks } = base
  if (times.length < 2) return 0
  const table = new LeavingTable(times, parameters)
  let sum = newcomerTerm(table, base, parameters, gradient)
  const size = times.length
  const stayed = new Float64Array(size)
  const inverseStay = new Float64Array(size)
  const byEnd = new Float64Array(size)
  const leaving = table.leaving.subarray(table.shift)
  const stay = table.stay.subarray(table.shift)
  const logAlpha = table.logAlpha.subarray(table.shift)
  const logBeta = table.logBeta.subarray(table.shift)
  for (let place = 1; place < size; place++) {
    sum -=
      (parameters.r * lastSeen[place]! + lastSeenPurchases[place]!) * logAlpha[place]! +
      parameters.s * lastSeen[place]! * logBeta[place]!
  }
  const slopeByLeaving = table.slopeByLeaving.subarray(table.shift)
  const slopeByFall = table.slopeByFall.subarray(table.shift)
  for (const block of blocks) {
    if (!table.moveTo(block.purchases, block.first)) {
      sum += steepBlockTerm(block, times, parameters, gradient)
      continue
    }
    // V = e^-(fall(T) - fall(t_x)) (1 - leaving[T]) + leaving[t_x]; the exponential is a product of two table entries.
    for (let place = block.first; place < size; place++) {
      stayed[place] = stay[place]! * (1 - leaving[place]!)
      inverseStay[place] = 1 / stay[place]!
      byEnd[place] = 0
    }
    sum += block.weights
      ? weightedBlockSum(block, block.weights, stayed, inverseStay, leaving, slopeByLeaving, byEnd)
      : blockSum(block, stayed, inverseStay, leaving, slopeByLeaving, byEnd)
    for (let place = block.first; place < size; place++) {
      slopeByFall[place] = -leaving[place]! * slopeByLeaving[place]! - stayed[place]! * byEnd[place]!
      slopeByLeaving[place]! -= stay[place]! * byEnd[place]!
    }
    table.takeSlopes()
  }
  table.addGradient(gradient)
  return sum
}

/** The sum of ln V, with one logarithm for many customers; gathers 1 / V by t_x and e^fall(t_x) / V by T. */
function blockSum(
  { recency, observed }: PurchaseBlock,
  stayed: Float64Array,
  inverseStay: Float64Array,
  leaving: Float64Array,
  byStart: Float64Array,
  byEnd: Float64Array,
): number {
  let sum = 0
  let product = 1
  for (let row = 0; row < recency.length; row++) {
    const start = recency[row]!
    const end = observed[row]!
    const scale = inverseStay[start]!
    const silence = scale * stayed[end]! + leaving[start]!
    const inverse = 1 / silence
    byStart[start]! += inverse
    byEnd[end]! += scale * inverse
    product *= silence
    if (product < 1e-200) {
      sum += Math.log(product)
      product = 1
    }
  }
  return sum + Math.log(product)
}

function weightedBlockSum(
  { recency, observed }: PurchaseBlock,
  weights: Float64Array,
  stayed: Float64Array,
  inverseStay: Float64Array,
  leaving: Float64Array,
  byStart: Float64Array,
  byEnd: Float64Array,
): number {
  let sum = 0
  for (let row = 0; row < recency.length; row++) {
    const start = recency[row]!
    const end = observed[row]!
    const scale = inverseStay[start]!
    const silence = scale * stayed[end]! + leaving[start]!
    const share = weights[row]! / silence
    byStart[start]! += share
    byEnd[end]! += scale * share
    sum += weights[row]! * Math.log(silence)
  }
  return sum
}

/** Customers without repeat purchases: t_x = 0 for all, so only T counts, and there are few values of it. */
function newcomerTerm(
  table: LeavingTable,
  { times, newcomers }: Base,
  parameters: ParetoNbdParameters,
  gradient: Float64Array,
): number {
  let sum = 0
  if (!table.moveTo(0, 0)) {
    for (let place = 1; place < newcomers.length; place++) {
      const weight = newcomers[place]!
      if (weight > 0) sum += weight * rowTerm(parameters, 0, 0, times[place]!, weight, gradient)
    }
    return sum
  }
  const { leaving, stay, slopeByLeaving, slopeByFall, shift } = table
  for (let place = 1; place < newcomers.length; place++) {
    const weight = newcomers[place]!
    if (weight === 0) continue
    const end = place + shift
    const alive = stay[end]! * (1 - leaving[end]!)
    const silence = alive + leaving[0]!
    sum += weight * Math.log(silence)
    slopeByLeaving[0]! += weight / silence
    slopeByLeaving[end]! -= (weight * stay[end]!) / silence
    slopeByFall[end] = (-weight * alive) / silence
  }
  table.takeSlopes()
  return sum
}

/** The sum of ln V of a block for which the grid is too coarse; its falls are in the sum of all blocks. */
function steepBlockTerm(
  { purchases, recency, observed, weights }: PurchaseBlock,
  times: Float64Array,
  parameters: ParetoNbdParameters,
  gradient: Float64Array,
): number {
  const { r, alpha, s, beta } = parameters
  let sum = 0
  for (let row = 0; row < recency.length; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    const start = times[recency[row]!]!
    const fallen = (r + purchases) * Math.log1p(start / alpha) + s * Math.log1p(start / beta)
    sum += weight * (fallen + rowTerm(parameters, purchases, start, times[observed[row]!]!, weight, gradient))
  }
  return sum
}
