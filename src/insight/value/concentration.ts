/**
 * The base in tenths of customers, the most valuable first: what each tenth is worth together.
 *
 * Example: values 5 1 1 1 1 1 1 1 1 1 -> the first tenth is worth 5, the second 1.
 */
export function tenthsOf(worthMinor: Float64Array): { customers: number; worthMinor: number; fromMinor: number }[] {
  const sorted = Float64Array.from(worthMinor).sort().reverse()
  return Array.from({ length: 10 }, (_, tenth) => {
    const from = Math.round((tenth * sorted.length) / 10)
    const to = Math.round(((tenth + 1) * sorted.length) / 10)
    let total = 0
    for (let index = from; index < to; index++) total += sorted[index]!
    return { customers: to - from, worthMinor: total, fromMinor: to > from ? sorted[to - 1]! : 0 }
  })
}

/** In which tenth a value falls, 1 the highest; null where there are too few customers for tenths. */
export function tenthOf(
  tenths: readonly { customers: number; fromMinor: number }[],
  worthMinor: number,
): number | null {
  if (tenths.some(tenth => tenth.customers === 0)) return null
  const index = tenths.findIndex(tenth => worthMinor >= tenth.fromMinor)
  return index === -1 ? 10 : index + 1
}
