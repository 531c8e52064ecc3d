/** Where to look and how much each look counts, on [0, 1]. */
export interface Quadrature {
  readonly nodes: Float64Array
  readonly weights: Float64Array
}

/**
 * The n-point Gauss-Legendre rule on [0, 1], exact for polynomials of degree 2n - 1: roots of the Legendre polynomial by
 * Newton's method (Press et al., Numerical Recipes, section 4.6).
 * Example: `gaussLegendre(2).nodes` -> 1/2 -+ 1/sqrt(12) = [0.2113248654051871, 0.7886751345948129], each of weight 1/2.
 */
export function gaussLegendre(n: number): Quadrature {
  const nodes = new Float64Array(n)
  const weights = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let root = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5))
    let slope = 1
    for (let step = 0; step < 8; step++) {
      let value = 1
      let previous = 0
      for (let degree = 1; degree <= n; degree++) {
        const next = ((2 * degree - 1) * root * value - (degree - 1) * previous) / degree
        previous = value
        value = next
      }
      slope = (n * (root * value - previous)) / (root * root - 1)
      root -= value / slope
    }
    nodes[i] = (1 - root) / 2
    weights[i] = 1 / ((1 - root * root) * slope * slope)
  }
  return { nodes, weights }
}
