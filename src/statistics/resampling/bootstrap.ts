import { type Interval, levelFaults } from '../intervals/interval.ts'
import { refuseAll } from '../invalid-input.ts'
import type { RandomSource } from '../sampling/random-source.ts'

export interface ResamplingOptions {
  /** How many bases are drawn; 1,000 where absent. */
  readonly replicates?: number
  readonly level?: number
}

/**
 * How far an answer would move if chance had sent other customers: the answer is computed again on bases of the same size drawn
 * with replacement, and the middle `level` of those answers is the interval (percentile bootstrap, Efron 1979).
 *
 * Example: rows 1 ... 100 and their mean -> 50.5, about [45, 56].
 */
export function bootstrapInterval<Row>(
  rows: readonly Row[],
  statistic: (rows: readonly Row[]) => number,
  random: RandomSource,
  { replicates = 1000, level = 0.95 }: ResamplingOptions = {},
): Interval {
  check(rows.length, replicates, level)
  const drawn = rows.slice()
  const answers = new Float64Array(replicates)
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let row = 0; row < drawn.length; row++) drawn[row] = rows[Math.floor(random() * rows.length)]!
    answers[replicate] = statistic(drawn)
  }
  return middleOf(answers, statistic(rows), level)
}

/** A base of more rows than this is dealt into this many groups first. */
const groupLimit = 5000

/**
 * The same for answers that need only totals over a base, however large: sales, purchases, predicted divided by actual. A base
 * of more than 5,000 rows is shuffled into 5,000 groups and the groups are drawn instead, which leaves the spread of a
 * total what it was (its standard error is then known to about 1 %) and makes a million rows as cheap as 5,000.
 *
 * Example: `bootstrapTotals({ predicted, actual }, ({ predicted, actual }) => predicted / actual, random)`.
 */
export function bootstrapTotals<Name extends string>(
  columns: Readonly<Record<Name, ArrayLike<number>>>,
  statistic: (totals: Readonly<Record<Name, number>>) => number,
  random: RandomSource,
  { replicates = 1000, level = 0.95 }: ResamplingOptions = {},
): Interval {
  const names = Object.keys(columns) as Name[]
  const rows = names.length > 0 ? columns[names[0]!].length : 0
  const unequal = names.filter(name => columns[name].length !== rows)
  check(rows, replicates, level, unequal)
  const groups = Math.min(rows, groupLimit)
  const sums = names.map(() => new Float64Array(groups))
  const order = shuffled(rows, groups, random)
  for (const [i, name] of names.entries()) {
    for (let at = 0; at < rows; at++) sums[i]![at % groups]! += columns[name][order[at]!]!
  }
  const answerOf = (totals: readonly number[]) =>
    statistic(Object.fromEntries(names.map((name, i) => [name, totals[i]!])) as Record<Name, number>)
  // The first groups have one row more than the others. Drawn among themselves, no draw changes the size of the base.
  const larger = rows % groups
  const drawn = new Uint32Array(groups)
  const answers = new Float64Array(replicates)
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let group = 0; group < larger; group++) drawn[group] = Math.floor(random() * larger)
    for (let group = larger; group < groups; group++) drawn[group] = larger + Math.floor(random() * (groups - larger))
    answers[replicate] = answerOf(
      sums.map(sum => {
        let total = 0
        for (let group = 0; group < groups; group++) total += sum[drawn[group]!]!
        return total
      }),
    )
  }
  const estimate = answerOf(sums.map(sum => sum.reduce((total, value) => total + value, 0)))
  return middleOf(answers, estimate, level)
}

/** The row numbers in random order (Fisher & Yates); as they came where every row is a group of its own. */
function shuffled(rows: number, groups: number, random: RandomSource): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row)
  if (rows === groups) return order
  for (let place = rows - 1; place > 0; place--) {
    const other = Math.floor(random() * (place + 1))
    const row = order[other]!
    order[other] = order[place]!
    order[place] = row
  }
  return order
}

/** The middle `level` of the answers. */
export function middleOf(answers: Float64Array, estimate: number, level: number): Interval {
  answers.sort()
  return { estimate, low: quantileOf(answers, (1 - level) / 2), high: quantileOf(answers, (1 + level) / 2) }
}

/** Linear between the order statistics (Hyndman & Fan 1996, type 7). */
function quantileOf(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1)
  const below = Math.floor(at)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  // Two equal neighbours may be infinite, and infinity less itself is no number.
  return low === high ? low : low + (at - below) * (high - low)
}

function check(rows: number, replicates: number, level: number, unequal: readonly string[] = []): void {
  const messages = levelFaults(level)
  if (rows === 0) messages.push('there are no rows')
  if (!(Number.isInteger(replicates) && replicates >= 1)) {
    messages.push(`replicates must be a whole number of at least 1, found ${replicates}`)
  }
  for (const name of unequal) messages.push(`${name} has not as many rows as the other columns`)
  refuseAll(messages)
}
