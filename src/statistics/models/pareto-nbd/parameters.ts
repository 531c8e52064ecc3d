import { refuseAll } from '../../invalid-input.ts'
import { type History, historyFaults } from '../history.ts'

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

/** What may be asked besides the parameters; every part that is given is checked, and every fault told at once. */
export interface Question {
  readonly history?: History
  readonly horizon?: number
  /** Continuous discount rate per unit of time. */
  readonly rate?: number
  /** A number of purchases. */
  readonly count?: number
  /** A probability. */
  readonly p?: number
}

export const parameterNames = ['r', 'alpha', 's', 'beta'] as const

/** Refuses parameters that are no model and questions that have no answer. */
export function checkQuestion(parameters: ParetoNbdParameters, question: Question = {}): void {
  const messages: string[] = []
  for (const name of parameterNames) {
    const value = parameters[name]
    if (!(value > 0 && value < Infinity)) messages.push(`${name} must be a positive finite number, found ${value}`)
  }
  const { history, horizon, rate, count, p } = question
  if (history) {
    messages.push(...historyFaults(history.purchases, history.recency, history.observed, history.logGapSum))
  }
  if (horizon !== undefined && !(horizon >= 0 && horizon < Infinity)) {
    messages.push(`horizon must be a finite number of at least 0, found ${horizon}`)
  }
  if (rate !== undefined && !(rate > 0 && rate < Infinity)) {
    messages.push(`rate must be a positive finite number, found ${rate}`)
  }
  if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
    messages.push(`count must be a whole number of at least 0, found ${count}`)
  }
  if (p !== undefined && !(p > 0 && p < 1)) messages.push(`p must lie between 0 and 1, found ${p}`)
  refuseAll(messages)
}
