/**
 * A calibration is plain data that turns a stated probability into the one that was observed: it can be stored beside
 * the fit, shown as a curve, and applied without knowing how it was found.
 */
export type Calibration = IsotonicCalibration | LogisticCalibration

/** A rising curve: straight lines between (probabilities[i], frequencies[i]), flat beyond both ends. */
export interface IsotonicCalibration {
  readonly kind: 'isotonic'
  readonly probabilities: readonly number[]
  readonly frequencies: readonly number[]
}

/** logit(calibrated) = intercept + slope logit(stated). */
export interface LogisticCalibration {
  readonly kind: 'logistic'
  readonly intercept: number
  readonly slope: number
}
