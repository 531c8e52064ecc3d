import { refuseAll } from '../../invalid-input.ts'
import type { NumberColumn } from '../columns.ts'

/**
 * Buying at fixed opportunities (a yearly gift, a weekly box, a congress): while alive a customer takes each with a chance that
 * is Beta(alpha, beta) over the base, and before each she leaves for good with a chance that is Beta(gamma, delta).
 */
export interface BgBbParameters {
  readonly alpha: number
  readonly beta: number
  readonly gamma: number
  readonly delta: number
}

export const bgBbNames = ['alpha', 'beta', 'gamma', 'delta'] as const

/** What is known of one customer, counted in opportunities since the one at which she joined. */
export interface OpportunityHistory {
  /** x: how many opportunities she took. */
  readonly purchases: number
  /** t_x: number of the last one she took; 0 where she took none. */
  readonly recency: number
  /** n: how many there were. */
  readonly opportunities: number
}

/** One row per customer, or per kind of customer with `weights`. */
export interface OpportunityColumns {
  readonly purchases: NumberColumn
  readonly recency: NumberColumn
  readonly opportunities: NumberColumn
  /** How many customers a row stands for; 1 where absent. */
  readonly weights?: NumberColumn
}

/** Refuses a history that cannot have happened, with every fault at once. */
export function checkOpportunityHistory({ purchases, recency, opportunities }: OpportunityHistory): void {
  refuseAll(faultsOf(purchases, recency, opportunities))
}

/** Refuses columns that are no customer base: every kind of fault once, with its first row and how often it occurs. */
export function checkOpportunityColumns(columns: OpportunityColumns): void {
  const { purchases, recency, opportunities, weights } = columns
  const rows = purchases.length
  const messages: string[] = []
  for (const [name, column] of Object.entries({ recency, opportunities, weights })) {
    if (column !== undefined && column.length !== rows) {
      messages.push(`${name} has ${column.length} rows where purchases has ${rows}`)
    }
  }
  refuseAll(messages)
  if (rows === 0) messages.push('there are no customers')
  const found = new Map<string, { row: number; times: number }>()
  let weightSum = 0
  for (let row = 0; row < rows; row++) {
    const faults = faultsOf(purchases[row]!, recency[row]!, opportunities[row]!)
    const weight = weights ? weights[row]! : 1
    if (!(weight >= 0 && weight < Infinity)) faults.push('weights must be finite numbers of at least 0')
    weightSum += weight
    for (const fault of faults) {
      const known = found.get(fault)
      if (known) known.times++
      else found.set(fault, { row, times: 1 })
    }
  }
  for (const [fault, { row, times }] of found) messages.push(`${fault}: ${times} rows, first at row ${row}`)
  if (rows > 0 && messages.length === 0 && weightSum === 0) messages.push('all weights are 0')
  refuseAll(messages)
}

/** Refuses a number of opportunities that is no whole number. */
export function checkOpportunities(name: string, count: number): void {
  if (!isCount(count)) refuseAll([`${name} must be a whole number of at least 0, found ${count}`])
}

function faultsOf(purchases: number, recency: number, opportunities: number): string[] {
  const faults: string[] = []
  if (!isCount(purchases)) faults.push('purchases must be a whole number of at least 0')
  if (!isCount(recency)) faults.push('recency must be a whole number of at least 0')
  if (!isCount(opportunities)) faults.push('opportunities must be a whole number of at least 0')
  if (recency > opportunities) faults.push('recency must not exceed opportunities')
  if (purchases > recency) faults.push('purchases must not exceed recency: no opportunity can be taken twice')
  if (purchases === 0 && recency > 0) faults.push('without purchases recency must be 0')
  return faults
}

function isCount(value: number): boolean {
  return value >= 0 && Number.isInteger(value)
}
