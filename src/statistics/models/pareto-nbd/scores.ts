import { type Columns, checkColumns } from '../columns.ts'
import type { Scores } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { findTimeGrid, type TimeGrid } from '../time-grid.ts'
import { MOST_CELLS } from './base.ts'
import { silenceCurves } from './curve-scores.ts'
import { discountedStay, expectedStay } from './expectation.ts'
import { LeavingTable } from './leaving-table.ts'
import { aliveProbability, logSilence } from './likelihood.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** A cell of a table costs about this share of integrating one customer's history by itself. */
const CELLS_PER_ROW = 32
/** Places in all tables of one base together: 48 MB at most. */
const MOST_TABLED = 2_000_000
const MOST_PURCHASES = 4096
const MOST_PLACES = 40_000

/**
 * P(alive), expected purchases and probability of silence within `horizon` of a whole base: two or three table look-ups a
 * customer where the times lie on a grid, three polynomials where they do not, one integral each where few share x. Number for number those of one customer.
 */
export function scores(parameters: ParetoNbdParameters, columns: Columns, horizon: number): Scores {
  checkQuestion(parameters, { horizon })
  checkColumns(columns)
  const { r, alpha, s, beta } = parameters
  const grid = findTimeGrid(columns, MOST_CELLS)
  const { alive, silence } = aliveAndSilent(parameters, columns, grid, horizon)
  const stay = (observed: number) => expectedStay(s, beta + observed, horizon) / (alpha + observed)
  const expected = purchasesAhead({ r, columns, alive, grid, stay })
  return { alive, expected, silence }
}

/** `discountedExpectedResidual` of a whole base. */
export function discountedExpectedResiduals(
  parameters: ParetoNbdParameters,
  columns: Columns,
  rate: number,
): Float64Array {
  checkQuestion(parameters, { rate })
  checkColumns(columns)
  const { r, alpha, s, beta } = parameters
  const grid = findTimeGrid(columns, MOST_CELLS)
  const { alive } = aliveAndSilent(parameters, columns, grid, 0)
  const stay = (observed: number) => discountedStay(s, beta + observed, rate) / (alpha + observed)
  return purchasesAhead({ r, columns, alive, grid, stay })
}

/** alive x (r + x) x what depends on T alone; equal T are not reckoned twice where they lie on a grid. */
function purchasesAhead(base: {
  r: number
  columns: Columns
  alive: Float64Array
  grid: TimeGrid | undefined
  stay: (observed: number) => number
}): Float64Array {
  const { r, alive, grid, stay } = base
  const { purchases, observed } = base.columns
  const rows = purchases.length
  const expected = new Float64Array(rows)
  if (grid) {
    const perStep = grid.stepsPerUnit
    const known = new Float64Array(grid.lastStep + 1).fill(-1)
    for (let row = 0; row < rows; row++) {
      const place = (observed[row]! * perStep + 0.5) | 0
      if (known[place] === -1) known[place] = stay(observed[row]!)
      expected[row] = alive[row]! * (r + purchases[row]!) * known[place]!
    }
  } else {
    for (let row = 0; row < rows; row++) expected[row] = alive[row]! * (r + purchases[row]!) * stay(observed[row]!)
  }
  return expected
}

function aliveAndSilent(
  parameters: ParetoNbdParameters,
  columns: Columns,
  grid: TimeGrid | undefined,
  horizon: number,
): { alive: Float64Array; silence: Float64Array } {
  const { purchases, recency, observed } = columns
  const rows = purchases.length
  const alive = new Float64Array(rows)
  const silence = new Float64Array(rows)
  const tables = grid && tablesFor(parameters, columns, grid, horizon)
  const slotOf = tables?.slotOf ?? new Int32Array(0)
  const curves = grid ? undefined : silenceCurves(parameters, columns, horizon)
  const onCurve = new Float64Array(2)
  const newcomers = grid ? new Float64Array(2 * (grid.lastStep + 1)).fill(-1) : new Float64Array(0)
  const perStep = grid?.stepsPerUnit ?? 1
  for (let row = 0; row < rows; row++) {
    const x = purchases[row]!
    const end = (observed[row]! * perStep + 0.5) | 0
    if (x === 0 && grid) {
      if (newcomers[2 * end] === -1) {
        const history = { purchases: 0, recency: 0, observed: observed[row]! }
        newcomers[2 * end] = aliveProbability(parameters, history)
        newcomers[2 * end + 1] = silenceOf(parameters, 0, 0, observed[row]!, horizon)
      }
      alive[row] = newcomers[2 * end]!
      silence[row] = newcomers[2 * end + 1]!
    } else if (tables && x < slotOf.length && slotOf[x]! >= 0) {
      const slot = slotOf[x]!
      const start = slot + ((recency[row]! * perStep + 0.5) | 0) * tables.stride
      const now = slot + end * tables.stride
      const scale = tables.inverseStay[start]!
      const left = tables.leaving[start]!
      const silent = scale * tables.stayed[now]! + left
      alive[row] = scale / (tables.inverseStay[now]! * silent)
      silence[row] = (scale * tables.stayed[now + tables.later]! + left) / silent
    } else if (curves?.has(x)) {
      curves.write(x, recency[row]!, observed[row]!, onCurve)
      alive[row] = onCurve[0]!
      silence[row] = onCurve[1]!
    } else {
      const history = { purchases: x, recency: recency[row]!, observed: observed[row]! }
      alive[row] = aliveProbability(parameters, history)
      silence[row] = silenceOf(parameters, x, recency[row]!, observed[row]!, horizon)
    }
  }
  return { alive, silence }
}

function silenceOf(
  parameters: ParetoNbdParameters,
  purchases: number,
  recency: number,
  observed: number,
  horizon: number,
): number {
  if (horizon === 0) return 1
  const later = logSilence(parameters, purchases, recency, observed + horizon)
  return Math.min(1, Math.exp(later - logSilence(parameters, purchases, recency, observed)))
}

interface ScoreTables {
  /** By number of purchases: where its table begins; -1 where it has none. */
  readonly slotOf: Int32Array
  /** Places from one moment of the grid to the next, and from T to T + horizon. */
  readonly stride: number
  readonly later: number
  readonly leaving: Float64Array
  readonly stayed: Float64Array
  readonly inverseStay: Float64Array
}

/** One table per number of purchases that enough customers share, over the grid and the horizon after it. */
function tablesFor(
  parameters: ParetoNbdParameters,
  { purchases, recency }: Columns,
  { stepsPerUnit, lastStep: cells }: TimeGrid,
  horizon: number,
): ScoreTables | undefined {
  const step = 1 / stepsPerUnit
  // A horizon that is no multiple of the step gives the grid a second moment in every cell.
  const whole = Math.floor(horizon * stepsPerUnit + 1e-9)
  const rest = Math.max(0, horizon - whole * step)
  const stride = rest > 1e-9 * step ? 2 : 1
  const places = stride * (cells + whole + 1)
  if (!(places <= MOST_PLACES)) return undefined
  const times = Float64Array.from({ length: places }, (_, place) =>
    stride === 1 ? place * step : Math.floor(place / 2) * step + (place % 2) * rest,
  )

  const counted = new Int32Array(MOST_PURCHASES)
  const first = new Int32Array(MOST_PURCHASES).fill(cells)
  for (let row = 0; row < purchases.length; row++) {
    const x = purchases[row]!
    if (x === 0 || x >= MOST_PURCHASES) continue
    counted[x]!++
    const place = (recency[row]! * stepsPerUnit + 0.5) | 0
    if (place < first[x]!) first[x] = place
  }
  const slotOf = new Int32Array(MOST_PURCHASES).fill(-1)
  const shared: number[] = []
  for (let x = 1; x < MOST_PURCHASES && (shared.length + 1) * places <= MOST_TABLED; x++) {
    if (counted[x]! > 0 && counted[x]! * CELLS_PER_ROW >= places - stride * first[x]!) shared.push(x)
  }
  const leaving = new Float64Array(shared.length * places)
  const stayed = new Float64Array(shared.length * places)
  const inverseStay = new Float64Array(shared.length * places)
  const table = new LeavingTable(times, parameters)
  for (const [i, x] of shared.entries()) {
    const start = stride * first[x]!
    if (!table.moveTo(x, start)) continue
    const slot = i * places
    for (let place = start; place < places; place++) {
      const at = place + table.shift
      leaving[slot + place] = table.leaving[at]!
      stayed[slot + place] = table.stay[at]! * (1 - table.leaving[at]!)
      inverseStay[slot + place] = 1 / table.stay[at]!
    }
    slotOf[x] = slot
  }
  return { slotOf, stride, later: stride * whole + stride - 1, leaving, stayed, inverseStay }
}
