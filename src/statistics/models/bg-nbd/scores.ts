import { chebyshevAt, chebyshevSum } from '../../functions/chebyshev.ts'
import { forEachBlock } from '../blocks.ts'
import { type Columns, checkColumns } from '../columns.ts'
import type { Scores } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { findTimeGrid } from '../time-grid.ts'
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
  const expectedIfAlive = interpolated(parameters, columns, early, (ahead, observed) =>
    ahead.expected(observed, horizon),
  )
  scoreRows({ parameters, columns, horizon, early, expectedIfAlive }, scores)
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
  const { r, alpha, a, b } = parameters
  const discounted = new Float64Array(columns.purchases.length)
  const ifAlive = interpolated(parameters, columns, early, (ahead, observed) => ahead.discounted(observed, rate))
  forEachBlock(columns, ({ first, rows, purchases, recency, observed }) => {
    for (let i = 0; i < rows; i++) {
      const x = purchases[i]!
      const c = x + early > 0 ? a / (b + x + early - 1) : 0
      const odds = c * Math.exp((r + x) * Math.log1p((observed[i]! - recency[i]!) / (alpha + recency[i]!)))
      discounted[first + i] = ifAlive(x, observed[i]!) / (1 + odds)
    }
  })
  return discounted
}

/** Numbers of purchases up to this one get a table; the rare larger ones are computed one by one. */
const COMMON = 4096
/** Interpolating pays from about so many customers with the same number of purchases. */
const WORTH_A_SUM = 40

type IfAlive = (purchases: number, observed: number) => number

/**
 * An answer about a customer who is still here depends on x and T alone, and on T smoothly: for each x that many share, a
 * Chebyshev sum of its logarithm in ln(alpha + T) stands in for the integral, with some twenty values of it instead of one
 * per customer, and no digit that counts lost (positive functions keep their relative accuracy in logarithms).
 */
function interpolated(
  parameters: BgNbdParameters,
  columns: Columns,
  early: EarlyChances,
  answer: (ahead: Ahead, observed: number) => number,
): IfAlive {
  const counts = new Int32Array(COMMON)
  let shortest = Infinity
  let longest = 0
  forEachBlock(columns, ({ rows, purchases, observed }) => {
    for (let i = 0; i < rows; i++) {
      if (purchases[i]! < COMMON) counts[purchases[i]!]!++
      shortest = Math.min(shortest, observed[i]!)
      longest = Math.max(longest, observed[i]!)
    }
  })
  const { alpha } = parameters
  const from = Math.log(alpha + shortest)
  const to = Math.log(alpha + longest)
  const exact = new Map<number, Ahead>()
  const exactly = (purchases: number, observed: number) => {
    let ahead = exact.get(purchases)
    if (!ahead) {
      ahead = aheadOf(parameters, purchases, early)
      exact.set(purchases, ahead)
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

interface Scoring {
  readonly parameters: BgNbdParameters
  readonly columns: Columns
  readonly horizon: number
  readonly early: EarlyChances
  readonly expectedIfAlive: IfAlive
}

/** What a customer with x purchases is told by her T, and by her t_x, side by side: one place in memory for each. */
const CELL = 4
const EXPECTED = 0
const QUIET = 1
const POWER = 2
const INVERSE_POWER = 3
/** A power beyond e^690 is no number any more; then each customer gets an exponential. */
const LARGEST_EXPONENT = 690

function scoreRows({ parameters, columns, horizon, early, expectedIfAlive }: Scoring, scores: Scores): void {
  const { r, alpha, a, b } = parameters
  const { alive, expected, silence } = scores
  const tables = cellTables({ parameters, columns, horizon, early, expectedIfAlive })
  const { cells, starts, stepsPerUnit } = tables
  forEachBlock(columns, ({ first, rows, purchases, recency, observed }) => {
    for (let i = 0; i < rows; i++) {
      const x = purchases[i]!
      const start = x < COMMON ? starts[x]! : -1
      const c = x + early > 0 ? a / (b + x + early - 1) : 0
      let odds: number
      let ahead: number
      let quiet: number
      if (start >= 0) {
        const span = start + CELL * Math.floor(observed[i]! * stepsPerUnit + 0.5)
        const seen = start + CELL * Math.floor(recency[i]! * stepsPerUnit + 0.5)
        odds = c * cells[span + POWER]! * cells[seen + INVERSE_POWER]!
        ahead = cells[span + EXPECTED]!
        quiet = cells[span + QUIET]!
      } else {
        const shape = r + x
        odds = c * Math.exp(shape * Math.log1p((observed[i]! - recency[i]!) / (alpha + recency[i]!)))
        ahead = horizon > 0 ? expectedIfAlive(x, observed[i]!) : 0
        quiet = Math.exp(-shape * Math.log1p(horizon / (alpha + observed[i]!)))
      }
      const here = 1 / (1 + odds)
      const row = first + i
      alive[row] = here
      expected[row] = here * ahead
      // The chance of having left, not 1 - P(alive), so that a small chance of silence keeps its digits.
      silence[row] = (odds > 1e300 ? 1 : odds * here) + here * quiet
    }
  })
}

interface CellTables {
  readonly cells: Float64Array
  /** Where the cells of each number of purchases begin; -1 where there are none. */
  readonly starts: Int32Array
  readonly stepsPerUnit: number
}

/** On a grid of days everything is a table by x and day, for each x shared by more customers than there are days. */
function cellTables({ parameters, columns, horizon, expectedIfAlive }: Scoring): CellTables {
  const { r, alpha } = parameters
  const starts = new Int32Array(COMMON).fill(-1)
  const grid = findTimeGrid(columns)
  if (!grid) return { cells: new Float64Array(0), starts, stepsPerUnit: 1 }
  const { stepsPerUnit, lastStep } = grid
  const middle = 0.5 * (Math.log(alpha) + Math.log(alpha + lastStep / stepsPerUnit))
  const farthest = middle - Math.log(alpha)
  const counts = new Int32Array(COMMON)
  forEachBlock(columns, ({ rows, purchases }) => {
    for (let i = 0; i < rows; i++) if (purchases[i]! < COMMON) counts[purchases[i]!]!++
  })
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
  return { cells, starts, stepsPerUnit }
}
