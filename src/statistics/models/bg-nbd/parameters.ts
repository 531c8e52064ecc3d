/**
 * BG/NBD and MBG/NBD: purchase rates are Gamma(r, alpha) over the base (mean r / alpha per unit of time), and at each
 * chance a customer leaves with a probability that is Beta(a, b) over the base (mean a / (a + b)).
 */
export interface BgNbdParameters {
  readonly r: number
  readonly alpha: number
  readonly a: number
  readonly b: number
}

export const bgNbdParameterNames = ['r', 'alpha', 'a', 'b'] as const
