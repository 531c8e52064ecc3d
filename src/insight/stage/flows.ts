import { readSituation } from '#insight/rhythm/index.ts'
import { addDays, type Day, daysBetween, startOfDay } from '#kernel/clock/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { type Stage, stage } from './contract.ts'

export type Counts = Record<Stage, number>

export const noCounts = (): Counts => Object.fromEntries(stage.options.map(each => [each, 0])) as Counts

export interface Flow {
  readonly from: Stage
  readonly to: Stage
  readonly customers: number
  readonly spentBeforeMinor: number | null
  readonly spentSinceMinor: number | null
}

/**
 * Everybody who had bought by the second day: where they stood on the first and where on the second. Whoever had not
 * bought by the first comes from `prospect`, so the flows out of a stage add up to its count before, and the flows into one
 * to its count after.
 */
export async function flowBetween(
  house: House,
  { from, to, money }: { readonly from: Day; readonly to: Day; readonly money: boolean },
) {
  const { asOfOn, history, zone, currency } = await readSituation(house)
  const toOn = to > asOfOn ? asOfOn : to
  if (from >= toOn) throw refuse('invalid', 'stage:refusal.days', { from, to: toOn })
  const window = { from, toOn, zone, currency }
  const flows = money ? await flowsWithSpend(house.database, window) : await flowsAlone(house.database, window)
  const before = noCounts()
  const after = noCounts()
  for (const flow of flows) {
    if (flow.from !== 'prospect') before[flow.from] += flow.customers
    after[flow.to] += flow.customers
  }
  return { reading: { asOfOn, history }, fromOn: from, toOn, currency, before, after, flows }
}

interface Window {
  readonly from: Day
  readonly toOn: Day
  readonly zone: string
  readonly currency: string
}

/** Where each customer stood on both days: the last step up to it. */
const stood = `select c.party_id,
    (array_agg(c.to_stage order by c.changed_on desc) filter (where c.changed_on <= $1))[1] as from_stage,
    (array_agg(c.to_stage order by c.changed_on desc))[1] as to_stage
  from stage.change c where c.changed_on <= $2 group by c.party_id`

async function flowsAlone(queryable: Queryable, { from, toOn }: Window): Promise<Flow[]> {
  const rows = await queryable.query<{ from: Stage; to: Stage; customers: number }>(
    `select coalesce(from_stage, 'prospect') as from, to_stage as to, count(*) as customers
     from (${stood}) as stood group by 1, 2 order by 1, 2`,
    [from, toOn],
  )
  return rows.map(row => ({ ...row, spentBeforeMinor: null, spentSinceMinor: null }))
}

/**
 * The same with what these customers spent, refunds taken off, in the same span before the first day and since. A
 * correction carries the time of what it corrects or a later one, so it is looked for in the same span.
 */
async function flowsWithSpend(queryable: Queryable, { from, toOn, zone, currency }: Window): Promise<Flow[]> {
  const startsOn = addDays(from, -daysBetween(from, toOn))
  const rows = await queryable.query<{ from: Stage; to: Stage; customers: number; before: number; since: number }>(
    `with stood as (${stood}),
     moved as (
       select e.party_id, e.occurred_at, e.event_id, e.payload ->> 'replaces' as replaces,
         case e.kind when 'purchase.recorded' then 1 else -1 end * (e.payload ->> 'amountMinor')::int8 as amount
       from events.event e
       where e.kind in ('purchase.recorded', 'refund.recorded') and e.occurred_at >= $3 and e.occurred_at < $5
         and e.payload ->> 'currency' = $6),
     spent as (
       select m.party_id, sum(m.amount) filter (where m.occurred_at < $4) as before,
         sum(m.amount) filter (where m.occurred_at >= $4) as since
       from moved m where m.event_id not in (select replaces::uuid from moved where replaces is not null)
       group by m.party_id)
     select coalesce(s.from_stage, 'prospect') as from, s.to_stage as to, count(*) as customers,
       coalesce(sum(p.before), 0)::int8 as before, coalesce(sum(p.since), 0)::int8 as since
     from stood s left join spent p on p.party_id = s.party_id group by 1, 2 order by 1, 2`,
    [
      from,
      toOn,
      startOfDay(addDays(startsOn, 1), zone),
      startOfDay(addDays(from, 1), zone),
      startOfDay(addDays(toOn, 1), zone),
      currency,
    ],
  )
  return rows.map(({ before, since, ...flow }) => ({ ...flow, spentBeforeMinor: before, spentSinceMinor: since }))
}

/** Counts at the end of each of these days, oldest first: all steps up to it, added up. */
export async function countsOn(queryable: Queryable, days: readonly Day[]): Promise<Counts[]> {
  const rows = await queryable.query<{ changed_on: Day; from: Stage; to: Stage; count: number }>(
    `select changed_on, from_stage as from, to_stage as to, count(*) as count from stage.change
     where changed_on <= $1 group by 1, 2, 3 order by 1`,
    [days.at(-1)],
  )
  const counts = noCounts()
  let next = 0
  return days.map(day => {
    for (; next < rows.length && rows[next]!.changed_on <= day; next++) {
      const { from, to, count } = rows[next]!
      if (from !== 'prospect') counts[from] -= count
      counts[to] += count
    }
    return { ...counts }
  })
}

/** First day on which anybody bought. */
export async function firstDay(queryable: Queryable): Promise<Day | null> {
  const [row] = await queryable.query<{ first: Day | null }>('select min(changed_on) as first from stage.change')
  return row?.first ?? null
}

/**
 * The days at whose end the base is counted: month by month, or week by week while it is younger than half a year; the
 * last is the reading day.
 *
 * Example: from 2026-01-10 to 2026-11-21 -> 2026-01-31, 2026-02-28, ..., 2026-10-31, 2026-11-21.
 */
export function countingDays(firstOn: Day, asOfOn: Day, months: number): Day[] {
  const earliest = monthsBefore(asOfOn, months)
  const from = firstOn > earliest ? firstOn : earliest
  const days: Day[] = []
  if (daysBetween(from, asOfOn) <= 184) {
    for (let day = asOfOn; day >= from; day = addDays(day, -7)) days.unshift(day)
    return days
  }
  for (let first = nextMonth(from); first <= asOfOn; first = nextMonth(first)) days.push(addDays(first, -1))
  return days.at(-1) === asOfOn ? days : [...days, asOfOn]
}

function nextMonth(day: Day): Day {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))]
  return month === 12 ? `${year + 1}-01-01` : `${day.slice(0, 5)}${String(month + 1).padStart(2, '0')}-01`
}

function monthsBefore(day: Day, months: number): Day {
  const month = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 - months
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`
}
