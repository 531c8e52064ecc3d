/** NBD: purchase rates are Gamma(r, alpha) over the base, mean r / alpha purchases per unit of time. */
export interface NbdParameters {
  readonly r: number
  readonly alpha: number
}

export const nbdParameterNames = ['r', 'alpha'] as const
