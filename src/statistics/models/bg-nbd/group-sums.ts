import type { ExactRows, OneTimers, StepRows } from '../purchase-groups.ts'

/**
 * What one group of customers with the same number of purchases x adds to the log-likelihood and its slopes, before the
 * parts that depend on x alone. For each customer
 *
 *   M = ln[ stay + leave ],  stay = (alpha + T)^-(r + x),  leave = c (alpha + t_x)^-(r + x),
 *
 * and w = stay / (stay + leave) is P(alive), v = 1 - w. The gradient of M is w d ln stay + v d ln leave, its Hessian that of
 * the parts so mixed plus w v (d ln stay - d ln leave)(...)'. With l = ln(alpha + .) and i = 1 / (alpha + .), `seen` for t_x
 * and `span` for T, the sums below are all that is needed.
 */
export interface GroupSums {
  /** Sum of M. */
  value: number
  /** Sum of v; sum of w v. */
  left: number
  spread: number
  /** Sums of w l_span + v l_seen, of w i_span + v i_seen, and of w i_span^2 + v i_seen^2. */
  log: number
  inverse: number
  square: number
  /** Sums of w v times d, e, d^2, d e, e^2, where d = l_seen - l_span and e = i_seen - i_span. */
  d: number
  e: number
  dd: number
  de: number
  ee: number
}

export const emptySums = (): GroupSums => ({
  value: 0,
  left: 0,
  spread: 0,
  log: 0,
  inverse: 0,
  square: 0,
  d: 0,
  e: 0,
  dd: 0,
  de: 0,
  ee: 0,
})

/** Tables over the steps of a grid for one alpha. */
export interface StepTables {
  /** ln(alpha + t) and 1 / (alpha + t). */
  readonly logs: Float64Array
  readonly inverses: Float64Array
  /** Space for ((alpha + t) / middle)^(r + x) and its inverse, filled for one group at a time. */
  readonly powers: Float64Array
  readonly inversePowers: Float64Array
}

/** Beyond this the powers of a group no longer fit a floating-point number, and each customer gets an exponential. */
const LARGEST_EXPONENT = 690
/** The product of many v is logged once, shortly before it is too small. */
const SMALLEST_PRODUCT = 1e-200

/** Fills the sums of the rows from `start` to `end`, whose spans are steps of a grid. `shape` is r + x. */
export function sumSteps(
  { recency, observed, weights }: StepRows,
  [start, end]: readonly [number, number],
  [shape, c]: readonly [number, number],
  tables: StepTables,
  sums: GroupSums,
): void {
  const { logs, inverses, powers, inversePowers } = tables
  const last = logs.length - 1
  const middle = 0.5 * (logs[0]! + logs[last]!)
  // One exponential per step instead of one per customer.
  const tabled = end - start > last && shape * (logs[last]! - middle) < LARGEST_EXPONENT
  if (tabled) {
    for (let step = 0; step <= last; step++) {
      const power = Math.exp(shape * (logs[step]! - middle))
      powers[step] = power
      inversePowers[step] = 1 / power
    }
  }
  let customers = 0
  let logOfProducts = 0
  let product = 1
  let logSeen = 0
  let left = 0
  let spread = 0
  let log = 0
  let inverse = 0
  let square = 0
  let d = 0
  let e = 0
  let dd = 0
  let de = 0
  let ee = 0
  for (let row = start; row < end; row++) {
    const seen = recency[row]!
    const span = observed[row]!
    const l = logs[seen]!
    const i = inverses[seen]!
    const dl = l - logs[span]!
    const di = i - inverses[span]!
    const ratio = tabled ? powers[seen]! * inversePowers[span]! : Math.exp(shape * dl)
    const v = c / (c + ratio)
    const weight = weights ? weights[row]! : 1
    if (weights) logOfProducts += weight * Math.log(v)
    else {
      // v is at least c / (c + 1), so one more factor never ends the product at 0.
      product *= v
      if (product < SMALLEST_PRODUCT) {
        logOfProducts += Math.log(product)
        product = 1
      }
    }
    const weightedL = weight * l
    const weightedI = weight * i
    const gone = weight * v
    const here = weight - gone
    customers += weight
    logSeen += weightedL
    left += gone
    log += weightedL - here * dl
    inverse += weightedI - here * di
    square += weightedI * i - here * di * (2 * i - di)
    const wv = here * v
    spread += wv
    const wvdl = wv * dl
    const wvdi = wv * di
    d += wvdl
    e += wvdi
    dd += wvdl * dl
    de += wvdl * di
    ee += wvdi * di
  }
  sums.value = customers * Math.log(c) - shape * logSeen - logOfProducts - Math.log(product)
  sums.left = left
  sums.spread = spread
  sums.log = log
  sums.inverse = inverse
  sums.square = square
  sums.d = d
  sums.e = e
  sums.dd = dd
  sums.de = de
  sums.ee = ee
}

/**
 * The same for spans of any kind: two logarithms and an exponential each. One-timers have no
 * recency; with c = 0 (the first purchase is no chance to leave) they are all alive.
 */
export function sumExactly(
  rows: Pick<ExactRows, 'recency' | 'observed' | 'weights'> | OneTimers,
  [start, end]: readonly [number, number],
  [shape, c]: readonly [number, number],
  alpha: number,
  sums: GroupSums,
): void {
  if (c === 0) {
    sumAllAlive(rows, [start, end], shape, alpha, sums)
    return
  }
  const { observed, weights } = rows
  const recency = 'recency' in rows ? rows.recency : undefined
  const logAlpha = Math.log(alpha)
  let value = 0
  let logOfProducts = 0
  let product = 1
  let left = 0
  let spread = 0
  let log = 0
  let inverse = 0
  let square = 0
  let d = 0
  let e = 0
  let dd = 0
  let de = 0
  let ee = 0
  for (let row = start; row < end; row++) {
    const weight = weights ? weights[row]! : 1
    const span = alpha + observed[row]!
    const l = recency ? Math.log(alpha + recency[row]!) : logAlpha
    const i = 1 / (recency ? alpha + recency[row]! : alpha)
    const dl = l - Math.log(span)
    const di = i - 1 / span
    const v = c / (c + Math.exp(shape * dl))
    const w = 1 - v
    if (weights) logOfProducts += weight * Math.log(v)
    else {
      product *= v
      if (product < SMALLEST_PRODUCT) {
        logOfProducts += Math.log(product)
        product = 1
      }
    }
    value -= weight * l
    left += weight * v
    log += weight * (l - w * dl)
    inverse += weight * (i - w * di)
    square += weight * (i * i - w * di * (2 * i - di))
    const wv = weight * w * v
    const wvdl = wv * dl
    const wvdi = wv * di
    spread += wv
    d += wvdl
    e += wvdi
    dd += wvdl * dl
    de += wvdl * di
    ee += wvdi * di
  }
  const customers = weights ? weights.subarray(start, end).reduce((sum, weight) => sum + weight, 0) : end - start
  value = shape * value + customers * Math.log(c) - logOfProducts - Math.log(product)
  sums.value = value
  sums.left = left
  sums.spread = spread
  sums.log = log
  sums.inverse = inverse
  sums.square = square
  sums.d = d
  sums.e = e
  sums.dd = dd
  sums.de = de
  sums.ee = ee
}

/** Of customers who had no chance to leave: M = -(r + x) ln(alpha + T). */
function sumAllAlive(
  { observed, weights }: OneTimers,
  [start, end]: readonly [number, number],
  shape: number,
  alpha: number,
  sums: GroupSums,
): void {
  let log = 0
  let product = 1
  let inverse = 0
  let square = 0
  for (let row = start; row < end; row++) {
    const weight = weights ? weights[row]! : 1
    const span = alpha + observed[row]!
    if (weights) log += weight * Math.log(span)
    else {
      product *= span
      if (product > 1 / SMALLEST_PRODUCT || product < SMALLEST_PRODUCT) {
        log += Math.log(product)
        product = 1
      }
    }
    inverse += weight / span
    square += weight / (span * span)
  }
  log += Math.log(product)
  Object.assign(sums, emptySums(), { value: -shape * log, log, inverse, square })
}
