import { InvalidInput } from '../invalid-input.ts'

/**
 * What a model of repeat buying needs to know of one customer. All spans are in one unit of the caller's choice
 * (days, weeks), counted from the customer's first purchase.
 */
export interface History {
  /** x: number of repeat purchases (purchase days - 1). */
  readonly purchases: number
  /** t_x: from the first purchase to the last; 0 without repeat purchases. */
  readonly recency: number
  /** T: from the first purchase to the end of the observation; 0 for who came on the last day. */
  readonly observed: number
  /** L: sum of the natural logarithms of the gaps. Only the models with regular gaps (k other than 1) ask for it. */
  readonly logGapSum?: number
}

/** Refuses a history that cannot have happened, with every fault at once. */
export function checkHistory(history: History): void {
  const faults = historyFaults(history.purchases, history.recency, history.observed, history.logGapSum)
  if (faults.length > 0) throw new InvalidInput(faults)
}

/** Refuses a span that is negative or not finite. */
export function checkSpan(name: string, span: number): void {
  if (!isNotNegative(span)) throw new InvalidInput([`${name} must be a finite number of at least 0, found ${span}`])
}

/** Refuses parameters that are no model, naming every one of them. */
export function checkPositive(parameters: object): void {
  const faults: string[] = []
  for (const [name, value] of Object.entries(parameters)) {
    if (!(value > 0 && value < Infinity)) faults.push(`${name} must be a positive finite number, found ${value}`)
  }
  if (faults.length > 0) throw new InvalidInput(faults)
}

/**
 * Why four numbers are no history; empty where they are one. An array only for the rare unsound row: the sound row costs
 * a few comparisons and no memory.
 */
export function historyFaults(
  purchases: number,
  recency: number,
  observed: number,
  logGapSum: number | undefined,
): readonly string[] {
  const sound =
    purchases >= 0 &&
    Number.isInteger(purchases) &&
    recency >= 0 &&
    recency <= observed &&
    observed < Infinity &&
    (purchases === 0) === (recency === 0) &&
    (logGapSum === undefined || isPossibleLogSum(purchases, recency, logGapSum))
  return sound ? none : namedFaults(purchases, recency, observed, logGapSum)
}

const none: readonly string[] = []

function namedFaults(purchases: number, recency: number, observed: number, logGapSum: number | undefined): string[] {
  const faults: string[] = []
  if (!(Number.isInteger(purchases) && purchases >= 0)) faults.push('purchases must be a whole number of at least 0')
  if (!isNotNegative(recency)) faults.push('recency must be a finite number of at least 0')
  if (!isNotNegative(observed)) faults.push('observed must be a finite number of at least 0')
  if (recency > observed) faults.push('recency must not exceed observed')
  if (purchases === 0 && recency > 0) faults.push('without repeat purchases recency must be 0')
  if (purchases > 0 && recency === 0) {
    faults.push('recency must be positive where there are repeat purchases (merge purchases of the same day)')
  }
  if (logGapSum !== undefined && faults.length === 0 && !isPossibleLogSum(purchases, recency, logGapSum)) {
    faults.push(
      purchases === 0 ? 'without repeat purchases logGapSum must be 0' : 'logGapSum exceeds purchases x ln(mean gap)',
    )
  }
  return faults
}

/** A mean of logarithms never exceeds the logarithm of the mean; a caller who swaps columns is found here. */
function isPossibleLogSum(purchases: number, recency: number, logGapSum: number): boolean {
  if (!(logGapSum > -Infinity && logGapSum < Infinity)) return false
  if (purchases === 0) return logGapSum === 0
  const largest = purchases * Math.log(recency / purchases)
  return logGapSum <= largest + 1e-6 * (1 + Math.abs(largest))
}

function isNotNegative(value: number): boolean {
  return value >= 0 && value < Infinity
}
