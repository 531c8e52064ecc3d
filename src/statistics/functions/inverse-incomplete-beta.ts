import { betaTails } from './incomplete-beta.ts'
import { logBeta } from './log-beta.ts'

/**
 * The x at which I_x(a, b) = p: the quantile of the Beta(a, b) distribution.
 *
 * Example: `inverseIncompleteBeta(0.6875, 2, 3)` -> 0.5.
 */
export function inverseIncompleteBeta(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  const logOdds = inverseIncompleteBetaLogOdds(p, a, b)
  return logOdds < 0 ? Math.exp(logOdds) / (1 + Math.exp(logOdds)) : 1 / (1 + Math.exp(-logOdds))
}

/**
 * The same quantile as ln(x / (1 - x)), for 0 < p < 1; exact even where x itself would round to 0 or 1.
 *
 * In u = ln(x / (1 - x)) the density is log-concave, so the logarithm of either tail is concave in u. Newton's step on a
 * concave increasing function never lands right of the root and then climbs to it without overshooting, so no bracket
 * is needed. The smaller tail is used, so that p near 1 loses nothing.
 */
export function inverseIncompleteBetaLogOdds(p: number, a: number, b: number): number {
  const lower = p < 0.5
  const target = lower ? Math.log(p) : Math.log1p(-p)
  const logNormaliser = logBeta(a, b)
  let u = Math.log(a / b)
  for (let step = 0; step < 200; step++) {
    const logX = u < 0 ? u - Math.log1p(Math.exp(u)) : -Math.log1p(Math.exp(-u))
    const logY = logX - u
    const tails = betaTails(logX, logY, a, b)
    const logTail = lower ? tails.logLower : tails.logUpper
    const slope = Math.exp(a * logX + b * logY - logNormaliser - logTail)
    const move = (target - logTail) / slope
    const next = lower ? u + move : u - move
    if (!Number.isFinite(next)) return u
    if (Math.abs(next - u) <= 1e-15 * Math.max(1, Math.abs(u))) return next
    u = next
  }
  return u
}
