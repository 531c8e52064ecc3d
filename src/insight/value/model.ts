import type { Day } from '#kernel/clock/index.ts'
import { modelNamed } from './candidates.ts'
import type { Candidate, Holdout, LifetimeState } from './contract.ts'
import type { SpendFit } from './spend.ts'
import type { Learned } from './worth.ts'

/** One fit, never changed once written: which model was chosen and why, what was learned, how far it may speak. */
export interface ValueModel {
  readonly fitNo: number
  readonly model: string
  readonly parameters: Readonly<Record<string, number>>
  readonly logCovariance: readonly number[]
  readonly spend: SpendFit
  readonly fittedAt: Date
  readonly asOfOn: Day
  readonly customers: number
  readonly candidates: readonly Candidate[]
  /** Models that foretold nearly as well, fitted on the same customers: their word is part of the range. */
  readonly rivals: readonly RivalFit[]
  readonly holdout: Holdout | null
  readonly warnings: readonly string[]
  readonly lifetime: LifetimeState
  readonly correction: number
}

export interface RivalFit {
  readonly model: string
  readonly parameters: Readonly<Record<string, number>>
  readonly lifetime: LifetimeState
}

/** The same customers and spending, seen by a rival. */
export function learnedFromRival(model: ValueModel, rival: RivalFit): Learned {
  const { parameters, lifetime } = rival
  return { ...learnedFrom(model), model: modelNamed(rival.model), parameters, lifetime }
}

export function learnedFrom(model: ValueModel): Learned {
  return {
    model: modelNamed(model.model),
    parameters: model.parameters,
    spend: model.spend.parameters,
    lifetime: model.lifetime,
    correction: model.correction,
  }
}

export function stampOf(model: ValueModel) {
  const { fittedAt, asOfOn, holdout } = model
  return { model: model.model, fittedAt: fittedAt.toISOString(), asOfOn, holdout: holdout && withoutDeciles(holdout) }
}

function withoutDeciles({ deciles: _, ...holdout }: Holdout): Omit<Holdout, 'deciles'> {
  return holdout
}

/**
 * How the forecasts for one tenth of customers fared: "customers like this spent 8 % less than said". Null where the tenth
 * was never tested.
 */
export function testedTenth(holdout: Holdout | null, tenth: number | null): Omit<Holdout, 'deciles'> | null {
  const decile = tenth === null ? undefined : holdout?.deciles[tenth - 1]
  return holdout && decile && decile.customers > 0 ? { ...withoutDeciles(holdout), ...decile } : null
}
