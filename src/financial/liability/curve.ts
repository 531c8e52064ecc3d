import { normalDraw, type RandomSource } from '#statistics/index.ts'
import { cellAt, groups, type Histories, habitCount, perAge, place, type Table } from './habits.ts'

/** How points go: of those there when an age begins, by the habit of their member, so many are used, so many lost. */
interface Shares {
  readonly used: number
  readonly lost: number
  /** Of those that are left, the share whose members have each habit a month later. */
  readonly next: ArrayLike<number>
}

export interface Curve {
  /** By age, then by habit. The age after the last stands for all beyond. */
  readonly shares: readonly (readonly Shares[])[]
  /** New points by the habit of their members. */
  readonly fresh: ArrayLike<number>
  /** Ages beyond it are foretold by the last ones seen. */
  readonly seenAges: number
  /** How use falls from one age to the next beyond it. */
  readonly decay: number
}

/** Fewer months or members than these say too little of how many points will be used. */
export const enoughHistory = { months: 6, members: 100 } as const

/** Where less than this share of all points was still there, neighbouring ages are asked as well. */
const thinnest = 0.005
const tailAges = 3

const everyHabit = Array.from({ length: habitCount }, (_, habit) => habit)

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value))

/** The part that each habit has of all; undefined of nothing. What came back later than it was known may stand below zero. */
function portions(of: (habit: number) => number): readonly number[] | undefined {
  const counts = everyHabit.map(habit => Math.max(0, of(habit)))
  const sum = counts.reduce((total, each) => total + each, 0)
  return sum > 0 ? counts.map(each => each / sum) : undefined
}

/**
 * The redemption curve of a programme: for each age and habit the share of points that is used, from all months of issue together,
 * and how habits change (a chain ladder of several states).
 *
 * Example: 100 points, 20 used in their first month, 8 of the 80 left in the next -> .2, .1.
 */
export function curveOf(table: Table): Curve {
  const ages = table.length / perAge
  const thereAt = new Float64Array(ages)
  const there = (age: number, habit: number) => {
    const at = cellAt(age, habit)
    let sum = table[at]! + table[at + place.lost]!
    for (let next = 0; next < habitCount; next++) sum += table[at + place.left + next]!
    return sum
  }
  for (let age = 0; age < ages; age++)
    for (let habit = 0; habit < habitCount; habit++) thereAt[age]! += there(age, habit)
  const enough = thinnest * (thereAt[0] ?? 0)
  let seenAges = 0
  while (seenAges < ages && thereAt[seenAges]! > enough) seenAges++
  const sharesOf = (habit: number, from: number, until: number): Shares => {
    const sum = new Float64Array(place.usedSquared)
    let all = 0
    const take = (age: number, habits: readonly number[]) => {
      for (const each of habits) {
        all += there(age, each)
        for (let at = 0; at < sum.length; at++) sum[at]! += table[cellAt(age, each) + at]!
      }
    }
    for (let age = from; age < until; age++) take(age, [habit])
    for (let step = 1; all < enough && step < seenAges; step++) {
      for (const age of [from - step, until - 1 + step]) if (age >= 0 && age < seenAges) take(age, [habit])
    }
    // A habit that nobody has had yet is told by all the others.
    if (all <= 0) for (let age = from; age < until; age++) take(age, everyHabit)
    const next = portions(habit => sum[place.left + habit]!)
    const used = all > 0 ? clamp(sum[place.used]! / all, 0, 1) : 0
    return {
      used,
      lost: all > 0 ? clamp(sum[place.lost]! / all, 0, 1 - used) : 0,
      next: next ?? everyHabit.map(each => (each === habit ? 1 : 0)),
    }
  }
  const shareUsedBefore = (age: number) => {
    let [used, all] = [0, 0]
    for (let each = Math.max(0, age - tailAges); each < age; each++) {
      for (const habit of everyHabit) used += table[cellAt(each, habit)]!
      all += thereAt[each]!
    }
    return all > 0 ? clamp(used / all, 0, 1) : 0
  }
  const [before, last] = [shareUsedBefore(seenAges - tailAges), shareUsedBefore(seenAges)]
  return {
    shares: Array.from({ length: seenAges + 1 }, (_, age) =>
      everyHabit.map(habit =>
        age < seenAges ? sharesOf(habit, age, age + 1) : sharesOf(habit, Math.max(0, seenAges - tailAges), seenAges),
      ),
    ),
    decay: seenAges > 2 * tailAges && before > 0 ? clamp((last / before) ** (1 / tailAges), 0.7, 1) : 1,
    fresh: portions(habit => there(0, habit)) ?? everyHabit.map(() => 0),
    seenAges,
  }
}

function sharesAt({ shares, seenAges, decay }: Curve, age: number): readonly Shares[] {
  if (age < seenAges) return shares[age]!
  // The last ages together tell of the one in their middle.
  const fallen = decay ** (age - seenAges + (tailAges + 1) / 2)
  return shares[seenAges]!.map(each => ({ ...each, used: each.used * fallen }))
}

/** Nobody is asked to look further ahead. */
const furthest = 240

export interface Standing {
  /** Points left, by the habit of their members. */
  readonly left: ArrayLike<number>
  /** The age that is running, and the part of its month that is over. */
  readonly age: number
  readonly elapsed: number
  /** The last age at which points of this month can be used; null: they never expire. */
  readonly lastAge: number | null
}

export interface Chance {
  readonly random: RandomSource
  readonly overdispersion: number
}

/** Lets points go on by one age; answers how many were used. */
function pass(left: Float64Array, shares: readonly Shares[], part: number, chance?: Chance): number {
  const before = left.slice()
  left.fill(0)
  let sum = 0
  for (let habit = 0; habit < habitCount; habit++) {
    const there = before[habit]!
    if (there <= 0) continue
    const { used: usedShare, lost: lostShare, next } = shares[habit]!
    let used = there * part * usedShare
    if (chance) {
      const spread = Math.sqrt(chance.overdispersion * used * (1 - part * usedShare))
      used = clamp(used + spread * normalDraw(chance.random), 0, there)
    }
    sum += used
    const rest = Math.max(0, there - used - there * part * lostShare)
    for (let after = 0; after < habitCount; after++) left[after]! += rest * next[after]!
  }
  return sum
}

const total = (of: Float64Array) => of.reduce((sum, each) => sum + each, 0)

/**
 * How many of the points that are left will still be used. With a source of chance: one way it may go, by as much overdispersion as
 * points that move together have.
 *
 * Example: 80 left at age 1, a tenth of them used, gone after age 1 -> 8.
 */
export function toCome(curve: Curve, standing: Standing, chance?: Chance): number {
  const end = Math.min(standing.lastAge ?? Number.POSITIVE_INFINITY, standing.age + furthest)
  const left = Float64Array.from(standing.left)
  let sum = 0
  for (let age = standing.age; age <= end && total(left) > 1e-3; age++) {
    const part = age === standing.age ? 1 - standing.elapsed : 1
    sum += pass(left, sharesAt(curve, age), part, chance)
  }
  return sum
}

/** New points, as many as that, by the habit of their members. */
export function freshPoints(curve: Curve, points: number): Float64Array {
  return Float64Array.from(curve.fresh, share => share * points)
}

/** Share of new points used by the end of each age, until `lastAge` or for as long as was seen and a year more. */
export function usedByAge(curve: Curve, lastAge: number | null): number[] {
  const last = Math.min(lastAge ?? curve.seenAges + 12, 120)
  const left = freshPoints(curve, 1)
  const shares: number[] = []
  let sum = 0
  for (let age = 0; age <= last; age++) {
    sum += pass(left, sharesAt(curve, age), 1)
    shares.push(Math.min(1, sum))
  }
  return shares
}

/**
 * How much more the use of points varies than if every point were used on its own: a member uses many at once. The sum of squared
 * distances of members from the curve, over what it would be.
 */
export function overdispersionOf(table: Table, curve: Curve): number {
  let squares = 0
  let variance = 0
  for (let age = 0; age < curve.seenAges; age++) {
    for (let habit = 0; habit < habitCount; habit++) {
      const at = cellAt(age, habit)
      const { used } = curve.shares[age]![habit]!
      let there = table[at]! + table[at + place.lost]!
      for (let next = 0; next < habitCount; next++) there += table[at + place.left + next]!
      squares +=
        table[at + place.usedSquared]! -
        2 * used * table[at + place.usedTimesThere]! +
        used * used * table[at + place.thereSquared]!
      variance += there * used * (1 - used)
    }
  }
  return variance > 0 ? Math.max(1, squares / variance) : 1
}

/** Curves as they might have come out had chance brought other members: groups of members drawn with replacement. */
export function* resampledCurves(
  { inGroups }: Pick<Histories, 'inGroups'>,
  { random, replicates }: { readonly random: RandomSource; readonly replicates: number },
): Generator<Curve> {
  const weights = new Float64Array(groups)
  const table = new Float64Array(inGroups[0]!.length)
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0)
    for (let draw = 0; draw < groups; draw++) weights[Math.floor(random() * groups)]!++
    table.fill(0)
    for (let group = 0; group < groups; group++) {
      const weight = weights[group]!
      const own = inGroups[group]!
      if (weight > 0) for (let at = 0; at < table.length; at++) table[at]! += weight * own[at]!
    }
    yield curveOf(table)
  }
}

/** The value below which a share of them lies. Example: `quantile([4, 1, 3, 2], .5)` -> 2.5. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  const place = share * (sorted.length - 1)
  const low = Math.floor(place)
  return sorted[low]! + (place - low) * ((sorted[low + 1] ?? sorted[low]!) - sorted[low]!)
}
