/** An estimate with the range of values the data do not contradict at the stated level. */
export interface Interval {
  readonly estimate: number
  readonly low: number
  readonly high: number
}

/** Faults of a count of successes among n, in words; empty when there are none. */
export function countFaults(label: string, successes: number, n: number): string[] {
  const faults: string[] = []
  if (!(Number.isInteger(n) && n > 0)) faults.push(`${label}n must be a whole number of at least 1, found ${n}`)
  if (!(Number.isInteger(successes) && successes >= 0 && !(successes > n))) {
    faults.push(`${label}successes must be a whole number from 0 to n, found ${successes} of ${n}`)
  }
  return faults
}

export function levelFaults(level: number): string[] {
  return level > 0 && level < 1 ? [] : [`level must lie between 0 and 1, found ${level}`]
}
