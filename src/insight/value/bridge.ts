import type { Bridge } from './contract.ts'

/**
 * Whoever bought nothing between the two days and is worth less than a fifth of before counts as lost. A share of the own
 * value and not a number of days, so that it means the same for whoever comes weekly and whoever comes once a year.
 */
export const lostBelowShare = 0.2

/** One customer on both days, valued by one model; null where not yet a customer. */
export interface Crossing {
  readonly startMinor: number | null
  readonly endMinor: number
  readonly boughtBetween: boolean
}

/** Adds crossings up to a bridge; `parts` may be asked for once all have crossed. */
export function bridgeBuilder() {
  const empty = () => ({ customers: 0, amountMinor: 0 })
  const parts = { start: empty(), new: empty(), grown: empty(), shrunk: empty(), lost: empty(), end: empty() }
  let unchanged = 0
  const count = (part: { customers: number; amountMinor: number }, amountMinor: number) => {
    part.customers++
    part.amountMinor += amountMinor
  }
  return {
    cross({ startMinor, endMinor, boughtBetween }: Crossing): void {
      count(parts.end, endMinor)
      if (startMinor === null) {
        count(parts.new, endMinor)
        return
      }
      count(parts.start, startMinor)
      if (endMinor > startMinor) count(parts.grown, endMinor - startMinor)
      else if (endMinor === startMinor) unchanged++
      else if (!boughtBetween && endMinor < lostBelowShare * startMinor) count(parts.lost, startMinor - endMinor)
      else count(parts.shrunk, startMinor - endMinor)
    },
    parts: (fromOn: string, toOn: string): Bridge => ({ fromOn, toOn, ...parts, unchanged }),
  }
}

/**
 * From the equity of one day to that of another. Every customer stands in exactly one part, so the parts add up to the
 * minor unit: start + new + grown - shrunk - lost = end.
 *
 * Example: A 100 -> 130, B 100 -> 5 without a purchase, C new with 40: 200 + 40 + 30 - 0 - 95 = 175.
 */
export function bridgeOf(fromOn: string, toOn: string, crossings: Iterable<Crossing>): Bridge {
  const builder = bridgeBuilder()
  for (const crossing of crossings) builder.cross(crossing)
  return builder.parts(fromOn, toOn)
}
