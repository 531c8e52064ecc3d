/**
 * Pareto/NBD (Schmittlein, Morrison & Colombo 1987): while she stays, a customer buys at her own rate lambda, and she may
 * leave at any moment, at her own rate mu. Over the base lambda is Gamma(r, alpha) and mu is Gamma(s, beta). alpha and
 * beta carry the unit of time; r / alpha is the mean purchase rate, s / beta the mean rate of leaving.
 */
export interface ParetoNbdParameters {
  readonly r: number
  readonly alpha: number
  readonly s: number
  readonly beta: number
}

export const parameterNames = ['r', 'alpha', 's', 'beta'] as const
