import { forEachBlock } from './blocks.ts'
import type { Columns } from './columns.ts'

/** Spans that are whole numbers of one step, as dates are of a day: then a table by step replaces most logarithms. */
export interface TimeGrid {
  readonly stepsPerUnit: number
  /** The longest observation, in steps. */
  readonly lastStep: number
}

/** What may lie between a span and its step is rounding, never a second of a day. */
const NEAR = 1e-9
/** A step then fits 16 bits, so that ten million customers fit into 40 megabytes; 65,535 days are 179 years. */
const LAST_STEP = 65_535
/** So many rows are asked for the step; all are then held against it. */
const ASKED = 500

/**
 * The coarsest grid on which all spans of the columns lie within 1e-9 of a step; undefined where it has more than `mostSteps`.
 *
 * Euclid's algorithm on a thousand spans guesses the step, then every span is held against it.
 * Example: recency 30 3/7 and observed 38 6/7 weeks -> 7 steps per unit, last step 272; hours and minutes -> undefined.
 */
export function findTimeGrid(columns: Columns, mostSteps = LAST_STEP): TimeGrid | undefined {
  const { recency, observed } = columns
  const rows = observed.length
  const longest = longestOf(columns)
  if (longest === 0) return { stepsPerUnit: 1, lastStep: 0 }
  let step = longest
  const stride = Math.max(1, Math.floor(rows / ASKED))
  for (let row = 0; row < rows; row += stride) {
    step = commonStep(step, observed[row]!, longest)
    step = commonStep(step, recency[row]!, longest)
    if (longest / step > mostSteps + 0.5) return undefined
  }
  const lastStep = Math.round(longest / step)
  const perUnit = lastStep / longest
  const whole = Math.round(perUnit)
  const stepsPerUnit = Math.abs(perUnit - whole) < 1e-12 * perUnit ? whole : perUnit
  return liesOnGrid(columns, stepsPerUnit) ? { stepsPerUnit, lastStep } : undefined
}

function longestOf(columns: Columns): number {
  let longest = 0
  forEachBlock(columns, ({ rows, observed }) => {
    let most = longest
    for (let i = 0; i < rows; i++) if (observed[i]! > most) most = observed[i]!
    longest = most
  })
  return longest
}

/** The largest span of which both are whole multiples, up to rounding. */
function commonStep(one: number, other: number, longest: number): number {
  let larger = Math.max(one, other)
  let smaller = Math.min(one, other)
  while (smaller > 1e-7 * longest) {
    const rest = larger - smaller * Math.round(larger / smaller)
    larger = smaller
    smaller = Math.abs(rest)
  }
  return larger
}

function liesOnGrid(columns: Columns, stepsPerUnit: number): boolean {
  let furthest = 0
  forEachBlock(columns, ({ rows, recency, observed }) => {
    if (furthest > NEAR) return
    let most = furthest
    for (let i = 0; i < rows; i++) {
      const seen = recency[i]! * stepsPerUnit
      const span = observed[i]! * stepsPerUnit
      most = Math.max(most, Math.abs(seen - Math.floor(seen + 0.5)), Math.abs(span - Math.floor(span + 0.5)))
    }
    furthest = most
  })
  return furthest <= NEAR
}
