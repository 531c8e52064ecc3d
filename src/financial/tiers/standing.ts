import { addDays, type Day } from '#kernel/clock/index.ts'
import type { TierRules } from './rules.ts'

/** Something that counts toward a tier, on its day. */
export interface Counted {
  readonly on: Day
  readonly amount: number
}

/** A change of tier: -1 stands for none, 0 for the lowest. */
export interface Step {
  readonly on: Day
  readonly from: number
  readonly to: number
}

export interface Standing {
  readonly tier: number
  readonly sinceOn: Day | null
  /** What counts today. */
  readonly qualified: number
  /** Every change so far, oldest first. */
  readonly steps: readonly Step[]
  /** What will happen if nothing more is bought, and what bought in time would prevent it. */
  readonly drop: { readonly on: Day; readonly to: number; readonly missing: number } | null
}

/** The tier that an amount reaches. Example: thresholds 100 and 500: 99 -> -1, 100 -> 0, 499 -> 0, 500 -> 1. */
export function tierFor({ tiers }: Pick<TierRules, 'tiers'>, amount: number): number {
  return tiers.findLastIndex(tier => amount >= tier.atLeast)
}

/**
 * Where a customer stands on a day, worked out from the first purchase on: up as soon as a threshold is reached, down when it
 * has not been met for the days of grace. A pure function of what counts, so that the stored standing can always be checked.
 *
 * Example: ¥100 reaches the first tier, 12 months rolling, 30 days of grace: bought ¥100 on 2026-01-15, the tier is held to
 * 2027-02-13 and lost on 2027-02-14.
 */
export function standingOn(rules: TierRules, counted: readonly Counted[], today: Day): Standing {
  const amounts = amountsByDay(rules, counted)
  const state: State = { tier: -1, failsSince: null, steps: [] }
  let last = -1
  for (let index = 0; index < amounts.length && amounts[index]!.on <= today; index++) {
    fallUntil(rules, state, { until: amounts[index]!.on, amount: amounts[index - 1]?.amount ?? 0 })
    take(rules, state, amounts[index]!)
    last = index
  }
  const qualified = amounts[last]?.amount ?? 0
  fallUntil(rules, state, { until: addDays(today, 1), amount: qualified })
  const { tier, steps } = state
  const drop = nextDrop(rules, structuredClone(state), { amounts, last, qualified })
  return { tier, sinceOn: steps.at(-1)?.on ?? null, qualified, steps: [...steps], drop }
}

interface State {
  tier: number
  /** Since when the condition of the tier is not met. */
  failsSince: Day | null
  readonly steps: Step[]
}

interface Amount {
  readonly on: Day
  readonly amount: number
}

function take(rules: TierRules, state: State, { on, amount }: Amount): void {
  const reached = tierFor(rules, amount)
  if (reached > state.tier) {
    state.steps.push({ on, from: state.tier, to: reached })
    state.tier = reached
  }
  if (reached >= state.tier) state.failsSince = null
  else state.failsSince ??= on
  // Without grace the tier goes on the very day.
  fallUntil(rules, state, { until: addDays(on, 1), amount })
}

/** Falls that are due before a day, while the amount stays what it is. */
function fallUntil(rules: TierRules, state: State, { until, amount }: { until: Day; amount: number }): void {
  while (state.failsSince !== null) {
    const on = addDays(state.failsSince, rules.graceDays)
    if (on >= until) return
    const reached = tierFor(rules, amount)
    const to = rules.softLanding ? Math.max(reached, state.tier - 1) : reached
    state.steps.push({ on, from: state.tier, to })
    state.tier = to
    state.failsSince = reached >= to ? null : on
    // One step a day at most, or a landing without grace would be a fall.
    if (state.failsSince !== null && rules.graceDays === 0) state.failsSince = addDays(on, 1)
  }
}

function nextDrop(
  rules: TierRules,
  state: State,
  { amounts, last, qualified }: { amounts: readonly Amount[]; last: number; qualified: number },
): Standing['drop'] {
  const before = state.steps.length
  let amount = qualified
  for (let index = last + 1; index <= amounts.length; index++) {
    const next = amounts[index]
    fallUntil(rules, state, { until: next?.on ?? '9999-12-31', amount })
    if (state.steps.length === before && next) {
      take(rules, state, next)
      amount = next.amount
    }
    const fall = state.steps[before]
    if (fall && fall.to < fall.from) {
      return { on: fall.on, to: fall.to, missing: rules.tiers[fall.from]!.atLeast - amount }
    }
  }
  return null
}

/** What counts on each day on which that changes, the future of what was bought so far included. */
function amountsByDay(rules: TierRules, counted: readonly Counted[]): Amount[] {
  const { window } = rules
  if (window.kind === 'rolling') {
    const changes = new Map<Day, number>()
    for (const { on, amount } of counted) {
      const until = monthsLater(on, window.months)
      changes.set(on, (changes.get(on) ?? 0) + amount)
      changes.set(until, (changes.get(until) ?? 0) - amount)
    }
    let sum = 0
    return [...changes].sort(byDay).map(([on, change]) => {
      sum += change
      return { on, amount: sum }
    })
  }
  const months = monthsOf[window.kind]
  const days = new Map<Day, number>()
  const sums = new Map<number, number>()
  const best = (period: number) => Math.max(sums.get(period) ?? 0, sums.get(period - 1) ?? 0)
  const inOrder = counted.toSorted((one, other) => (one.on < other.on ? -1 : 1))
  for (const { on, amount } of inOrder) {
    const period = periodOf(on, months)
    sums.set(period, (sums.get(period) ?? 0) + amount)
    days.set(on, best(period))
  }
  for (const period of [...sums.keys()]) {
    for (const next of [period + 1, period + 2]) {
      const first = firstDayOf(next, months)
      // A purchase on the first day of a period already counts what came before it.
      if (!days.has(first)) days.set(first, bestOn(inOrder, first, months))
    }
  }
  return [...days].sort(byDay).map(([on, amount]) => ({ on, amount }))
}

const monthsOf = { 'calendar-quarter': 3, 'calendar-half-year': 6, 'calendar-year': 12 }

/** Periods of so many months, counted from the year nought. */
function periodOf(on: Day, months: number): number {
  return Math.floor((Number(on.slice(0, 4)) * 12 + Number(on.slice(5, 7)) - 1) / months)
}

function firstDayOf(period: number, months: number): Day {
  const month = period * months
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`
}

function bestOn(counted: readonly Counted[], on: Day, months: number): number {
  const period = periodOf(on, months)
  const of = (wanted: number) =>
    counted.reduce((sum, each) => (each.on <= on && periodOf(each.on, months) === wanted ? sum + each.amount : sum), 0)
  return Math.max(of(period), of(period - 1))
}

const byDay = (one: readonly [Day, number], other: readonly [Day, number]) => (one[0] < other[0] ? -1 : 1)

/** The same day so many months later; from a 31st into a shorter month, as many days into the next. */
function monthsLater(day: Day, months: number): Day {
  const count = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months
  const month = `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`
  return addDays(`${month}-01`, Number(day.slice(8, 10)) - 1)
}
