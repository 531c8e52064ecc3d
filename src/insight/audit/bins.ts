import type { Bin } from './contract.ts'

/** How many customers have exactly 1, 2, 3, ... and how many have `last` or more. */
export function countBins(values: ArrayLike<number>, last: number): Bin[] {
  const bins = Array.from({ length: last }, (_, index) => ({
    from: index + 1,
    to: index + 1 < last ? index + 2 : null,
    customers: 0,
  }))
  for (let row = 0; row < values.length; row++) {
    if (values[row]! >= 1) bins[Math.min(last, values[row]!) - 1]!.customers++
  }
  return bins
}

/**
 * Bins of equal width at round numbers up to about the 95th percentile, and one for all beyond. What is below zero (more
 * given back than bought) falls into the first.
 *
 * Example: 100 values from 1 to 100 -> 0-5, 5-10, ..., 95 and more.
 */
export function amountBins(values: Float64Array, wanted = 20): Bin[] {
  if (values.length === 0) return []
  const sorted = values.slice().sort()
  const high = Math.max(1, quantileOf(sorted, 0.95))
  const width = roundUp(high / wanted)
  const count = Math.max(1, Math.ceil(high / width))
  const bins = Array.from({ length: count + 1 }, (_, index) => ({
    from: index * width,
    to: index < count ? (index + 1) * width : null,
    customers: 0,
  }))
  for (const one of sorted) bins[Math.max(0, Math.min(count, Math.floor(one / width)))]!.customers++
  return bins.at(-1)!.customers === 0 ? bins.slice(0, -1) : bins
}

/** Bins with the given edges, from 0; the last is open. */
export function edgeBins(values: ArrayLike<number>, edges: readonly number[]): Bin[] {
  const bins = edges.map((from, index) => ({ from, to: edges[index + 1] ?? null, customers: 0 }))
  for (let row = 0; row < values.length; row++) {
    let place = bins.length - 1
    while (place > 0 && values[row]! < edges[place]!) place--
    bins[place]!.customers++
  }
  return bins
}

/** 1, 2, 5, 10, 20, 50, ...: the next at or above. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 5, 10].find(each => each * power >= value * (1 - 1e-9))!
  return step * power
}

/** Of values in rising order: the smallest that at least this share does not exceed. */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}
