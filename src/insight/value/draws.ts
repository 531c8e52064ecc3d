import { normalQuantile, type RandomSource } from '#statistics/index.ts'

/** A seed of its own for each name. */
export function seedOf(name: string): number {
  let seed = 2166136261
  for (let index = 0; index < name.length; index++) seed = Math.imul(seed ^ name.charCodeAt(index), 16777619)
  return seed >>> 0
}

export function normalDraw(chance: RandomSource): number {
  return normalQuantile(Math.min(Math.max(chance(), 1e-12), 1 - 1e-12))
}

/** Gamma(shape, scale 1), by Marsaglia & Tsang 2000. */
export function gammaDraw(shape: number, chance: RandomSource): number {
  if (shape < 1) return gammaDraw(shape + 1, chance) * (1 - chance()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = normalDraw(chance)
    const root = 1 + c * normal
    if (root <= 0) continue
    const cube = root * root * root
    if (Math.log(1 - chance()) < 0.5 * normal * normal + d * (1 - cube + Math.log(cube))) return d * cube
  }
}

/** Poisson, by counting for small means and by its normal limit for large ones. */
export function poissonDraw(mean: number, chance: RandomSource): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalDraw(chance)))
  const end = Math.exp(-mean)
  let count = 0
  for (let product = chance(); product > end; product *= chance()) count++
  return count
}

/**
 * Parameters as the data leave them open: the logarithms are drawn from the normal distribution that the curvature of
 * the likelihood gives, whose rows stand in the order of `names` (a document read from the database keeps no order). Where a fit has no curvature to offer, all draws are the estimate itself.
 */
export function parameterDraws<Parameters extends object>(
  estimate: Parameters,
  { names, logCovariance }: { readonly names: readonly string[]; readonly logCovariance: ArrayLike<number> },
  { count, chance }: { readonly count: number; readonly chance: RandomSource },
): Parameters[] {
  const root = choleskyRoot(logCovariance, names.length)
  return Array.from({ length: count }, () => {
    if (!root) return estimate
    const normals = names.map(() => normalDraw(chance))
    const drawn = names.map((name, row) => {
      let shift = 0
      for (let column = 0; column <= row; column++) shift += root[row * names.length + column]! * normals[column]!
      // Where the likelihood is flat, its normal approximation reaches into parameters that nobody believes in.
      return [name, Number(estimate[name as keyof Parameters]) * Math.exp(Math.min(Math.max(shift, -3), 3))] as const
    })
    return Object.fromEntries(drawn) as Parameters
  })
}

/** Lower triangle L with L L' = the matrix; undefined where it is no covariance. */
export function choleskyRoot(matrix: ArrayLike<number>, size: number): Float64Array | undefined {
  const root = new Float64Array(size * size)
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let rest = matrix[row * size + column] ?? Number.NaN
      for (let k = 0; k < column; k++) rest -= root[row * size + k]! * root[column * size + k]!
      if (row !== column) {
        const pivot = root[column * size + column]!
        root[row * size + column] = pivot > 0 ? rest / pivot : 0
      } else if (rest > 0 || rest === 0) root[row * size + row] = Math.sqrt(rest)
      else return undefined
    }
  }
  return root
}
