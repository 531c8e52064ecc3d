import { digamma } from '../../functions/digamma.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { logGamma } from '../../functions/log-gamma.ts'
import { trigamma } from '../../functions/trigamma.ts'
import type { CurvedObjective } from '../../optimisation/newton.ts'
import type { Columns } from '../columns.ts'
import type { StandardCovariate } from '../covariates.ts'
import { betaConstants, SURVIVAL_NUMBERS } from './survival-slopes.ts'
import { readSurvival, survivalTable } from './survival-table.ts'

/** ln k, ln r, ln alpha, ln a, ln b; behind them one coefficient per covariate. */
const PLAIN = 5
const ALPHA = 2
const A = 3
const at = (row: number, column: number) => row * PLAIN + column

/**
 * Minus the log-likelihood of MBG/CNBD-k where every customer has an alpha and an a of her own, as a function of the
 * logarithms of the parameters and of the coefficients, with its exact gradient and Hessian.
 *
 * Customers with as many purchases still share ln S as a function of ln(silence / (alpha_i + t_x)), so the same tables
 * answer. Each covariate moves one logarithm, so that its slopes are those of ln alpha or ln a times its value.
 */
export function covariateObjective(columns: Columns, covariates: readonly StandardCovariate[]): CurvedObjective {
  const { purchases, recency, observed, logGapSum, weights } = columns
  const size = PLAIN + covariates.length
  /** Which plain parameter each variable moves. */
  const moves = Int32Array.from({ length: size }, (_, i) =>
    i < PLAIN ? i : covariates[i - PLAIN]!.kind === 'transaction' ? ALPHA : A,
  )
  const groups = rowsByCount(purchases)
  const logOdds = new Float64Array(Math.max(...groups.map(({ rows }) => rows.length)))
  const shares = new Float64Array(size).fill(1)
  const survival = new Float64Array(SURVIVAL_NUMBERS)
  const g = new Float64Array(PLAIN)
  const h = new Float64Array(PLAIN * PLAIN)

  return (point, gradient, hessian) => {
    const k = Math.exp(point[0]!)
    const r = Math.exp(point[1]!)
    const b = Math.exp(point[4]!)
    gradient.fill(0)
    hessian.fill(0)
    let sum = 0
    for (const { count, rows } of groups) {
      const shape = r + k * count
      const staying = b + count
      const beta = betaConstants(k, shape)
      const buying = logGamma(shape) - logGamma(r) - count * logGamma(k)
      const slopeShape = digamma(shape)
      const curveShape = trigamma(shape)
      const slopeK = count * (slopeShape - digamma(k))
      const slopeR = slopeShape - digamma(r)
      const curveKK = count * (count * curveShape - trigamma(k))
      const curveKR = count * curveShape
      const curveRR = curveShape - trigamma(r)
      const slopeStaying = digamma(staying) - digamma(b)
      const curveStaying = trigamma(staying) - trigamma(b)
      for (const [place, row] of rows.entries()) {
        const scale = Math.exp(shifted(point, covariates, row, ALPHA)) + recency[row]!
        logOdds[place] = Math.log((observed[row]! - recency[row]!) / scale)
      }
      const table = survivalTable(logOdds, rows.length, beta)

      for (const [place, row] of rows.entries()) {
        const weight = weights ? weights[row]! : 1
        const logAlpha = shifted(point, covariates, row, ALPHA)
        const alpha = Math.exp(logAlpha)
        const a = Math.exp(shifted(point, covariates, row, A))
        const scale = alpha + recency[row]!
        const inverse = 1 / scale
        const logStretch = count === 0 ? 0 : Math.log1p(recency[row]! / alpha)
        const gapLogs = count > 0 && logGapSum ? logGapSum[row]! : 0

        // ln S with its derivatives in k, r and alpha (see objective.ts).
        let logContinuing = 0
        let sK = 0
        let sR = 0
        let sAlpha = 0
        let sKK = 0
        let sKR = 0
        let sRR = 0
        let sKAlpha = 0
        let sRAlpha = 0
        let sAlphaAlpha = 0
        const silence = observed[row]! - recency[row]!
        if (silence > 0) {
          const u = logOdds[place]!
          readSurvival(table, u, survival)
          logContinuing = survival[0]!
          const logY = -Math.log1p(silence * inverse)
          const overOdds = -Math.exp(k * (u + logY) + shape * logY - beta.logBeta - logContinuing)
          const overOddsK = overOdds * (u + logY - beta.slopeK - survival[1]!)
          const overOddsShape = overOdds * (logY - beta.slopeShape - survival[2]!)
          const z = silence / (silence + scale)
          const overOddsOdds = overOdds * (k * (1 - z) - shape * z - overOdds)
          sK = survival[1]! + count * survival[2]!
          sR = survival[2]!
          sAlpha = -overOdds * inverse
          sKK = survival[3]! + 2 * count * survival[4]! + count * count * survival[5]!
          sKR = survival[4]! + count * survival[5]!
          sRR = survival[5]!
          sKAlpha = -(overOddsK + count * overOddsShape) * inverse
          sRAlpha = -overOddsShape * inverse
          sAlphaAlpha = (overOddsOdds + overOdds) * inverse * inverse
        }
        const continuing = Math.exp(logContinuing)
        const mixed = a + staying * continuing
        const alive = (staying * continuing) / mixed
        const bent = alive * (1 - alive)
        const share = 1 / mixed
        const byA = -alive * share
        const byB = (1 - alive) * continuing * share
        const all = a + staying
        const slopeAll = digamma(a + b) - digamma(all) - 1 / all
        const curveAll = trigamma(a + b) - trigamma(all) + 1 / (all * all)

        sum +=
          weight *
          (buying +
            (k - 1) * gapLogs -
            shape * logStretch -
            k * count * logAlpha +
            logBeta(a, staying) -
            logBeta(a, b) -
            Math.log(all) +
            Math.log(mixed))
        g[0] = slopeK + gapLogs - count * (logStretch + logAlpha) + alive * sK
        g[1] = slopeR - logStretch + alive * sR
        g[2] = r / alpha - shape * inverse + alive * sAlpha
        g[3] = slopeAll + share
        g[4] = slopeStaying + slopeAll + share * continuing
        h[at(0, 0)] = curveKK + alive * sKK + bent * sK * sK
        h[at(0, 1)] = curveKR + alive * sKR + bent * sK * sR
        h[at(1, 1)] = curveRR + alive * sRR + bent * sR * sR
        h[at(0, 2)] = alive * sKAlpha + bent * sK * sAlpha - count * inverse
        h[at(1, 2)] = alive * sRAlpha + bent * sR * sAlpha + 1 / alpha - inverse
        h[at(2, 2)] = alive * sAlphaAlpha + bent * sAlpha * sAlpha - r / (alpha * alpha) + shape * inverse * inverse
        h[at(0, 3)] = byA * sK
        h[at(1, 3)] = byA * sR
        h[at(2, 3)] = byA * sAlpha
        h[at(3, 3)] = curveAll - share * share
        h[at(0, 4)] = byB * sK
        h[at(1, 4)] = byB * sR
        h[at(2, 4)] = byB * sAlpha
        h[at(3, 4)] = curveAll - share * share * continuing
        h[at(4, 4)] = curveStaying + curveAll - share * share * continuing * continuing
        inLogarithms([k, r, alpha, a, b])
        for (const [i, { kind, values }] of covariates.entries()) {
          shares[PLAIN + i] = kind === 'transaction' ? -values[row]! : values[row]!
        }
        for (let i = 0; i < size; i++) {
          const factor = weight * shares[i]!
          gradient[i]! -= factor * g[moves[i]!]!
          for (let j = i; j < size; j++) {
            hessian[i * size + j]! -= factor * shares[j]! * h[at(moves[i]!, moves[j]!)]!
          }
        }
      }
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) hessian[i * size + j] = hessian[j * size + i]!
    }
    return -sum
  }

  /** One customer's slopes and second derivatives from the parameters to their logarithms; both halves. */
  function inLogarithms(parameters: readonly number[]): void {
    for (let i = 0; i < PLAIN; i++) g[i]! *= parameters[i]!
    for (let i = 0; i < PLAIN; i++) {
      for (let j = i; j < PLAIN; j++) {
        const curve = parameters[i]! * parameters[j]! * h[at(i, j)]! + (i === j ? g[i]! : 0)
        h[at(i, j)] = curve
        h[at(j, i)] = curve
      }
    }
  }
}

/** ln alpha or ln a of one customer: covariates of buying shorten her scale, those of leaving raise her odds of it. */
function shifted(point: Float64Array, covariates: readonly StandardCovariate[], row: number, of: number): number {
  let value = point[of]!
  for (const [i, { kind, values }] of covariates.entries()) {
    if (kind === 'transaction' && of === ALPHA) value -= point[PLAIN + i]! * values[row]!
    if (kind === 'lifetime' && of === A) value += point[PLAIN + i]! * values[row]!
  }
  return value
}

function rowsByCount(purchases: ArrayLike<number>): { count: number; rows: number[] }[] {
  const found = new Map<number, number[]>()
  for (let row = 0; row < purchases.length; row++) {
    const rows = found.get(purchases[row]!)
    if (rows) rows.push(row)
    else found.set(purchases[row]!, [row])
  }
  return [...found].map(([count, rows]) => ({ count, rows }))
}
