import { forEachBlock } from './blocks.ts'
import type { Columns } from './columns.ts'

/** Spans that are whole numbers of one step, and how many there are: then a table by step replaces most logarithms. */
export interface TimeGrid {
  readonly stepsPerUnit: number
  /** The longest observation, in steps. */
  readonly lastStep: number
}

/** Whole days counted in days, and whole days counted in weeks. */
const STEPS_PER_UNIT = [1, 7]
const NEAR = 1e-9
/** A step then fits 16 bits, so that ten million customers fit into 40 megabytes; 65,535 days are 179 years. */
const LAST_STEP = 65_535

/**
 * The grid on which all spans of the columns lie within 1e-9, if there is one: dates have the precision of a day.
 * Example: recency 30 3/7 and observed 38 6/7 weeks -> 7 steps per unit, last step 272; recency 0.5 -> undefined.
 */
export function findTimeGrid(columns: Columns): TimeGrid | undefined {
  for (const stepsPerUnit of STEPS_PER_UNIT) {
    const lastStep = lastStepOn(columns, stepsPerUnit)
    if (lastStep <= LAST_STEP) return { stepsPerUnit, lastStep }
  }
  return undefined
}

/** The longest observation in steps; Infinity where a span lies beside the grid. */
function lastStepOn(columns: Columns, stepsPerUnit: number): number {
  const near = NEAR * stepsPerUnit
  let longest = 0
  forEachBlock(columns, ({ rows, recency, observed }) => {
    if (longest === Infinity) return
    let furthest = 0
    let last = longest
    for (let i = 0; i < rows; i++) {
      const seen = recency[i]! * stepsPerUnit
      const span = observed[i]! * stepsPerUnit
      furthest = Math.max(furthest, Math.abs(seen - Math.floor(seen + 0.5)), Math.abs(span - Math.floor(span + 0.5)))
      last = Math.max(last, span)
    }
    longest = furthest <= near ? last : Infinity
  })
  return Math.floor(longest + 0.5)
}
