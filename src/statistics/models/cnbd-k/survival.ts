import { betaTails } from '../../functions/incomplete-beta.ts'
import type { CnbdKParameters } from './parameters.ts'

/** What survival asks of a past: not when she was last seen alive, but how often and how quickly she came. */
export interface Gaps {
  /** x: number of gaps. */
  readonly purchases: number
  /** t_x: their sum. */
  readonly recency: number
}

/**
 * ln S(c), where S is the probability that the current gap of a customer who is still alive lasts longer than c:
 * S(c) = 1 - I_z(k, r + kx) with z = c / (c + alpha + t_x), her own gaps shrunk toward those of the base. Unchecked; finite
 * down to customers whose silence is astronomically improbable.
 * Example: k 2, r 1, alpha 10, one gap of 20 days, 20 days silent -> z = 0.4, S = 1 - I_0.4(2, 3) = 0.4752.
 */
export function logSurvival({ k, r, alpha }: CnbdKParameters, { purchases, recency }: Gaps, silent: number): number {
  if (silent === 0) return 0
  const scale = alpha + recency
  // ln z and ln(1 - z) from the ratio, so that neither a very short nor a very long silence rounds away.
  const { logUpper } = betaTails(-Math.log1p(scale / silent), -Math.log1p(silent / scale), k, r + k * purchases)
  return Math.max(logUpper, -Number.MAX_VALUE)
}
