import { betaFractionSlopes } from '../functions/beta-fraction-slopes.ts'
import { digamma } from '../functions/digamma.ts'
import { logBeta } from '../functions/log-beta.ts'
import { logGamma } from '../functions/log-gamma.ts'
import type { Objective } from '../optimisation/minimise.ts'
import type { RhythmColumns } from './rhythm-columns.ts'

const PARAMETERS = 5

/**
 * Minus the log-likelihood of a whole base as a function of (ln k, ln r, ln alpha, ln a, ln b), with its exact gradient and,
 * where asked, the sum of outer products of the customers' own gradients (Berndt, Hall, Hall & Hausman 1974).
 *
 * Every term that depends on the number of gaps alone is computed once per distinct number (`Terms`), not per customer;
 * what remains per customer is four logarithms and one continued fraction. `logLikelihood` is the same sum, one by one.
 */
export function rhythmObjective(columns: Required<RhythmColumns>): Objective {
  const { gaps, gapDaysSum, logGapSum, silentDays, weights } = columns
  const rows = gaps.length
  const distinct = [...new Set(gaps)].sort((one, other) => one - other)
  const indexOf = new Map(distinct.map((count, index) => [count, index]))
  const termIndex = Int32Array.from(gaps, count => indexOf.get(count)!)
  const fraction = new Float64Array(3)
  const own = new Float64Array(PARAMETERS)

  return (point, gradient, curvature) => {
    const k = Math.exp(point[0]!)
    const r = Math.exp(point[1]!)
    const alpha = Math.exp(point[2]!)
    const a = Math.exp(point[3]!)
    const b = Math.exp(point[4]!)
    const terms = distinct.map(count => termsFor(count, k, r, a, b))
    gradient.fill(0)
    curvature?.fill(0)
    let sum = 0
    for (let row = 0; row < rows; row++) {
      const term = terms[termIndex[row]!]!
      const count = term.gaps
      const shape = term.shape
      const silent = silentDays[row]!
      const weight = weights[row]!
      const scale = alpha + gapDaysSum[row]!
      // ln(alpha + t_x) - ln(alpha) first: both logarithms may be large, and r times their difference is what is meant.
      const logStretch = Math.log1p(gapDaysSum[row]! / alpha)
      const logScale = point[2]! + logStretch

      // S(c) and its slopes in k, r, alpha (as slopes of ln S).
      let continuing = 1
      let slopeK = 0
      let slopeR = 0
      let slopeAlpha = 0
      if (silent > 0) {
        const logY = -Math.log1p(silent / scale)
        const logX = Math.log(silent / scale) + logY
        const logFront = k * logX + shape * logY - term.logBetaKShape
        const x = silent / (silent + scale)
        let logContinuing: number
        let slopeFirst: number
        let slopeSecond: number
        if (x <= (k + 1) / (k + shape + 2)) {
          betaFractionSlopes(x, k, shape, fraction)
          const ended = Math.exp(logFront - point[0]! + fraction[0]!)
          continuing = Math.max(1 - ended, 1e-300)
          logContinuing = Math.log1p(-Math.min(ended, 1 - 1e-16))
          const odds = -ended / continuing
          slopeFirst = odds * (logX - 1 / k - term.betaSlopeK + fraction[1]!)
          slopeSecond = odds * (logY - term.betaSlopeShape + fraction[2]!)
        } else {
          betaFractionSlopes(scale / (silent + scale), shape, k, fraction)
          logContinuing = logFront - Math.log(shape) + fraction[0]!
          continuing = Math.exp(logContinuing)
          slopeFirst = logX - term.betaSlopeK + fraction[2]!
          slopeSecond = logY - 1 / shape - term.betaSlopeShape + fraction[1]!
        }
        slopeK = slopeFirst + count * slopeSecond
        slopeR = slopeSecond
        slopeAlpha = Math.exp(logFront - logContinuing) / scale
      }

      const mixed = a + term.staying * continuing
      const alive = (term.staying * continuing) / mixed
      sum += weight * (term.value + (k - 1) * logGapSum[row]! - r * logStretch - k * count * logScale + Math.log(mixed))
      own[0] = k * (term.slopeK + logGapSum[row]! - count * logScale + alive * slopeK)
      own[1] = r * (term.slopeR - logStretch + alive * slopeR)
      own[2] = alpha * (r / alpha - shape / scale + alive * slopeAlpha)
      own[3] = a * (term.slopeA + 1 / mixed)
      own[4] = b * (term.slopeB + continuing / mixed)
      for (let i = 0; i < PARAMETERS; i++) gradient[i]! -= weight * own[i]!
      if (curvature !== undefined) {
        for (let i = 0; i < PARAMETERS; i++) {
          for (let j = 0; j < PARAMETERS; j++) curvature[i * PARAMETERS + j]! += weight * own[i]! * own[j]!
        }
      }
    }
    return -sum
  }
}

/** Everything about the likelihood that depends on the number of gaps and the parameters, but not on the days. */
interface Terms {
  readonly gaps: number
  readonly shape: number
  readonly staying: number
  readonly value: number
  readonly slopeK: number
  readonly slopeR: number
  readonly slopeA: number
  readonly slopeB: number
  readonly logBetaKShape: number
  readonly betaSlopeK: number
  readonly betaSlopeShape: number
}

function termsFor(gaps: number, k: number, r: number, a: number, b: number): Terms {
  const shape = r + k * gaps
  const staying = b + gaps
  const all = a + staying
  const digammaShape = digamma(shape)
  const digammaTogether = digamma(k + shape)
  const digammaAll = digamma(all)
  const digammaStart = digamma(a + b)
  return {
    gaps,
    shape,
    staying,
    value: logGamma(shape) - logGamma(r) - gaps * logGamma(k) + logBeta(a, staying) - logBeta(a, b) - Math.log(all),
    slopeK: gaps * (digammaShape - digamma(k)),
    slopeR: digammaShape - digamma(r),
    slopeA: digammaStart - digammaAll - 1 / all,
    slopeB: digamma(staying) - digamma(b) + digammaStart - digammaAll - 1 / all,
    logBetaKShape: logBeta(k, shape),
    betaSlopeK: digamma(k) - digammaTogether,
    betaSlopeShape: digammaShape - digammaTogether,
  }
}
