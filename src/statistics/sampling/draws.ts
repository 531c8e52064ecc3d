import type { RandomSource } from './random-source.ts'

/**
 * One draw from Gamma(shape, scale 1) (Marsaglia & Tsang 2000); shapes below 1 are drawn one higher and scaled back by a
 * power of a uniform number. Its mean over many draws is `shape`.
 */
export function gammaDraw(shape: number, random: RandomSource): number {
  if (shape < 1) return gammaDraw(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = normalDraw(random)
    const cubeRoot = 1 + c * normal
    if (cubeRoot <= 0) continue
    const cube = cubeRoot * cubeRoot * cubeRoot
    const uniform = 1 - random()
    if (Math.log(uniform) < 0.5 * normal * normal + d * (1 - cube + Math.log(cube))) return d * cube
  }
}

/** One draw from Beta(a, b). Its mean over many draws is a / (a + b). */
export function betaDraw(a: number, b: number, random: RandomSource): number {
  const first = gammaDraw(a, random)
  const second = gammaDraw(b, random)
  return first + second > 0 ? first / (first + second) : a / (a + b)
}

/** One draw from the exponential distribution with mean 1. */
export function exponentialDraw(random: RandomSource): number {
  return -Math.log(1 - random())
}

/** One draw from the standard normal distribution (Box & Muller 1958). */
export function normalDraw(random: RandomSource): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
