/**
 * What members did with their points, month by month. Whoever uses points often leaves few that are old, so who holds the rest
 * says more of them than their age: points are counted apart by the habit of their member at the time (a chain ladder of
 * several states, Aalen and Johansen 1978).
 */

/** A member's flows, six numbers each: vintage, month in which the ledger took it in, age, issued, used, lost. */
export interface MemberHistory {
  /** One of `groups`, dealt by chance. */
  readonly group: number
  readonly flows: ArrayLike<number>
}

export const groups = 64

/** New, used none within a year, used in one month of it, used in more. */
export const habitCount = 4
const newFor = 6
const lastYear = 0b1111_1111_1111

/**
 * The habit of a member at the beginning of a month: by the months since the first points, and by which of the last twelve saw
 * points used, one bit each.
 *
 * Example: first points eight months ago, used in one month since -> 2.
 */
export function habitOf(tenure: number, usedIn: number): number {
  if (tenure < newFor) return 0
  const uses = usedIn & lastYear
  return uses === 0 ? 1 : (uses & (uses - 1)) === 0 ? 2 : 3
}

/** For each age and habit: points used, lost and left to each habit of the next month; then squares of used and of there. */
export const place = { used: 0, lost: 1, left: 2, usedSquared: 6, usedTimesThere: 7, thereSquared: 8 } as const
const width = 9
export const perAge = habitCount * width
export type Table = Float64Array

export const cellAt = (age: number, habit: number) => age * perAge + habit * width

export interface Histories {
  readonly ages: number
  /** What is known at the end of a month of all months until it. */
  tableAt(month: number): Table
  /** The points left of a vintage by habit, as known at the end of a month or now. */
  leftAt(month: number, vintage: number): Float64Array
  /** What is known now, for each group of members. */
  readonly inGroups: readonly Table[]
}

interface Span {
  /** The month from which the ledger knew this, and the last in which it knew no more. */
  readonly from: number
  readonly to: number
}

/** `first` and `last`: the months whose knowledge is asked for; ages count until `lastOver`, the last month that is over. */
export function historiesOf(
  members: Iterable<MemberHistory>,
  { oldest, first, last, lastOver }: { oldest: number; first: number; last: number; lastOver: number },
): Histories {
  const ages = last - oldest + 1
  const tables = Array.from({ length: last - first + 1 }, () => new Float64Array(ages * perAge))
  const inGroups = Array.from({ length: groups }, () => new Float64Array(ages * perAge))
  const left = Array.from({ length: last - first + 1 }, () => new Float64Array(ages * habitCount))
  for (const { group, flows } of members) {
    for (const span of spansOf(flows, first, last)) {
      follow(flows, span, (month, vintage, habit, next, there, used, lost, after) => {
        const at = cellAt(month - vintage, habit)
        const held = (vintage - oldest) * habitCount
        if (month >= span.from) left[month - first]![held + (month > lastOver ? habit : next)]! += after
        if (month > lastOver) return
        add(tables[Math.max(month, span.from) - first]!, at, 1, next, there, used, lost, after)
        if (span.to < last) add(tables[span.to + 1 - first]!, at, -1, next, there, used, lost, after)
        else add(inGroups[group]!, at, 1, next, there, used, lost, after)
      })
    }
  }
  for (let month = 1; month < tables.length; month++) {
    const [before, table] = [tables[month - 1]!, tables[month]!]
    for (let at = 0; at < table.length; at++) table[at]! += before[at]!
  }
  return {
    ages,
    inGroups,
    tableAt: month => tables[month - first]!,
    leftAt: (month, vintage) =>
      left[month - first]!.subarray((vintage - oldest) * habitCount, (vintage - oldest + 1) * habitCount),
  }
}

function add(
  table: Table,
  at: number,
  sign: 1 | -1,
  next: number,
  there: number,
  used: number,
  lost: number,
  after: number,
): void {
  table[at + place.left + next]! += sign * after
  table[at + place.thereSquared]! += sign * there * there
  if (used === 0 && lost === 0) return
  table[at]! += sign * used
  table[at + place.lost]! += sign * lost
  table[at + place.usedSquared]! += sign * used * used
  table[at + place.usedTimesThere]! += sign * used * there
}

const fields = 6

/** What the ledger took in after its month changes what was known only from then on. */
function spansOf(flows: ArrayLike<number>, first: number, last: number): Span[] {
  const late = new Set<number>()
  for (let at = 0; at < flows.length; at += fields) {
    const posted = flows[at + 1]!
    if (posted > Math.max(first, flows[at]! + flows[at + 2]!)) late.add(posted)
  }
  if (late.size === 0) return [{ from: first, to: last }]
  const breaks = [...late].sort((one, other) => one - other)
  return [first, ...breaks].map((from, index) => ({ from, to: (breaks[index] ?? last + 1) - 1 }))
}

type Visit = (
  month: number,
  vintage: number,
  habit: number,
  next: number,
  there: number,
  used: number,
  lost: number,
  after: number,
) => void

/** Walks through a member's months, as far as the ledger knew of them at the end of a span. */
function follow(flows: ArrayLike<number>, { to }: Span, visit: Visit): void {
  const order: number[] = []
  for (let at = 0; at < flows.length; at += fields) if (flows[at + 1]! <= to) order.push(at)
  if (order.length === 0) return
  const monthOf = (at: number) => flows[at]! + flows[at + 2]!
  order.sort((one, other) => monthOf(one) - monthOf(other) || flows[one]! - flows[other]!)
  const lots: { vintage: number; there: number; used: number; lost: number }[] = []
  const joined = flows[order[0]!]!
  let [next, usedIn] = [0, 0]
  for (let month = joined; month <= to; month++) {
    let isUsed = 0
    for (; next < order.length && monthOf(order[next]!) === month; next++) {
      const at = order[next]!
      let lot = lots.find(each => each.vintage === flows[at])
      if (!lot) {
        lot = { vintage: flows[at]!, there: 0, used: 0, lost: 0 }
        lots.push(lot)
      }
      lot.there += flows[at + 3]!
      lot.used += flows[at + 4]!
      lot.lost += flows[at + 5]!
      if (flows[at + 4]! > 0) isUsed = 1
    }
    if (lots.length === 0 && next === order.length) return
    const habit = habitOf(month - joined, usedIn)
    usedIn = ((usedIn << 1) | isUsed) & lastYear
    const habitAfter = habitOf(month + 1 - joined, usedIn)
    let kept = 0
    for (const lot of lots) {
      const after = lot.there - lot.used - lot.lost
      visit(month, lot.vintage, habit, habitAfter, lot.there, lot.used, lot.lost, after)
      if (after === 0) continue
      lot.there = after
      lot.used = 0
      lot.lost = 0
      lots[kept++] = lot
    }
    lots.length = kept
  }
}
