import { addDays, type Day } from '#kernel/clock/index.ts'
import { type CnbdKParameters, mbgCnbdK } from '#statistics/index.ts'
import type { RhythmState } from './fold.ts'

/** How sure we want to be that this gap is longer than the customer's own: nine gaps in ten are shorter than `late`. */
const quantiles = { windowFrom: 0.25, middle: 0.5, windowTo: 0.75, late: 0.9, dormant: 0.97, lost: 0.99 } as const

/**
 * Where customers come like clockwork, 97 and 99 in 100 gaps are hardly longer than the usual one, and nobody is lost
 * after five weeks because four were usual: so dormant also needs twice and lost five times the middle gap.
 */
const fewestGaps = { dormant: 2, lost: 5 } as const

/** Three purchases make two gaps; below that no gap is the customer's own habit (SCIENCE: eligible when x >= 2). */
export const fewestPurchaseDays = 3

/** A quantile of a customer seen once can lie centuries ahead; the calendar ends it after a hundred years. */
const longestDays = 36_525

export type DueSpans = { readonly [name in keyof typeof quantiles]: number }

/**
 * The quantile of the next gap is `odds(x) * (alpha + t_x)`, and the odds depend on the number of gaps alone: a table of
 * them serves a million customers with one multiplication each, here and in SQL alike.
 */
export function dueTable(parameters: CnbdKParameters): (gaps: number) => DueSpans {
  const known: DueSpans[] = []
  const spansOf = (gaps: number): DueSpans => {
    const scale = parameters.alpha + alike(gaps).recency
    const odds = Object.fromEntries(
      Object.entries(quantiles).map(([name, p]) => [
        name,
        mbgCnbdK.nextPurchaseQuantile(parameters, alike(gaps), p) / scale,
      ]),
    ) as DueSpans
    return {
      ...odds,
      dormant: Math.max(odds.dormant, fewestGaps.dormant * odds.middle),
      lost: Math.max(odds.lost, fewestGaps.lost * odds.middle),
    }
  }
  return gaps => {
    known[gaps] ??= spansOf(gaps)
    return known[gaps]
  }
}

/** Any customer with so many gaps: the odds are the same for all of them. */
function alike(gaps: number) {
  return { purchases: gaps, recency: gaps, observed: gaps }
}

export interface DueDays {
  readonly lateOn: Day | null
  readonly dormantOn: Day | null
  readonly lostOn: Day | null
}

/** The first day that is longer after the last purchase than `days`. `dayPast('2026-03-01', 61.4)` is `2026-05-02`. */
export function dayPast(lastOn: Day, days: number): Day {
  return addDays(lastOn, Math.floor(Math.min(days, longestDays)) + 1)
}

/** The day nearest to `days` after the last purchase. `dayAt('2026-03-01', 23.6)` is `2026-03-25`. */
export function dayAt(lastOn: Day, days: number): Day {
  return addDays(lastOn, Math.round(Math.min(days, longestDays)))
}

/**
 * The days on which a customer will become late, dormant and lost if nothing is bought. They are stored, so that the
 * daily run reads an index instead of the base.
 */
export function dueDays(state: RhythmState, table: (gaps: number) => DueSpans, alpha: number): DueDays {
  if (state.lastOn === null) return { lateOn: null, dormantOn: null, lostOn: null }
  const odds = table(state.purchaseDays - 1)
  const scale = alpha + state.gapDaysSum
  return {
    lateOn: state.purchaseDays < fewestPurchaseDays ? null : dayPast(state.lastOn, odds.late * scale),
    dormantOn: dayPast(state.lastOn, odds.dormant * scale),
    lostOn: dayPast(state.lastOn, odds.lost * scale),
  }
}

/** The same days in SQL, for the rows of `rhythm.state s` joined with a table `o` of odds; tests hold the two together. */
export const dueDaysSql = {
  lateOn: `case when s.purchase_days >= ${fewestPurchaseDays} then ${dayPastSql('o.late')} end`,
  dormantOn: dayPastSql('o.dormant'),
  lostOn: dayPastSql('o.lost'),
}

function dayPastSql(odds: string): string {
  return `s.last_on + (floor(least(${odds} * ($1::float8 + s.gap_days_sum), ${longestDays}))::int + 1)`
}
