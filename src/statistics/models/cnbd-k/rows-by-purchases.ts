import type { Columns } from '../columns.ts'

/** A base in the order of the number of purchases; what the likelihood reads of each row, and of each group of rows. */
export interface RowsByPurchases {
  readonly recency: Float64Array
  /** T - t_x. */
  readonly silent: Float64Array
  readonly weights: Float64Array
  /** From few purchases to many. */
  readonly groups: readonly Group[]
  /** Sum of the weights: of all, and of those with repeat purchases. */
  readonly customers: number
  readonly repeaters: number
  /** Sum over all rows of weight x the sum of the logarithms of the gaps: all that the likelihood asks of them. */
  readonly logGapSum: number
}

/** The rows of all customers with as many purchases: from `first` up to but not including `end`. */
export interface Group {
  readonly purchases: number
  readonly first: number
  readonly end: number
  readonly weight: number
}

/**
 * Brings the rows into the order of their purchases. Those who bought once differ only in their silence and become one
 * row per length of silence; they are half of most bases. Other rows almost never coincide, so looking for equals among
 * them would cost more than it saves.
 */
export function rowsByPurchases(columns: Columns): RowsByPurchases {
  const { purchases, recency, observed, logGapSum, weights } = columns
  const total = purchases.length
  const rowsOf = new Map<number, number>()
  const onceBySilence = new Map<number, number>()
  let gapLogs = 0
  for (let row = 0; row < total; row++) {
    const count = purchases[row]!
    const weight = weights ? weights[row]! : 1
    if (count > 0) {
      rowsOf.set(count, (rowsOf.get(count) ?? 0) + 1)
      if (logGapSum) gapLogs += weight * logGapSum[row]!
    } else onceBySilence.set(observed[row]!, (onceBySilence.get(observed[row]!) ?? 0) + weight)
  }
  if (onceBySilence.size > 0) rowsOf.set(0, onceBySilence.size)
  const counts = [...rowsOf.keys()].sort((one, other) => one - other)
  const at = new Map<number, number>()
  let length = 0
  for (const count of counts) {
    at.set(count, length)
    length += rowsOf.get(count)!
  }
  const rows = {
    recency: new Float64Array(length),
    silent: new Float64Array(length),
    weights: new Float64Array(length),
  }
  for (let row = 0; row < total; row++) {
    const count = purchases[row]!
    if (count === 0) continue
    const place = at.get(count)!
    at.set(count, place + 1)
    rows.recency[place] = recency[row]!
    rows.silent[place] = observed[row]! - recency[row]!
    rows.weights[place] = weights ? weights[row]! : 1
  }
  let place = 0
  for (const [silent, weight] of onceBySilence) {
    rows.silent[place] = silent
    rows.weights[place] = weight
    place++
  }
  let first = 0
  let customers = 0
  let repeaters = 0
  const groups = counts.map(count => {
    const end = first + rowsOf.get(count)!
    let weight = 0
    for (let row = first; row < end; row++) weight += rows.weights[row]!
    customers += weight
    if (count > 0) repeaters += weight
    const group = { purchases: count, first, end, weight }
    first = end
    return group
  })
  return { ...rows, groups, customers, repeaters, logGapSum: gapLogs }
}
