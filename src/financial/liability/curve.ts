import { normalDraw, type RandomSource } from '#statistics/index.ts'

/** What became of the points of one month of issue, at one age, in one of the groups that members are dealt into. */
export interface Cell {
  /** Months since the year 0: 12 x year + month. */
  readonly vintage: number
  readonly age: number
  readonly group: number
  issued: number
  redeemed: number
  /** Expired or taken back. */
  lost: number
}

/** How points of each age go: of a hundred left when an age begins, so many are used and so many lost while it lasts. */
export interface Curve {
  readonly used: readonly number[]
  readonly lost: readonly number[]
  /** Ages beyond it are foretold by the last ones seen. */
  readonly seenAges: number
}

export const groups = 64

/** Fewer months or members than these say too little of how many points will be used. */
export const enoughHistory = { months: 6, members: 100 } as const

/** Ages at which less than this share of all points was still left are told by their neighbours. */
const thinnest = 0.005

/** For each group of members and each age: points left when it began, used and lost while it lasted, of all months together. */
interface Ladder {
  readonly ages: number
  readonly left: readonly Float64Array[]
  readonly used: readonly Float64Array[]
  readonly lost: readonly Float64Array[]
}

/** Each age of a month counts only when the calendar month in which it fell is over. */
function ladderOf(cells: readonly Cell[], lastMonth: number): Ladder {
  const known = cells.filter(({ vintage, age }) => vintage + age <= lastMonth)
  const ages = known.reduce((most, { vintage }) => Math.max(most, lastMonth - vintage + 1), 0)
  const table = () => Array.from({ length: groups }, () => new Float64Array(ages))
  const ladder = { ages, left: table(), used: table(), lost: table() }
  for (const { vintage, age, group, issued, redeemed, lost } of known) {
    ladder.used[group]![age]! += redeemed
    ladder.lost[group]![age]! += lost
    // What was issued is there from the first age on; what went at an age is missing from the next.
    const left = ladder.left[group]!
    for (let later = 0; later <= lastMonth - vintage; later++) {
      left[later]! += issued - (later > age ? redeemed + lost : 0)
    }
  }
  return ladder
}

/**
 * The redemption curve of a programme: a discrete hazard for each age, from all months of issue together (chain ladder).
 *
 * Example: 100 points, 20 used in their first month, 8 of the 80 left in the next -> used [.2, .1].
 */
export function curveOf(cells: readonly Cell[], lastMonth: number): Curve {
  return curveOn(ladderOf(cells, lastMonth))
}

/** `weights` counts a group of members more than once, or not at all. */
function curveOn({ ages, left, used, lost }: Ladder, weights?: ArrayLike<number>): Curve {
  const total = (of: readonly Float64Array[]) => {
    const sums = new Float64Array(ages)
    for (let group = 0; group < groups; group++) {
      const weight = weights ? weights[group]! : 1
      if (weight > 0) for (let age = 0; age < ages; age++) sums[age]! += weight * of[group]![age]!
    }
    return sums
  }
  const [atRisk, usedUp, gone] = [total(left), total(used), total(lost)]
  let seenAges = 0
  while (seenAges < ages && atRisk[seenAges]! > thinnest * atRisk[0]!) seenAges++
  const share = (of: Float64Array) => Array.from({ length: seenAges }, (_, age) => clamp(of[age]! / atRisk[age]!, 0, 1))
  return { used: share(usedUp), lost: share(gone), seenAges }
}

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

interface Tail {
  readonly used: number
  readonly lost: number
  readonly decay: number
}

/** Beyond what was seen, use goes on as in the last three ages, and falls as it fell from the three before them. */
function tailOf({ used, lost, seenAges }: Curve): Tail {
  const mean = (of: readonly number[], from: number, until: number) => {
    const part = of.slice(Math.max(0, from), Math.max(0, until))
    return part.length === 0 ? 0 : part.reduce((sum, value) => sum + value, 0) / part.length
  }
  const last = mean(used, seenAges - 3, seenAges)
  const before = mean(used, seenAges - 6, seenAges - 3)
  const decay = seenAges >= 7 && before > 0 ? clamp((last / before) ** (1 / 3), 0.7, 1) : 1
  return { used: last, lost: Math.min(mean(lost, seenAges - 3, seenAges), 1 - last), decay }
}

function sharesAt(curve: Curve, tail: Tail, age: number): { readonly used: number; readonly lost: number } {
  if (age < curve.seenAges) return { used: curve.used[age]!, lost: curve.lost[age]! }
  return { used: tail.used * tail.decay ** (age - curve.seenAges + 1), lost: tail.lost }
}

/** Nobody is asked to look further ahead. */
const furthest = 240

export interface Standing {
  /** Points left. */
  readonly left: number
  /** The age that is running, and the part of its month that is over. */
  readonly age: number
  readonly elapsed: number
  /** The last age at which points of this month can be used; null: they never expire. */
  readonly lastAge: number | null
}

/**
 * How many of the points that are left will still be used. With a source of chance: one way it may go, by as much overdispersion as
 * points that move together have.
 *
 * Example: 80 left at age 1, used [.2, .1], gone after age 1 -> 8.
 */
export function toCome(
  curve: Curve,
  standing: Standing,
  chance?: { readonly random: RandomSource; readonly overdispersion: number },
): number {
  const tail = tailOf(curve)
  const end = Math.min(standing.lastAge ?? Number.POSITIVE_INFINITY, standing.age + furthest)
  let left = standing.left
  let sum = 0
  for (let age = standing.age; age <= end && left > 1e-3; age++) {
    const part = age === standing.age ? 1 - standing.elapsed : 1
    const shares = sharesAt(curve, tail, age)
    const [usedShare, lostShare] = [part * shares.used, part * shares.lost]
    let used = left * usedShare
    if (chance) {
      const spread = Math.sqrt(chance.overdispersion * left * usedShare * (1 - usedShare))
      used = clamp(used + spread * normalDraw(chance.random), 0, left)
    }
    sum += used
    left = Math.max(0, left - used - left * lostShare)
  }
  return sum
}

/** Share of new points used by the end of each age, until `lastAge` or for as long as was seen and a year more. */
export function usedByAge(curve: Curve, lastAge: number | null): number[] {
  const last = Math.min(lastAge ?? curve.seenAges + 12, 120)
  const tail = tailOf(curve)
  const shares: number[] = []
  let [left, sum] = [1, 0]
  for (let age = 0; age <= last; age++) {
    const { used, lost } = sharesAt(curve, tail, age)
    sum += left * used
    left = Math.max(0, left - left * (used + lost))
    shares.push(sum)
  }
  return shares
}

/**
 * How much more the use of points varies than if every point were used on its own: members use theirs together. The mean squared
 * Pearson residual of groups of members.
 */
export function overdispersionOf(cells: readonly Cell[], curve: Curve, lastMonth: number): number {
  const rows = new Map<number, Cell[]>()
  for (const cell of cells) {
    if (cell.vintage + cell.age > lastMonth) continue
    const key = cell.vintage * groups + cell.group
    const known = rows.get(key)
    if (known) known.push(cell)
    else rows.set(key, [cell])
  }
  let sum = 0
  let count = 0
  for (const row of rows.values()) {
    const used: number[] = []
    const lost: number[] = []
    let left = 0
    for (const cell of row) {
      left += cell.issued
      used[cell.age] = (used[cell.age] ?? 0) + cell.redeemed
      lost[cell.age] = (lost[cell.age] ?? 0) + cell.lost
    }
    const ages = Math.min(curve.seenAges, lastMonth - row[0]!.vintage + 1)
    for (let age = 0; age < ages && left > 0; age++) {
      const expected = left * curve.used[age]!
      const variance = expected * (1 - curve.used[age]!)
      if (expected >= 1 && variance > 0) {
        sum += ((used[age] ?? 0) - expected) ** 2 / variance
        count++
      }
      left -= (used[age] ?? 0) + (lost[age] ?? 0)
    }
  }
  return count === 0 ? 1 : Math.max(1, sum / count)
}

/** Curves as they might have come out had chance brought other members: groups of members drawn with replacement. */
export function* resampledCurves(
  cells: readonly Cell[],
  lastMonth: number,
  { random, replicates }: { readonly random: RandomSource; readonly replicates: number },
): Generator<Curve> {
  const ladder = ladderOf(cells, lastMonth)
  const weights = new Float64Array(groups)
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0)
    for (let draw = 0; draw < groups; draw++) weights[Math.floor(random() * groups)]!++
    yield curveOn(ladder, weights)
  }
}

/** The value below which a share of them lies. Example: `quantile([4, 1, 3, 2], .5)` -> 2.5. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = share * (sorted.length - 1)
  const low = Math.floor(place)
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
}
