/** A smooth function on an interval, written as a sum of Chebyshev polynomials. */
export interface ChebyshevSum {
  readonly middle: number
  readonly halfWidth: number
  readonly coefficients: Float64Array
}

/** The last coefficients must be below this share of the largest: what is left out is then of that size. */
const NEGLIGIBLE = 1e-13
const MOST_POINTS = 128

/**
 * Replaces a costly smooth function on [lower, upper] by a polynomial that is as exact as the function itself, from as few
 * values as that takes (interpolation in Chebyshev points; Trefethen 2013, chapters 3 and 8). Undefined where 129 values do
 * not suffice: then the function is not smooth enough, and is to be asked itself.
 *
 * Example: `chebyshevSum(Math.exp, 0, 1)` has 14 coefficients or so; `chebyshevAt(sum, 0.5)` -> 1.6487212707001282.
 */
export function chebyshevSum(f: (x: number) => number, lower: number, upper: number): ChebyshevSum | undefined {
  const middle = 0.5 * (lower + upper)
  const halfWidth = 0.5 * (upper - lower)
  if (halfWidth === 0) return { middle, halfWidth: 1, coefficients: Float64Array.of(f(middle)) }
  const at = (angle: number) => f(middle + halfWidth * Math.cos(angle))
  let values = Float64Array.from({ length: 9 }, (_, j) => at((Math.PI * j) / 8))
  for (;;) {
    const count = values.length - 1
    const coefficients = coefficientsOf(values)
    const largest = coefficients.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const tail = Math.max(...coefficients.subarray(count - 2).map(Math.abs))
    if (tail <= NEGLIGIBLE * largest && largest < Infinity) {
      let length = count + 1
      while (length > 1 && Math.abs(coefficients[length - 1]!) <= NEGLIGIBLE * 0.1 * largest) length--
      return { middle, halfWidth, coefficients: coefficients.slice(0, length) }
    }
    if (!(tail < Infinity) || count >= MOST_POINTS) return undefined
    const finer = new Float64Array(2 * count + 1)
    for (let j = 0; j <= 2 * count; j++) finer[j] = j % 2 === 0 ? values[j / 2]! : at((Math.PI * j) / (2 * count))
    values = finer
  }
}

/** The value of the sum at x, by Clenshaw's recurrence. */
export function chebyshevAt({ middle, halfWidth, coefficients }: ChebyshevSum, x: number): number {
  const t = (2 * (x - middle)) / halfWidth
  let above = 0
  let here = 0
  for (let k = coefficients.length - 1; k > 0; k--) {
    const below = coefficients[k]! + t * here - above
    above = here
    here = below
  }
  return coefficients[0]! + 0.5 * t * here - above
}

/** From the values in the points cos(pi j / n), j = 0 to n: a discrete cosine transform, written out. */
function coefficientsOf(values: Float64Array): Float64Array {
  const n = values.length - 1
  return Float64Array.from({ length: n + 1 }, (_, k) => {
    let sum = 0.5 * (values[0]! + (k % 2 === 0 ? values[n]! : -values[n]!))
    for (let j = 1; j < n; j++) sum += values[j]! * Math.cos((Math.PI * ((j * k) % (2 * n))) / n)
    return (sum * (k === 0 || k === n ? 1 : 2)) / n
  })
}
