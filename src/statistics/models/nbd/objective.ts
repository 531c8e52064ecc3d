import { addLogRising } from '../../functions/log-rising.ts'
import type { CurvedObjective } from '../../optimisation/newton.ts'
import type { PurchaseGroups } from '../purchase-groups.ts'

/** How long customers were watched: rows of equal span taken together where a grid allows it. */
interface Watched {
  readonly observed: Float64Array
  /** Customers and purchases that each span stands for. */
  readonly customers: Float64Array
  readonly purchases: Float64Array
}

/**
 * The negative log-likelihood of NBD over (ln r, ln alpha), with exact gradient and Hessian:
 *
 *   ln L = sum_k N(x > k) ln(r + k) + N r ln alpha - sum (r + x) ln(alpha + T)
 *
 * On a grid of days the last sum has as many terms as there are days, whatever the number of customers.
 */
export function nbdObjective(groups: PurchaseGroups): CurvedObjective {
  const { observed, customers, purchases } = watchedSpans(groups)
  const rising = new Float64Array(3)
  return (point, gradient, hessian) => {
    const r = Math.exp(point[0]!)
    const alpha = Math.exp(point[1]!)
    const logAlpha = Math.log(alpha)
    let value = groups.customers * r * logAlpha
    let slopeR = groups.customers * logAlpha
    let slopeAlpha = (groups.customers * r) / alpha
    let curveR = 0
    let curveBoth = groups.customers / alpha
    let curveAlpha = (-groups.customers * r) / (alpha * alpha)
    rising.fill(0)
    let counted = 0
    groups.purchases.forEach((x, g) => {
      addLogRising(r, counted, x, rising)
      counted = x
      value += groups.counts[g]! * rising[0]!
      slopeR += groups.counts[g]! * rising[1]!
      curveR += groups.counts[g]! * rising[2]!
    })
    for (let i = 0; i < observed.length; i++) {
      const span = alpha + observed[i]!
      const log = Math.log(span)
      const inverse = 1 / span
      const shape = customers[i]! * r + purchases[i]!
      value -= shape * log
      slopeR -= customers[i]! * log
      slopeAlpha -= shape * inverse
      curveBoth -= customers[i]! * inverse
      curveAlpha += shape * inverse * inverse
    }
    gradient[0] = -r * slopeR
    gradient[1] = -alpha * slopeAlpha
    hessian[0] = gradient[0]! - r * r * curveR
    hessian[1] = -r * alpha * curveBoth
    hessian[2] = hessian[1]!
    hessian[3] = gradient[1]! - alpha * alpha * curveAlpha
    return -value
  }
}

function watchedSpans({ purchases, starts, rows, oneTimers }: PurchaseGroups): Watched {
  const once = oneTimers.observed.length
  const ones = oneTimers.weights ?? new Float64Array(once).fill(1)
  if (rows.grid) {
    const { lastStep, stepsPerUnit } = rows.grid
    const all = emptySpans(lastStep + 1)
    for (let step = 0; step <= lastStep; step++) all.observed[step] = step / stepsPerUnit
    for (let i = 0; i < once; i++) all.customers[Math.round(oneTimers.observed[i]! * stepsPerUnit)]! += ones[i]!
    purchases.forEach((x, g) => {
      for (let row = starts[g]!; row < starts[g + 1]!; row++) {
        const step = rows.observed[row]!
        const weight = rows.weights ? rows.weights[row]! : 1
        all.customers[step]! += weight
        all.purchases[step]! += weight * x
      }
    })
    return all
  }
  const repeaters = rows.observed.length
  const all = emptySpans(once + repeaters)
  all.observed.set(oneTimers.observed)
  all.observed.set(rows.observed, once)
  all.customers.set(ones)
  purchases.forEach((x, g) => {
    for (let row = starts[g]!; row < starts[g + 1]!; row++) {
      const weight = rows.weights ? rows.weights[row]! : 1
      all.customers[once + row] = weight
      all.purchases[once + row] = weight * x
    }
  })
  return all
}

function emptySpans(length: number): Watched {
  return {
    observed: new Float64Array(length),
    customers: new Float64Array(length),
    purchases: new Float64Array(length),
  }
}
