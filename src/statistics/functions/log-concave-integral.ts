import { gaussLegendre } from './gauss-legendre.ts'

const { nodes, weights } = gaussLegendre(16)
const WIDEST_PANEL = 1.5
const LARGEST_FALL = 10

/**
 * ln of the integral of e^f over [from, to], for a concave f that is analytic within pi of the real axis; one end may be
 * infinite. `slope` is f'.
 *
 * The integrals of models of buying have that shape once the variable is a logarithm of time. Panels spread from the peak, no
 * wider than 1.5 and none over which f changes by more than 10: sixteen Gauss-Legendre points are then exact to rounding.
 * Example: f = -y on [0, infinity) -> ln 1 = 0.
 */
export function logConcaveIntegral(
  f: (y: number) => number,
  slope: (y: number) => number,
  from: number,
  to: number,
): number {
  const peak = peakBetween(slope, from, to)
  const reference = f(peak)
  const right = sumFrom(peak, to, f, slope, reference)
  const left = sumFrom(
    -peak,
    -from,
    y => f(-y),
    y => -slope(-y),
    reference,
  )
  return reference + Math.log(left + right)
}

function sumFrom(
  start: number,
  to: number,
  f: (y: number) => number,
  slope: (y: number) => number,
  reference: number,
): number {
  let sum = 0
  let y = start
  while (y < to) {
    let width = Math.min(WIDEST_PANEL, to - y)
    let fall = slope(y + width)
    while (Math.abs(fall) * width > LARGEST_FALL) {
      width /= 2
      fall = slope(y + width)
    }
    if (!(y + width > y)) break
    let panel = 0
    for (let i = 0; i < nodes.length; i++) panel += weights[i]! * Math.exp(f(y + width * nodes[i]!) - reference)
    sum += width * panel
    y += width
    // What is left of a falling concave exponent is at most a geometric tail.
    if (fall < 0 && Math.exp(f(y) - reference) * Math.min(-1 / fall, to - y) < 1e-18 * sum) break
  }
  return sum
}

/** Near enough to where the slope changes its sign; an end of the interval where it does not. */
function peakBetween(slope: (y: number) => number, from: number, to: number): number {
  if (from > -Infinity && slope(from) <= 0) return from
  if (to < Infinity && slope(to) >= 0) return to
  let low = from
  let high = to
  for (let step = 1; low === -Infinity; step *= 2) if (slope(to - step) > 0) low = to - step
  for (let step = 1; high === Infinity; step *= 2) if (slope(from + step) < 0) high = from + step
  for (;;) {
    const middle = (low + high) / 2
    const rise = slope(middle)
    if (high - low < 0.01 || Math.abs(rise) * (high - low) < 0.1) return middle
    if (rise > 0) low = middle
    else high = middle
  }
}
