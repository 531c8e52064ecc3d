import type { NumberColumn } from '../columns.ts'

/** Times that are all whole multiples of one step, as dates are of a day: 0, step, 2 step ... cells x step. */
export interface TimeGrid {
  readonly step: number
  readonly cells: number
}

/** More moments than this and a table over them no longer pays. */
const MOST_CELLS = 16_000
/** What is left of a division by the step may be rounding, never an hour of a day. */
const ROUNDING = 1e-11

/**
 * The coarsest grid on which all times lie; undefined where there is none coarse enough to pay.
 *
 * Euclid's algorithm on a thousand of the times guesses the step, then every time is held against it.
 * Example: weeks written as days / 7 -> step 1/7; times with hours and minutes -> undefined.
 */
export function findTimeGrid(recency: NumberColumn, observed: NumberColumn): TimeGrid | undefined {
  const rows = observed.length
  let longest = 0
  for (let row = 0; row < rows; row++) if (observed[row]! > longest) longest = observed[row]!
  if (longest === 0) return { step: 1, cells: 1 }
  let step = longest
  const stride = Math.max(1, Math.floor(rows / 500))
  for (let row = 0; row < rows; row += stride) {
    step = commonStep(step, observed[row]!, longest)
    step = commonStep(step, recency[row]!, longest)
    if (longest / step > MOST_CELLS) return undefined
  }
  const cells = Math.round(longest / step)
  const exact = longest / cells
  const fits = liesOnGrid(observed, cells / longest) && liesOnGrid(recency, cells / longest)
  return fits ? { step: exact, cells } : undefined
}

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

function liesOnGrid(times: NumberColumn, perStep: number): boolean {
  for (let row = 0; row < times.length; row++) {
    const place = times[row]! * perStep
    const off = place - Math.floor(place + 0.5)
    if (off > ROUNDING * (1 + place) || off < -ROUNDING * (1 + place)) return false
  }
  return true
}
