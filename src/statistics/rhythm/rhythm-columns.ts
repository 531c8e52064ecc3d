import { refuseAll } from '../invalid-input.ts'
import { historyFault } from './rhythm.ts'

export type NumberColumn = Float64Array | Int32Array

/** A base of customers as columns of equal length, one row per customer. */
export interface RhythmColumns {
  /** x: number of gaps. */
  readonly gaps: NumberColumn
  /** t_x: sum of the gaps in days. */
  readonly gapDaysSum: NumberColumn
  /** L: sum of the logarithms of the gaps. */
  readonly logGapSum: Float64Array
  /** c: days since the last purchase. */
  readonly silentDays: NumberColumn
  /** How many customers a row stands for; 1 where absent. */
  readonly weights?: NumberColumn
}

/** Refuses columns that are no customer base: every kind of fault once, with its first row and how often it occurs. */
export function checkColumns(columns: RhythmColumns): void {
  const { gaps, gapDaysSum, logGapSum, silentDays, weights } = columns
  const rows = gaps.length
  const messages: string[] = []
  for (const [name, column] of Object.entries({ gapDaysSum, logGapSum, silentDays, weights })) {
    if (column !== undefined && column.length !== rows) {
      messages.push(`${name} has ${column.length} rows where gaps has ${rows}`)
    }
  }
  refuseAll(messages)
  if (rows === 0) messages.push('there are no customers')
  const faults = new Map<string, { row: number; times: number }>()
  const note = (fault: string, row: number) => {
    const known = faults.get(fault)
    if (known) known.times++
    else faults.set(fault, { row, times: 1 })
  }
  let weightSum = 0
  for (let row = 0; row < rows; row++) {
    const fault = historyFault(gaps[row]!, gapDaysSum[row]!, logGapSum[row]!)
    if (fault !== undefined) note(fault, row)
    const silent = silentDays[row]!
    if (!(silent >= 0 && silent < Infinity)) note('silentDays must be a finite number of at least 0', row)
    const weight = weights ? weights[row]! : 1
    if (!(weight >= 0 && weight < Infinity)) note('weights must be finite numbers of at least 0', row)
    weightSum += weight
  }
  for (const [fault, { row, times }] of faults) messages.push(`${fault}: ${times} rows, first at row ${row}`)
  if (rows > 0 && faults.size === 0 && weightSum === 0) messages.push('all weights are 0')
  refuseAll(messages)
}

/**
 * Every n-th customer, so that at most `maximum` remain: deterministic, and fair where the order of the rows does not
 * repeat itself with that period. Example: 10 rows, maximum 4 -> rows 0, 3, 6, 9.
 */
export function everyNth(columns: RhythmColumns, maximum: number): RhythmColumns {
  const rows = columns.gaps.length
  const stride = Math.ceil(rows / maximum)
  if (stride <= 1) return columns
  const take = (column: NumberColumn) =>
    Float64Array.from({ length: Math.ceil(rows / stride) }, (_, i) => column[i * stride]!)
  return {
    gaps: take(columns.gaps),
    gapDaysSum: take(columns.gapDaysSum),
    logGapSum: take(columns.logGapSum),
    silentDays: take(columns.silentDays),
    ...(columns.weights ? { weights: take(columns.weights) } : {}),
  }
}

/**
 * The same base with one row per length of silence for the customers who bought once. They are half of most bases and
 * differ in nothing else; rows with gaps almost never coincide, so looking for equals among them would cost more than it saves.
 */
export function groupSinglePurchases(columns: RhythmColumns): Required<RhythmColumns> {
  const rows = columns.gaps.length
  const weightBySilence = new Map<number, number>()
  let repeaters = 0
  for (let row = 0; row < rows; row++) {
    if (columns.gaps[row]! > 0) repeaters++
    else {
      const silent = columns.silentDays[row]!
      weightBySilence.set(silent, (weightBySilence.get(silent) ?? 0) + (columns.weights ? columns.weights[row]! : 1))
    }
  }
  const length = repeaters + weightBySilence.size
  const grouped = {
    gaps: new Float64Array(length),
    gapDaysSum: new Float64Array(length),
    logGapSum: new Float64Array(length),
    silentDays: new Float64Array(length),
    weights: new Float64Array(length),
  }
  let at = 0
  for (let row = 0; row < rows; row++) {
    if (columns.gaps[row]! === 0) continue
    grouped.gaps[at] = columns.gaps[row]!
    grouped.gapDaysSum[at] = columns.gapDaysSum[row]!
    grouped.logGapSum[at] = columns.logGapSum[row]!
    grouped.silentDays[at] = columns.silentDays[row]!
    grouped.weights[at] = columns.weights ? columns.weights[row]! : 1
    at++
  }
  for (const [silent, weight] of weightBySilence) {
    grouped.silentDays[at] = silent
    grouped.weights[at] = weight
    at++
  }
  return grouped
}
