import { type Day, daysBetween } from '#kernel/clock/index.ts'
import { applyCalibration, type History, mbgCnbdK } from '#statistics/index.ts'
import { type CustomersAlike, customersLike } from './calibration.ts'
import { type DueSpans, dayAt, dueTable, fewestPurchaseDays } from './due-days.ts'
import type { RhythmState } from './fold.ts'
import { knowsLeaving, type RhythmModel } from './model.ts'

export interface Forecast {
  /** Expected gap given the customer's own gaps, drawn towards the base's while they are few. */
  readonly usualDays: number
  readonly ownMeanDays: number
  readonly silentDays: number
  /** Between the quarter and three-quarter point of the next gap. */
  readonly window: { readonly fromOn: Day; readonly toOn: Day }
  /** P(alive); null where the data cannot tell leaving from waiting. */
  readonly stillCustomer: number | null
  readonly noPurchase: { readonly raw: number; readonly calibrated: number; readonly likeThis: CustomersAlike | null }
}

/** What the model is told of a customer on a day. */
export function historyOf(state: RhythmState, today: Day): History {
  return {
    purchases: Math.max(0, state.purchaseDays - 1),
    recency: state.gapDaysSum,
    observed: state.gapDaysSum + (silentDaysOf(state, today) ?? 0),
    logGapSum: state.logGapSum,
  }
}

/** Days since the last purchase; a purchase that lies ahead of the reading day counts as today's. */
export function silentDaysOf(state: RhythmState, today: Day): number | null {
  return state.lastOn === null ? null : Math.max(0, daysBetween(state.lastOn, today))
}

/**
 * The chance that a customer buys nothing in the next `horizonDays`, as the model says it and as past customers bore it
 * out. The scale is that of SCIENCE 3.2, the correction is the model's own calibration on a past day.
 */
export function silenceOf(model: RhythmModel, state: RhythmState, today: Day, horizonDays: number) {
  const raw = mbgCnbdK.probabilityOfSilence(model.parameters, historyOf(state, today), horizonDays)
  const trusted = model.calibration?.horizonDays === horizonDays ? model.calibration : null
  return {
    raw,
    calibrated: trusted ? applyCalibration(trusted.map, raw) : raw,
    likeThis: trusted ? customersLike(trusted, raw) : null,
  }
}

/**
 * What can be said of one customer on a day; undefined below three purchase days ("not enough history yet").
 *
 * Example: eleven purchases, every 24 days, now 61 silent -> usualDays 24, silentDays 61, window days 19 to 30.
 */
export function forecastOf(
  model: RhythmModel,
  state: RhythmState,
  today: Day,
  horizonDays: number,
): Forecast | undefined {
  if (state.lastOn === null || state.purchaseDays < fewestPurchaseDays) return undefined
  const { k, r, alpha } = model.parameters
  const history = historyOf(state, today)
  const odds = tableOf(model)(history.purchases)
  const scale = alpha + state.gapDaysSum
  return {
    usualDays: (k * scale) / (r + k * history.purchases - 1),
    ownMeanDays: state.gapDaysSum / history.purchases,
    silentDays: history.observed - history.recency,
    window: {
      fromOn: dayAt(state.lastOn, odds.windowFrom * scale),
      toOn: dayAt(state.lastOn, odds.windowTo * scale),
    },
    stillCustomer: knowsLeaving(model) ? mbgCnbdK.probabilityAlive(model.parameters, history) : null,
    noPurchase: silenceOf(model, state, today, horizonDays),
  }
}

const tables = new WeakMap<RhythmModel, (gaps: number) => DueSpans>()

/** One table of odds per model, made when first asked for. */
export function tableOf(model: RhythmModel): (gaps: number) => DueSpans {
  let table = tables.get(model)
  if (!table) {
    table = dueTable(model.parameters)
    tables.set(model, table)
  }
  return table
}

/**
 * Net spend over a year at the customer's own pace: what each purchase day brought, times how many there are in a year.
 *
 * Example: ¥2,200 net over 11 purchase days, usually every 24 days -> 200 x 365 / 24 = ¥3,042.
 */
export function spendPerYearMinor(state: RhythmState, usualDays: number): number {
  if (state.purchaseDays === 0) return 0
  const perPurchase = (state.spendMinor - state.refundMinor) / state.purchaseDays
  return Math.max(0, Math.round((perPurchase * 365) / Math.max(1, usualDays)))
}
