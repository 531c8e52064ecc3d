import { type Day, daysBetween } from '#kernel/clock/index.ts'
import { type DueDays, dueDays } from './due-days.ts'
import { emptyState } from './fold.ts'
import { tableOf } from './forecast.ts'
import type { RhythmModel } from './model.ts'

/** All that the type of a customer rests on: on how many days something was bought, and the first and last of them. */
export interface PurchaseFacts {
  readonly purchaseDays: number
  readonly firstOn: Day
  readonly lastOn: Day
}

/**
 * The days on which a customer would become late, dormant and lost by one model, past or present: whoever tells how types
 * changed over the years asks the model of each time.
 *
 * Example: purchases on 1 and 25 March and 18 April, by a model of four-weekly customers -> late on 28 May or so.
 */
export function dueDaysBy(model: RhythmModel, { purchaseDays, firstOn, lastOn }: PurchaseFacts): DueDays {
  const state = { ...emptyState, purchaseDays, firstOn, lastOn, gapDaysSum: daysBetween(firstOn, lastOn) }
  return dueDays(state, tableOf(model), model.parameters.alpha)
}
