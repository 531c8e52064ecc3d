import { addLogRising } from '../../functions/log-rising.ts'
import type { CurvedObjective } from '../../optimisation/newton.ts'
import type { PurchaseGroups } from '../purchase-groups.ts'
import { emptySums, type GroupSums, type StepTables, sumExactly, sumSteps } from './group-sums.ts'

/**
 * Chances to leave that come before the first repeat purchase: none in BG/NBD, where a customer may leave only after a
 * repeat purchase, and one in MBG/NBD, where the first purchase is already such a chance.
 */
export type EarlyChances = 0 | 1

/**
 * The negative log-likelihood of a base over (ln r, ln alpha, ln a, ln b), with exact gradient and Hessian.
 *
 *   ln L = sum_k N(x > k) ln(r + k) + N r ln alpha + sum_j N(n > j) [ln(b + j) - ln(a + b + j)] + sum of M (group-sums.ts)
 *
 * with n = x + early chances. Only M is a matter of single customers; the rest needs the numbers of purchases alone
 * (Fader, Hardie & Lee 2005, equation 6, and Batislam, Denizel & Filiztekin 2007, rearranged).
 */
export function bgNbdObjective(groups: PurchaseGroups, early: EarlyChances): CurvedObjective {
  const { purchases, counts, starts, rows, oneTimers, customers } = groups
  const sums = emptySums()
  const tables = rows.grid && stepTables(rows.grid.lastStep)
  return (point, gradient, hessian) => {
    const [r, alpha, a, b] = Array.from(point, Math.exp) as [number, number, number, number]
    const total = new Slopes(r, alpha, a, b)
    total.addRates(customers)
    if (tables && rows.grid) fillTables(tables, alpha, rows.grid.stepsPerUnit)

    total.advance(0, early)
    const oneTimerRows = [0, oneTimers.observed.length] as const
    sumExactly(oneTimers, oneTimerRows, [r, early === 0 ? 0 : a / b], alpha, sums)
    total.add(sums, customers - counts.reduce((sum, count) => sum + count, 0))

    for (let g = 0; g < purchases.length; g++) {
      const x = purchases[g]!
      const range = [starts[g]!, starts[g + 1]!] as const
      const shapeAndChance = [r + x, a / (b + x + early - 1)] as const
      if (tables && rows.grid) sumSteps(rows, range, shapeAndChance, tables, sums)
      else if (!rows.grid) sumExactly(rows, range, shapeAndChance, alpha, sums)
      total.advance(x, x + early)
      total.add(sums, counts[g]!)
    }
    return total.writeNegative(gradient, hessian)
  }
}

function stepTables(lastStep: number): StepTables {
  const table = () => new Float64Array(lastStep + 1)
  return { logs: table(), inverses: table(), powers: table(), inversePowers: table() }
}

function fillTables({ logs, inverses }: StepTables, alpha: number, stepsPerUnit: number): void {
  for (let step = 0; step < logs.length; step++) {
    const span = alpha + step / stepsPerUnit
    logs[step] = Math.log(span)
    inverses[step] = 1 / span
  }
}

/** The log-likelihood with its slopes in (r, alpha, a, b) while the groups are added in ascending order of purchases. */
class Slopes {
  readonly #r: number
  readonly #alpha: number
  readonly #a: number
  readonly #b: number
  #value = 0
  readonly #gradient = new Float64Array(4)
  /** Upper triangle in the order rr, r alpha, ra, rb, alpha alpha, alpha a, alpha b, aa, ab, bb. */
  readonly #curvature = new Float64Array(10)
  /** ln of r (r+1)...(r+x-1), b...(b+n-1) and (a+b)...(a+b+n-1) with two derivatives, for the group at hand. */
  readonly #rates = new Float64Array(3)
  readonly #stayed = new Float64Array(3)
  readonly #chances = new Float64Array(3)
  #purchases = 0
  #decisions = 0

  constructor(r: number, alpha: number, a: number, b: number) {
    this.#r = r
    this.#alpha = alpha
    this.#a = a
    this.#b = b
  }

  /** N r ln alpha. */
  addRates(customers: number): void {
    this.#value += customers * this.#r * Math.log(this.#alpha)
    this.#gradient[0]! += customers * Math.log(this.#alpha)
    this.#gradient[1]! += (customers * this.#r) / this.#alpha
    this.#curvature[1]! += customers / this.#alpha
    this.#curvature[4]! -= (customers * this.#r) / this.#alpha ** 2
  }

  /** Goes on to the group with so many repeat purchases and decisions to stay. */
  advance(purchases: number, decisions: number): void {
    addLogRising(this.#r, this.#purchases, purchases, this.#rates)
    addLogRising(this.#b, this.#decisions, decisions, this.#stayed)
    addLogRising(this.#a + this.#b, this.#decisions, decisions, this.#chances)
    this.#purchases = purchases
    this.#decisions = decisions
  }

  add(sums: GroupSums, customers: number): void {
    const g = this.#gradient
    const h = this.#curvature
    const shape = this.#r + this.#purchases
    const perA = 1 / this.#a
    // Without a decision nobody has left, and all that this would multiply is 0.
    const perB = this.#decisions > 0 ? 1 / (this.#b + this.#decisions - 1) : 0
    this.#value += sums.value + customers * (this.#rates[0]! + this.#stayed[0]! - this.#chances[0]!)
    g[0]! += customers * this.#rates[1]! - sums.log
    g[1]! -= shape * sums.inverse
    g[2]! += perA * sums.left - customers * this.#chances[1]!
    g[3]! += customers * (this.#stayed[1]! - this.#chances[1]!) - perB * sums.left
    h[0]! += customers * this.#rates[2]! + sums.dd
    h[1]! += shape * sums.de - sums.inverse
    h[2]! -= perA * sums.d
    h[3]! += perB * sums.d
    h[4]! += shape * sums.square + shape * shape * sums.ee
    h[5]! -= perA * shape * sums.e
    h[6]! += perB * shape * sums.e
    h[7]! += perA * perA * (sums.spread - sums.left) - customers * this.#chances[2]!
    h[8]! -= perA * perB * sums.spread + customers * this.#chances[2]!
    h[9]! += customers * (this.#stayed[2]! - this.#chances[2]!) + perB * perB * (sums.left + sums.spread)
  }

  /** Over the logarithms of the parameters, negative. */
  writeNegative(gradient: Float64Array, hessian: Float64Array): number {
    const parameters = [this.#r, this.#alpha, this.#a, this.#b]
    let place = 0
    for (let i = 0; i < 4; i++) {
      gradient[i] = -parameters[i]! * this.#gradient[i]!
      for (let j = i; j < 4; j++) {
        const second = -parameters[i]! * parameters[j]! * this.#curvature[place++]!
        hessian[4 * i + j] = i === j ? second + gradient[i]! : second
        hessian[4 * j + i] = hessian[4 * i + j]!
      }
    }
    return -this.#value
  }
}
