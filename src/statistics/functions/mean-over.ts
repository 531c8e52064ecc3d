/** The mean of a function of a random variable: `mean(g)` is E[g(X)]. */
export type Mean = (g: (x: number) => number) => number

/** The points that one halving of the step adds, and the sum of the weights up to and with them. */
interface Rule {
  readonly points: Float64Array
  readonly weights: Float64Array
  readonly sum: number
}

/**
 * The mean over X ~ Beta(a, b) of a smooth function on (0, 1), to about 1e-13: the trapezoidal rule in ln(x / (1 - x)),
 * stretched so that its points are dense where the density is and sparse in its tails, halved until two answers agree.
 * Positive functions keep their relative accuracy: nothing is ever subtracted.
 *
 * Example: `meanOverBeta(2, 3)(x => x)` -> 0.4.
 */
export function meanOverBeta(a: number, b: number): Mean {
  const spread = Math.sqrt(1 / a + 1 / b)
  const centre = Math.log(a / b)
  return meanByHalving(
    {
      // Beyond these the density is below 1e-40 of its peak.
      from: centre - 92 / a - 14 * spread,
      to: centre + 92 / b + 14 * spread,
      centre,
      width: Math.min(1, spread),
    },
    u => (u < 0 ? (a + b) * -Math.log1p(Math.exp(u)) + a * u : (a + b) * -Math.log1p(Math.exp(-u)) - b * u),
    u => (u < 0 ? Math.exp(u) / (1 + Math.exp(u)) : 1 / (1 + Math.exp(-u))),
  )
}

/**
 * The mean over X ~ Gamma(shape, scale 1) of a smooth function on (0, infinity), to about 1e-13: the same in ln x.
 * Example: `meanOverGamma(0.3)(x => x)` -> 0.3.
 */
export function meanOverGamma(shape: number): Mean {
  const spread = Math.sqrt(1 / shape)
  const centre = Math.log(shape)
  return meanByHalving(
    {
      from: centre - 92 / shape - 14 * spread,
      to: Math.log(shape + 92 + 14 * Math.sqrt(shape)),
      centre,
      width: Math.min(1, spread),
    },
    u => shape * u - Math.exp(u),
    Math.exp,
  )
}

interface Line {
  readonly from: number
  readonly to: number
  readonly centre: number
  readonly width: number
}

/** Halving the step doubles the number of right digits, so two answers that agree so far vouch for all of the second. */
const AGREE = 1e-9
const FINEST = 11
/** Functions of a customer are flat long before this; 0 itself would be 0 / 0 in some. */
const SMALLEST_POINT = 1e-300

/** u = centre + width sinh t; the rules are kept, so that many means over one distribution cost only their functions. */
function meanByHalving(
  { from, to, centre, width }: Line,
  logDensity: (u: number) => number,
  pointOf: (u: number) => number,
): Mean {
  const start = Math.asinh((from - centre) / width)
  const end = Math.asinh((to - centre) / width)
  const peak = logDensity(centre)
  const rules: Rule[] = []
  const refine = (): Rule => {
    const step = 0.5 ** (rules.length + 1)
    const stride = rules.length === 0 ? 1 : 2
    const first = stride * Math.floor(start / step / stride) + stride - 1
    const count = Math.ceil((end / step - first) / stride) + 1
    const points = new Float64Array(count)
    const weights = new Float64Array(count)
    let sum = rules.at(-1)?.sum ?? 0
    for (let i = 0; i < count; i++) {
      const t = (first + stride * i) * step
      const u = centre + width * Math.sinh(t)
      points[i] = Math.max(pointOf(u), SMALLEST_POINT)
      weights[i] = Math.cosh(t) * Math.exp(logDensity(u) - peak)
      sum += weights[i]!
    }
    const rule = { points, weights, sum }
    rules.push(rule)
    return rule
  }
  return g => {
    let total = 0
    let before = Number.NaN
    for (let level = 0; level < FINEST; level++) {
      const { points, weights, sum } = rules[level] ?? refine()
      for (let i = 0; i < points.length; i++) total += weights[i]! * g(points[i]!)
      const mean = total / sum
      if (level > 1 && Math.abs(mean - before) <= AGREE * Math.abs(mean)) return mean
      before = mean
    }
    return before
  }
}
