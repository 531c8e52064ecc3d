/**
 * The slope of digamma: psi'(x) = d^2 ln Gamma(x) / dx^2, for x > 0.
 *
 * Lifted to at least 10 by psi'(x + 1) = psi'(x) - 1/x^2, then the asymptotic series (A&S 6.4.12).
 * Example: `trigamma(1)` -> 1.6449340668482264 (pi^2 / 6).
 */
export function trigamma(x: number): number {
  let lifted = x
  let sum = 0
  while (lifted < 10) {
    sum += 1 / (lifted * lifted)
    lifted += 1
  }
  const inverse = 1 / lifted
  const square = inverse * inverse
  const series =
    square *
    (1 / 6 -
      square *
        (1 / 30 - square * (1 / 42 - square * (1 / 30 - square * (5 / 66 - square * (691 / 2730 - square * (7 / 6)))))))
  return sum + inverse * (1 + 0.5 * inverse + series)
}
