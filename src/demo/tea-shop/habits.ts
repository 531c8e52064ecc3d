import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import type { Chance } from '../chance.ts'
import { type Festivals, openDay, seasonOf } from './calendar.ts'

/** How somebody lives with the shop: how often, how steadily, and how easily they stay away for good. */
export interface Habit {
  readonly kind: 'weekly' | 'fortnightly' | 'monthly' | 'quarterly' | 'festive' | 'passing'
  readonly gapDays: number
  readonly steadiness: number
  /** Chance, after each visit, that it was the last one. */
  readonly leaves: number
}

const kinds = [
  { kind: 'weekly', share: 11, low: 6, high: 10, steadiness: 5, leaves: 0.012 },
  { kind: 'fortnightly', share: 18, low: 12, high: 19, steadiness: 4, leaves: 0.026 },
  { kind: 'monthly', share: 31, low: 24, high: 40, steadiness: 4, leaves: 0.055 },
  { kind: 'quarterly', share: 14, low: 65, high: 110, steadiness: 3, leaves: 0.1 },
  { kind: 'festive', share: 12, low: 0, high: 0, steadiness: 1, leaves: 0.06 },
  { kind: 'passing', share: 14, low: 30, high: 200, steadiness: 1, leaves: 0.75 },
] as const

export function habitOf(chance: Chance): Habit {
  const { kind, low, high, steadiness, leaves } = chance.weighted(kinds, each => each.share)
  return { kind, gapDays: chance.between(low, high), steadiness, leaves }
}

/** Everybody's visits up to a day, and whether the last of them was a farewell. */
export interface Visits {
  readonly days: readonly Day[]
  readonly hasLeft: boolean
}

/**
 * The days on which somebody comes, from a first day until the last one told. Gaps shrink before the festivals and stretch
 * in the summer heat; a festive customer comes for the gifts and the first spring tea only.
 */
export function visitsOf(habit: Habit, first: Day, until: Day, festivals: Festivals, chance: Chance): Visits {
  const days: Day[] = []
  let day = openDay(first, festivals)
  while (day <= until) {
    days.push(day)
    if (chance.happens(habit.leaves)) return { days, hasLeft: true }
    day = openDay(nextVisit(habit, day, festivals, chance), festivals)
  }
  return { days, hasLeft: false }
}

function nextVisit(habit: Habit, day: Day, festivals: Festivals, chance: Chance): Day {
  if (habit.kind === 'festive') return nextOccasion(day, festivals, chance)
  const season = seasonOf(day, festivals)
  const pace = season === 'new-year' || season === 'mid-autumn' ? 0.85 : season === 'summer' ? 1.12 : 1
  return addDays(day, Math.max(1, Math.round(chance.span(habit.gapDays * pace, habit.steadiness))))
}

/** Mostly the next occasion of the year, sometimes the one after. */
function nextOccasion(day: Day, { newYears, midAutumns }: Festivals, chance: Chance): Day {
  const springs = newYears.map(festival => `${festival.slice(0, 4)}-04-08`)
  const occasions = [
    ...newYears.map(each => addDays(each, -4)),
    ...midAutumns.map(each => addDays(each, -4)),
    ...springs,
  ]
    .filter(each => dayNumber(each) - dayNumber(day) > 25)
    .sort()
  const chosen = occasions[chance.happens(0.85) ? 0 : 1] ?? addDays(day, 150)
  return addDays(chosen, -chance.whole(0, 14))
}
