/**
 * Sum over i = 0, 1, 2, ... of E[(1 - theta)^i] factor^i with theta ~ Beta(a, b): how many discounted periods somebody is
 * there whose chance to leave before each further period is theta. For 0 <= factor < 1.
 *
 * It is 2F1(1, b; a + b; factor), taken to 2F1(1, a; a + b; -y) / (1 - factor) with y = factor / (1 - factor), where all
 * terms of Gauss's continued fraction are positive: nothing cancels, however close the factor is to 1.
 * Example: a 1, b 1, factor .5 -> 2 ln 2 = 1.3863.
 */
export function discountedSurvival(a: number, b: number, factor: number): number {
  const y = factor / (1 - factor)
  const c = a + b
  // Lentz's evaluation (Press and others, Numerical Recipes 5.2) of 1 + e1 y / (1 + e2 y / (1 + ...)).
  let fraction = 1
  let above = 1
  let below = 0
  for (let step = 1; step < 1_000_000; step++) {
    const n = Math.floor(step / 2)
    const term = (step % 2 === 1 ? oddTerm(a, c, n) : (n * (b - 1 + n)) / ((c + 2 * n - 2) * (c + 2 * n - 1))) * y
    below = 1 / (1 + term * below)
    above = 1 + term / above
    const change = above * below
    fraction *= change
    if (Math.abs(change - 1) < 1e-16) break
  }
  return 1 / ((1 - factor) * fraction)
}

function oddTerm(a: number, c: number, n: number): number {
  // At n = 0 a factor c - 1 stands above and below, and may be 0.
  return n === 0 ? a / c : ((c - 1 + n) * (a + n)) / ((c - 1 + 2 * n) * (c + 2 * n))
}
