import { gaussLegendre, type Quadrature } from '../../functions/gauss-legendre.ts'
import type { JustStayed } from './renewals.ts'

/** What is looked up of customers with as many purchases, on the scale of 1 = alpha + t_x. */
export interface NextGap {
  readonly now: JustStayed
  /** ln B(k, shape). */
  readonly logBeta: number
  /** ln S at ln c. */
  readonly logSurvival: (logSilent: number) => number
}

const rules = new Map<number, Quadrature>()

function ruleOf(points: number): Quadrature {
  let rule = rules.get(points)
  if (!rule) {
    rule = gaussLegendre(points)
    rules.set(points, rule)
  }
  return rule
}

/**
 * The mean of `value` at the moment when the running gap ends, over gaps that end within `reach` from now: `value` is handed
 * how far ahead that is, how much of the reach is then left, and the length of the whole gap. For whole bases: a fixed Gauss
 * rule over ln g, dense toward the end of the reach, where values begin like a broken power; eight digits or so.
 * (`weightAhead` is the same mean for one customer, to rounding.)
 */
export function meanOverNextGap(
  { now: { k, shape }, logBeta, logSurvival }: NextGap,
  logSilent: number,
  reach: number,
  value: (ahead: number, left: number, gap: number) => number,
): number {
  const silent = Math.exp(logSilent)
  const length = Math.log1p(reach / silent)
  const { nodes, weights } = ruleOf(16 + 8 * Math.ceil(0.25 * length * Math.max(1, Math.sqrt(k)) + 0.5))
  const logNormaliser = logBeta + logSurvival(logSilent)
  let sum = 0
  for (let i = 0; i < nodes.length; i++) {
    const fromEnd = 1 - nodes[i]!
    const toEnd = length * fromEnd * fromEnd
    const ahead = silent * Math.expm1(length - toEnd)
    const gap = silent + ahead
    const logRest = Math.log1p(gap)
    const density = Math.exp(k * (logSilent + length - toEnd - logRest) - shape * logRest - logNormaliser)
    if (density === 0) continue
    sum += weights[i]! * fromEnd * density * value(ahead, -(silent + reach) * Math.expm1(-toEnd), gap)
  }
  return 2 * length * sum
}
