import type { Day } from '#kernel/clock/index.ts'
import {
  applyCalibration,
  areaUnderCurve,
  brierScore,
  type Calibration as CalibrationMap,
  expectedCalibrationError,
  logisticCalibration,
} from '#statistics/index.ts'

/**
 * What happened after a past day to customers about whom the model had spoken on that day. The model's forecast is
 * corrected by it (`map`), and each forecast can say what became of those who once stood at the same (`bins`).
 */
export interface Calibration {
  readonly cutoffOn: Day
  readonly horizonDays: number
  readonly customers: number
  readonly silentShare: number
  readonly auc: number | null
  readonly aucRecency: number | null
  readonly brierRaw: number
  readonly brierCalibrated: number
  readonly errorRaw: number
  readonly errorCalibrated: number
  /** Rises everywhere, so that correcting a forecast never changes who ranks before whom. */
  readonly map: CalibrationMap
  readonly bins: readonly CalibrationBin[]
}

export interface CalibrationBin {
  readonly from: number
  readonly to: number
  readonly customers: number
  readonly silent: number
  readonly predicted: number
  readonly calibrated: number
  readonly actual: number
}

export interface CustomersAlike {
  readonly customers: number
  readonly silent: number
  readonly outOfTen: number
  readonly cutoffOn: Day
}

/** Fewer customers than this at a past cut-off cannot correct anybody's forecast. */
export const fewestToCalibrate = 100

/** Customers like this one are a sentence only where there are enough of them. */
const fewestAlike = 20

const mostBins = 10

/**
 * "7 in 10 like this": the corrected forecast as a count that people can picture, so that it never contradicts the chance
 * shown beside it; with the tenth of past forecasts in which this one falls as the evidence. None and all are not said,
 * since no past can promise them. Null where the evidence is too thin.
 *
 * Example: a forecast corrected to 0.68 is 7 in 10, and one corrected to 0.99 is 9 in 10.
 */
export function customersLike(
  calibration: Pick<Calibration, 'bins' | 'cutoffOn' | 'map'>,
  raw: number,
): CustomersAlike | null {
  const bin = calibration.bins.find(candidate => raw <= candidate.to) ?? calibration.bins.at(-1)
  if (!bin || bin.customers < fewestAlike) return null
  return {
    customers: bin.customers,
    silent: bin.silent,
    outOfTen: Math.min(9, Math.max(1, Math.round(10 * applyCalibration(calibration.map, raw)))),
    cutoffOn: calibration.cutoffOn,
  }
}

/**
 * Groups of about equal size in the order of their forecast; customers with the same forecast stay together.
 *
 * Example: forecasts .1 .1 .2 .9 in two groups give [.1, .1] and [.2, .9].
 */
export function binsOf(
  forecasts: readonly number[],
  silent: readonly boolean[],
  map: CalibrationMap,
  bins = mostBins,
): CalibrationBin[] {
  const order = forecasts.map((_, index) => index).sort((left, right) => forecasts[left]! - forecasts[right]!)
  const size = Math.max(fewestAlike, Math.ceil(order.length / bins))
  const groups: number[][] = []
  for (const index of order) {
    const group = groups.at(-1)
    const full = !group || (group.length >= size && forecasts[group.at(-1)!] !== forecasts[index])
    if (full) groups.push([index])
    else group.push(index)
  }
  // A last group too small to say anything joins its neighbour.
  if (groups.length > 1 && groups.at(-1)!.length < size / 2) groups.at(-2)!.push(...groups.pop()!)
  return groups.map(group => {
    const raw = group.map(index => forecasts[index]!)
    const silentCount = group.filter(index => silent[index]).length
    return {
      from: raw[0]!,
      to: raw.at(-1)!,
      customers: group.length,
      silent: silentCount,
      predicted: mean(raw),
      calibrated: mean(raw.map(value => applyCalibration(map, value))),
      actual: silentCount / group.length,
    }
  })
}

/** One customer at the cut-off: what the model said, how long the silence was, and whether it then went on. */
export interface PastForecast {
  readonly raw: number
  readonly silentDays: number
  readonly silent: boolean
}

/**
 * Holds the forecasts of a past day against what happened. The error after correction is measured on customers whose
 * outcomes the correction did not see (each half of them corrected by the other), because a correction measured on
 * itself always looks right. Null where too few customers, or all alike, make the question empty.
 *
 * Example: 400 customers forecast at 0.3, 200 of them silent -> the map lifts 0.3 to about 0.5.
 */
export function calibrationFrom(past: readonly PastForecast[], cutoffOn: Day, horizonDays: number): Calibration | null {
  if (past.length < fewestToCalibrate) return null
  const raw = past.map(customer => customer.raw)
  const outcomes = past.map(customer => (customer.silent ? 1 : 0))
  const silent = outcomes.reduce<number>((sum, outcome) => sum + outcome, 0)
  if (silent < 10 || past.length - silent < 10) return null
  const map = risingMap(raw, outcomes)
  const corrected = crossCorrected(raw, outcomes)
  return {
    cutoffOn,
    horizonDays,
    customers: past.length,
    silentShare: silent / past.length,
    auc: areaUnderCurve(raw, outcomes),
    aucRecency: areaUnderCurve(
      past.map(customer => customer.silentDays),
      outcomes,
    ),
    brierRaw: brierScore(raw, outcomes),
    brierCalibrated: brierScore(corrected, outcomes),
    errorRaw: expectedCalibrationError(raw, outcomes),
    errorCalibrated: expectedCalibrationError(corrected, outcomes),
    map,
    bins: binsOf(
      raw,
      past.map(customer => customer.silent),
      map,
    ),
  }
}

const unchanged: CalibrationMap = { kind: 'logistic', intercept: 0, slope: 1 }

/** A correction that falls would turn the ranking round, which is never the lesson of a past day; then none is made. */
function risingMap(raw: readonly number[], outcomes: readonly number[]): CalibrationMap {
  const first = raw[0]
  const bothHappened = outcomes.includes(0) && outcomes.includes(1)
  if (!bothHappened || raw.every(value => value === first)) return unchanged
  const map = logisticCalibration(raw, outcomes)
  return map.slope > 0 ? map : unchanged
}

/** Each half corrected by what the outcomes of the other half teach: chances of silence that no outcome of theirs has seen. */
export function crossCorrected(raw: readonly number[], outcomes: readonly number[]): number[] {
  const inHalf = (half: number) => (_: unknown, index: number) => index % 2 === half
  const maps = [0, 1].map(half => risingMap(raw.filter(inHalf(1 - half)), outcomes.filter(inHalf(1 - half))))
  return raw.map((value, index) => applyCalibration(maps[index % 2]!, value))
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
