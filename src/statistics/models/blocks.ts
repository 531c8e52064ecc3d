import type { Columns, NumberColumn } from './columns.ts'

/** Some rows of a base, all as one kind of array. */
export interface Block {
  /** Number of the first row within the base. */
  readonly first: number
  readonly rows: number
  readonly purchases: Float64Array
  readonly recency: Float64Array
  readonly observed: Float64Array
  readonly weights: Float64Array | undefined
}

const ROWS = 8192

/**
 * Visits the rows of the columns in blocks that fit the processor's cache. A loop over what may be either kind of array is
 * several times slower than one over a single kind, and copying ten million rows to be of one kind takes memory: a block
 * at a time takes neither. What a block holds is overwritten by the next.
 * Example: `forEachBlock(columns, block => { for (let i = 0; i < block.rows; i++) sum += block.purchases[i]! })`.
 */
export function forEachBlock(columns: Columns, visit: (block: Block) => void): void {
  const total = columns.purchases.length
  const purchases = reader(columns.purchases)
  const recency = reader(columns.recency)
  const observed = reader(columns.observed)
  const weights = columns.weights && reader(columns.weights)
  for (let first = 0; first < total; first += ROWS) {
    const end = Math.min(first + ROWS, total)
    visit({
      first,
      rows: end - first,
      purchases: purchases(first, end),
      recency: recency(first, end),
      observed: observed(first, end),
      weights: weights?.(first, end),
    })
  }
}

function reader(column: NumberColumn): (first: number, end: number) => Float64Array {
  if (column instanceof Float64Array) return (first, end) => column.subarray(first, end)
  const copy = new Float64Array(Math.min(ROWS, column.length))
  return (first, end) => {
    copy.set(column.subarray(first, end))
    return copy
  }
}
