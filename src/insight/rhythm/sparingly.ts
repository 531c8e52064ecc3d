import type { House } from '#kernel/house.ts'

/** A base of so many takes longer to count than a page may wait. */
const many = 100_000
const servesMs = 15_000
const servesBehindMs = 120_000

interface Kept<Counts> {
  readonly key: string
  readonly at: number
  readonly counts: Counts
  isCounting: boolean
}

/**
 * Counts of a large base, read off the last count while that is young: for a quarter of a minute as it is, for two minutes while
 * somebody counts anew behind it. A base of fewer customers is counted each time. `key` names what else the answer hangs on.
 *
 * Example: of 1,000,000 customers, asked three times within ten seconds, everybody is counted once.
 */
export function sparingly<Counts extends { readonly customers: number }>(
  count: (house: House, key: string) => Promise<Counts>,
): (house: House, key: string) => Promise<Counts> {
  const last = new WeakMap<House, Kept<Counts>>()
  const countNow = async (house: House, key: string) => {
    const counts = await count(house, key)
    if (counts.customers >= many) last.set(house, { key, at: house.clock.elapsed(), counts, isCounting: false })
    else last.delete(house)
    return counts
  }
  return async (house, key) => {
    const kept = last.get(house)
    const age = kept?.key === key ? house.clock.elapsed() - kept.at : Number.POSITIVE_INFINITY
    if (!kept || age > servesBehindMs) return await countNow(house, key)
    if (age > servesMs && !kept.isCounting) {
      kept.isCounting = true
      // Whoever fails behind the scenes has told nobody anything wrong; the next one to ask counts again.
      countNow(house, key).catch(() => last.delete(house))
    }
    return kept.counts
  }
}
