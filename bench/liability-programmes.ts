import { curveOf, overdispersionOf, quantile, resampledCurves, toCome } from '#financial/liability/curve.ts'
import { groups, historiesOf, type MemberHistory } from '#financial/liability/habits.ts'
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
export function simulateProgramme({ members, months, lastAge }: Law, random: RandomSource): MemberHistory[] {
  const histories: MemberHistory[] = []
  const until = months + lastAge + 1
  for (let member = 0; member < members; member++) {
    const flows: number[] = []
    const tell = (vintage: number, month: number, what: readonly [issued: number, used: number, lost: number]) =>
      flows.push(vintage, month, month - vintage, ...what)
    const spend = 20 * gammaDraw(2, random)
    const isSaver = random() < 0.2
    const eagerness = isSaver ? 0 : Math.min(0.6, 0.12 * gammaDraw(1.5, random))
    const lots: { vintage: number; left: number }[] = []
    for (let month = 0; month < until; month++) {
      for (const lot of lots) {
        if (month - lot.vintage > lastAge && lot.left > 0) {
          tell(lot.vintage, month, [0, 0, lot.left])
          lot.left = 0
        }
      }
      if (month < months && random() < 0.6) {
        const points = 1 + Math.floor(spend * 2 * random())
        lots.push({ vintage: month, left: points })
        tell(month, month, [points, 0, 0])
      }
      if (random() < eagerness) {
        let wanted = Math.floor(lots.reduce((sum, lot) => sum + lot.left, 0) * (0.3 + 0.7 * random()))
        for (const lot of lots) {
          const used = Math.min(wanted, lot.left)
          if (used > 0) tell(lot.vintage, month, [0, used, 0])
          lot.left -= used
          wanted -= used
        }
      }
    }
    histories.push({ group: member % groups, flows })
  }
  return histories
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
    const everybody = simulateProgramme({ members, months, lastAge }, seeded(seed * 1000 + programme))
    const lastMonth = months - 1
    const vintage = lastMonth - 11
    const now = sumsOf(everybody, vintage, lastMonth)
    const truth = sumsOf(everybody, vintage, Number.POSITIVE_INFINITY).redeemed
    const range = { oldest: 0, first: lastMonth, last: lastMonth, lastOver: lastMonth }
    const histories = historiesOf(everybody, range)
    const standing = { left: histories.leftAt(lastMonth, vintage), age: 12, elapsed: 0, lastAge }
    const table = histories.tableAt(lastMonth)
    const curve = curveOf(table)
    const overdispersion = overdispersionOf(table, curve)
    const random = seeded(programme + 1)
    const ways: number[] = []
    for (const drawn of resampledCurves(histories, { random, replicates: 200 })) {
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

/** What was issued of a vintage, and what of it used, until a month. */
function sumsOf(members: readonly MemberHistory[], vintage: number, until: number) {
  let [issued, redeemed] = [0, 0]
  for (const { flows } of members) {
    for (let at = 0; at < flows.length; at += 6) {
      if (flows[at] !== vintage || flows[at + 1]! > until) continue
      issued += flows[at + 3]!
      redeemed += flows[at + 4]!
    }
  }
  return { issued, redeemed }
}
