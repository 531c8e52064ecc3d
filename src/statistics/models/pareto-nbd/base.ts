import type { Columns } from '../columns.ts'
import { findTimeGrid } from '../time-grid.ts'
import { FEWEST_ON_CURVE } from './leaving-curve.ts'

/** Customers with the same number of repeat purchases, their times as places on the grid. */
export interface PurchaseBlock {
  readonly purchases: number
  readonly recency: Uint16Array
  readonly observed: Uint16Array
  readonly weights: Float64Array | undefined
  /** The earliest last purchase among them. */
  readonly first: number
}

/** The same beside any grid. */
export interface CurveBlock {
  readonly purchases: number
  readonly recency: Float64Array
  readonly observed: Float64Array
  readonly weights: Float64Array | undefined
  readonly first: number
}

/** Customers one by one, at any times. */
export interface Rows {
  readonly purchases: Float64Array
  readonly recency: Float64Array
  readonly observed: Float64Array
  readonly weights: Float64Array | undefined
}

/** A base sorted for the likelihood: customers who share their number of purchases in blocks, on a grid or beside it. */
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
  /** Where there is no grid. */
  readonly curves: readonly CurveBlock[]
  readonly longest: number
  /** Whose number of purchases is rare. */
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

  const kindOf = (x: number) => (x > MOST_COUNTED ? MOST_COUNTED + 1 : x)
  const counts = new Float64Array(MOST_COUNTED + 2)
  const counted = new Int32Array(MOST_COUNTED + 2)
  const first = new Float64Array(MOST_COUNTED + 2).fill(Infinity)
  let customers = 0
  let allPurchases = 0
  let allObserved = 0
  let longest = 0
  for (let row = 0; row < rows; row++) {
    const weight = weights === undefined ? 1 : weights[row]!
    const x = purchases[row]!
    customers += weight
    allPurchases += weight * x
    allObserved += weight * observed[row]!
    if (observed[row]! > longest) longest = observed[row]!
    const kind = kindOf(x)
    counts[kind]! += weight
    counted[kind]!++
    if (recency[row]! < first[kind]!) first[kind] = recency[row]!
  }

  const blocks: PurchaseBlock[] = []
  const curves: CurveBlock[] = []
  const blockOf: (PurchaseBlock | CurveBlock | undefined)[] = new Array(MOST_COUNTED + 2).fill(undefined)
  let single = counted[MOST_COUNTED + 1]!
  for (let x = grid ? 1 : 0; x <= MOST_COUNTED; x++) {
    const size = counted[x]!
    const from = grid ? (first[x]! * perStep + 0.5) | 0 : first[x]!
    const fewest = grid ? (cells - from) / CELLS_PER_ROW : FEWEST_ON_CURVE
    if (size < fewest) single += size
    else if (size > 0) {
      const common = { purchases: x, first: from, weights: weights && new Float64Array(size) }
      if (grid) blocks.push({ ...common, recency: new Uint16Array(size), observed: new Uint16Array(size) })
      else curves.push({ ...common, recency: new Float64Array(x > 0 ? size : 0), observed: new Float64Array(size) })
      blockOf[x] = (grid ? blocks : curves).at(-1)!
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
    if (grid && x === 0) {
      newcomers[(observed[row]! * perStep + 0.5) | 0]! += weight
      continue
    }
    const kind = kindOf(x)
    const block = blockOf[kind]
    if (block === undefined) {
      rest.purchases[restFilled] = x
      rest.recency[restFilled] = recency[row]!
      rest.observed[restFilled] = observed[row]!
      if (rest.weights) rest.weights[restFilled] = weight
      restFilled++
      continue
    }
    const at = filled[kind]!++
    if (block.weights) block.weights[at] = weight
    if (grid) {
      const place = (recency[row]! * perStep + 0.5) | 0
      block.recency[at] = place
      block.observed[at] = (observed[row]! * perStep + 0.5) | 0
      lastSeen[place]! += weight
      lastSeenPurchases[place]! += weight * x
    } else {
      block.recency[at] = recency[row]!
      block.observed[at] = observed[row]!
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
    curves,
    longest,
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
