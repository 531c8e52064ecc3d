import { gaussLegendre } from '../../functions/gauss-legendre.ts'
import type { ParetoNbdParameters } from './parameters.ts'

const POINTS = 6
const { nodes, weights } = gaussLegendre(POINTS)
/** Six points are exact to rounding over a panel no wider than this in ln(m + u) ... */
const WIDEST_PANEL = 0.7
/** ... over which the integrand falls by no more than e to this. */
const LARGEST_FALL = 1
const MOST_PIECES = 4096
/** e^(+-this) and its products stay numbers. */
const LARGEST_EXPONENT = 600

/**
 * `leavingIntegral` for all moments of a grid at once, one number of purchases after the other.
 *
 * For shape = r + x let A(t) = (alpha + t)^-shape (beta + t)^-s, the density of staying. `leaving[t]` is the integral of
 * the density of leaving from t to the end of the grid, divided by A(t). It follows backward from moment to moment:
 * leaving[t] = cell[t] + A(t+1)/A(t) leaving[t+1]. From x to x + 1 each point inside a cell, scaled by the start of its
 * cell, only gains the factor (alpha + t) / (alpha + u). So a table costs multiplications, no powers and no 2F1, and every term
 * is positive. The slopes come by going through the same recurrence once in the other direction (reverse mode): the caller says
 * how its answer depends on `leaving` and on ln A, and `gradient` gathers what that means for the parameters.
 */
export class LeavingTable {
  /** ln((alpha + t) / alpha) and ln((beta + t) / beta). */
  readonly logAlpha: Float64Array
  readonly logBeta: Float64Array
  /** By moment. */
  readonly leaving: Float64Array
  /** A(t) / A(first). */
  readonly stay: Float64Array
  /** The place of the grid's moment 1; moment 0 is place 0. In between the first cell is cut into pieces. */
  readonly shift: number
  /** What the caller adds up: the slope of its answer by `leaving` and by -ln A, of the present number of purchases. */
  readonly slopeByLeaving: Float64Array
  readonly slopeByFall: Float64Array

  readonly #parameters: ParetoNbdParameters
  readonly #edges: Float64Array
  readonly #cells: number
  #purchases = 0
  #first = 0
  /** A(t+1) / A(t), and the factor by which it falls with one purchase more. */
  readonly #keep: Float64Array
  readonly #keepRatio: Float64Array
  readonly #mass: Float64Array
  readonly #massRatio: Float64Array
  readonly #massLossAlpha: Float64Array
  readonly #cell: Float64Array
  readonly #cellLossAlpha: Float64Array
  /** Sums over all numbers of purchases so far: of slope x point, slope x step, slope by fall (times shape). */
  readonly #pointSlopes: Float64Array
  readonly #keepSlopes: Float64Array
  readonly #keepShapeSlopes: Float64Array
  readonly #fallSlopes: Float64Array
  readonly #fallShapeSlopes: Float64Array
  #lossAlphaSlope = 0

  constructor(times: Float64Array, parameters: ParetoNbdParameters) {
    const { r, alpha, s, beta } = parameters
    this.#parameters = parameters
    const smaller = Math.min(alpha, beta)
    const edges = cutFirstCell(times, smaller, r + s + 1)
    const cells = edges.length - 1
    const points = POINTS * cells
    this.#edges = edges
    this.#cells = cells
    this.shift = edges.length - times.length
    this.logAlpha = edges.map(time => Math.log1p(time / alpha))
    this.logBeta = edges.map(time => Math.log1p(time / beta))
    this.leaving = new Float64Array(cells + 1)
    this.stay = new Float64Array(cells + 1)
    this.slopeByLeaving = new Float64Array(cells + 1)
    this.slopeByFall = new Float64Array(cells + 1)
    this.#keep = new Float64Array(cells)
    this.#keepRatio = new Float64Array(cells)
    this.#mass = new Float64Array(points)
    this.#massRatio = new Float64Array(points)
    this.#massLossAlpha = new Float64Array(points)
    this.#cell = new Float64Array(cells)
    this.#cellLossAlpha = new Float64Array(cells)
    this.#pointSlopes = new Float64Array(points)
    this.#keepSlopes = new Float64Array(cells)
    this.#keepShapeSlopes = new Float64Array(cells)
    this.#fallSlopes = new Float64Array(cells + 1)
    this.#fallShapeSlopes = new Float64Array(cells + 1)
    for (let cell = 0; cell < cells; cell++) {
      const start = edges[cell]!
      const span = edges[cell + 1]! - start
      const onAlpha = Math.log1p(span / (alpha + start))
      const onBeta = Math.log1p(span / (beta + start))
      this.#keepRatio[cell] = Math.exp(-onAlpha)
      this.#keep[cell] = Math.exp(-r * onAlpha - s * onBeta)
      const width = alpha < beta ? onAlpha : onBeta
      for (let i = 0; i < POINTS; i++) {
        const passed = (smaller + start) * Math.expm1(width * nodes[i]!)
        const logAlpha = Math.log1p(passed / (alpha + start))
        const logBeta = Math.log1p(passed / (beta + start))
        const share = (s * (smaller + start + passed)) / (beta + start + passed)
        const point = POINTS * cell + i
        this.#mass[point] = width * weights[i]! * share * Math.exp(-r * logAlpha - s * logBeta)
        this.#massRatio[point] = (alpha + start) / (alpha + start + passed)
        this.#massLossAlpha[point] = passed / ((alpha + start) * (alpha + start + passed))
      }
    }
  }

  /**
   * Fills `leaving` and `stay` for this many purchases, from the moment `first` on. Numbers of purchases must come in
   * ascending order. False where the parameters are too steep for the grid: then integrate row by row.
   */
  moveTo(purchases: number, first: number): boolean {
    const { r, s } = this.#parameters
    const cells = this.#cells
    const keep = this.#keep
    const cell = this.#cell
    const leaving = this.leaving
    const stay = this.stay
    const start = first === 0 ? 0 : first + this.shift
    this.#scaleBy(purchases - this.#purchases)
    this.#purchases = purchases
    this.#first = start
    const shape = r + purchases
    const fallTo = (place: number) => shape * this.logAlpha[place]! + s * this.logBeta[place]!
    if (start < cells) {
      const steepest = fallTo(start + 1) - fallTo(start) + this.logBeta[start + 1]! - this.logBeta[start]!
      if (steepest > 1.01 * LARGEST_FALL || fallTo(cells) - fallTo(start) > LARGEST_EXPONENT) return false
    }
    this.#sumCells(start)
    let left = 0
    leaving[cells] = 0
    for (let place = cells - 1; place >= start; place--) {
      left = cell[place]! + keep[place]! * left
      leaving[place] = left
    }
    let kept = 1
    stay[start] = 1
    for (let place = start; place < cells; place++) {
      kept *= keep[place]!
      stay[place + 1] = kept
    }
    return true
  }

  /** One purchase more multiplies every point by its ratio. */
  #scaleBy(more: number): void {
    if (more === 0) return
    const mass = this.#mass
    const massRatio = this.#massRatio
    const keep = this.#keep
    const keepRatio = this.#keepRatio
    if (more === 1) {
      for (let point = 0; point < mass.length; point++) mass[point]! *= massRatio[point]!
      for (let place = 0; place < keep.length; place++) keep[place]! *= keepRatio[place]!
    } else {
      for (let point = 0; point < mass.length; point++) mass[point]! *= massRatio[point]! ** more
      for (let place = 0; place < keep.length; place++) keep[place]! *= keepRatio[place]! ** more
    }
  }

  #sumCells(start: number): void {
    const mass = this.#mass
    const loss = this.#massLossAlpha
    const cell = this.#cell
    const cellLoss = this.#cellLossAlpha
    for (let place = start, point = POINTS * start; place < cell.length; place++, point += POINTS) {
      const a = mass[point]!
      const b = mass[point + 1]!
      const c = mass[point + 2]!
      const d = mass[point + 3]!
      const e = mass[point + 4]!
      const f = mass[point + 5]!
      cell[place] = a + b + c + d + e + f
      cellLoss[place] =
        a * loss[point]! +
        b * loss[point + 1]! +
        c * loss[point + 2]! +
        d * loss[point + 3]! +
        e * loss[point + 4]! +
        f * loss[point + 5]!
    }
  }

  /** Takes in the slopes the caller has added up for the present number of purchases, and clears them. */
  takeSlopes(): void {
    const shape = this.#parameters.r + this.#purchases
    const { slopeByLeaving, slopeByFall, leaving } = this
    const cells = this.#cells
    const keep = this.#keep
    const mass = this.#mass
    const cellLoss = this.#cellLossAlpha
    const pointSlopes = this.#pointSlopes
    const keepSlopes = this.#keepSlopes
    const keepShapeSlopes = this.#keepShapeSlopes
    const fallSlopes = this.#fallSlopes
    const fallShapeSlopes = this.#fallShapeSlopes
    let slope = 0
    let lossAlphaSlope = 0
    for (let place = this.#first, point = POINTS * this.#first; place < cells; place++, point += POINTS) {
      slope += slopeByLeaving[place]!
      pointSlopes[point]! += slope * mass[point]!
      pointSlopes[point + 1]! += slope * mass[point + 1]!
      pointSlopes[point + 2]! += slope * mass[point + 2]!
      pointSlopes[point + 3]! += slope * mass[point + 3]!
      pointSlopes[point + 4]! += slope * mass[point + 4]!
      pointSlopes[point + 5]! += slope * mass[point + 5]!
      lossAlphaSlope += slope * cellLoss[place]!
      slope *= keep[place]!
      const byKeep = slope * leaving[place + 1]!
      keepSlopes[place]! += byKeep
      keepShapeSlopes[place]! += shape * byKeep
    }
    this.#lossAlphaSlope += shape * lossAlphaSlope
    for (let place = this.#first; place <= cells; place++) {
      fallSlopes[place]! += slopeByFall[place]!
      fallShapeSlopes[place]! += shape * slopeByFall[place]!
      slopeByLeaving[place] = 0
      slopeByFall[place] = 0
    }
  }

  /** Adds to (r, alpha, s, beta) what all slopes taken in so far mean for them. */
  addGradient(gradient: Float64Array): void {
    const { alpha, s, beta } = this.#parameters
    const smaller = Math.min(alpha, beta)
    const edges = this.#edges
    let byR = 0
    let byAlpha = this.#lossAlphaSlope
    let byS = 0
    let byBeta = 0
    for (let place = 0; place < edges.length; place++) {
      const time = edges[place]!
      byR += this.#fallSlopes[place]! * this.logAlpha[place]!
      byS += this.#fallSlopes[place]! * this.logBeta[place]!
      byAlpha -= (this.#fallShapeSlopes[place]! * time) / (alpha * (alpha + time))
      byBeta -= (this.#fallSlopes[place]! * s * time) / (beta * (beta + time))
    }
    for (let cell = 0; cell < this.#cells; cell++) {
      const start = edges[cell]!
      const span = edges[cell + 1]! - start
      const onAlpha = Math.log1p(span / (alpha + start))
      const onBeta = Math.log1p(span / (beta + start))
      byR -= this.#keepSlopes[cell]! * onAlpha
      byS -= this.#keepSlopes[cell]! * onBeta
      byAlpha += (this.#keepShapeSlopes[cell]! * span) / ((alpha + start) * (alpha + start + span))
      byBeta += (this.#keepSlopes[cell]! * s * span) / ((beta + start) * (beta + start + span))
      const width = alpha < beta ? onAlpha : onBeta
      for (let i = 0; i < POINTS; i++) {
        const passed = (smaller + start) * Math.expm1(width * nodes[i]!)
        const slope = this.#pointSlopes[POINTS * cell + i]!
        byR -= slope * Math.log1p(passed / (alpha + start))
        byS += slope * (1 / s - Math.log1p(passed / (beta + start)))
        byBeta += slope * (s / (beta + start) - (s + 1) / (beta + start + passed))
      }
    }
    gradient[0]! += byR
    gradient[1]! += byAlpha
    gradient[2]! += byS
    gradient[3]! += byBeta
  }
}

/** Only the first cell can be wide in ln(m + u), where m is far smaller than a day: it is cut into equal pieces of that. */
function cutFirstCell(times: Float64Array, smaller: number, steepness: number): Float64Array {
  if (times.length < 2) return times
  const width = Math.log1p(times[1]! / smaller)
  const pieces = Math.min(MOST_PIECES, Math.ceil(width * Math.max(1 / WIDEST_PANEL, steepness / LARGEST_FALL)))
  const edges = new Float64Array(times.length + pieces - 1)
  for (let piece = 1; piece < pieces; piece++) edges[piece] = smaller * Math.expm1((width * piece) / pieces)
  edges.set(times.subarray(1), pieces)
  return edges
}
