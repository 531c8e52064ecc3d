import { refuseAll } from '../invalid-input.ts'
import { solvePositiveDefinite } from '../optimisation/cholesky.ts'

/** Traits that may speed up or slow down buying, and traits that may hasten or delay leaving. */
export const covariateKinds = ['transaction', 'lifetime'] as const
export type CovariateKind = (typeof covariateKinds)[number]

/**
 * What was known of each customer from the start and does not change (channel, region, campaign), one column per trait
 * and one row per customer. A trait may stand in both.
 */
export interface Covariates {
  readonly transaction?: readonly Float64Array[]
  readonly lifetime?: readonly Float64Array[]
}

/** One number per covariate, in the order in which the columns were given. */
export type CovariateNumbers = Readonly<Record<CovariateKind, readonly number[]>>

/** A covariate brought to mean 0 and standard deviation 1, so that the search need not care about units. */
export interface StandardCovariate {
  readonly kind: CovariateKind
  readonly mean: number
  readonly deviation: number
  readonly values: Float64Array
}

/** Two columns are taken for one where they differ by less than this share of their variance. */
const SMALLEST_DIFFERENCE = 1e-9

/** Standardises covariates; refuses columns that are ragged, not finite, the same for everybody, or made of one another. */
export function standardise(covariates: Covariates, rows: number): StandardCovariate[] {
  const messages: string[] = []
  const standard: StandardCovariate[] = []
  for (const kind of covariateKinds) {
    const columns = covariates[kind] ?? []
    const sound: StandardCovariate[] = []
    for (const [place, column] of columns.entries()) {
      const name = `${kind} covariate ${place + 1}`
      if (column.length !== rows) {
        messages.push(`${name} has ${column.length} rows where there are ${rows} customers`)
        continue
      }
      const wrong = column.findIndex(value => !Number.isFinite(value))
      if (wrong >= 0) {
        messages.push(`${name} must be finite numbers, found ${column[wrong]} at row ${wrong}`)
        continue
      }
      const { mean, deviation } = momentsOf(column)
      if (deviation <= 1e-12 * Math.max(Math.abs(mean), Number.MIN_VALUE)) {
        messages.push(`${name} is the same for all customers, so nothing can be learned from it`)
        continue
      }
      sound.push({ kind, mean, deviation, values: column.map(value => (value - mean) / deviation) })
    }
    if (sound.length === columns.length && areCollinear(sound)) {
      messages.push(`${kind} covariates are collinear: one of them follows from the others`)
    }
    standard.push(...sound)
  }
  refuseAll(messages)
  return standard
}

function momentsOf(column: Float64Array): { mean: number; deviation: number } {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length
  return { mean, deviation: Math.sqrt(variance) }
}

function areCollinear(covariates: readonly StandardCovariate[]): boolean {
  const size = covariates.length
  if (size < 2) return false
  const correlation = new Float64Array(size * size)
  for (const [i, one] of covariates.entries()) {
    for (const [j, other] of covariates.entries()) {
      let sum = 0
      for (let row = 0; row < one.values.length; row++) sum += one.values[row]! * other.values[row]!
      correlation[i * size + j] = sum / one.values.length - (i === j ? SMALLEST_DIFFERENCE : 0)
    }
  }
  return solvePositiveDefinite(correlation, new Float64Array(size)) === undefined
}
