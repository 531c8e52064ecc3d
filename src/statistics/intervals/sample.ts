/** What a comparison of means needs to know of a group: how many, their mean, their variance (divided by n - 1). */
export interface Sample {
  readonly n: number
  readonly mean: number
  readonly variance: number
}

/**
 * Describes a list of numbers in two passes, so that large means do not swallow the variance.
 *
 * Example: 1 2 3 4 -> n 4, mean 2.5, variance 1.6667.
 */
export function describeSample(values: ArrayLike<number>): Sample {
  const n = values.length
  let mean = 0
  for (let i = 0; i < n; i++) mean += values[i]! / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2
  return { n, mean, variance: n > 1 ? squares / (n - 1) : 0 }
}

export function sampleFaults(label: string, { n, mean, variance }: Sample): string[] {
  const faults: string[] = []
  if (!(Number.isInteger(n) && n >= 2)) faults.push(`${label}: n must be a whole number of at least 2, found ${n}`)
  if (!Number.isFinite(mean)) faults.push(`${label}: mean must be finite, found ${mean}`)
  if (!(variance >= 0 && variance < Infinity)) {
    faults.push(`${label}: variance must be a finite number of at least 0, found ${variance}`)
  }
  return faults
}
