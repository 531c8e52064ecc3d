import type { Objective } from '../../optimisation/minimise.ts'
import type { Columns, NumberColumn } from '../columns.ts'
import type { StandardCovariate } from '../covariates.ts'
import { type Base, sortBase } from './base.ts'
import { baseLogLikelihood, gammaTerms, rowTerm } from './objective.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** Customers who share all covariates are one base with one alpha and one beta, on the tables of the plain model. */
interface Group {
  readonly base: Base
  readonly covariates: Float64Array
}

/** Up to this many groups, and with this many customers in each on average, tables pay. */
const MOST_GROUPS = 500
const FEWEST_PER_GROUP = 50

/**
 * The negative log-likelihood over (ln r, ln alpha, ln s, ln beta, coefficients), where alpha of a customer is
 * alpha exp(-sum of transaction coefficient x covariate), and beta likewise of the lifetime covariates.
 */
export function covariateObjective(columns: Columns, covariates: readonly StandardCovariate[]): Objective {
  const groups = groupRows(columns, covariates)
  if (groups) return (point, gradient) => groupedObjective(groups, covariates, point, gradient)
  return rowObjective(columns, covariates, sortBase(columns))
}

const slopes = new Float64Array(4)

function groupedObjective(
  groups: readonly Group[],
  covariates: readonly StandardCovariate[],
  point: Float64Array,
  gradient: Float64Array,
): number {
  let sum = 0
  gradient.fill(0)
  for (const group of groups) {
    const parameters = shifted(point, covariates, i => group.covariates[i]!)
    sum += baseLogLikelihood(group.base, parameters, slopes)
    addSlopes(gradient, parameters, covariates, i => group.covariates[i]!)
  }
  return -sum
}

function rowObjective(
  { purchases, recency, observed, weights }: Columns,
  covariates: readonly StandardCovariate[],
  base: Base,
) {
  return (point: Float64Array, gradient: Float64Array) => {
    gradient.fill(0)
    // The gamma terms know r alone; alpha = 1 takes x ln alpha out of them, and each row puts its own back.
    slopes.fill(0)
    let sum = gammaTerms(base, { ...shifted(point, [], () => 0), alpha: 1 }, slopes)
    gradient[0]! -= slopes[0]! * Math.exp(point[0]!)
    for (let row = 0; row < purchases.length; row++) {
      const covariate = (i: number) => covariates[i]!.values[row]!
      const weight = weights === undefined ? 1 : weights[row]!
      const parameters = shifted(point, covariates, covariate)
      const x = purchases[row]!
      slopes.fill(0)
      slopes[1] = (-weight * x) / parameters.alpha
      sum +=
        weight *
        (rowTerm(parameters, x, recency[row]!, observed[row]!, weight, slopes) - x * Math.log(parameters.alpha))
      addSlopes(gradient, parameters, covariates, covariate)
    }
    return -sum
  }
}

/** The parameters of one customer or group. */
function shifted(
  point: Float64Array,
  covariates: readonly StandardCovariate[],
  covariate: (i: number) => number,
): ParetoNbdParameters {
  let logAlpha = point[1]!
  let logBeta = point[3]!
  for (let i = 0; i < covariates.length; i++) {
    const shift = point[4 + i]! * covariate(i)
    if (covariates[i]!.kind === 'transaction') logAlpha -= shift
    else logBeta -= shift
  }
  return { r: Math.exp(point[0]!), alpha: Math.exp(logAlpha), s: Math.exp(point[2]!), beta: Math.exp(logBeta) }
}

/** From the slopes of ln L in the shifted parameters to those of -ln L in the point. */
function addSlopes(
  gradient: Float64Array,
  { r, alpha, s, beta }: ParetoNbdParameters,
  covariates: readonly StandardCovariate[],
  covariate: (i: number) => number,
): void {
  gradient[0]! -= slopes[0]! * r
  gradient[1]! -= slopes[1]! * alpha
  gradient[2]! -= slopes[2]! * s
  gradient[3]! -= slopes[3]! * beta
  for (let i = 0; i < covariates.length; i++) {
    const slope = covariates[i]!.kind === 'transaction' ? slopes[1]! * alpha : slopes[3]! * beta
    gradient[4 + i]! += slope * covariate(i)
  }
}

/** Customers with equal covariates together; undefined where there are too many kinds of them for tables to pay. */
function groupRows(columns: Columns, covariates: readonly StandardCovariate[]): Group[] | undefined {
  const rows = columns.purchases.length
  const most = Math.min(MOST_GROUPS, Math.max(1, rows / FEWEST_PER_GROUP))
  let groupOf = new Int32Array(rows)
  let groups = 1
  for (const { values } of covariates) {
    const known = new Map<number, Map<number, number>>()
    const next = new Int32Array(rows)
    groups = 0
    for (let row = 0; row < rows; row++) {
      const numbers = known.get(groupOf[row]!) ?? new Map<number, number>()
      known.set(groupOf[row]!, numbers)
      let number = numbers.get(values[row]!)
      if (number === undefined) {
        number = groups++
        if (groups > most) return undefined
        numbers.set(values[row]!, number)
      }
      next[row] = number
    }
    groupOf = next
  }
  const members = Array.from({ length: groups }, () => [] as number[])
  for (let row = 0; row < rows; row++) members[groupOf[row]!]!.push(row)
  return members.map(chosen => ({
    base: sortBase(chosenRows(columns, chosen)),
    covariates: Float64Array.from(covariates, ({ values }) => values[chosen[0]!]!),
  }))
}

function chosenRows({ purchases, recency, observed, weights }: Columns, chosen: readonly number[]): Columns {
  const take = (column: NumberColumn) => Float64Array.from(chosen, row => column[row]!)
  return {
    purchases: take(purchases),
    recency: take(recency),
    observed: take(observed),
    ...(weights ? { weights: take(weights) } : {}),
  }
}
