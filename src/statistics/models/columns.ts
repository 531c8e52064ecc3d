import { refuseAll } from '../invalid-input.ts'
import { type History, historyFaults } from './history.ts'

export type NumberColumn = Float64Array | Int32Array

/** A base of customers as columns of equal length, one row per customer; the fields are those of `History`. */
export interface Columns {
  readonly purchases: NumberColumn
  readonly recency: NumberColumn
  readonly observed: NumberColumn
  readonly logGapSum?: Float64Array
  /** How many customers a row stands for; 1 where absent. Repeating a row three times and weighing it by 3 are the same. */
  readonly weights?: NumberColumn
}

/** Refuses columns that are no customer base: every kind of fault once, with its first row and how often it occurs. */
export function checkColumns(columns: Columns): void {
  const { purchases, recency, observed, logGapSum, weights } = columns
  const rows = purchases.length
  const messages: string[] = []
  for (const [name, column] of Object.entries({ recency, observed, logGapSum, weights })) {
    if (column !== undefined && column.length !== rows) {
      messages.push(`${name} has ${column.length} rows where purchases has ${rows}`)
    }
  }
  refuseAll(messages)
  if (rows === 0) messages.push('there are no customers')
  const found = new Map<string, { row: number; times: number }>()
  const note = (fault: string, row: number) => {
    const known = found.get(fault)
    if (known) known.times++
    else found.set(fault, { row, times: 1 })
  }
  let weightSum = 0
  for (let row = 0; row < rows; row++) {
    const faults = historyFaults(purchases[row]!, recency[row]!, observed[row]!, logGapSum?.[row])
    for (const fault of faults) note(fault, row)
    const weight = weights ? weights[row]! : 1
    if (!(weight >= 0 && weight < Infinity)) note('weights must be finite numbers of at least 0', row)
    weightSum += weight
  }
  for (const [fault, { row, times }] of found) messages.push(`${fault}: ${times} rows, first at row ${row}`)
  if (rows > 0 && found.size === 0 && weightSum === 0) messages.push('all weights are 0')
  refuseAll(messages)
}

/** One row of the columns as a history. */
export function historyAt(columns: Columns, row: number): History {
  const { purchases, recency, observed, logGapSum } = columns
  return {
    purchases: purchases[row]!,
    recency: recency[row]!,
    observed: observed[row]!,
    ...(logGapSum ? { logGapSum: logGapSum[row]! } : {}),
  }
}

/** One number for each row. Example: `forEachRow(columns, history => history.purchases)` -> the column of purchases. */
export function forEachRow(columns: Columns, answer: (history: History) => number): Float64Array {
  return Float64Array.from({ length: columns.purchases.length }, (_, row) => answer(historyAt(columns, row)))
}

/**
 * Every n-th customer, so that at most `maximum` remain: deterministic, and fair where the order of the rows does not
 * repeat itself with that period. Example: 10 rows, maximum 4 -> rows 0, 3, 6, 9.
 */
export function everyNth(columns: Columns, maximum: number): Columns {
  const rows = columns.purchases.length
  const stride = Math.ceil(rows / maximum)
  if (stride <= 1) return columns
  const take = (column: NumberColumn) =>
    Float64Array.from({ length: Math.ceil(rows / stride) }, (_, i) => column[i * stride]!)
  return {
    purchases: take(columns.purchases),
    recency: take(columns.recency),
    observed: take(columns.observed),
    ...(columns.logGapSum ? { logGapSum: take(columns.logGapSum) } : {}),
    ...(columns.weights ? { weights: take(columns.weights) } : {}),
  }
}
