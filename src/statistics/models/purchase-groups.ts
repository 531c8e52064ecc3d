import { forEachBlock } from './blocks.ts'
import type { Columns } from './columns.ts'
import { findTimeGrid, type TimeGrid } from './time-grid.ts'

/**
 * A base ordered by the number of purchases, so that what depends on that number alone is computed once for all who share
 * it. Group g are the customers with `purchases[g]` repeat purchases, rows `starts[g]` to `starts[g + 1]`; those without
 * repeat purchases differ only in how long they were watched and are kept apart.
 */
export interface PurchaseGroups {
  /** Sum of the weights of all customers. */
  readonly customers: number
  /** Sum of the weights of those with repeat purchases. */
  readonly repeaters: number
  /** Distinct numbers of repeat purchases above 0, ascending, and the weight of the customers who made so many. */
  readonly purchases: Float64Array
  readonly counts: Float64Array
  readonly starts: Int32Array
  readonly rows: StepRows | ExactRows
  readonly oneTimers: OneTimers
}

/** All spans are steps of a grid: a span is a place in a table. */
export interface StepRows {
  readonly grid: TimeGrid
  readonly recency: Uint16Array
  readonly observed: Uint16Array
  /** Undefined where every customer counts once. */
  readonly weights: Float64Array | undefined
}

/** Spans of any kind. */
export interface ExactRows {
  readonly grid: undefined
  readonly recency: Float64Array
  readonly observed: Float64Array
  /** Undefined where every customer counts once. */
  readonly weights: Float64Array | undefined
}

export interface OneTimers {
  /** How long they were watched; on a grid each span once, weighed by how many customers it stands for. */
  readonly observed: Float64Array
  readonly weights: Float64Array | undefined
}

/** Numbers of purchases up to this one are counted in an array, the rare larger ones in a map. */
const COMMON = 4096

/** Orders a base by number of purchases: a counting sort, two passes, customers of one group in their given order. */
export function groupByPurchases(columns: Columns): PurchaseGroups {
  const common = new Int32Array(COMMON)
  const rare = new Map<number, number>()
  forEachBlock(columns, ({ rows, purchases }) => {
    for (let i = 0; i < rows; i++) {
      const x = purchases[i]!
      if (x < COMMON) common[x]!++
      else rare.set(x, (rare.get(x) ?? 0) + 1)
    }
  })
  const found: number[] = []
  for (let x = 1; x < COMMON; x++) if (common[x]! > 0) found.push(x)
  found.push(...[...rare.keys()].sort((one, other) => one - other))
  const starts = new Int32Array(found.length + 1)
  found.forEach((x, g) => {
    starts[g + 1] = starts[g]! + (x < COMMON ? common[x]! : rare.get(x)!)
  })
  const purchases = Float64Array.from(found)
  const next = new Int32Array(COMMON)
  const nextRare = new Map<number, number>()
  found.forEach((x, g) => {
    if (x < COMMON) next[x] = starts[g]!
    else nextRare.set(x, starts[g]!)
  })
  const placeOf = (x: number) => {
    const place = nextRare.get(x)!
    nextRare.set(x, place + 1)
    return place
  }
  const grid = findTimeGrid(columns)
  const places = { columns, once: common[0]!, repeaters: starts[found.length]!, next, placeOf }
  const { rows, oneTimers } = grid ? placeOnGrid(places, grid) : placeExactly(places)
  const counts = purchases.map((_, g) => weightOf(rows.weights, starts[g]!, starts[g + 1]!))
  const repeaters = counts.reduce((sum, count) => sum + count, 0)
  const customers = repeaters + weightOf(oneTimers.weights, 0, oneTimers.observed.length)
  return { customers, repeaters, purchases, counts, starts, rows, oneTimers }
}

interface Places {
  readonly columns: Columns
  readonly once: number
  readonly repeaters: number
  /** The next free row for each number of purchases. */
  readonly next: Int32Array
  readonly placeOf: (rare: number) => number
}

interface Placed {
  readonly rows: StepRows | ExactRows
  readonly oneTimers: OneTimers
}

function placeOnGrid({ columns, repeaters, next, placeOf }: Places, grid: TimeGrid): Placed {
  const { stepsPerUnit, lastStep } = grid
  const recency = new Uint16Array(repeaters)
  const observed = new Uint16Array(repeaters)
  const weights = columns.weights && new Float64Array(repeaters)
  const watched = new Float64Array(lastStep + 1)
  forEachBlock(columns, block => {
    for (let i = 0; i < block.rows; i++) {
      const x = block.purchases[i]!
      const span = Math.floor(block.observed[i]! * stepsPerUnit + 0.5)
      if (x === 0) {
        watched[span]! += block.weights ? block.weights[i]! : 1
        continue
      }
      const place = x < COMMON ? next[x]!++ : placeOf(x)
      recency[place] = Math.floor(block.recency[i]! * stepsPerUnit + 0.5)
      observed[place] = span
      if (block.weights) weights![place] = block.weights[i]!
    }
  })
  const steps = [...watched.keys()].filter(step => watched[step]! > 0)
  return {
    rows: { grid, recency, observed, weights },
    oneTimers: {
      observed: Float64Array.from(steps, step => step / stepsPerUnit),
      weights: Float64Array.from(steps, step => watched[step]!),
    },
  }
}

function placeExactly({ columns, once, repeaters, next, placeOf }: Places): Placed {
  const recency = new Float64Array(repeaters)
  const observed = new Float64Array(repeaters)
  const weights = columns.weights && new Float64Array(repeaters)
  const oneTimers = { observed: new Float64Array(once), weights: columns.weights && new Float64Array(once) }
  let placed = 0
  forEachBlock(columns, block => {
    for (let i = 0; i < block.rows; i++) {
      const x = block.purchases[i]!
      if (x === 0) {
        oneTimers.observed[placed] = block.observed[i]!
        if (block.weights) oneTimers.weights![placed] = block.weights[i]!
        placed++
        continue
      }
      const place = x < COMMON ? next[x]!++ : placeOf(x)
      recency[place] = block.recency[i]!
      observed[place] = block.observed[i]!
      if (block.weights) weights![place] = block.weights[i]!
    }
  })
  return { rows: { grid: undefined, recency, observed, weights }, oneTimers }
}

function weightOf(weights: Float64Array | undefined, start: number, end: number): number {
  if (!weights) return end - start
  let sum = 0
  for (let row = start; row < end; row++) sum += weights[row]!
  return sum
}
