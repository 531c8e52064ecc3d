import { refuseAll } from '../../invalid-input.ts'
import type { NumberColumn } from '../columns.ts'

/**
 * The spread of what customers spend: one customer's purchases are Gamma(p, rate nu), and nu is Gamma(q, rate gamma) over the
 * base. `gamma` is in the unit of the money; p and q have none.
 */
export interface GammaGammaParameters {
  readonly p: number
  readonly q: number
  readonly gamma: number
}

export const gammaGammaNames = ['p', 'q', 'gamma'] as const

/** One row per customer. */
export interface SpendColumns {
  /** x: over how many purchases the mean is taken; customarily the repeat purchases. */
  readonly purchases: NumberColumn
  /** Mean spend per purchase, in any unit of one currency. */
  readonly meanSpend: NumberColumn
  /** How many customers a row stands for; 1 where absent. */
  readonly weights?: NumberColumn
}

/** Refuses a number of purchases or a mean that cannot be. A mean of 0 or less is no fault: it says nothing about spending. */
export function checkSpend(purchases: number, meanSpend: number): void {
  const messages: string[] = []
  if (!isCount(purchases)) messages.push(`purchases must be a whole number of at least 0, found ${purchases}`)
  if (!Number.isFinite(meanSpend)) messages.push(`meanSpend must be finite, found ${meanSpend}`)
  refuseAll(messages)
}

/** Refuses columns that are no customer base, every kind of fault once. */
export function checkSpendColumns({ purchases, meanSpend, weights }: SpendColumns): void {
  const rows = purchases.length
  const messages: string[] = []
  if (rows === 0) messages.push('there are no customers')
  if (meanSpend.length !== rows) messages.push(`meanSpend has ${meanSpend.length} rows where purchases has ${rows}`)
  if (weights && weights.length !== rows)
    messages.push(`weights has ${weights.length} rows where purchases has ${rows}`)
  refuseAll(messages)
  let badPurchases = 0
  let badSpend = 0
  let badWeights = 0
  for (let row = 0; row < rows; row++) {
    if (!isCount(purchases[row]!)) badPurchases++
    if (!Number.isFinite(meanSpend[row])) badSpend++
    if (weights && !(weights[row]! >= 0 && weights[row]! < Infinity)) badWeights++
  }
  if (badPurchases > 0) messages.push(`purchases must be whole numbers of at least 0: ${badPurchases} rows are not`)
  if (badSpend > 0) messages.push(`meanSpend must be finite: ${badSpend} rows are not`)
  if (badWeights > 0) messages.push(`weights must be finite numbers of at least 0: ${badWeights} rows are not`)
  refuseAll(messages)
}

/** Whether a customer tells anything about spending. */
export function isPriced(purchases: number, meanSpend: number): boolean {
  return purchases > 0 && meanSpend > 0
}

function isCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value)
}
