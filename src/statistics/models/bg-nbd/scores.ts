import { chebyshevAt, chebyshevSum } from '../../functions/chebyshev.ts'
import { type Block, forEachBlock } from '../blocks.ts'
import { type Columns, checkColumns } from '../columns.ts'
import type { Scores } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { findTimeGrid, type TimeGrid } from '../time-grid.ts'
import { type Ahead, aheadOf } from './customer.ts'
import type { EarlyChances } from './objective.ts'
import type { BgNbdParameters } from './parameters.ts'

/** P(alive), expected purchases and probability of silence of a whole base. */
export function scoreBgNbd(
  parameters: BgNbdParameters,
  columns: Columns,
  horizon: number,
  early: EarlyChances,
): Scores {
  checkQuestion(parameters, { horizon })
  checkColumns(columns)
  const rows = columns.purchases.length
  const scores = { alive: new Float64Array(rows), expected: new Float64Array(rows), silence: new Float64Array(rows) }
  const survey = surveyOf(columns)
  const expectedIfAlive = interpolated(parameters, survey, early, (ahead, observed) =>
    ahead.expected(observed, horizon),
  )
  const question = { parameters, horizon, early, expectedIfAlive }
  const tables = cellTables(question, survey, findTimeGrid(columns))
  const chances = Float64Array.from({ length: COMMON }, (_, x) => leavingChance(parameters, x, early))
  forEachBlock(columns, block => {
    const left = tables && scoreByTable(block, tables, chances, scores)
    if (left !== 0) scoreExactly(block, question, tables?.starts, scores)
  })
  return scores
}

/** Discounted expected purchases of a whole base. */
export function discountBgNbd(
  parameters: BgNbdParameters,
  columns: Columns,
  rate: number,
  early: EarlyChances,
): Float64Array {
  checkQuestion(parameters, { rate })
  checkColumns(columns)
  const { r, alpha } = parameters
  const discounted = new Float64Array(columns.purchases.length)
  const ifAlive = interpolated(parameters, surveyOf(columns), early, (ahead, observed) =>
    ahead.discounted(observed, rate),
  )
  forEachBlock(columns, ({ first, rows, purchases, recency, observed }) => {
    for (let i = 0; i < rows; i++) {
      const x = purchases[i]!
      const odds =
        leavingChance(parameters, x, early) *
        Math.exp((r + x) * Math.log1p((observed[i]! - recency[i]!) / (alpha + recency[i]!)))
      discounted[first + i] = ifAlive(x, observed[i]!) / (1 + odds)
    }
  })
  return discounted
}

/** Numbers of purchases up to this one may get a table; the rare larger ones are computed one by one. */
const COMMON = 4096
/** Interpolating pays from about so many customers with the same number of purchases. */
const WORTH_A_SUM = 40

/** Odds of leaving at the last purchase, before silence spoke: a / (b + n - 1); 0 where there was no chance to leave. */
function leavingChance({ a, b }: BgNbdParameters, purchases: number, early: EarlyChances): number {
  const decisions = purchases + early
  return decisions > 0 ? a / (b + decisions - 1) : 0
}

interface Survey {
  /** How many customers made so many purchases. */
  readonly counts: Int32Array
  readonly shortest: number
  readonly longest: number
}

function surveyOf(columns: Columns): Survey {
  const counts = new Int32Array(COMMON)
  let shortest = Infinity
  let longest = 0
  forEachBlock(columns, ({ rows, purchases, observed }) => {
    let least = shortest
    let most = longest
    for (let i = 0; i < rows; i++) {
      const x = purchases[i]!
      const span = observed[i]!
      if (x < COMMON) counts[x]!++
      if (span < least) least = span
      if (span > most) most = span
    }
    shortest = least
    longest = most
  })
  return { counts, shortest, longest }
}

type IfAlive = (purchases: number, observed: number) => number

/**
 * An answer about a customer who is still here depends on x and T alone, and on T smoothly: for each x that many share, a
 * Chebyshev sum of its logarithm in ln(alpha + T) stands in for the integral, with some twenty values of it instead of one
 * per customer, and no digit that counts lost (positive functions keep their relative accuracy in logarithms).
 */
function interpolated(
  parameters: BgNbdParameters,
  { counts, shortest, longest }: Survey,
  early: EarlyChances,
  answer: (ahead: Ahead, observed: number) => number,
): IfAlive {
  const { alpha } = parameters
  const from = Math.log(alpha + shortest)
  const to = Math.log(alpha + longest)
  const known = new Map<number, Ahead>()
  const exactly = (purchases: number, observed: number) => {
    let ahead = known.get(purchases)
    if (!ahead) {
      ahead = aheadOf(parameters, purchases, early)
      known.set(purchases, ahead)
    }
    return answer(ahead, observed)
  }
  const sums = Array.from(counts, (count, purchases) =>
    count < WORTH_A_SUM
      ? undefined
      : chebyshevSum(y => Math.log(exactly(purchases, Math.max(0, Math.exp(y) - alpha))), from, to),
  )
  return (purchases, observed) => {
    const sum = sums[purchases]
    return sum ? Math.exp(chebyshevAt(sum, Math.log(alpha + observed))) : exactly(purchases, observed)
  }
}

interface Question {
  readonly parameters: BgNbdParameters
  readonly horizon: number
  readonly early: EarlyChances
  readonly expectedIfAlive: IfAlive
}

interface CellTables {
  readonly stepsPerUnit: number
  /** Where the cells of each number of purchases begin; -1 where there are none. */
  readonly starts: Int32Array
  readonly cells: Float64Array
}

/** What a customer with x purchases is told by her T, and by her t_x, side by side: one place in memory for each. */
const CELL = 4
const EXPECTED = 0
const QUIET = 1
const POWER = 2
const INVERSE_POWER = 3
/** A power beyond e^690 is no number any more; then each customer gets an exponential. */
const LARGEST_EXPONENT = 690

/** On a grid of days everything is a table by x and day, for each x shared by more customers than there are days. */
function cellTables(
  { parameters, horizon, expectedIfAlive }: Question,
  { counts }: Survey,
  grid: TimeGrid | undefined,
): CellTables | undefined {
  if (!grid) return undefined
  const { r, alpha } = parameters
  const { stepsPerUnit, lastStep } = grid
  const middle = 0.5 * (Math.log(alpha) + Math.log(alpha + lastStep / stepsPerUnit))
  const farthest = middle - Math.log(alpha)
  const starts = new Int32Array(COMMON).fill(-1)
  let size = 0
  for (let x = 0; x < COMMON; x++) {
    if (counts[x]! <= lastStep || (r + x) * farthest > LARGEST_EXPONENT) continue
    starts[x] = size
    size += CELL * (lastStep + 1)
  }
  const cells = new Float64Array(size)
  for (let x = 0; x < COMMON; x++) {
    if (starts[x]! < 0) continue
    const shape = r + x
    for (let step = 0; step <= lastStep; step++) {
      const span = step / stepsPerUnit
      const cell = starts[x]! + CELL * step
      const power = Math.exp(shape * (Math.log(alpha + span) - middle))
      cells[cell + EXPECTED] = horizon > 0 ? expectedIfAlive(x, span) : 0
      cells[cell + QUIET] = Math.exp(-shape * Math.log1p(horizon / (alpha + span)))
      cells[cell + POWER] = power
      cells[cell + INVERSE_POWER] = 1 / power
    }
  }
  return { stepsPerUnit, starts, cells }
}

/** Scores the rows that have a table and says how many have none. */
function scoreByTable(
  { first, rows, purchases, recency, observed }: Block,
  { stepsPerUnit, starts, cells }: CellTables,
  chances: Float64Array,
  { alive, expected, silence }: Scores,
): number {
  let left = 0
  for (let i = 0; i < rows; i++) {
    const x = purchases[i]!
    const start = x < COMMON ? starts[x]! : -1
    if (start < 0) {
      left++
      continue
    }
    const span = start + CELL * Math.floor(observed[i]! * stepsPerUnit + 0.5)
    const seen = start + CELL * Math.floor(recency[i]! * stepsPerUnit + 0.5)
    const odds = chances[x]! * cells[span + POWER]! * cells[seen + INVERSE_POWER]!
    const here = 1 / (1 + odds)
    const row = first + i
    alive[row] = here
    expected[row] = here * cells[span + EXPECTED]!
    // The chance of having left, not 1 - P(alive), so that a small chance of silence keeps its digits.
    silence[row] = (odds > 1e300 ? 1 : odds * here) + here * cells[span + QUIET]!
  }
  return left
}

/** Scores the rows that have no table. */
function scoreExactly(
  { first, rows, purchases, recency, observed }: Block,
  { parameters, horizon, early, expectedIfAlive }: Question,
  starts: Int32Array | undefined,
  { alive, expected, silence }: Scores,
): void {
  const { r, alpha } = parameters
  for (let i = 0; i < rows; i++) {
    const x = purchases[i]!
    if (starts && x < COMMON && starts[x]! >= 0) continue
    const shape = r + x
    const silent = (observed[i]! - recency[i]!) / (alpha + recency[i]!)
    const odds = leavingChance(parameters, x, early) * Math.exp(shape * Math.log1p(silent))
    const here = 1 / (1 + odds)
    const row = first + i
    alive[row] = here
    expected[row] = horizon > 0 ? here * expectedIfAlive(x, observed[i]!) : 0
    silence[row] =
      (odds > 1e300 ? 1 : odds * here) + here * Math.exp(-shape * Math.log1p(horizon / (alpha + observed[i]!)))
  }
}
