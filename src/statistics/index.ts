// Special functions

// Calibration: do the stated probabilities come true?
export { applyCalibration } from './calibration/apply-calibration.ts'
export { areaUnderCurve } from './calibration/area-under-curve.ts'
export { brierScore } from './calibration/brier-score.ts'
export type { Calibration, IsotonicCalibration, LogisticCalibration } from './calibration/calibration.ts'
export { expectedCalibrationError } from './calibration/expected-calibration-error.ts'
export { isotonicCalibration } from './calibration/isotonic-calibration.ts'
export { logisticCalibration } from './calibration/logistic-calibration.ts'
export { precisionAtShare } from './calibration/precision-at-share.ts'
// Concentration: who holds how much, was the order right, and has the base moved?
export { type Decile, decileCalibrationError, decileTable } from './concentration/decile-table.ts'
export { giniCoefficient } from './concentration/gini-coefficient.ts'
export { type LorenzCurve, lorenzCurve } from './concentration/lorenz-curve.ts'
export { normalisedGini } from './concentration/normalised-gini.ts'
export { populationStabilityIndex, stabilityBounds } from './concentration/population-stability-index.ts'
export { shareOfTop } from './concentration/share-of-top.ts'
export { spearman } from './concentration/spearman.ts'
export { digamma } from './functions/digamma.ts'
export {
  incompleteBeta,
  incompleteBetaComplement,
  logIncompleteBeta,
  logIncompleteBetaComplement,
} from './functions/incomplete-beta.ts'
export { inverseIncompleteBeta } from './functions/inverse-incomplete-beta.ts'
export { logBeta } from './functions/log-beta.ts'
export { logGamma } from './functions/log-gamma.ts'
export { normalCdf } from './functions/normal-cdf.ts'
export { normalQuantile } from './functions/normal-quantile.ts'
export { studentQuantile } from './functions/student-quantile.ts'
// Intervals: what did an act change, and how sure can we be?
export { asymptoticConfidenceSequence, type RunningDifference } from './intervals/asymptotic-confidence-sequence.ts'
export { type Count, differenceOfProportions } from './intervals/difference-of-proportions.ts'
export type { Interval } from './intervals/interval.ts'
export { describeSample, type Sample } from './intervals/sample.ts'
export { type WelchInterval, welchInterval } from './intervals/welch-interval.ts'
export { wilsonInterval } from './intervals/wilson-interval.ts'
// Refusal of input
export { InvalidInput } from './invalid-input.ts'
// Measuring: what did an act change, on whom, and may one look every day?
export { type CupedInterval, cuped } from './measuring/cuped.ts'
export { normalMixtureBound } from './measuring/normal-mixture-bound.ts'
export { adjustForCovariate, describePairedSample, type PairedSample } from './measuring/paired-sample.ts'
export { proportionConfidenceSequence } from './measuring/proportion-confidence-sequence.ts'
export {
  type GainCurve,
  qiniCoefficient,
  qiniCurve,
  type UpliftColumns,
  upliftAtShare,
  upliftCoefficient,
  upliftCurve,
} from './measuring/uplift.ts'
// Fixed opportunities: who takes the next one?
export { bgBb } from './models/bg-bb/bg-bb.ts'
export type { BgBbParameters, OpportunityColumns, OpportunityHistory } from './models/bg-bb/parameters.ts'
export type { SimulatedOpportunities } from './models/bg-bb/simulate.ts'
export { bgNbd, mbgNbd } from './models/bg-nbd/bg-nbd.ts'
export type { BgNbdParameters } from './models/bg-nbd/parameters.ts'
// Models of repeat buying: one interface, and how purchases become what they are fitted on
export { bgCnbdK, mbgCnbdK } from './models/cnbd-k/cnbd-k.ts'
export type { CnbdKFitOptions } from './models/cnbd-k/fit.ts'
export type { CnbdKParameters } from './models/cnbd-k/parameters.ts'
export { mbgCnbdKWithCovariates } from './models/cnbd-k/with-covariates.ts'
export { type Columns, checkColumns, everyNth, forEachRow, historyAt, type NumberColumn } from './models/columns.ts'
// Covariates: what is known of a customer from the first day
export type { CovariateFit, CovariateModel } from './models/covariate-model.ts'
export type { CovariateNumbers, Covariates } from './models/covariates.ts'
export { type Fit, type FitOptions, type FitWarning, fitWarnings } from './models/fit.ts'
// Spending: what does a customer spend per purchase?
export { gammaGamma } from './models/gamma-gamma/gamma-gamma.ts'
export type { GammaGammaParameters, SpendColumns } from './models/gamma-gamma/parameters.ts'
export type { History } from './models/history.ts'
export {
  type AnyModel,
  type ModelName,
  modelNames,
  type Scores,
  type Simulated,
  type SimulationWindow,
  type TransactionModel,
} from './models/model.ts'
export { nbd } from './models/nbd/nbd.ts'
export type { NbdParameters } from './models/nbd/parameters.ts'
export type { ParetoNbdParameters } from './models/pareto-nbd/parameters.ts'
export { paretoNbd } from './models/pareto-nbd/pareto-nbd.ts'
export { paretoNbdWithCovariates } from './models/pareto-nbd/with-covariates.ts'
// Contracts: who renews, and what is she still worth?
export type { SbgParameters, SurvivalCounts } from './models/sbg/parameters.ts'
export { sBg } from './models/sbg/sbg.ts'
export { type Summary, type SummaryOptions, summarise, type Transactions } from './models/summarise.ts'
export {
  type Comparison,
  chooseModel,
  compareOnHoldout,
  type HoldoutErrors,
  type HoldoutResult,
} from './models/time-split.ts'
// Resampling: how far would the answer move if chance had sent other customers?
export { bootstrapInterval, bootstrapTotals, type ResamplingOptions } from './resampling/bootstrap.ts'
export { drawParameters, parameterInterval } from './resampling/draw-parameters.ts'
// A source of numbers for simulations
export { betaDraw, exponentialDraw, gammaDraw, normalDraw } from './sampling/draws.ts'
export type { RandomSource } from './sampling/random-source.ts'
export { seeded } from './sampling/seeded.ts'
// Survival: how long do customers stay, when some are still here?
export { kaplanMeier, type SurvivalCurve, type SurvivalPoint, survivalAt } from './survival/kaplan-meier.ts'
