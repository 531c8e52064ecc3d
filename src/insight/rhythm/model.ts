import type { Day } from '#kernel/clock/index.ts'
import type { CnbdKParameters } from '#statistics/index.ts'
import type { Calibration } from './calibration.ts'
import type { rhythmWarnings } from './contract.ts'

export interface RhythmModel {
  /** Counts up; a state remembers by which model its days were computed. */
  readonly modelNo: number
  readonly modelId: string
  /** `prior` is a weak guess that stands in until enough customers came back to learn from. */
  readonly kind: 'prior' | 'fitted'
  readonly fittedAt: Date
  readonly asOfOn: Day
  readonly customers: number
  readonly parameters: CnbdKParameters
  readonly logLikelihood: number | null
  readonly warnings: readonly (typeof rhythmWarnings)[number][]
  readonly calibration: Calibration | null
}

/** Customers who came back at least once that a fit needs; five numbers from fewer would describe chance. */
export const fewestCustomersWithGaps = 100

/**
 * The model of a base too small to learn from: habits a little more regular than chance (k 1.5), customers that differ as
 * in the shops we measured (r 2), a mean gap equal to the base's own, and one in five leaving after a purchase. It weighs
 * as much as two gaps, so from the third purchase on a customer's own gaps say more than it does.
 *
 * Example: a base whose mean gap is 30 days gets alpha 20, because the mean gap of the model is k alpha / (r - 1).
 */
export function priorParameters(meanGapDays: number): CnbdKParameters {
  return { k: 1.5, r: 2, alpha: meanGapDays / 1.5, a: 0.5, b: 2 }
}

/** Whether the model may speak of leaving in numbers; otherwise the screen uses words. */
export function knowsLeaving(model: RhythmModel): boolean {
  return model.kind === 'fitted' && !model.warnings.includes('dropout-not-identified')
}
