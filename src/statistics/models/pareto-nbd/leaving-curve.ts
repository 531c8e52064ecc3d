import { LEAVING_MOMENTS, leavingIntegral } from './leaving-integral.ts'
import type { ParetoNbdParameters } from './parameters.ts'

/** A polynomial of eight coefficients is exact to rounding over a cell no wider than this in ln(m + t). */
export const TERMS = 8
const WIDEST_CELL = 0.2
/** A curve costs about as much as integrating so many histories. */
export const FEWEST_ON_CURVE = 64
/** The end lies so far out that what is left of staying there, e to the minus this, is nothing, ... */
const LARGEST_FALL = 40
/** ... or, where staying falls slowly, so far in ln(m + t): what ends there is then smooth before it. */
const FARTHEST = 40

const angles = Float64Array.from({ length: TERMS }, (_, j) => (Math.PI * (TERMS - j - 0.5)) / TERMS)
/** Where in a cell, from -1 to 1, the integral is asked: Chebyshev points, ascending. */
const places = angles.map(Math.cos)
/** By power of the place and by point: what the value there adds to the coefficient. */
const toCoefficients = coefficientMatrix()

/**
 * `leavingIntegral` from any moment to a far end, for one number of purchases after the other: leaving(t), the probability
 * mass of leaving after t against being alive at t.
 *
 * Because the end is far, leaving(t) has no edge to bend at: in y = ln(m + t), m the smaller of alpha and beta, it is a smooth
 * function whose singularities lie pi off the real axis, as slow for a thousand purchases as for one. So a polynomial per
 * cell of y stands in for the integral, and a customer costs two polynomials instead of one integral:
 *
 *     V = A(T)/A(t_x) (1 - leaving(T)) + leaving(t_x),  A(t) = (alpha + t)^-shape (beta + t)^-s.
 *
 * The slopes go the other way (reverse mode): the caller adds to `slopes` what its answer gains from each coefficient, and
 * `addGradient` says what that means for the parameters.
 */
export class LeavingCurve {
  readonly cellsPerLog: number
  readonly lastCell: number
  /** By cell, from the constant up: coefficients of leaving in the place within the cell, and the caller's slopes in them. */
  readonly coefficients: Float64Array
  readonly slopes: Float64Array

  readonly #parameters: ParetoNbdParameters
  /** The moments at which the integral is asked, and its moments there. */
  readonly #times: Float64Array
  readonly #moments: Float64Array
  #purchases = 0
  #firstCell = 0

  constructor(longest: number, parameters: ParetoNbdParameters) {
    const smaller = Math.min(parameters.alpha, parameters.beta)
    const range = Math.max(Math.log1p(longest / smaller), 1e-9)
    const cells = Math.ceil(range / WIDEST_CELL)
    this.#parameters = parameters
    this.cellsPerLog = cells / range
    this.lastCell = cells - 1
    this.coefficients = new Float64Array(TERMS * cells)
    this.slopes = new Float64Array(TERMS * cells)
    this.#times = Float64Array.from(this.coefficients, (_, i) => {
      const position = Math.floor(i / TERMS) + 0.5 * (1 + places[i % TERMS]!)
      return smaller * Math.expm1(position / this.cellsPerLog)
    })
    this.#moments = new Float64Array(LEAVING_MOMENTS * this.#times.length)
  }

  /** The cell of a moment whose ln((m + t) / m) is given. */
  cellAt(logTime: number): number {
    return Math.min(this.lastCell, Math.floor(logTime * this.cellsPerLog))
  }

  /** Fills the coefficients for this many purchases, in all cells from the first that is needed. */
  fill(purchases: number, firstCell: number): void {
    this.#purchases = purchases
    this.#firstCell = firstCell
    this.#integrate()
    const { coefficients } = this
    for (let from = TERMS * firstCell; from < coefficients.length; from += TERMS) {
      for (let k = 0; k < TERMS; k++) {
        let sum = 0
        for (let j = 0; j < TERMS; j++)
          sum += toCoefficients[TERMS * k + j]! * this.#moments[LEAVING_MOMENTS * (from + j)]!
        coefficients[from + k] = sum
      }
    }
  }

  /** From the end backward: what is left after a moment is what leaves until the next, and what is left there. */
  #integrate(): void {
    const { r, alpha, s, beta } = this.#parameters
    const shape = r + this.#purchases
    const times = this.#times
    const all = this.#moments
    const last = times.length - 1
    const start = Math.min(alpha, beta) + times[last]!
    const steepness = (shape * start) / (alpha + times[last]!) + (s * start) / (beta + times[last]!)
    const end = times[last]! + start * Math.expm1(Math.min(FARTHEST, LARGEST_FALL / steepness))
    leavingIntegral(all.subarray(LEAVING_MOMENTS * last), shape, alpha, s, beta, times[last]!, end)
    const piece = new Float64Array(LEAVING_MOMENTS)
    for (let i = last - 1; i >= TERMS * this.#firstCell; i--) {
      const from = times[i]!
      const span = times[i + 1]! - from
      leavingIntegral(piece, shape, alpha, s, beta, from, times[i + 1]!)
      const onAlpha = Math.log1p(span / (alpha + from))
      const onBeta = Math.log1p(span / (beta + from))
      const keep = Math.exp(-shape * onAlpha - s * onBeta)
      const here = LEAVING_MOMENTS * i
      const next = here + LEAVING_MOMENTS
      const left = keep * all[next]!
      const lossAlpha = span / ((alpha + from) * (alpha + from + span))
      all[here] = piece[0]! + left
      all[here + 1] = piece[1]! + keep * all[next + 1]! + onAlpha * left
      all[here + 2] = piece[2]! + keep * all[next + 2]! + lossAlpha * left
      all[here + 3] = piece[3]! + keep * all[next + 3]! + onBeta * left
      all[here + 4] = piece[4]! + keep * all[next + 4]!
    }
  }

  /** Adds to (r, alpha, s, beta) what the slopes mean for them, and clears the slopes. */
  addGradient(gradient: Float64Array): void {
    const { r, s, beta } = this.#parameters
    const shape = r + this.#purchases
    const { slopes } = this
    for (let from = TERMS * this.#firstCell; from < slopes.length; from += TERMS) {
      for (let j = 0; j < TERMS; j++) {
        let slope = 0
        for (let k = 0; k < TERMS; k++) slope += toCoefficients[TERMS * k + j]! * slopes[from + k]!
        const at = LEAVING_MOMENTS * (from + j)
        const left = this.#moments[at]!
        gradient[0]! -= slope * this.#moments[at + 1]!
        gradient[1]! += slope * shape * this.#moments[at + 2]!
        gradient[2]! += slope * (left / s - this.#moments[at + 3]!)
        gradient[3]! += slope * ((s * left) / (beta + this.#times[from + j]!) - (s + 1) * this.#moments[at + 4]!)
      }
      slopes.fill(0, from, from + TERMS)
    }
  }
}

/** The polynomial whose coefficients begin there, at a place within its cell. */
export function polynomialAt(c: Float64Array, at: number, x: number): number {
  const low = c[at]! + x * (c[at + 1]! + x * (c[at + 2]! + x * c[at + 3]!))
  const high = c[at + 4]! + x * (c[at + 5]! + x * (c[at + 6]! + x * c[at + 7]!))
  return low + x * x * (x * x) * high
}

/** Chebyshev's coefficients of the values, each polynomial written out in powers. */
function coefficientMatrix(): Float64Array {
  const matrix = new Float64Array(TERMS * TERMS)
  let previous = new Float64Array(TERMS)
  let polynomial = Float64Array.from({ length: TERMS }, (_, k) => (k === 0 ? 1 : 0))
  for (let degree = 0; degree < TERMS; degree++) {
    for (let j = 0; j < TERMS; j++) {
      const share = ((degree === 0 ? 1 : 2) * Math.cos(degree * angles[j]!)) / TERMS
      for (let k = 0; k < TERMS; k++) matrix[TERMS * k + j]! += share * polynomial[k]!
    }
    const next = polynomial.map((_, k) => (degree === 0 ? 1 : 2) * (k > 0 ? polynomial[k - 1]! : 0) - previous[k]!)
    previous = polynomial
    polynomial = next
  }
  return matrix
}
