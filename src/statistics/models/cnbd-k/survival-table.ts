import { chebyshevPoints, lagrangeBasis } from '../../functions/polynomial-pieces.ts'
import { type BetaConstants, SURVIVAL_NUMBERS, survivalSlopes } from './survival-slopes.ts'

/** Values of a smooth function at this many Chebyshev points of a piece fix it to about twelve digits. */
const NODES = 14

/** How many numbers one piece of a table takes. */
export const PIECE_LENGTH = NODES * SURVIVAL_NUMBERS

/** Making a piece costs as much as asking so many customers one by one. */
export const PIECE_PAYS_FROM = 2 * NODES

/**
 * How wide a piece may be in ln(z / (1 - z)). ln S has its nearest singularities where |Im| = pi; with regular gaps (large k)
 * it bends over a width of about 1 / sqrt(k).
 */
export function pieceWidth(k: number): number {
  return 1.25 / Math.sqrt(Math.max(1, k / 4))
}

const nodes = chebyshevPoints(NODES)
const basis = lagrangeBasis(nodes)

/**
 * ln S and its derivatives over one piece as polynomials: writes the coefficients, power by power, into `out` at `offset`.
 * A customer then costs a dozen multiplications per number instead of a continued fraction.
 */
export function writePiece(
  middle: number,
  width: number,
  beta: BetaConstants,
  out: Float64Array,
  offset: number,
): void {
  out.fill(0, offset, offset + PIECE_LENGTH)
  for (let node = 0; node < NODES; node++) {
    survivalSlopes(middle + 0.5 * width * nodes[node]!, beta, atNode)
    for (let power = 0; power < NODES; power++) {
      const share = basis[node * NODES + power]!
      for (let i = 0; i < SURVIVAL_NUMBERS; i++) out[offset + power * SURVIVAL_NUMBERS + i]! += share * atNode[i]!
    }
  }
}

const atNode = new Float64Array(SURVIVAL_NUMBERS)

/** Reads a piece at `position`, from -1 at its lower end to 1 at its upper, into `out`. */
export function readPiece(pieces: Float64Array, offset: number, position: number, out: Float64Array): void {
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
