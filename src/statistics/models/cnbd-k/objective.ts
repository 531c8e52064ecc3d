import { digamma } from '../../functions/digamma.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { logGamma } from '../../functions/log-gamma.ts'
import { trigamma } from '../../functions/trigamma.ts'
import type { CurvedObjective } from '../../optimisation/newton.ts'
import { type CnbdKParameters, type Leaving, stayingEvidence } from './parameters.ts'
import type { Group, RowsByPurchases } from './rows-by-purchases.ts'
import { betaConstants, SURVIVAL_NUMBERS } from './survival-slopes.ts'
import { readSurvival, survivalTable } from './survival-table.ts'

/** Where each parameter stands in a gradient, and each pair of them in a Hessian, row by row. */
const K = 0
const R = 1
const ALPHA = 2
const A = 3
const B = 4
const SIZE = 5
const at = (row: number, column: number) => row * SIZE + column

/**
 * Minus the log-likelihood of a whole base as a function of (ln k, ln r, ln alpha, ln a, ln b), with its exact gradient and
 * Hessian. `logLikelihood` is the same sum, one customer by one.
 *
 * What depends on the number of purchases alone is computed once per group of rows. Within a group ln S is a function of
 * ln(silence / (alpha + t_x)) alone, so a table of a few polynomials (`survival-table.ts`) answers for all its customers;
 * where they are few, each is computed on her own. What remains per customer is six logarithms or exponentials.
 */
export function cnbdKObjective(leaving: Leaving, rows: RowsByPurchases): CurvedObjective {
  const largest = rows.groups.reduce((most, { first, end }) => Math.max(most, end - first), 0)
  const logOdds = new Float64Array(largest)
  return (point, gradient, hessian) => {
    const [k, r, alpha, a, b] = Array.from(point, Math.exp) as [number, number, number, number, number]
    const parameters = { k, r, alpha, a, b }
    gradient.fill(0)
    hessian.fill(0)
    gradient[K] = rows.logGapSum
    let sum = (k - 1) * rows.logGapSum
    for (const group of rows.groups) {
      sum += addShared(leaving, parameters, group, gradient, hessian)
      sum += addRows(leaving, parameters, rows, group, logOdds, gradient, hessian)
    }
    toMinusLogarithms([k, r, alpha, a, b], gradient, hessian)
    return -sum
  }
}

/** The part of the likelihood that all customers with as many purchases share; only the upper half of the Hessian. */
function addShared(
  leaving: Leaving,
  { k, r, a, b }: CnbdKParameters,
  { purchases, weight }: Group,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  const shape = r + k * purchases
  const slopeShape = digamma(shape)
  const curveShape = trigamma(shape)
  gradient[K]! += weight * purchases * (slopeShape - digamma(k))
  gradient[R]! += weight * (slopeShape - digamma(r))
  hessian[at(K, K)]! += weight * purchases * (purchases * curveShape - trigamma(k))
  hessian[at(K, R)]! += weight * purchases * curveShape
  hessian[at(R, R)]! += weight * (curveShape - trigamma(r))
  const buying = logGamma(shape) - logGamma(r) - purchases * logGamma(k)
  const staying = stayingEvidence(leaving, b, purchases)
  if (staying === Infinity) return weight * buying
  // ln B(a, s + 1) / B(a, b) without its factor s, which each row brings: ln B(a, s) - ln B(a, b) - ln(a + s).
  const all = a + staying
  const slopeAll = digamma(a + b) - digamma(all) - 1 / all
  const curveAll = trigamma(a + b) - trigamma(all) + 1 / (all * all)
  gradient[A]! += weight * slopeAll
  gradient[B]! += weight * (digamma(staying) - digamma(b) + slopeAll)
  hessian[at(A, A)]! += weight * curveAll
  hessian[at(A, B)]! += weight * curveAll
  hessian[at(B, B)]! += weight * (trigamma(staying) - trigamma(b) + curveAll)
  return weight * (buying + logBeta(a, staying) - logBeta(a, b) - Math.log(all))
}

const survival = new Float64Array(SURVIVAL_NUMBERS)

/** What each customer adds: r ln(alpha) - R ln(alpha + t_x) + ln(a + s S), or + ln S where she cannot have left. */
function addRows(
  leaving: Leaving,
  { k, r, alpha, a, b }: CnbdKParameters,
  { recency, silent, weights }: RowsByPurchases,
  { purchases, first, end, weight: customers }: Group,
  logOdds: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): number {
  const shape = r + k * purchases
  const beta = betaConstants(k, shape)
  const staying = stayingEvidence(leaving, b, purchases)
  const canLeave = staying !== Infinity
  for (let row = first; row < end; row++) logOdds[row - first] = Math.log(silent[row]! / (alpha + recency[row]!))
  const table = survivalTable(logOdds, end - first, beta)

  const logAlpha = Math.log(alpha)
  let sum = 0
  let logScales = 0
  let inverses = 0
  let squares = 0
  // Sums over the rows: slopes of the last term in (k, r, alpha, a, b), then its second derivatives.
  let gK = 0
  let gR = 0
  let gAlpha = 0
  let gA = 0
  let gB = 0
  let hKK = 0
  let hKR = 0
  let hRR = 0
  let hKAlpha = 0
  let hRAlpha = 0
  let hAlphaAlpha = 0
  let hAK = 0
  let hAR = 0
  let hAAlpha = 0
  let hBK = 0
  let hBR = 0
  let hBAlpha = 0
  let hAA = 0
  let hAB = 0
  let hBB = 0
  for (let row = first; row < end; row++) {
    const weight = weights[row]!
    const scale = alpha + recency[row]!
    const inverse = 1 / scale
    // ln(alpha + t_x) - ln(alpha) first: both logarithms may be large, and r times their difference is what is meant.
    const logStretch = purchases === 0 ? 0 : Math.log1p(recency[row]! / alpha)
    logScales += weight * logStretch
    inverses += weight * inverse
    squares += weight * inverse * inverse

    let logContinuing = 0
    let sK = 0
    let sR = 0
    let sAlpha = 0
    let sKK = 0
    let sKR = 0
    let sRR = 0
    let sKAlpha = 0
    let sRAlpha = 0
    let sAlphaAlpha = 0
    const silence = silent[row]!
    if (silence > 0) {
      const u = logOdds[row - first]!
      readSurvival(table, u, survival)
      logContinuing = survival[0]!
      const overK = survival[1]!
      const overShape = survival[2]!
      const logY = -Math.log1p(silence * inverse)
      // The slope of ln S in ln odds is minus the density over the survival.
      const overOdds = -Math.exp(k * (u + logY) + shape * logY - beta.logBeta - logContinuing)
      const overOddsK = overOdds * (u + logY - beta.slopeK - overK)
      const overOddsShape = overOdds * (logY - beta.slopeShape - overShape)
      const z = silence / (silence + scale)
      const overOddsOdds = overOdds * (k * (1 - z) - shape * z - overOdds)
      sK = overK + purchases * overShape
      sR = overShape
      sAlpha = -overOdds * inverse
      sKK = survival[3]! + 2 * purchases * survival[4]! + purchases * purchases * survival[5]!
      sKR = survival[4]! + purchases * survival[5]!
      sRR = survival[5]!
      sKAlpha = -(overOddsK + purchases * overOddsShape) * inverse
      sRAlpha = -overOddsShape * inverse
      sAlphaAlpha = (overOddsOdds + overOdds) * inverse * inverse
    }

    let alive = 1
    let bent = 0
    if (canLeave) {
      const continuing = Math.exp(logContinuing)
      const mixed = a + staying * continuing
      sum += weight * Math.log(mixed)
      const share = weight / mixed
      alive = (staying * continuing) / mixed
      bent = weight * alive * (1 - alive)
      const byA = -alive * share
      const byB = (1 - alive) * continuing * share
      gA += share
      gB += share * continuing
      hAK += byA * sK
      hAR += byA * sR
      hAAlpha += byA * sAlpha
      hBK += byB * sK
      hBR += byB * sR
      hBAlpha += byB * sAlpha
      const square = share / mixed
      hAA -= square
      hAB -= square * continuing
      hBB -= square * continuing * continuing
    } else sum += weight * logContinuing
    const bending = weight * alive
    gK += bending * sK
    gR += bending * sR
    gAlpha += bending * sAlpha
    hKK += bending * sKK + bent * sK * sK
    hKR += bending * sKR + bent * sK * sR
    hRR += bending * sRR + bent * sR * sR
    hKAlpha += bending * sKAlpha + bent * sK * sAlpha
    hRAlpha += bending * sRAlpha + bent * sR * sAlpha
    hAlphaAlpha += bending * sAlphaAlpha + bent * sAlpha * sAlpha
  }
  gradient[K]! += gK - purchases * (logScales + customers * logAlpha)
  gradient[R]! += gR - logScales
  gradient[ALPHA]! += gAlpha + (customers * r) / alpha - shape * inverses
  gradient[A]! += gA
  gradient[B]! += gB
  hessian[at(K, K)]! += hKK
  hessian[at(K, R)]! += hKR
  hessian[at(R, R)]! += hRR
  hessian[at(K, ALPHA)]! += hKAlpha - purchases * inverses
  hessian[at(R, ALPHA)]! += hRAlpha + customers / alpha - inverses
  hessian[at(ALPHA, ALPHA)]! += hAlphaAlpha - (customers * r) / (alpha * alpha) + shape * squares
  hessian[at(K, A)]! += hAK
  hessian[at(R, A)]! += hAR
  hessian[at(ALPHA, A)]! += hAAlpha
  hessian[at(K, B)]! += hBK
  hessian[at(R, B)]! += hBR
  hessian[at(ALPHA, B)]! += hBAlpha
  hessian[at(A, A)]! += hAA
  hessian[at(A, B)]! += hAB
  hessian[at(B, B)]! += hBB
  return sum - shape * logScales - k * purchases * customers * logAlpha
}

/** From a sum in the parameters themselves to minus that sum in their logarithms, with both halves of the Hessian. */
function toMinusLogarithms(parameters: readonly number[], gradient: Float64Array, hessian: Float64Array): void {
  for (let i = 0; i < SIZE; i++) gradient[i]! *= -parameters[i]!
  for (let i = 0; i < SIZE; i++) {
    for (let j = i; j < SIZE; j++) {
      const curve = -parameters[i]! * parameters[j]! * hessian[at(i, j)]! + (i === j ? gradient[i]! : 0)
      hessian[at(i, j)] = curve
      hessian[at(j, i)] = curve
    }
  }
}
