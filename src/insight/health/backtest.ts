import { addDays, type Day, dayNumber } from '#kernel/clock/index.ts'
import { type AnyModel, areaUnderCurve, type Summary, summarise } from '#statistics/index.ts'
import type { Holdout } from './contract.ts'
import { type Answered, reliabilityOf } from './reliability.ts'

export interface Split {
  readonly splitOn: Day
  readonly horizonDays: number
}

/** Fewer customers who came back before the split teach a model nothing that could be tested. */
const fewestRepeaters = 100

/** Chances are shown from the second gap on, so they are tested from there. */
const fewestGaps = 2

/** Fewer answers than this, or fewer of either kind, make no test of chances. */
const fewestAnswers = 100
const fewestOfEither = 10

/**
 * Hides everything after a past day, learns from the rest, and holds what is then foretold against what came. `corrected`
 * turns raw chances and outcomes into chances as the past corrects them (each by a correction that did not see it).
 *
 * Example: 39 weeks of CDNOW tell 1,577 purchases for the next 39; 1,882 came.
 */
export function backtest(
  purchaseDays: ReadonlyMap<string, readonly Day[]>,
  { splitOn, horizonDays }: Split,
  model: AnyModel,
  corrected: (raw: readonly number[], outcomes: readonly number[]) => readonly number[],
): Holdout | null {
  const summary = summaryAt(purchaseDays, { splitOn, horizonDays })
  if (!summary?.holdout) return null
  const { columns, holdout } = summary
  const repeaters = columns.purchases.reduce((count, purchases) => count + (purchases > 0 ? 1 : 0), 0)
  if (repeaters < fewestRepeaters) return null
  const { parameters } = model.fit(columns)
  const { expected, silence } = model.scores(parameters, columns, horizonDays)
  const actual = holdout.purchases
  const customers = actual.length
  const pastRate = expected.map((_, row) =>
    columns.observed[row]! > 0 ? (columns.purchases[row]! / columns.observed[row]!) * horizonDays : 0,
  )
  const errorOf = (forecast: Float64Array) =>
    forecast.reduce((sum, value, row) => sum + Math.abs(value - actual[row]!), 0) / customers
  const told = rowsWhere(customers, row => columns.purchases[row]! >= fewestGaps)
  const outcomes: number[] = told.map(row => (actual[row]! > 0 ? 1 : 0))
  const enough = isEnough(outcomes)
  const silentDays = (row: number) => columns.observed[row]! - columns.recency[row]!
  return {
    splitOn,
    horizonDays,
    customers,
    unit: 'purchases',
    predicted: sumOf(expected),
    actual: sumOf(actual),
    errors: { model: errorOf(expected), pastRate: errorOf(pastRate) },
    ranking: enough
      ? {
          auc: areaUnderCurve(
            told.map(row => 1 - silence[row]!),
            outcomes,
          ),
          aucRecency: areaUnderCurve(
            told.map(row => -silentDays(row)),
            outcomes,
          ),
        }
      : null,
    deciles: decilesOf(expected, actual),
    reliability: enough
      ? reliabilityOf(
          answersOf(
            told.map(row => silence[row]!),
            outcomes,
            corrected,
          ),
        )
      : null,
    tracking: trackingOf(purchaseDays, summary, { splitOn, horizonDays }, days =>
      days > 0 ? model.expectedPurchasesOfNew(parameters, days) : 0,
    ),
  }
}

/** Silence is what the model speaks of and what is corrected; people are told the chance to come back. */
function answersOf(
  silence: readonly number[],
  outcomes: readonly number[],
  corrected: (raw: readonly number[], outcomes: readonly number[]) => readonly number[],
): Answered[] {
  const said = corrected(
    silence,
    outcomes.map(outcome => 1 - outcome),
  )
  return silence.map((raw, row) => ({ raw: 1 - raw, said: 1 - said[row]!, cameBack: outcomes[row] === 1 }))
}

function summaryAt(purchaseDays: ReadonlyMap<string, readonly Day[]>, { splitOn, horizonDays }: Split) {
  const customer: string[] = []
  const day: number[] = []
  for (const [partyId, days] of purchaseDays) {
    for (const on of days) {
      customer.push(partyId)
      day.push(dayNumber(on))
    }
  }
  const calibrationEnd = dayNumber(splitOn)
  if (!day.some(on => on <= calibrationEnd)) return undefined
  return summarise({ customer, day }, { end: calibrationEnd + horizonDays, calibrationEnd })
}

function isEnough(outcomes: readonly number[]): boolean {
  const happened = outcomes.filter(outcome => outcome === 1).length
  return outcomes.length >= fewestAnswers && happened >= fewestOfEither && outcomes.length - happened >= fewestOfEither
}

/** Tenths of the customers in the order of what was foretold, the least first; forecast and real per customer. */
function decilesOf(expected: Float64Array, actual: Int32Array): Holdout['deciles'] {
  const order = rowsWhere(expected.length, () => true).sort((one, other) => expected[one]! - expected[other]!)
  return Array.from({ length: 10 }, (_, tenth) => {
    const rows = order.slice(Math.floor((tenth * order.length) / 10), Math.floor(((tenth + 1) * order.length) / 10))
    const meanOf = (column: ArrayLike<number>) =>
      rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + column[row]!, 0) / rows.length
    return { customers: rows.length, predicted: meanOf(expected), actual: meanOf(actual) }
  })
}

/** So many steps of what was hidden are read at a glance, and so many before it show what the model came from. */
const mostStepsHidden = 26
const fewestStepsBefore = 26

/**
 * Repeat purchases per step of whoever was known at the split, as they came and as the model, which saw only what lies
 * before the split, has them coming since each customer's first purchase.
 */
function trackingOf(
  purchaseDays: ReadonlyMap<string, readonly Day[]>,
  { customers, columns }: Summary,
  { splitOn, horizonDays }: Split,
  expectedSince: (days: number) => number,
): Holdout['tracking'] {
  const split = dayNumber(splitOn)
  const end = split + horizonDays
  const longest = columns.observed.reduce((most, days) => Math.max(most, days), 0)
  const stepDays = 7 * Math.max(1, Math.ceil(horizonDays / 7 / mostStepsHidden))
  const hidden = Math.floor(horizonDays / stepDays)
  // Steps are laid so that one of them begins on the day after the split.
  const before = Math.min(Math.ceil((longest + 1) / stepDays), Math.max(fewestStepsBefore, 2 * hidden))
  const count = before + hidden
  const firstDay = split + 1 - before * stepDays
  const actual = new Float64Array(count)
  const expected = new Float64Array(count)
  // How many customers are `age` days past their first purchase is the same question for all who came on one day.
  const newcomers = new Map<number, number>()
  customers.forEach((partyId, row) => {
    const first = split - columns.observed[row]!
    newcomers.set(first, (newcomers.get(first) ?? 0) + 1)
    for (const on of purchaseDays.get(String(partyId))!) {
      const at = dayNumber(on)
      const step = Math.floor((at - firstDay) / stepDays)
      if (at > first && at <= end && step >= 0 && step < count) actual[step]!++
    }
  })
  const known = new Map<number, number>()
  const since = (days: number) => {
    let value = known.get(days)
    if (value === undefined) {
      value = expectedSince(days)
      known.set(days, value)
    }
    return value
  }
  for (const [first, people] of newcomers) {
    for (let step = Math.max(0, Math.floor((first - firstDay) / stepDays)); step < count; step++) {
      const from = Math.max(0, firstDay + step * stepDays - 1 - first)
      const to = firstDay + (step + 1) * stepDays - 1 - first
      expected[step]! += people * (since(to) - since(from))
    }
  }
  return {
    stepDays,
    points: Array.from(actual, (came, step) => ({
      fromOn: addDays(splitOn, firstDay + step * stepDays - split),
      actual: came,
      expected: expected[step]!,
    })),
  }
}

function rowsWhere(rows: number, keeps: (row: number) => boolean): number[] {
  return Array.from({ length: rows }, (_, row) => row).filter(keeps)
}

function sumOf(column: ArrayLike<number>): number {
  let sum = 0
  for (let row = 0; row < column.length; row++) sum += column[row]!
  return sum
}
