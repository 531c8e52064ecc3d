import { InvalidInput } from '../invalid-input.ts'

/**
 * The five numbers of the model MBG/CNBD-k with real k (Platzer & Reutterer 2016; Batislam, Denizel & Filiztekin 2007;
 * k = 1 is MBG/NBD). While a customer is alive her gaps are Gamma(k, lambda); over the base lambda is Gamma(r, alpha);
 * after every purchase, also the first, she leaves with probability p, and p is Beta(a, b) over the base.
 */
export interface RhythmParameters {
  /** Regularity of the gaps: 1 is pure chance, 2 and more is a habit. */
  readonly k: number
  /** Shape of the spread of rates: small r means very different customers. */
  readonly r: number
  /** Scale of the rates, in the unit of the gaps (days). */
  readonly alpha: number
  /** Leaving: the mean chance to leave after a purchase is a / (a + b). */
  readonly a: number
  readonly b: number
}

/** All the model needs to know of one customer's past. Enough because gamma gaps have sums and log-sums as sufficient statistics. */
export interface RhythmHistory {
  /** x: number of gaps = purchase days - 1. */
  readonly gaps: number
  /** t_x: sum of the gaps = days from the first to the last purchase. */
  readonly gapDaysSum: number
  /** L: sum of the natural logarithms of the gaps. */
  readonly logGapSum: number
}

/** Refuses parameters that are no model, naming every one of them. */
export function checkParameters(parameters: RhythmParameters): void {
  const { k, r, alpha, a, b } = parameters
  if (isPositive(k) && isPositive(r) && isPositive(alpha) && isPositive(a) && isPositive(b)) return
  throw new InvalidInput(
    (['k', 'r', 'alpha', 'a', 'b'] as const)
      .filter(name => !isPositive(parameters[name]))
      .map(name => `${name} must be a positive finite number, found ${parameters[name]}`),
  )
}

/** Refuses a history that cannot have happened. */
export function checkHistory(history: RhythmHistory): void {
  if (historyFault(history.gaps, history.gapDaysSum, history.logGapSum) === undefined) return
  const messages: string[] = []
  const { gaps, gapDaysSum, logGapSum } = history
  if (!(Number.isInteger(gaps) && gaps >= 0)) messages.push(`gaps must be a whole number of at least 0, found ${gaps}`)
  if (!isNotNegative(gapDaysSum)) messages.push(`gapDaysSum must be a finite number of at least 0, found ${gapDaysSum}`)
  if (!Number.isFinite(logGapSum)) messages.push(`logGapSum must be finite, found ${logGapSum}`)
  if (messages.length === 0) messages.push(historyFault(gaps, gapDaysSum, logGapSum) as string)
  throw new InvalidInput(messages)
}

/** Refuses a span of days that is negative or not finite. */
export function checkDays(name: string, days: number): void {
  if (!isNotNegative(days)) throw new InvalidInput([`${name} must be a finite number of at least 0, found ${days}`])
}

/** The first reason why three numbers are no history, or undefined. */
export function historyFault(gaps: number, gapDaysSum: number, logGapSum: number): string | undefined {
  if (!(Number.isInteger(gaps) && gaps >= 0)) return 'gaps must be a whole number of at least 0'
  if (!isNotNegative(gapDaysSum)) return 'gapDaysSum must be a finite number of at least 0'
  if (!Number.isFinite(logGapSum))
    return 'logGapSum must be finite (merge purchases of the same day: a gap of 0 has no logarithm)'
  if (gaps === 0) {
    return gapDaysSum === 0 && logGapSum === 0 ? undefined : 'without gaps both gapDaysSum and logGapSum must be 0'
  }
  if (gapDaysSum === 0) return 'gapDaysSum must be positive where there are gaps'
  // A mean of logarithms never exceeds the logarithm of the mean; a caller who swaps columns is found here.
  const largest = gaps * Math.log(gapDaysSum / gaps)
  if (logGapSum > largest + 1e-6 * (1 + Math.abs(largest))) return 'logGapSum exceeds gaps x ln(gapDaysSum / gaps)'
  return undefined
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity
}

function isNotNegative(value: number): boolean {
  return value >= 0 && value < Infinity
}
