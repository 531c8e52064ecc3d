import { findRoot } from '../functions/find-root.ts'
import { normalCdf } from '../functions/normal-cdf.ts'
import { levelFaults } from '../intervals/interval.ts'
import { refuseAll } from '../invalid-input.ts'

/**
 * How far a sum of independent deviations with mean 0 may stray, at any time whatever, with probability `level`: the
 * normal mixture bound of Howard, Ramdas, McAuliffe & Sekhon 2021 (Annals of Statistics 49). `variance` is the variance
 * gathered so far (n sigma^2), `sharpestAt` the one at which the bound is to be narrowest. Divide by n for the mean.
 *
 * Two-sided: sqrt((v + rho) (ln(1 + v / rho) + 2 ln(1 / alpha))), rho = v* / (2 ln(1/alpha) + ln(1 + 2 ln(1/alpha))).
 * Example: variance 100, sharpest at 100, level .95 -> 30.35209; one-sided 27.66071 (a single look: 19.60, 16.45).
 */
export function normalMixtureBound(
  variance: number,
  { level = 0.95, sharpestAt, sides = 2 }: { level?: number; sharpestAt: number; sides?: 1 | 2 },
): number {
  const messages = levelFaults(level)
  if (!(variance >= 0 && variance < Infinity)) {
    messages.push(`variance must be a finite number of at least 0, found ${variance}`)
  }
  if (!(sharpestAt > 0 && sharpestAt < Infinity)) {
    messages.push(`sharpestAt must be a positive finite number, found ${sharpestAt}`)
  }
  if (sides !== 1 && sides !== 2) messages.push(`sides must be 1 or 2, found ${sides}`)
  // One-sided at level 1/2 or less asks for the spread of a mixture that has none.
  if (sides === 1 && level <= 0.5) messages.push(`a one-sided level must exceed 0.5, found ${level}`)
  refuseAll(messages)
  const alpha = 1 - level
  const spread = sharpestAt / narrowestAt(sides === 1 ? 2 * alpha : alpha)
  const reach = Math.sqrt((variance + spread) * (Math.log1p(variance / spread) - 2 * Math.log(alpha)))
  if (sides === 2) return reach
  // The one-sided bound solves an equation, and never exceeds the two-sided one with the same mixture.
  const excess = (sum: number) =>
    0.5 * Math.log((4 * spread) / (variance + spread)) +
    (sum * sum) / (2 * (variance + spread)) +
    Math.log(normalCdf(sum / Math.sqrt(variance + spread))) +
    Math.log(alpha)
  return findRoot(excess, 0, 1.001 * reach)
}

/** v* / rho: how wide the mixture must be for the two-sided bound to be narrowest at v*. */
export function narrowestAt(alpha: number): number {
  const evidence = -2 * Math.log(alpha)
  return evidence + Math.log1p(evidence)
}
