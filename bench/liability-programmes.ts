import {
  type Cell,
  curveOf,
  groups,
  overdispersionOf,
  quantile,
  resampledCurves,
  toCome,
} from '#financial/liability/curve.ts'
import { gammaDraw, type RandomSource, seeded } from '#statistics/index.ts'

/** The law by which points are used: known, so that a forecast can be held against it. */
export interface Law {
  readonly members: number
  /** Months that the programme has run when it is asked. */
  readonly months: number
  /** Points expire at the end of this age. */
  readonly lastAge: number
}

/**
 * A programme whose law is known: members earn every month, and whoever is in the mood for it, which differs from member to
 * member, uses some of what they have, the oldest first. Some never use any.
 */
export function simulateProgramme({ members, months, lastAge }: Law, random: RandomSource): Cell[] {
  const cells = new Map<string, Cell>()
  const at = (vintage: number, age: number, group: number): Cell => {
    const key = `${vintage} ${age} ${group}`
    let cell = cells.get(key)
    if (!cell) {
      cell = { vintage, age, group, issued: 0, redeemed: 0, lost: 0 }
      cells.set(key, cell)
    }
    return cell
  }
  const until = months + lastAge + 1
  for (let member = 0; member < members; member++) {
    const group = member % groups
    const spend = 20 * gammaDraw(2, random)
    const isSaver = random() < 0.2
    const eagerness = isSaver ? 0 : Math.min(0.6, 0.12 * gammaDraw(1.5, random))
    const lots: { vintage: number; left: number }[] = []
    for (let month = 0; month < until; month++) {
      for (const lot of lots) {
        if (month - lot.vintage > lastAge && lot.left > 0) {
          at(lot.vintage, month - lot.vintage, group).lost += lot.left
          lot.left = 0
        }
      }
      if (month < months && random() < 0.6) {
        const points = 1 + Math.floor(spend * 2 * random())
        lots.push({ vintage: month, left: points })
        at(month, 0, group).issued += points
      }
      if (random() < eagerness) {
        let wanted = Math.floor(lots.reduce((sum, lot) => sum + lot.left, 0) * (0.3 + 0.7 * random()))
        for (const lot of lots) {
          const used = Math.min(wanted, lot.left)
          if (used > 0) at(lot.vintage, month - lot.vintage, group).redeemed += used
          lot.left -= used
          wanted -= used
        }
      }
    }
  }
  return [...cells.values()]
}

export interface BackTest {
  readonly programmes: number
  /** Mean distance between the share foretold and the share that came, of points issued a year before the forecast. */
  readonly meanError: number
  readonly worstError: number
  readonly bias: number
  /** Share of programmes whose outcome lay in the 90 % interval. */
  readonly covered: number
}

/** Foretells, for the points of a month that lies a year back, how many will ever be used, and waits for what happens. */
export function backTest({
  programmes,
  seed,
  members = 600,
  months = 30,
  lastAge = 24,
}: {
  readonly programmes: number
  readonly seed: number
} & Partial<Law>): BackTest {
  const errors: number[] = []
  let covered = 0
  for (let programme = 0; programme < programmes; programme++) {
    const cells = simulateProgramme({ members, months, lastAge }, seeded(seed * 1000 + programme))
    const lastMonth = months - 1
    const known = cells.filter(cell => cell.vintage + cell.age <= lastMonth)
    const vintage = lastMonth - 11
    const sums = (of: readonly Cell[]) =>
      of.reduce(
        (sum, cell) =>
          cell.vintage === vintage
            ? { issued: sum.issued + cell.issued, redeemed: sum.redeemed + cell.redeemed, lost: sum.lost + cell.lost }
            : sum,
        { issued: 0, redeemed: 0, lost: 0 },
      )
    const now = sums(known)
    const truth = sums(cells).redeemed
    const standing = { left: now.issued - now.redeemed - now.lost, age: 12, elapsed: 0, lastAge }
    const curve = curveOf(known, lastMonth)
    const overdispersion = overdispersionOf(known, curve, lastMonth)
    const random = seeded(programme + 1)
    const ways: number[] = []
    for (const drawn of resampledCurves(known, lastMonth, { random, replicates: 200 })) {
      ways.push(now.redeemed + toCome(drawn, standing, { random, overdispersion }))
    }
    errors.push((now.redeemed + toCome(curve, standing) - truth) / now.issued)
    if (truth >= quantile(ways, 0.05) && truth <= quantile(ways, 0.95)) covered++
  }
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length
  return {
    programmes,
    meanError: mean(errors.map(Math.abs)),
    worstError: Math.max(...errors.map(Math.abs)),
    bias: mean(errors),
    covered: covered / programmes,
  }
}
