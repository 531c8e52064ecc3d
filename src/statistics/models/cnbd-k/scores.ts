import { betaTails } from '../../functions/incomplete-beta.ts'
import { logBeta } from '../../functions/log-beta.ts'
import { type Mean, meanOverBeta, meanOverGamma } from '../../functions/mean-over.ts'
import { tabulatedLine, tabulatedSurface } from '../../functions/polynomial-pieces.ts'
import { type Columns, checkColumns } from '../columns.ts'
import type { Scores } from '../model.ts'
import { checkQuestion } from '../question.ts'
import { discountedSeries } from './discounted-residual.ts'
import { justStayed } from './expected-purchases.ts'
import { meanOverNextGap, type NextGap } from './next-gap.ts'
import { type CnbdKParameters, type Leaving, stayingEvidence } from './parameters.ts'
import { type JustStayed, weightedRenewals } from './renewals.ts'
import { pieceWidth } from './survival-table.ts'

/**
 * The three scores of a whole base. Customers with as many purchases share their functions of ln(silence / scale) and
 * ln(horizon / scale), scale = alpha + t_x: these become tables of polynomials wherever many ask for the same stretch.
 * P(alive) and silence agree with the functions of one customer to ten digits, expected purchases to seven.
 */
export function scoreCnbdK(leaving: Leaving, parameters: CnbdKParameters, columns: Columns, horizon: number): Scores {
  checkQuestion(parameters, { horizon })
  checkColumns(columns)
  const { recency, observed } = columns
  const rows = columns.purchases.length
  const scores = {
    alive: new Float64Array(rows),
    expected: new Float64Array(rows),
    silence: new Float64Array(rows),
  }
  const width = pieceWidth(parameters.k)
  for (const [purchases, members] of rowsWith(columns)) {
    const gap = nextGap(leaving, parameters, purchases)
    const left = parameters.a / stayingEvidence(leaving, parameters.b, purchases)
    const ahead = expectedAhead(leaving, parameters, purchases, gap, width)
    for (const row of members) {
      const scale = parameters.alpha + recency[row]!
      const silent = observed[row]! - recency[row]!
      const logSilent = Math.log(silent / scale)
      const logNow = silent > 0 ? gap.logSurvival(logSilent) : 0
      const alive = left === 0 ? 1 : 1 / (1 + left * Math.exp(-logNow))
      scores.alive[row] = alive
      if (horizon === 0) {
        scores.silence[row] = 1
        continue
      }
      const logThen = gap.logSurvival(Math.log((silent + horizon) / scale))
      scores.silence[row] = 1 + alive * Math.expm1(Math.min(0, logThen - logNow))
      scores.expected[row] = alive === 0 ? 0 : alive * ahead(logSilent, Math.log(horizon / scale))
    }
  }
  return scores
}

/** `discountedExpectedResidual` of a whole base, to seven digits, by the same tables. */
export function discountCnbdK(
  leaving: Leaving,
  parameters: CnbdKParameters,
  columns: Columns,
  rate: number,
): Float64Array {
  checkQuestion(parameters, { rate })
  checkColumns(columns)
  const { recency, observed } = columns
  const found = new Float64Array(columns.purchases.length)
  const width = pieceWidth(parameters.k)
  for (const [purchases, members] of rowsWith(columns)) {
    const gap = nextGap(leaving, parameters, purchases)
    const left = parameters.a / stayingEvidence(leaving, parameters.b, purchases)
    const ahead = discountedAhead(leaving, parameters, purchases, gap, width)
    for (const row of members) {
      const scale = parameters.alpha + recency[row]!
      const silent = observed[row]! - recency[row]!
      const logSilent = Math.log(silent / scale)
      const logNow = silent > 0 ? gap.logSurvival(logSilent) : 0
      const alive = left === 0 ? 1 : 1 / (1 + left * Math.exp(-logNow))
      found[row] = alive === 0 ? 0 : alive * ahead(logSilent, Math.log(rate * scale))
    }
  }
  return found
}

/** Given that she stays, as a function of ln(silence / scale) and ln(horizon / scale). */
function expectedAhead(
  leaving: Leaving,
  parameters: CnbdKParameters,
  purchases: number,
  gap: NextGap,
  width: number,
): (logSilent: number, logHorizon: number) => number {
  const { a, staying } = gap.now
  const stays = staying / (a + staying)
  const renewals = (after: JustStayed) =>
    tabulatedLine(logOdds => weightedRenewals(after, Math.exp(logOdds), 'every'), width)
  const atOnce = renewals(gap.now)
  const later = renewals(justStayed(leaving, parameters, purchases + 1))
  const surface = tabulatedSurface(
    (logSilent, logHorizon) =>
      meanOverNextGap(
        gap,
        logSilent,
        Math.exp(logHorizon),
        (_, rest, length) => 1 + stays * later(Math.log(rest / (1 + length))),
      ),
    width,
  )
  return (logSilent, logHorizon) => (logSilent === -Infinity ? atOnce(logHorizon) : surface(logSilent, logHorizon))
}

/** Beyond this many discount lengths nothing is worth anything. */
const WORTHLESS = 40

/** Given that she stays, as a function of ln(silence / scale) and ln(rate x scale). */
function discountedAhead(
  leaving: Leaving,
  parameters: CnbdKParameters,
  purchases: number,
  gap: NextGap,
  width: number,
): (logSilent: number, logRate: number) => number {
  const { a, staying } = gap.now
  const stays = staying / (a + staying)
  const atOnce = discountedRenewals(gap.now, width)
  const later = discountedRenewals(justStayed(leaving, parameters, purchases + 1), width)
  const surface = tabulatedSurface((logSilent, logRate) => {
    const rate = Math.exp(logRate)
    return meanOverNextGap(
      gap,
      logSilent,
      WORTHLESS / rate,
      (ahead, _, length) => Math.exp(-rate * ahead) * (1 + stays * later(logRate + Math.log1p(length))),
    )
  }, width)
  return (logSilent, logRate) => (logSilent === -Infinity ? atOnce(logRate) : surface(logSilent, logRate))
}

/** Discounted purchases of a customer who has just bought and stayed, as a function of ln(rate x scale). */
function discountedRenewals({ k, shape, a, staying }: JustStayed, width: number): (logRate: number) => number {
  const overLeaving: Mean = meanOverBeta(a, staying)
  const overRates = meanOverGamma(shape)
  const series = tabulatedLine(logDiscount => discountedSeries(overLeaving, Math.exp(logDiscount)), width)
  return tabulatedLine(logRate => {
    const rate = Math.exp(logRate)
    return overRates(lambda => {
      const discount = k * Math.log1p(rate / lambda)
      return Math.exp(-discount) * series(Math.log(discount))
    })
  }, width)
}

function nextGap(leaving: Leaving, parameters: CnbdKParameters, purchases: number): NextGap {
  const now = justStayed(leaving, parameters, purchases)
  const { k, shape } = now
  const logSurvival = tabulatedLine(logOdds => {
    const odds = Math.exp(logOdds)
    return Math.max(betaTails(-Math.log1p(1 / odds), -Math.log1p(odds), k, shape).logUpper, -Number.MAX_VALUE)
  }, pieceWidth(k))
  return { now, logBeta: logBeta(k, shape), logSurvival }
}

/** The rows of each number of purchases. */
function rowsWith({ purchases }: Columns): Map<number, Int32Array> {
  const counts = new Map<number, number>()
  for (let row = 0; row < purchases.length; row++) counts.set(purchases[row]!, (counts.get(purchases[row]!) ?? 0) + 1)
  const found = new Map<number, Int32Array>()
  for (const [count, rows] of counts) found.set(count, new Int32Array(rows))
  const filled = new Map<number, number>()
  for (let row = 0; row < purchases.length; row++) {
    const count = purchases[row]!
    const place = filled.get(count) ?? 0
    found.get(count)![place] = row
    filled.set(count, place + 1)
  }
  return found
}
