import type { Day } from '#kernel/clock/index.ts'
import type { CustomerType } from './contract.ts'
import type { DueDays } from './due-days.ts'

/**
 * Four purchase days make three gaps, and three gaps say more about a customer than what is known of everybody (which
 * weighs as much as two). Of those who bought a first, second, third and fourth time, 38, 56, 70 and 76 in 100 bought
 * again within half a year at CDNOW, 58, 75, 82 and 87 in a grocery, 60, 70, 79 and 82 in Online Retail II: the climb is
 * steep up to the third and flat from the fourth.
 */
const fewestDaysOfHabit = 4

/**
 * What a customer is today, from counts and the three stored days alone. Prospect: bought nothing yet. First-time: bought
 * on one day. Building: bought on two or three days, in rhythm as far as one can tell. Loyal: bought on four days or more
 * and is within the own rhythm. Drifting: later than nine in ten gaps would be. Dormant: later than 97 in 100, and twice
 * the usual gap. Lost: later than 99 in 100, and five times the usual gap.
 *
 * Example: 11 purchase days, late since 3 March, dormant from 20 April; on 1 April the customer is drifting.
 */
export function typeOf(state: DueDays & { readonly purchaseDays: number }, today: Day): CustomerType {
  if (state.purchaseDays === 0) return 'prospect'
  if (state.lostOn !== null && state.lostOn <= today) return 'lost'
  if (state.dormantOn !== null && state.dormantOn <= today) return 'dormant'
  if (state.lateOn !== null && state.lateOn <= today) return 'drifting'
  if (state.purchaseDays === 1) return 'first-time'
  return state.purchaseDays < fewestDaysOfHabit ? 'building' : 'loyal'
}

/** The same rule in SQL over `rhythm.state s`, which may be missing; `today` is a placeholder such as `$1`. */
export function typeSql(today: string): string {
  return `case when coalesce(s.purchase_days, 0) = 0 then 'prospect'
    when s.lost_on <= ${today} then 'lost' when s.dormant_on <= ${today} then 'dormant'
    when s.late_on <= ${today} then 'drifting' when s.purchase_days = 1 then 'first-time'
    when s.purchase_days < ${fewestDaysOfHabit} then 'building' else 'loyal' end`
}

/**
 * Later than usual: past nine in ten of the own gaps and not yet lost. Who is lost needs winning back, not a warning.
 */
export function isLate(state: DueDays, today: Day): boolean {
  return state.lateOn !== null && state.lateOn <= today && (state.lostOn === null || state.lostOn > today)
}

export function lateSql(today: string): string {
  return `(s.late_on <= ${today} and s.lost_on > ${today})`
}

/**
 * A condition for another room's query: the party is of this type on that day. All three are columns or placeholders, as
 * in `isOfTypeSql('e.party_id', '$4', '$5')`.
 */
export function isOfTypeSql(party: string, type: string, today: string): string {
  return `exists (select 1 from rhythm.state s where s.party_id = ${party} and (${typeSql(today)}) = ${type})`
}
