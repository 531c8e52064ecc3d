/** Stable codes of what a fit has to say about itself; each is the key of a sentence for the reader. */
export const fitWarnings = [
  /** Fewer than 50 customers came back: the parameters say more about chance than about customers. */
  'too-few-customers',
  /** Nobody came back, so nothing is known about rates. */
  'no-repeat-purchases',
  /** The data cannot tell leaving from waiting; P(alive) and long forecasts are then stories, not numbers. */
  'dropout-not-identified',
  /** There is leaving, but its spread ran to the end of its range: all customers leave alike. */
  'dropout-at-boundary',
  /** The regularity ran to the end of its range. */
  'k-at-boundary',
  /** The spread of the purchase rates ran to the end of its range: all customers alike, or none. */
  'rates-at-boundary',
  /** The spread of what customers spend ran to the end of its range. */
  'spend-at-boundary',
  /** Customers whose mean spend is not positive say nothing about spending and were left out. */
  'unpriced-customers-left-out',
  /** The search ended before the slope was flat. */
  'not-converged',
  /** The curvature at the maximum is not that of a maximum, so there are no standard errors. */
  'no-standard-errors',
  /** A base this large was fitted on every n-th customer. */
  'fitted-on-sample',
] as const
export type FitWarning = (typeof fitWarnings)[number]

/** What every fit returns, whatever the model. */
export interface Fit<Parameters> {
  readonly parameters: Parameters
  /** At the maximum, of all customers the fit used, in the unit of the columns. */
  readonly logLikelihood: number
  /** By the observed information, on the scale of the parameter; NaN with the warning `no-standard-errors`. */
  readonly standardErrors: Parameters
  /**
   * Covariance of the *logarithms* of the parameters, row by row, in the order of `parameterNames`: from it intervals of
   * whatever is computed from the parameters are drawn. NaN with the warning `no-standard-errors`.
   */
  readonly logCovariance: Float64Array
  readonly iterations: number
  /** Largest slope of the mean log-likelihood in a log-parameter that is not held at its boundary. */
  readonly gradientNorm: number
  readonly converged: boolean
  /** Sum of the weights of the customers the fit used. */
  readonly customers: number
  readonly warnings: readonly FitWarning[]
}

export interface FitOptions {
  /** Passes of the search over the base; 200 where absent. */
  readonly maximumIterations?: number
}
