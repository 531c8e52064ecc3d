import { type Box, isAtEdge } from '../../optimisation/box.ts'
import { type CurvedObjective, newton } from '../../optimisation/newton.ts'
import type { Fit, FitOptions, FitWarning } from '../fit.ts'
import { reportFit } from '../report-fit.ts'
import { type BgBbParameters, bgBbNames, checkOpportunityColumns, type OpportunityColumns } from './parameters.ts'

/** Logarithms of the four parameters. */
const box: Box = { lower: [-9, -9, -9, -9], upper: [9, 9, 9, 9] }
/** Log-variance from which a parameter may as well be eight times as large. */
const VAGUE = 4

/** Customers with the same history. */
interface Cell {
  readonly purchases: number
  readonly recency: number
  readonly opportunities: number
  readonly weight: number
}

/**
 * Maximum likelihood by Newton's method over the logarithms of the parameters. Equal histories are counted first; six
 * opportunities leave 22 of them, however many the customers. No gamma functions: every probability is a ratio of rising
 * products, and sums of logarithms along the opportunities give them all.
 */
export function fit(columns: OpportunityColumns, { maximumIterations = 200 }: FitOptions = {}): Fit<BgBbParameters> {
  checkOpportunityColumns(columns)
  const cells = cellsOf(columns)
  const found = newton(objectiveOf(cells), [0, 0, -0.5, 0.5], box, { tolerance: 1e-8, maximumIterations })
  const [alpha, beta, gamma, delta] = found.point.map(Math.exp) as unknown as [number, number, number, number]
  const parameters = { alpha, beta, gamma, delta }
  const edge = bgBbNames.map((_, i) => isAtEdge(found.point, box, i))
  const customers = sumOf(cells, () => true)
  const buyers = sumOf(cells, ({ purchases }) => purchases > 0)
  const finding = { parameters, names: bgBbNames, minimum: found, box, customers }
  return reportFit(finding, ({ logCovariance, known }) => {
    const vague = bgBbNames.map((_, i) => edge[i]! || logCovariance[5 * i]! > VAGUE)
    const warnings: FitWarning[] = []
    if (buyers === 0) warnings.push('no-repeat-purchases')
    if (buyers < 50) warnings.push('too-few-customers')
    if (vague[2] || vague[3] || (!known && !edge.includes(true))) warnings.push('dropout-not-identified')
    if (vague[0] || vague[1]) warnings.push('rates-at-boundary')
    return warnings
  })
}

function sumOf(cells: readonly Cell[], counts: (cell: Cell) => boolean): number {
  return cells.reduce((sum, cell) => sum + (counts(cell) ? cell.weight : 0), 0)
}

function cellsOf({ purchases, recency, opportunities, weights }: OpportunityColumns): Cell[] {
  let most = 1
  for (const count of opportunities) most = Math.max(most, count + 1)
  const weightOf = new Map<number, number>()
  for (let row = 0; row < purchases.length; row++) {
    const weight = weights ? weights[row]! : 1
    if (weight === 0) continue
    const key = (opportunities[row]! * most + recency[row]!) * most + purchases[row]!
    weightOf.set(key, (weightOf.get(key) ?? 0) + weight)
  }
  return [...weightOf]
    .sort(([one], [other]) => one - other)
    .map(([key, weight]) => ({
      purchases: key % most,
      recency: Math.floor(key / most) % most,
      opportunities: Math.floor(key / (most * most)),
      weight,
    }))
}

/** ln of z (z + 1) ... (z + k - 1) for k = 0, 1, ... , with its first and second derivatives in z. */
interface Rising {
  readonly log: Float64Array
  readonly slope: Float64Array
  readonly bend: Float64Array
}

function risingOf(z: number, longest: number): Rising {
  const log = new Float64Array(longest + 1)
  const slope = new Float64Array(longest + 1)
  const bend = new Float64Array(longest + 1)
  for (let k = 0; k < longest; k++) {
    log[k + 1] = log[k]! + Math.log(z + k)
    slope[k + 1] = slope[k]! + 1 / (z + k)
    bend[k + 1] = bend[k]! - 1 / (z + k) ** 2
  }
  return { log, slope, bend }
}

function objectiveOf(cells: readonly Cell[]): CurvedObjective {
  const longest = cells.reduce((most, { opportunities }) => Math.max(most, opportunities), 0) + 1
  return (point, gradient, hessian) => {
    const [alpha, beta, gamma, delta] = point.map(Math.exp) as unknown as [number, number, number, number]
    const taken = risingOf(alpha, longest)
    const passed = risingOf(beta, longest)
    const offered = risingOf(alpha + beta, longest)
    const stayed = risingOf(delta, longest)
    const faced = risingOf(gamma + delta, longest)
    let value = 0
    const slope = new Float64Array(4)
    const bend = new Float64Array(16)
    // Of one cell: the mean over its possible lives of the slopes, of their products, and of the bends.
    const mean = new Float64Array(4)
    const product = new Float64Array(16)
    const life = new Float64Array(4)
    for (const { purchases: x, recency, opportunities: n, weight } of cells) {
      mean.fill(0)
      product.fill(0)
      const addLife = (share: number, until: number, gone: boolean) => {
        const facedTo = gone ? until + 1 : until
        const both = offered.slope[until]!
        const all = faced.slope[facedTo]!
        life[0] = taken.slope[x]! - both
        life[1] = passed.slope[until - x]! - both
        life[2] = (gone ? 1 / gamma : 0) - all
        life[3] = stayed.slope[until]! - all
        for (let i = 0; i < 4; i++) {
          mean[i]! += share * life[i]!
          for (let j = 0; j <= i; j++) product[4 * i + j]! += share * life[i]! * life[j]!
        }
        const bothBend = offered.bend[until]!
        const allBend = faced.bend[facedTo]!
        product[0]! += share * (taken.bend[x]! - bothBend)
        product[4]! -= share * bothBend
        product[5]! += share * (passed.bend[until - x]! - bothBend)
        product[10]! -= share * ((gone ? 1 / gamma ** 2 : 0) + allBend)
        product[14]! -= share * allBend
        product[15]! += share * (stayed.bend[until]! - allBend)
      }
      const logOf = (until: number, facedTo: number) =>
        taken.log[x]! + passed.log[until - x]! - offered.log[until]! + stayed.log[until]! - faced.log[facedTo]!
      const logAlive = logOf(n, n)
      const logFirst = n > recency ? Math.log(gamma) + logOf(recency, recency + 1) : -Infinity
      const top = Math.max(logAlive, logFirst)
      let total = Math.exp(logAlive - top)
      addLife(total, n, false)
      let share = Math.exp(logFirst - top)
      for (let j = recency; j < n; j++) {
        total += share
        addLife(share, j, true)
        share *= ((beta + j - x) * (delta + j)) / ((alpha + beta + j) * (gamma + delta + j + 1))
      }
      value -= weight * (top + Math.log(total))
      for (let i = 0; i < 4; i++) {
        const own = mean[i]! / total
        slope[i]! -= weight * own
        for (let j = 0; j <= i; j++)
          bend[4 * i + j]! -= weight * (product[4 * i + j]! / total - (own * mean[j]!) / total)
      }
    }
    const scale = [alpha, beta, gamma, delta]
    for (let i = 0; i < 4; i++) {
      gradient[i] = scale[i]! * slope[i]!
      for (let j = 0; j <= i; j++) {
        const entry = scale[i]! * scale[j]! * bend[4 * i + j]! + (i === j ? gradient[i]! : 0)
        hessian[4 * i + j] = entry
        hessian[4 * j + i] = entry
      }
    }
    return value
  }
}
