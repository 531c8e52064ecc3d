/**
 * The slope of logGamma: psi(x) = d ln Gamma(x) / dx, for x > 0.
 *
 * Lifted to at least 10 by psi(x + 1) = psi(x) + 1/x, then the asymptotic series (A&S 6.3.18).
 * Example: `digamma(1)` -> -0.5772156649015329 (minus Euler's constant).
 */
export function digamma(x: number): number {
  let lifted = x
  let sum = 0
  while (lifted < 10) {
    sum -= 1 / lifted
    lifted += 1
  }
  const inverse = 1 / lifted
  const square = inverse * inverse
  const series =
    square *
    (1 / 12 -
      square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square * (1 / 132 - square * (691 / 32760))))))
  return sum + Math.log(lifted) - 0.5 * inverse - series
}
