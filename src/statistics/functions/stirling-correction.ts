/**
 * What Stirling's formula leaves out: ln Gamma(x) = (x - 1/2) ln x - x + ln sqrt(2 pi) + stirlingCorrection(x).
 *
 * Asymptotic series in 1/x (Abramowitz & Stegun 6.1.41); for x >= 10 the first term left out is below 1e-15.
 * Kept apart because sums and differences of log-gammas of large numbers must cancel by algebra, not by subtraction.
 * Example: `stirlingCorrection(10)` -> 0.00833056343336...
 */
export function stirlingCorrection(x: number): number {
  const inverse = 1 / x
  const square = inverse * inverse
  return (
    inverse *
    (1 / 12 -
      square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360360))))))
  )
}
