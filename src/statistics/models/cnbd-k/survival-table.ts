import { chebyshevPoints, lagrangeBasis } from '../../functions/polynomial-pieces.ts'
import { type BetaConstants, SURVIVAL_NUMBERS, survivalSlopes } from './survival-slopes.ts'

/** Values of a smooth function at this many Chebyshev points of a piece fix it to about twelve digits. */
const NODES = 14

/** How many numbers one piece of a table takes. */
const PIECE_LENGTH = NODES * SURVIVAL_NUMBERS

/** Making a piece costs as much as asking so many customers one by one. */
const PIECE_PAYS_FROM = 2 * NODES

/**
 * How wide a piece may be in ln(z / (1 - z)). ln S has its nearest singularities where |Im| = pi; with regular gaps (large k)
 * it bends over a width of about 1 / sqrt(k).
 */
export function pieceWidth(k: number): number {
  return 1.25 / Math.sqrt(Math.max(1, k / 4))
}

const nodes = chebyshevPoints(NODES)
const basis = lagrangeBasis(nodes)
const atNode = new Float64Array(SURVIVAL_NUMBERS)

/** ln S and its derivatives for customers with as many purchases. */
export interface SurvivalTable {
  readonly beta: BetaConstants
  readonly width: number
  readonly lowest: number
  /** Where the numbers of each piece begin, counted from the lowest; -1 where too few customers ask. */
  readonly offsets: Int32Array
  readonly numbers: Float64Array
}

/** Makes polynomials of those pieces of the line of log-odds that the first `count` of these ask for often enough. */
export function survivalTable(logOdds: Float64Array, count: number, beta: BetaConstants): SurvivalTable {
  const width = pieceWidth(beta.k)
  let lowest = Infinity
  let highest = -Infinity
  for (let i = 0; i < count; i++) {
    const piece = Math.floor(logOdds[i]! / width)
    if (piece === -Infinity) continue
    if (piece < lowest) lowest = piece
    if (piece > highest) highest = piece
  }
  const asked = new Int32Array(Math.max(1, highest - lowest + 1))
  for (let i = 0; i < count; i++) {
    const piece = Math.floor(logOdds[i]! / width) - lowest
    if (piece >= 0) asked[piece]!++
  }
  let length = 0
  const offsets = asked.map(times => {
    if (times < PIECE_PAYS_FROM) return -1
    length += PIECE_LENGTH
    return length - PIECE_LENGTH
  })
  const numbers = new Float64Array(length)
  for (const [piece, offset] of offsets.entries()) {
    if (offset >= 0) writePiece((lowest + piece + 0.5) * width, width, beta, numbers, offset)
  }
  return { beta, width, lowest, offsets, numbers }
}

/** Writes ln S, its slopes and its second derivatives at `logOdds` (as `survivalSlopes` does) into `out`. */
export function readSurvival(table: SurvivalTable, logOdds: number, out: Float64Array): void {
  const place = logOdds / table.width
  const piece = Math.floor(place)
  const offset = table.offsets[piece - table.lowest]!
  if (offset >= 0) readPiece(table.numbers, offset, 2 * (place - piece) - 1, out)
  else survivalSlopes(logOdds, table.beta, out)
}

/**
 * Writes the coefficients of one piece, power by power. A customer then costs a dozen multiplications per number instead of
 * a continued fraction.
 */
function writePiece(middle: number, width: number, beta: BetaConstants, out: Float64Array, offset: number): void {
  out.fill(0, offset, offset + PIECE_LENGTH)
  for (let node = 0; node < NODES; node++) {
    survivalSlopes(middle + 0.5 * width * nodes[node]!, beta, atNode)
    for (let power = 0; power < NODES; power++) {
      const share = basis[node * NODES + power]!
      for (let i = 0; i < SURVIVAL_NUMBERS; i++) out[offset + power * SURVIVAL_NUMBERS + i]! += share * atNode[i]!
    }
  }
}

/** Reads a piece at `position`, from -1 at its lower end to 1 at its upper, into `out`. */
function readPiece(pieces: Float64Array, offset: number, position: number, out: Float64Array): void {
  let at = offset + PIECE_LENGTH - SURVIVAL_NUMBERS
  let v0 = pieces[at]!
  let v1 = pieces[at + 1]!
  let v2 = pieces[at + 2]!
  let v3 = pieces[at + 3]!
  let v4 = pieces[at + 4]!
  let v5 = pieces[at + 5]!
  while (at > offset) {
    at -= SURVIVAL_NUMBERS
    v0 = v0 * position + pieces[at]!
    v1 = v1 * position + pieces[at + 1]!
    v2 = v2 * position + pieces[at + 2]!
    v3 = v3 * position + pieces[at + 3]!
    v4 = v4 * position + pieces[at + 4]!
    v5 = v5 * position + pieces[at + 5]!
  }
  out[0] = v0
  out[1] = v1
  out[2] = v2
  out[3] = v3
  out[4] = v4
  out[5] = v5
}
