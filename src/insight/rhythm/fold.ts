import { type Day, daysBetween, localDay } from '#kernel/clock/index.ts'
import type { RecordedEvent } from '#kernel/events/index.ts'

/**
 * All that the rhythm model and the types need to know of one customer. Everything but the two sums of floating numbers
 * is a whole number, and those two grow only by whole days in order: so a rebuild from the log equals it to the bit.
 */
export interface RhythmState {
  /** Days on which something was bought; purchases of one local day count once. */
  readonly purchaseDays: number
  readonly purchases: number
  readonly firstOn: Day | null
  readonly lastOn: Day | null
  /** t_x: sum of the gaps, that is the days from the first to the last purchase. */
  readonly gapDaysSum: number
  /** L: sum of the natural logarithms of the gaps. */
  readonly logGapSum: number
  readonly spendMinor: number
  /** What was spent on the last purchase day so far; joins `spendSquares` when that day is over. */
  readonly lastDayMinor: number
  /** Sum of the squares of what was spent on each earlier purchase day. */
  readonly spendSquares: number
  readonly refundMinor: number
  readonly refunds: number
}

export const emptyState: RhythmState = {
  purchaseDays: 0,
  purchases: 0,
  firstOn: null,
  lastOn: null,
  gapDaysSum: 0,
  logGapSum: 0,
  spendMinor: 0,
  lastDayMinor: 0,
  spendSquares: 0,
  refundMinor: 0,
  refunds: 0,
}

export interface Place {
  readonly zone: string
  readonly currency: string
}

interface Money {
  readonly amountMinor: number
  readonly currency: string
  readonly replaces?: string
}

export type FoldableEvent = Pick<RecordedEvent, 'kind' | 'occurredAt' | 'payload'>

export const foldedKinds = ['purchase.recorded', 'refund.recorded'] as const

/**
 * Takes one event in. Events must come in the order of their days; `mustRefold` tells which do not. Money in a foreign
 * currency counts for the rhythm but not for the spend, because nobody told us the rate.
 *
 * Example: purchases on 1 and 25 March leave two purchase days, one gap of 24 days, logGapSum ln 24.
 */
export function fold(state: RhythmState, event: FoldableEvent, { zone, currency }: Place): RhythmState {
  const money = event.payload as Money
  const amountMinor = money.currency === currency ? money.amountMinor : 0
  if (event.kind === 'refund.recorded') {
    return { ...state, refundMinor: state.refundMinor + amountMinor, refunds: state.refunds + 1 }
  }
  const on = localDay(event.occurredAt, zone)
  const bought = { ...state, purchases: state.purchases + 1, spendMinor: state.spendMinor + amountMinor }
  if (state.lastOn === null) return { ...bought, purchaseDays: 1, firstOn: on, lastOn: on, lastDayMinor: amountMinor }
  if (state.lastOn === on) return { ...bought, lastDayMinor: state.lastDayMinor + amountMinor }
  const gapDays = daysBetween(state.lastOn, on)
  return {
    ...bought,
    purchaseDays: state.purchaseDays + 1,
    lastOn: on,
    gapDaysSum: state.gapDaysSum + gapDays,
    logGapSum: state.logGapSum + Math.log(gapDays),
    spendSquares: state.spendSquares + state.lastDayMinor * state.lastDayMinor,
    lastDayMinor: amountMinor,
  }
}

/** True when an event lies before what was folded already, or puts another right: then only the whole log gives the answer. */
export function mustRefold(state: RhythmState, event: FoldableEvent, { zone }: Place): boolean {
  if ((event.payload as Money).replaces !== undefined) return true
  if (event.kind !== 'purchase.recorded' || state.lastOn === null) return false
  return localDay(event.occurredAt, zone) < state.lastOn
}

/** Folds a party's whole history, oldest first, as `EventLog.history` gives it. */
export function foldHistory(events: readonly FoldableEvent[], place: Place): RhythmState {
  return events.reduce((state, event) => fold(state, event, place), emptyState)
}
