/** How many numbers `betaFractionCurvature` writes. */
export const FRACTION_CURVATURE = 6

/**
 * The continued fraction of I_x(a, b) (DLMF 8.17.22): writes ln fraction, its slopes in a and b, and its second derivatives
 * aa, ab, bb into `out`, so that ln I_x(a, b) = a ln x + b ln(1-x) - ln a - ln B(a, b) + out[0]. For x up to about the mean.
 *
 * The fraction is run forward (Wallis) and differentiated twice, term by term, as Boik & Robinson-Cox (1998) do: a fit needs
 * the curvature in the shape of every customer, and differences of several evaluations cost more and half the digits.
 * Example: x 0.5, a 1, b 1 -> I = x, so the fraction is 1 / (1-x) = 2 and out[0] = ln 2.
 */
export function betaFractionCurvature(x: number, a: number, b: number, out: Float64Array): void {
  // A and B: numerator and denominator of the convergents, "Last" one step back; A, B, AA, AB, BB behind them: derivatives.
  let aLast = 1
  let aLastA = 0
  let aLastB = 0
  let aLastAA = 0
  let aLastAB = 0
  let aLastBB = 0
  let bLast = 0
  let bLastA = 0
  let bLastB = 0
  let bLastAA = 0
  let bLastAB = 0
  let bLastBB = 0
  let aNow = 1
  let aNowA = 0
  let aNowB = 0
  let aNowAA = 0
  let aNowAB = 0
  let aNowBB = 0
  let bNowA = 0
  let bNowB = 0
  let bNowAA = 0
  let bNowAB = 0
  let bNowBB = 0
  let bNow = 1
  for (let step = 1; step < 40_000; step++) {
    // Odd steps first (m = 0), then even, odd, even (DLMF 8.17.23), each with its derivatives in a and b.
    const m = step >> 1
    const middle = 1 / (a + 2 * m)
    let e: number
    let eA: number
    let eB: number
    let eAA: number
    let eAB: number
    if ((step & 1) === 1) {
      const above = 1 / (a + 2 * m + 1)
      const front = -x * middle * above
      const falling = middle + above
      const bending = falling * falling + middle * middle + above * above
      const growing = a + m + (a + b + m)
      eB = front * (a + m)
      e = eB * (a + b + m)
      eA = front * growing - e * falling
      eAA = 2 * front - 2 * front * growing * falling + e * bending
      eAB = front - eB * falling
    } else {
      const below = 1 / (a + 2 * m - 1)
      const falling = below + middle
      eB = m * x * below * middle
      e = eB * (b - m)
      eA = -e * falling
      eAA = e * (falling * falling + below * below + middle * middle)
      eAB = -eB * falling
    }
    const a0 = aNow + e * aLast
    const a1 = aNowA + eA * aLast + e * aLastA
    const a2 = aNowB + eB * aLast + e * aLastB
    const a11 = aNowAA + eAA * aLast + 2 * eA * aLastA + e * aLastAA
    const a12 = aNowAB + eAB * aLast + eA * aLastB + eB * aLastA + e * aLastAB
    const a22 = aNowBB + 2 * eB * aLastB + e * aLastBB
    const b0 = bNow + e * bLast
    const b1 = bNowA + eA * bLast + e * bLastA
    const b2 = bNowB + eB * bLast + e * bLastB
    const b11 = bNowAA + eAA * bLast + 2 * eA * bLastA + e * bLastAA
    const b12 = bNowAB + eAB * bLast + eA * bLastB + eB * bLastA + e * bLastAB
    const b22 = bNowBB + 2 * eB * bLastB + e * bLastBB
    // Convergents matter only as a ratio: divided by the newest denominator they can neither overflow nor vanish.
    const size = 1 / b0
    aLast = aNow * size
    aLastA = aNowA * size
    aLastB = aNowB * size
    aLastAA = aNowAA * size
    aLastAB = aNowAB * size
    aLastBB = aNowBB * size
    bLast = bNow * size
    bLastA = bNowA * size
    bLastB = bNowB * size
    bLastAA = bNowAA * size
    bLastAB = bNowAB * size
    bLastBB = bNowBB * size
    const before = aNow
    aNow = a0 * size
    aNowA = a1 * size
    aNowB = a2 * size
    aNowAA = a11 * size
    aNowAB = a12 * size
    aNowBB = a22 * size
    bNow = 1
    bNowA = b1 * size
    bNowB = b2 * size
    bNowAA = b11 * size
    bNowAB = b12 * size
    bNowBB = b22 * size
    if ((step & 1) === 0) continue
    const inverse = 1 / aNow
    const slopeA = aNowA * inverse
    const slopeB = aNowB * inverse
    const foundA = bNowA - slopeA
    const foundB = bNowB - slopeB
    const foundAA = bNowAA - bNowA * bNowA - aNowAA * inverse + slopeA * slopeA
    const foundAB = bNowAB - bNowA * bNowB - aNowAB * inverse + slopeA * slopeB
    const foundBB = bNowBB - bNowB * bNowB - aNowBB * inverse + slopeB * slopeB
    // All must stand still: with a whole b the value is exact after b steps while its slopes in b are not.
    const settled =
      Math.abs(aNow - before) <= 1e-15 * Math.abs(aNow) &&
      isSettled(foundA, out[1]!, 1e-13) &&
      isSettled(foundB, out[2]!, 1e-13) &&
      isSettled(foundAA, out[3]!, 1e-11) &&
      isSettled(foundAB, out[4]!, 1e-11) &&
      isSettled(foundBB, out[5]!, 1e-11)
    out[1] = foundA
    out[2] = foundB
    out[3] = foundAA
    out[4] = foundAB
    out[5] = foundBB
    if (settled) break
  }
  out[0] = -Math.log(aNow)
}

function isSettled(now: number, before: number, tolerance: number): boolean {
  return Math.abs(now - before) <= tolerance * (Math.abs(now) + 1e-3)
}
