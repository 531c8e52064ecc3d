import { addDays, type Day, localDay, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { wilsonInterval } from '#statistics/index.ts'
import { weekdayOf } from './calendar.ts'
import { editionAt } from './cases.ts'
import type { Figures, PromiseEdition, ShownPromise } from './contract.ts'
import { proposalFor, quantileOf } from './improve.ts'
import { currencyOf } from './replay.ts'
import * as store from './store.ts'
import type { PromiseTerms } from './terms.ts'

/** The days that the figures look back. */
export const days = 90
const weeksShown = 13

interface Row {
  readonly promiseId: string
  readonly state: 'open' | 'kept' | 'broken'
  readonly at: Date
  /** Judged by a clock that the facts started; only of these can it be said how many were kept. */
  readonly isTimed: boolean
  readonly minutesTaken: number | null
  readonly merchant: string | null
  readonly reason: 'late' | 'missing' | 'reported' | 'claimed' | 'unanswered' | null
  readonly lateEvidence: string | null
  readonly detectedAt: Date | null
  readonly worthMinor: number | null
  readonly owed: 'paid' | 'owed' | 'retracted' | null
  readonly dueOn: Day | null
  readonly paidAt: Date | null
  readonly owedAt: Date | null
}

/** Cases that run, or that were decided since a day. What is still owed counts however old it is. */
async function readRows(queryable: Queryable, since: Date, promiseId: string | null): Promise<Row[]> {
  return await queryable.query<Row>(
    `select c.promise_id as "promiseId", c.state, coalesce(c.decided_at, c.started_at, c.due_at, $1) as at,
       c.due_at is not null as "isTimed", c.minutes_taken as "minutesTaken", c.merchant, c.reason,
       c.late_evidence as "lateEvidence", c.detected_at as "detectedAt", m.worth_minor as "worthMinor", m.state as owed,
       m.due_on as "dueOn", m.paid_at as "paidAt", m.owed_at as "owedAt"
     from guarantee.promise_case c
     left join guarantee.compensation m on m.party_id = c.party_id and m.case_id = c.case_id
     where ($2::uuid is null or c.promise_id = $2) and c.state <> 'void'
       and (c.state = 'open' or c.decided_at >= $1 or m.state = 'owed')`,
    [since, promiseId],
  )
}

interface Looking {
  readonly now: Date
  readonly today: Day
  readonly zone: string
  readonly since: Date
  readonly currency: string
}

async function lookingNow(house: House): Promise<Looking> {
  const { zone, currency } = await house.settings.business()
  const now = house.clock.now()
  const today = localDay(now, zone)
  return { now, today, zone, currency, since: startOfDay(addDays(today, 1 - days), zone) }
}

function figuresOf(rows: readonly Row[], looking: Looking, terms: PromiseTerms | null): Figures {
  const { today, zone, since } = looking
  const recent = rows.filter(row => row.state !== 'open' && row.at >= since)
  const kept = recent.filter(row => row.state === 'kept').length
  const brokenRows = recent.filter(row => row.state === 'broken')
  const broken = brokenRows.length
  const open = rows.filter(row => row.state === 'open').length
  const timed = recent.filter(row => row.isTimed)
  const interval = timed.length > 0 ? wilsonInterval(kept, timed.length) : null
  const minutes = recent.flatMap(row => (row.minutesTaken === null ? [] : [row.minutesTaken]))
  const seconds = brokenRows.flatMap(row =>
    row.paidAt && row.owedAt ? [(row.paidAt.getTime() - row.owedAt.getTime()) / 1000] : [],
  )
  const month = brokenRows.filter(row => row.detectedAt && localDay(row.detectedAt, zone).startsWith(today.slice(0, 7)))
  const costOf = (list: readonly Row[]) =>
    list.reduce((sum, row) => sum + (row.owed === 'retracted' ? 0 : (row.worthMinor ?? 0)), 0)
  const owed = rows.filter(row => row.owed === 'owed')
  const monthCostMinor = costOf(month)
  const budget = terms?.budgetPerMonthMinor ?? null
  return {
    given: kept + broken + open,
    open,
    kept,
    broken,
    keptRate: timed.length > 0 ? kept / timed.length : null,
    interval: interval && { from: interval.low, to: interval.high },
    weeks: Array.from({ length: weeksShown }, (_, week) => {
      const fromOn = addDays(today, -7 * (weeksShown - week) + 1)
      const untilOn = addDays(fromOn, 6)
      const inWeek = timed.filter(row => {
        const on = localDay(row.at, zone)
        return on >= fromOn && on <= untilOn
      })
      return inWeek.length > 0 ? inWeek.filter(row => row.state === 'kept').length / inWeek.length : null
    }),
    medianMinutes: median(minutes),
    medianPaidSeconds: median(seconds),
    costMinor: costOf(brokenRows),
    currency: (terms && currencyOf(terms)) ?? looking.currency,
    owed: owed.length,
    overdue: owed.filter(row => row.dueOn !== null && row.dueOn < today).length,
    monthCostMinor,
    isOverBudget: budget !== null && monthCostMinor > budget,
    lateEvidence: brokenRows.filter(row => row.lateEvidence !== null).length,
  }
}

function median(values: readonly number[]): number | null {
  return values.length > 0
    ? quantileOf(
        [...values].sort((one, other) => one - other),
        0.5,
      )
    : null
}

export function shownEdition({
  editionId,
  promiseId,
  number,
  terms,
  startsAt,
  publishedAt,
}: store.StoredEdition): PromiseEdition {
  const start = new Date(startsAt).toISOString()
  return { editionId, promiseId, number, terms, startsAt: start, publishedAt: publishedAt.toISOString() }
}

function shownPromise(editions: readonly store.StoredEdition[], rows: readonly Row[], looking: Looking): ShownPromise {
  const now = looking.now.getTime()
  const current = editionAt(editions, now) as store.StoredEdition | undefined
  const terms = current?.terms ?? null
  const figures = figuresOf(rows, looking, terms)
  const recent = rows.filter(row => row.state !== 'open' && row.at >= looking.since)
  const clock = terms?.judged.kind === 'timed' ? terms.judged.clock : null
  const begun = Math.min(...editions.map(each => each.startsAt))
  const observedDays = Math.max(1, Math.min(days, Math.ceil((now - begun) / 86_400_000)))
  return {
    promiseId: editions[0]!.promiseId,
    current: current?.terms ? shownEdition(current) : null,
    coming: editions.filter(each => each.startsAt > now).map(shownEdition),
    past: editions.filter(each => each.startsAt <= now && each !== current).map(shownEdition),
    figures,
    proposal: terms
      ? proposalFor(clock, {
          minutes: recent.flatMap(row => (row.minutesTaken === null ? [] : [row.minutesTaken])),
          neverEnded: recent.filter(row => row.isTimed && row.minutesTaken === null).length,
          kept: figures.kept,
          broken: recent.filter(row => row.isTimed && row.state === 'broken').length,
          costMinor: figures.costMinor ?? 0,
          days: observedDays,
          isOverBudget: figures.isOverBudget,
        })
      : null,
  }
}

/** All promises with their figures, and all together. Those that ended come last. */
export async function readPromises(house: House) {
  const looking = await lookingNow(house)
  const byPromise = Map.groupBy(await store.readEditions(house.database), each => each.promiseId)
  const rows = await readRows(house.database, looking.since, null)
  const rowsOf = Map.groupBy(rows, row => row.promiseId)
  const items = [...byPromise].map(([promiseId, editions]) =>
    shownPromise(editions, rowsOf.get(promiseId) ?? [], looking),
  )
  const isLive = ({ current, coming }: ShownPromise) =>
    Number(current === null) + Number(coming.length === 0 && current === null)
  return {
    todayOn: looking.today,
    days,
    items: items.sort((one, other) => isLive(one) - isLive(other)),
    total: figuresOf(rows, looking, null),
  }
}

/** One promise in depth: by reason, weekday and merchant. */
export async function readOne(house: House, promiseId: string) {
  const looking = await lookingNow(house)
  const editions = (await store.readEditions(house.database)).filter(each => each.promiseId === promiseId)
  if (editions.length === 0) throw refuse('not-found', 'guarantee:refusal.no-such-promise')
  const rows = await readRows(house.database, looking.since, promiseId)
  const recent = rows.filter(row => row.state !== 'open' && row.at >= looking.since)
  const reasons = Map.groupBy(
    recent.filter(row => row.reason !== null),
    row => row.reason!,
  )
  const counted = (list: readonly Row[]) => ({
    cases: list.length,
    broken: list.filter(row => row.state === 'broken').length,
  })
  const merchants = Map.groupBy(recent, row => row.merchant ?? '')
  return {
    promise: shownPromise(editions, rows, looking),
    byReason: [...reasons].map(([reason, list]) => ({ reason, broken: list.length })),
    byWeekday: [1, 2, 3, 4, 5, 6, 7].map(weekday =>
      counted(recent.filter(row => weekdayOf(localDay(row.at, looking.zone)) === weekday)),
    ),
    byMerchant: [...merchants]
      .map(([merchant, list]) => ({ merchant, ...counted(list) }))
      .sort((one, other) => other.broken - one.broken || (one.merchant < other.merchant ? -1 : 1))
      .slice(0, 20),
  }
}
