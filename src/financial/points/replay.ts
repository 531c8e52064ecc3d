import { addDays, type Day, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type Earning, type Edition, earningsOf, type Ground, type Member } from './earn.ts'
import { groundOf, membersOf } from './reconcile.ts'
import { type PointsRules, worthOf } from './rules.ts'

/** Rules looked at as if they had been in force, and what came of them. */
export interface Replay {
  readonly customers: number
  readonly purchases: number
  readonly spendMinor: number
  readonly earningCustomers: number
  /** Given, then what refunds took back, then what is left and still good on the last day, if nobody had used any. */
  readonly points: number
  readonly takenBack: number
  readonly expired: number
  readonly outstanding: number
  readonly byRule: Readonly<Record<string, number>>
}

/** One customer under both sets of rules. */
export interface Moved {
  readonly partyId: string
  readonly points: number
  readonly before: number
}

export interface Comparison {
  readonly now: Replay
  /** The rules in force today over the same days; null where there are none. */
  readonly before: Replay | null
  readonly more: number
  readonly same: number
  readonly fewer: number
  readonly winners: readonly Moved[]
  readonly losers: readonly Moved[]
}

/** Between two pages others are answered: a till beside a what-if waits for one page at most. */
const pageSize = 500
const shown = 5

/**
 * What rules would have given, had they been in force from one day to another: the same pure rules that post live, over the
 * real history, read in pages and written nowhere.
 *
 * Example: 1 point per ¥10 over last year's orders of ¥830,000 -> 83,000 points less what their rounding left.
 */
export async function replay(
  house: House,
  rules: { readonly draft: PointsRules; readonly current: PointsRules | null; readonly zone: string },
  days: { readonly fromOn: Day; readonly untilOn: Day },
): Promise<Comparison> {
  const { zone } = rules
  const startsAt = startOfDay(days.fromOn, zone).getTime()
  const endsAt = startOfDay(addDays(days.untilOn, 1), zone).getTime()
  const edition = (given: PointsRules): Edition => ({ editionId: '', startsAt, zone, rules: given })
  const draft = sumUp(rules.draft)
  const current = rules.current && sumUp(rules.current)
  const moved: Moved[] = []
  let [more, same, fewer] = [0, 0, 0]
  await house.database.transaction(async transaction => {
    const groundNow = await groundOf(transaction, [edition(rules.draft)])
    const groundBefore = rules.current && (await groundOf(transaction, [edition(rules.current)]))
    for await (const partyIds of pagesOfParties(transaction)) {
      for (const [partyId, whole] of await membersOf(house, transaction, partyIds, zone)) {
        const member = upTo(whole, endsAt)
        if (!member.purchases.some(purchase => purchase.at >= startsAt)) continue
        const points = draft.add(member, groundNow, { startsAt, endsAt })
        if (!current || !groundBefore) continue
        const before = current.add(member, groundBefore, { startsAt, endsAt })
        if (points === before) same++
        else {
          if (points > before) more++
          else fewer++
          moved.push({ partyId, points, before })
          if (moved.length > 5000) keepOutermost(moved)
        }
      }
    }
  })
  keepOutermost(moved)
  return {
    now: draft.result,
    before: current?.result ?? null,
    more,
    same,
    fewer,
    winners: moved.filter(each => each.points > each.before).slice(0, shown),
    losers: moved
      .filter(each => each.points < each.before)
      .slice(-shown)
      .reverse(),
  }
}

/** Those who win most first, those who lose most last, nobody between. */
function keepOutermost(moved: Moved[]): void {
  moved.sort(
    (one, other) => other.points - other.before - (one.points - one.before) || (one.partyId < other.partyId ? -1 : 1),
  )
  if (moved.length > 2 * shown) moved.splice(shown, moved.length - 2 * shown)
}

async function* pagesOfParties(queryable: Queryable): AsyncIterable<string[]> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const rows = await queryable.query<{ partyId: string }>(
      'select party_id as "partyId" from parties.party where party_id > $1 order by party_id limit $2',
      [after, pageSize],
    )
    if (rows.length === 0) return
    yield rows.map(row => row.partyId)
    after = rows.at(-1)!.partyId
  }
}

function upTo(member: Member, endsAt: number): Member {
  const { purchases } = member
  if (purchases.length === 0 || purchases.at(-1)!.at < endsAt) return member
  return { ...member, purchases: purchases.filter(purchase => purchase.at < endsAt) }
}

interface Span {
  readonly startsAt: number
  readonly endsAt: number
}

function sumUp(rules: PointsRules) {
  const used = new Map<string, number>()
  const result = {
    customers: 0,
    purchases: 0,
    spendMinor: 0,
    earningCustomers: 0,
    points: 0,
    takenBack: 0,
    expired: 0,
    outstanding: 0,
    byRule: {} as Record<string, number>,
  }
  return {
    result,
    add(member: Member, ground: Ground, { startsAt, endsAt }: Span): number {
      result.customers++
      for (const purchase of member.purchases) {
        if (purchase.at < startsAt || purchase.currency !== rules.currency) continue
        result.purchases++
        result.spendMinor += purchase.amountMinor - purchase.refundedMinor
      }
      let sum = 0
      for (const earning of earningsOf(ground, member)) {
        const points = withinBudgets(earning, used)
        const kept = Math.max(0, earning.kept - (earning.points - points))
        result.points += points
        result.takenBack += points - kept
        if (earning.expiresAt !== null && earning.expiresAt <= endsAt) result.expired += kept
        else result.outstanding += kept
        result.byRule[earning.ruleId] = (result.byRule[earning.ruleId] ?? 0) + kept
        sum += kept
      }
      if (sum > 0) result.earningCustomers++
      return sum
    },
  }
}

/** Budgets are spent customer by customer here, not in the order of time: their sum is right, who got it is not. */
function withinBudgets(earning: Earning, used: Map<string, number>): number {
  const room = earning.budgets.map(({ key, limit }) => Math.max(0, limit - (used.get(key) ?? 0)))
  const points = Math.min(earning.points, ...room)
  for (const { key } of earning.budgets) used.set(key, (used.get(key) ?? 0) + points)
  return points
}

/** What a replay would have cost: all that was kept, at its worth. */
export function costMinor(replayed: Replay, rules: PointsRules): number {
  return worthOf(replayed.points - replayed.takenBack, rules)
}
