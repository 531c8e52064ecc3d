/** What a torture found: figures for the record, and one sentence for everything that did not hold. */
export interface Report {
  readonly figures: Readonly<Record<string, number | string>>
  readonly faults: readonly string[]
}

/** Where the long run says how far it is; a test says nothing. */
export type Tell = (line: string) => void

/**
 * Compares what somebody was told with what is there: each name once, and nothing that nobody was told of.
 *
 * Example: `judge(['a', 'b'], [{ name: 'a', times: 2 }])` is `{ lost: ['b'], doubled: ['a'], untold: [] }`.
 */
export function judge(
  told: Iterable<string>,
  stored: readonly { readonly name: string; readonly times: number }[],
): { readonly lost: string[]; readonly doubled: string[]; readonly untold: string[] } {
  const expected = new Set(told)
  const there = new Set(stored.map(({ name }) => name))
  return {
    lost: [...expected].filter(name => !there.has(name)),
    doubled: stored.filter(({ times }) => times !== 1).map(({ name }) => name),
    untold: [...there].filter(name => !expected.has(name)),
  }
}

/** The middle and the worst of some spans: `spread('restart', [1, 5, 2])` is `{ restartMedian: 2, restartMost: 5 }`. */
export function spread(name: string, milliseconds: readonly number[]): Record<string, number> {
  if (milliseconds.length === 0) return {}
  const sorted = [...milliseconds].sort((one, other) => one - other)
  return {
    [`${name}MedianMs`]: Math.round(sorted[Math.floor(sorted.length / 2)]!),
    [`${name}MostMs`]: Math.round(sorted.at(-1)!),
  }
}
