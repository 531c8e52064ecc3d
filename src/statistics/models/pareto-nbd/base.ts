import type { Columns } from '../columns.ts'
import { findTimeGrid } from '../time-grid.ts'

/** Customers with the same number of repeat purchases, their times as places on the grid. */
export interface PurchaseBlock {
  readonly purchases: number
  readonly recency: Uint16Array
  readonly observed: Uint16Array
  readonly weights: Float64Array | undefined
  /** The earliest last purchase among them. */
  readonly first: number
}

/** Customers one by one, at any times. */
export interface Rows {
  readonly purchases: Float64Array
  readonly recency: Float64Array
  readonly observed: Float64Array
  readonly weights: Float64Array | undefined
}

/** A base sorted for the likelihood: what lies on a grid of days in blocks, what is rare or irregular row by row. */
export interface Base {
  /** Sum of the weights: of all, and of those with repeat purchases. */
  readonly customers: number
  readonly repeaters: number
  readonly purchases: number
  /** Weighted sum of T. */
  readonly observed: number
  /** By k: the weight of the customers with more than k repeat purchases, for k below MOST_COUNTED. */
  readonly moreThan: Float64Array
  /** The moments of the grid; just 0 where there is none. */
  readonly times: Float64Array
  /** Weight of the customers without repeat purchases, by place of T. */
  readonly newcomers: Float64Array
  /** Of all blocks together, by place of t_x: the weight of the customers, and of their repeat purchases. */
  readonly lastSeen: Float64Array
  readonly lastSeenPurchases: Float64Array
  /** Ascending in purchases. */
  readonly blocks: readonly PurchaseBlock[]
  readonly rows: Rows
}

/** With more moments than this a table over them no longer pays. */
export const MOST_CELLS = 16_000
/** Who bought more often than this is looked at one by one. */
export const MOST_COUNTED = 4096
/** A cell of a table costs about this share of integrating one customer's history by itself. */
const CELLS_PER_ROW = 32

/** Sorts columns that have been checked. */
export function sortBase(columns: Columns): Base {
  const { purchases, recency, observed, weights } = columns
  const rows = purchases.length
  const grid = findTimeGrid(columns, MOST_CELLS)
  const perStep = grid?.stepsPerUnit ?? 1
  const cells = grid?.lastStep ?? 0
  const times = Float64Array.from({ length: cells + 1 }, (_, place) => place / perStep)

  const counts = new Float64Array(MOST_COUNTED + 2)
  const counted = new Int32Array(MOST_COUNTED + 2)
  const first = new Int32Array(MOST_COUNTED + 1).fill(cells)
  let customers = 0
  let allPurchases = 0
  let allObserved = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    const x = purchases[row]!
    customers += weight
    allPurchases += weight * x
    allObserved += weight * observed[row]!
    const kind = x > MOST_COUNTED ? MOST_COUNTED + 1 : x
    counts[kind]! += weight
    counted[kind]!++
    if (grid && x > 0 && x <= MOST_COUNTED) {
      const place = (recency[row]! * perStep + 0.5) | 0
      if (place < first[x]!) first[x] = place
    }
  }

  const blocks: PurchaseBlock[] = []
  const blockOf: (PurchaseBlock | undefined)[] = new Array(MOST_COUNTED + 2).fill(undefined)
  let single = grid ? 0 : rows
  for (let x = 1; grid && x <= MOST_COUNTED + 1; x++) {
    const size = counted[x]!
    if (x > MOST_COUNTED || size * CELLS_PER_ROW < cells - first[x]!) single += size
    else if (size > 0) {
      const block = {
        purchases: x,
        recency: new Uint16Array(size),
        observed: new Uint16Array(size),
        weights: weights && new Float64Array(size),
        first: first[x]!,
      }
      blocks.push(block)
      blockOf[x] = block
    }
  }

  const newcomers = new Float64Array(cells + 1)
  const lastSeen = new Float64Array(cells + 1)
  const lastSeenPurchases = new Float64Array(cells + 1)
  const rest = {
    purchases: new Float64Array(single),
    recency: new Float64Array(single),
    observed: new Float64Array(single),
    weights: weights && new Float64Array(single),
  }
  const filled = new Int32Array(MOST_COUNTED + 2)
  let restFilled = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    const x = purchases[row]!
    const kind = x > MOST_COUNTED ? MOST_COUNTED + 1 : x
    if (grid && x === 0) {
      newcomers[(observed[row]! * perStep + 0.5) | 0]! += weight
      continue
    }
    const block = blockOf[kind]
    if (block) {
      const at = filled[kind]!++
      const place = (recency[row]! * perStep + 0.5) | 0
      block.recency[at] = place
      block.observed[at] = (observed[row]! * perStep + 0.5) | 0
      if (block.weights) block.weights[at] = weight
      lastSeen[place]! += weight
      lastSeenPurchases[place]! += weight * x
    } else {
      rest.purchases[restFilled] = x
      rest.recency[restFilled] = recency[row]!
      rest.observed[restFilled] = observed[row]!
      if (rest.weights) rest.weights[restFilled] = weight
      restFilled++
    }
  }
  return {
    customers,
    repeaters: customers - counts[0]!,
    purchases: allPurchases,
    observed: allObserved,
    moreThan: moreThan(counts),
    times,
    newcomers,
    lastSeen,
    lastSeenPurchases,
    blocks,
    rows: rest,
  }
}

/** Cut after the last k that anybody exceeds. */
function moreThan(counts: Float64Array): Float64Array {
  const more = new Float64Array(MOST_COUNTED)
  let above = counts[MOST_COUNTED + 1]!
  let used = 0
  for (let k = MOST_COUNTED - 1; k >= 0; k--) {
    above += counts[k + 1]!
    more[k] = above
    if (above > 0 && used === 0) used = k + 1
  }
  return more.slice(0, used)
}
