import { refuseAll } from '../invalid-input.ts'
import { type History, historyFaults } from './history.ts'

/** What may be asked of a model besides its parameters. */
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

/**
 * Refuses parameters that are no model and questions that have no answer: every part that is given is checked, and every
 * fault told at once. Example: k = 0 and horizon = -1 -> one `InvalidInput` with two messages.
 */
export function checkQuestion(parameters: object, question: Question = {}): void {
  const messages: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
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
