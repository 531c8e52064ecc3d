import { normalCdf, normalDensity } from './normal-cdf.ts'

/**
 * The x below which a standard normal variable falls with probability p.
 *
 * Starts from Hastings' rational approximation (A&S 26.2.23, error 4.5e-4) and polishes it with three Halley steps.
 * Example: `normalQuantile(0.975)` -> 1.959963984540054.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0) return -Infinity
  if (p === 1) return Infinity
  // Only the lower half is solved: there normalCdf keeps its relative accuracy, the upper half is its mirror.
  if (p > 0.5) return -normalQuantile(1 - p)
  const t = Math.sqrt(-2 * Math.log(p))
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328)
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  let x = numerator / denominator - t
  for (let step = 0; step < 3; step++) {
    const density = normalDensity(x)
    if (density === 0) break
    const newton = (normalCdf(x) - p) / density
    x -= newton / (1 + 0.5 * x * newton)
  }
  return x
}
