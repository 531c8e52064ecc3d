import { refuseAll } from '../invalid-input.ts'
import { type Block, forEachBlock } from './blocks.ts'
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
  let weightSum = weights ? 0 : rows
  forEachBlock(columns, block => {
    if (!logGapSum && isSoundBlock(block)) return
    for (let i = 0; i < block.rows; i++) {
      const row = block.first + i
      const sum = logGapSum?.[row]
      for (const fault of historyFaults(block.purchases[i]!, block.recency[i]!, block.observed[i]!, sum)) {
        note(fault, row)
      }
    }
  })
  for (let row = 0; weights && row < rows; row++) {
    const weight = weights[row]!
    if (!(weight >= 0 && weight < Infinity)) note('weights must be finite numbers of at least 0', row)
    weightSum += weight
  }
  for (const [fault, { row, times }] of found) messages.push(`${fault}: ${times} rows, first at row ${row}`)
  if (rows > 0 && found.size === 0 && weightSum === 0) messages.push('all weights are 0')
  refuseAll(messages)
}

/** What `historyFaults` asks, of rows that are nearly always sound: one loop without a call for each row. */
function isSoundBlock({ rows, purchases, recency, observed }: Block): boolean {
  for (let i = 0; i < rows; i++) {
    const x = purchases[i]!
    const seen = recency[i]!
    const span = observed[i]!
    const sound =
      x >= 0 && x - Math.floor(x) === 0 && seen >= 0 && seen <= span && span < Infinity && (x === 0) === (seen === 0)
    if (!sound) return false
  }
  return true
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
  if (columns.purchases.length <= maximum) return columns
  const take = (column: NumberColumn) => everyNthNumber(column, maximum)
  return {
    purchases: take(columns.purchases),
    recency: take(columns.recency),
    observed: take(columns.observed),
    ...(columns.logGapSum ? { logGapSum: take(columns.logGapSum) } : {}),
    ...(columns.weights ? { weights: take(columns.weights) } : {}),
  }
}

/** One more column of the same customers, thinned out like the rest. */
export function everyNthNumber(column: NumberColumn, maximum: number): Float64Array {
  const stride = Math.max(1, Math.ceil(column.length / maximum))
  const taken = new Float64Array(Math.ceil(column.length / stride))
  for (let i = 0; i < taken.length; i++) taken[i] = column[i * stride]!
  return taken
}
