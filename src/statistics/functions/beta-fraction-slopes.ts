/**
 * The continued fraction of I_x(a, b) (DLMF 8.17.22) with its slopes in a and b: writes ln fraction, d/da and d/db of it
 * into `out`, so that ln I_x(a, b) = a ln x + b ln(1-x) - ln a - ln B(a, b) + out[0]. For x up to about the mean.
 *
 * The fraction is run forward (Wallis) and differentiated term by term, as Boik & Robinson-Cox (1998) do: a fit needs the
 * slope in the shape of every customer, and a difference of two evaluations costs twice as much and half the digits.
 * Example: x 0.5, a 1, b 1 -> I = x, so the fraction is 1 / (1-x) = 2 and out[0] = ln 2.
 */
export function betaFractionSlopes(x: number, a: number, b: number, out: Float64Array): void {
  // Numerator A and denominator B of the convergents, each with its slopes; "Before" is the convergent one step back.
  let aBefore = 1
  let aBeforeA = 0
  let aBeforeB = 0
  let bBefore = 0
  let bBeforeA = 0
  let bBeforeB = 0
  let aNow = 1
  let aNowA = 0
  let aNowB = 0
  let bNow = 1
  let bNowA = 0
  let bNowB = 0
  let value = 1
  let slopeA = 0
  let slopeB = 0
  for (let m = 0; m < 20_000; m++) {
    const twice = a + 2 * m
    const middle = 1 / twice
    const above = 1 / (twice + 1)
    if (m > 0) {
      const below = 1 / (twice - 1)
      const even = m * (b - m) * x * below * middle
      const evenB = m * x * below * middle
      const evenA = -even * (below + middle)
      const nextA = aNow + even * aBefore
      const nextAA = aNowA + evenA * aBefore + even * aBeforeA
      const nextAB = aNowB + evenB * aBefore + even * aBeforeB
      const nextB = bNow + even * bBefore
      const nextBA = bNowA + evenA * bBefore + even * bBeforeA
      const nextBB = bNowB + evenB * bBefore + even * bBeforeB
      aBefore = aNow
      aBeforeA = aNowA
      aBeforeB = aNowB
      bBefore = bNow
      bBeforeA = bNowA
      bBeforeB = bNowB
      aNow = nextA
      aNowA = nextAA
      aNowB = nextAB
      bNow = nextB
      bNowA = nextBA
      bNowB = nextBB
    }
    const front = -x * middle * above
    const odd = front * (a + m) * (a + b + m)
    const oddB = front * (a + m)
    const oddA = front * (a + m + a + b + m) - odd * (middle + above)
    const nextA = aNow + odd * aBefore
    const nextAA = aNowA + oddA * aBefore + odd * aBeforeA
    const nextAB = aNowB + oddB * aBefore + odd * aBeforeB
    const nextB = bNow + odd * bBefore
    const nextBA = bNowA + oddA * bBefore + odd * bBeforeA
    const nextBB = bNowB + oddB * bBefore + odd * bBeforeB
    // Convergents matter only as a ratio: divided by the newest denominator they can neither overflow nor vanish.
    const size = 1 / nextB
    aBefore = aNow * size
    aBeforeA = aNowA * size
    aBeforeB = aNowB * size
    bBefore = bNow * size
    bBeforeA = bNowA * size
    bBeforeB = bNowB * size
    aNow = nextA * size
    aNowA = nextAA * size
    aNowB = nextAB * size
    bNow = 1
    bNowA = nextBA * size
    bNowB = nextBB * size
    const nextSlopeA = bNowA - aNowA / aNow
    const nextSlopeB = bNowB - aNowB / aNow
    // All three must stand still: with a whole b the value is exact after b steps while its slope in b is not.
    const settled =
      Math.abs(aNow - value) <= 1e-15 * Math.abs(aNow) &&
      Math.abs(nextSlopeA - slopeA) <= 1e-13 * (Math.abs(nextSlopeA) + 1e-3) &&
      Math.abs(nextSlopeB - slopeB) <= 1e-13 * (Math.abs(nextSlopeB) + 1e-3)
    value = aNow
    slopeA = nextSlopeA
    slopeB = nextSlopeB
    if (settled) break
  }
  out[0] = -Math.log(value)
  out[1] = slopeA
  out[2] = slopeB
}
