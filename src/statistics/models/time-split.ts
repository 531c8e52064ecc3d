import { areaUnderCurve } from '../calibration/area-under-curve.ts'
import { refuseAll } from '../invalid-input.ts'
import type { Fit, FitWarning } from './fit.ts'
import type { AnyModel, ModelName } from './model.ts'
import type { Summary } from './summarise.ts'

/** How well a forecast made at the split told what then happened. */
export interface HoldoutErrors {
  /** Purchases of the whole base within the holdout, forecast and real. */
  readonly predictedTotal: number
  readonly actualTotal: number
  /** Mean of |forecast - real| in purchases per customer. */
  readonly meanAbsoluteError: number
  readonly rootMeanSquaredError: number
}

export interface HoldoutResult extends HoldoutErrors {
  readonly model: ModelName
  /** Fitted on what was known at the split only. */
  readonly fit: Fit<object>
  /** Does P(alive) rank those who bought again before those who did not? Null where all or none of them did. */
  readonly aucAlive: number | null
  /** The same question asked of 1 - the probability of silence. */
  readonly aucReturn: number | null
}

export interface Comparison {
  readonly customers: number
  /** Length of the holdout in the unit of the columns. */
  readonly horizon: number
  readonly results: readonly HoldoutResult[]
  /** What a plain past rate (x / T times the horizon) would have said: what every model has to beat. */
  readonly pastRate: HoldoutErrors
  /** The model to use, by `chooseModel`; undefined where no fit can be trusted. */
  readonly chosen: ModelName | undefined
}

/** A fit that says one of these is not chosen, however near its forecast came. */
const disqualifying: readonly FitWarning[] = ['dropout-not-identified', 'no-repeat-purchases', 'not-converged']

/** Mean absolute errors this close, relative to the smallest, are the same to us; the total then decides. */
const ALIKE = 0.02

/**
 * Fits every candidate on what was known at the split and holds its forecast against what happened after it.
 *
 * A likelihood says which model describes the past, not which one will be right: on the grocery data k = 3 fits better
 * than k = 2 by hundreds of units of log-likelihood and still ranks worse (`npm run bench -- holdout`).
 */
export function compareOnHoldout(summary: Summary, candidates: readonly AnyModel[]): Comparison {
  const { columns, holdout } = summary
  const messages: string[] = []
  if (!holdout) messages.push('the summary has no holdout: give summarise a calibrationEnd')
  else if (!(holdout.horizon > 0)) messages.push('the holdout has no length: calibrationEnd must lie before end')
  if (candidates.length === 0) messages.push('there are no models to compare')
  refuseAll(messages)
  const { horizon, purchases } = holdout!
  const returned = Array.from(purchases, count => (count > 0 ? 1 : 0))
  const bothHappened = returned.includes(0) && returned.includes(1)
  const results = candidates.map(model => {
    const fit = model.fit(columns)
    const { alive, expected, silence } = model.scores(fit.parameters, columns, horizon)
    return {
      model: model.name,
      fit,
      ...errorsOf(expected, purchases),
      aucAlive: bothHappened ? areaUnderCurve(alive, returned) : null,
      aucReturn: bothHappened
        ? areaUnderCurve(
            silence.map(probability => 1 - probability),
            returned,
          )
        : null,
    }
  })
  const pastRate = Float64Array.from(columns.purchases, (count, row) =>
    columns.observed[row]! > 0 ? (count / columns.observed[row]!) * horizon : 0,
  )
  return {
    customers: purchases.length,
    horizon,
    results,
    pastRate: errorsOf(pastRate, purchases),
    chosen: chooseModel(results),
  }
}

/**
 * The rule in one sentence: among fits that can be trusted, the smallest mean absolute error wins; where several are within
 * 2 % of it, the one whose total came nearest. (Mean absolute error alone would reward forecasting too little: most
 * customers buy nothing.)
 *
 * Example: errors 1.00 and 1.01 with totals off by 20 % and 5 % -> the second.
 */
export function chooseModel(
  results: readonly (HoldoutErrors & Pick<HoldoutResult, 'model' | 'fit'>)[],
): ModelName | undefined {
  const trusted = results.filter(({ fit }) => !fit.warnings.some(warning => disqualifying.includes(warning)))
  const smallest = Math.min(...trusted.map(result => result.meanAbsoluteError))
  const miss = (result: HoldoutErrors) => Math.abs(result.predictedTotal - result.actualTotal)
  return trusted
    .filter(result => result.meanAbsoluteError <= smallest * (1 + ALIKE))
    .sort((one, other) => miss(one) - miss(other))[0]?.model
}

function errorsOf(forecast: Float64Array, actual: Int32Array): HoldoutErrors {
  let predictedTotal = 0
  let actualTotal = 0
  let absolute = 0
  let squared = 0
  for (let row = 0; row < forecast.length; row++) {
    const error = forecast[row]! - actual[row]!
    predictedTotal += forecast[row]!
    actualTotal += actual[row]!
    absolute += Math.abs(error)
    squared += error * error
  }
  return {
    predictedTotal,
    actualTotal,
    meanAbsoluteError: absolute / forecast.length,
    rootMeanSquaredError: Math.sqrt(squared / forecast.length),
  }
}
