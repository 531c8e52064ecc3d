import { addDays, type Day, daysBetween } from '#kernel/clock/index.ts'
import type { Database } from '#kernel/database/index.ts'
import { type CnbdKParameters, type Columns, historyAt, mbgCnbdK } from '#statistics/index.ts'
import type { PastForecast } from './calibration.ts'
import { purchaseDaysOf } from './purchase-days.ts'

/** Growing columns of numbers: one row per customer, four numbers each, whatever the size of the base. */
export interface Histories {
  readonly purchases: number[]
  readonly recency: number[]
  readonly observed: number[]
  readonly logGapSum: number[]
}

export function columnsOf(histories: Histories): Columns {
  return {
    purchases: Float64Array.from(histories.purchases),
    recency: Float64Array.from(histories.recency),
    observed: Float64Array.from(histories.observed),
    logGapSum: Float64Array.from(histories.logGapSum),
  }
}

export function noHistories(): Histories {
  return { purchases: [], recency: [], observed: [], logGapSum: [] }
}

function add(histories: Histories, gaps: number, gapDaysSum: number, logGapSum: number, silentDays: number): void {
  histories.purchases.push(gaps)
  histories.recency.push(gapDaysSum)
  histories.observed.push(gapDaysSum + silentDays)
  histories.logGapSum.push(logGapSum)
}

/**
 * A fair part of the base: every party whose id falls into the first of `parts` shares, so that two reads of it meet the
 * same customers. Thirty thousand fix the five parameters to three digits in a quarter of a second; more would keep the
 * server from answering.
 */
const largestSample = 30_000
const inShare = (parts: string) => `(hashtext(s.party_id::text) & 2147483647) % ${parts} = 0`

interface HistoryRow {
  readonly party_id: string
  readonly purchase_days: number
  readonly gap_days_sum: number
  readonly log_gap_sum: number
  readonly last_on: Day
}

async function sharesOf(database: Database, onOrBefore: Day): Promise<{ customers: number; parts: number }> {
  const [row] = await database.query<{ customers: number }>(
    'select count(*) as customers from rhythm.state where first_on <= $1',
    [onOrBefore],
  )
  const customers = row!.customers
  return { customers, parts: Math.max(1, Math.ceil(customers / largestSample)) }
}

/** The base as it stands on a day. */
export async function historiesOn(database: Database, asOfOn: Day) {
  const { customers, parts } = await sharesOf(database, asOfOn)
  const histories = noHistories()
  await database.transaction(async transaction => {
    const pages = transaction.pages<HistoryRow>(
      `select s.party_id, s.purchase_days, s.gap_days_sum, s.log_gap_sum, s.last_on from rhythm.state s
       where s.first_on <= $1 and ${inShare('$2')} order by s.party_id`,
      [asOfOn, parts],
      5000,
    )
    for await (const rows of pages) {
      for (const row of rows) {
        const silentDays = Math.max(0, daysBetween(row.last_on, asOfOn))
        add(histories, row.purchase_days - 1, row.gap_days_sum, row.log_gap_sum, silentDays)
      }
    }
  })
  return { customers, histories }
}

export interface PastBase {
  readonly histories: Histories
  /** Whether each of them then bought nothing for the whole horizon. */
  readonly silent: boolean[]
}

/**
 * The base as it stood at a past cut-off, and who was silent for the horizon after it. Whoever bought nothing since then
 * stood there as he stands now; of the others the log is asked, and only for the days on which they bought.
 */
export async function historiesAtCutoff(
  database: Database,
  cutoffOn: Day,
  { horizonDays, zone }: { readonly horizonDays: number; readonly zone: string },
): Promise<PastBase> {
  const { parts } = await sharesOf(database, cutoffOn)
  const past: PastBase = { histories: noHistories(), silent: [] }
  const returned: string[] = []
  await database.transaction(async transaction => {
    const pages = transaction.pages<HistoryRow>(
      `select s.party_id, s.purchase_days, s.gap_days_sum, s.log_gap_sum, s.last_on from rhythm.state s
       where s.first_on <= $1 and ${inShare('$2')} order by s.party_id`,
      [cutoffOn, parts],
      5000,
    )
    for await (const rows of pages) {
      for (const row of rows) {
        if (row.last_on > cutoffOn) returned.push(row.party_id)
        else {
          add(
            past.histories,
            row.purchase_days - 1,
            row.gap_days_sum,
            row.log_gap_sum,
            daysBetween(row.last_on, cutoffOn),
          )
          past.silent.push(true)
        }
      }
    }
  })
  const horizonEndOn = addDays(cutoffOn, horizonDays)
  for (let start = 0; start < returned.length; start += 1000) {
    const days = await purchaseDaysOf(database, returned.slice(start, start + 1000), zone)
    for (const theirs of days.values()) addPast(past, theirs, cutoffOn, horizonEndOn)
  }
  return past
}

function addPast(past: PastBase, days: readonly Day[], cutoffOn: Day, horizonEndOn: Day): void {
  const before = days.filter(day => day <= cutoffOn)
  if (before.length === 0) return
  let gapDaysSum = 0
  let logGapSum = 0
  for (let index = 1; index < before.length; index++) {
    const gapDays = daysBetween(before[index - 1]!, before[index]!)
    gapDaysSum += gapDays
    logGapSum += Math.log(gapDays)
  }
  add(past.histories, before.length - 1, gapDaysSum, logGapSum, daysBetween(before.at(-1)!, cutoffOn))
  past.silent.push(!days.some(day => day > cutoffOn && day <= horizonEndOn))
}

/** What a model fitted at the cut-off said there of everybody with two gaps, and what they then did. */
export function pastForecasts(past: PastBase, parameters: CnbdKParameters, horizonDays: number): PastForecast[] {
  const columns = columnsOf(past.histories)
  const forecasts: PastForecast[] = []
  for (let row = 0; row < columns.purchases.length; row++) {
    const history = historyAt(columns, row)
    if (history.purchases < 2) continue
    forecasts.push({
      raw: mbgCnbdK.probabilityOfSilence(parameters, history, horizonDays),
      silentDays: history.observed - history.recency,
      silent: past.silent[row]!,
    })
  }
  return forecasts
}
