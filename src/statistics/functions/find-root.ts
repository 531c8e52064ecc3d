/**
 * The x between lower and upper at which a continuous function changes its sign, to the last digits of x (Brent 1973: the
 * secant or inverse quadratic step where it is safe, otherwise halving, so that the bracket always shrinks).
 *
 * The values at the ends must differ in sign; anything else is a mistake of the caller and throws.
 * Example: `findRoot(x => x * x - 2, 0, 2)` -> 1.4142135623730951.
 */
export function findRoot(f: (x: number) => number, lower: number, upper: number): number {
  let a = lower
  let b = upper
  let fa = f(a)
  let fb = f(b)
  if (fa === 0) return a
  if (fb === 0) return b
  if (!(fa < 0 !== fb < 0 && Number.isFinite(fa) && Number.isFinite(fb))) {
    throw new Error(`no change of sign between ${lower} (${fa}) and ${upper} (${fb})`)
  }
  let c = a
  let fc = fa
  let last = b - a
  let beforeLast = last
  for (let step = 0; step < 200; step++) {
    // b is the best so far, c on the other side of the root, a where b was before.
    if (Math.abs(fc) < Math.abs(fb)) {
      a = b
      b = c
      c = a
      fa = fb
      fb = fc
      fc = fa
    }
    const tolerance = 2 * Number.EPSILON * Math.abs(b) + Number.MIN_VALUE
    const half = (c - b) / 2
    if (Math.abs(half) <= tolerance || fb === 0) return b
    let move = half
    if (Math.abs(beforeLast) >= tolerance && Math.abs(fa) > Math.abs(fb)) {
      const s = fb / fa
      let p: number
      let q: number
      if (a === c) {
        p = 2 * half * s
        q = 1 - s
      } else {
        const r = fb / fc
        const t = fa / fc
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1))
        q = (t - 1) * (r - 1) * (s - 1)
      }
      if (p > 0) q = -q
      p = Math.abs(p)
      if (2 * p < Math.min(3 * half * q - Math.abs(tolerance * q), Math.abs(beforeLast * q))) move = p / q
    }
    beforeLast = move === half ? half : last
    last = move
    a = b
    fa = fb
    b += Math.abs(move) > tolerance ? move : Math.sign(half) * tolerance
    fb = f(b)
    if (fb < 0 === fc < 0) {
      c = a
      fc = fa
      last = b - a
      beforeLast = last
    }
  }
  return b
}
