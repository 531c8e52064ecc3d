import type { Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import type { FeatureName, Holdout, LateChange, MeasureName, WatchedModelName } from './contract.ts'

/**
 * What a model must answer to be watched. Each adapter (`watched-rhythm.ts`) asks its room through the front door, so that
 * the checks, the rules and the page are the same for every model.
 */
export interface WatchedModel {
  readonly name: WatchedModelName
  /** The job that learns it anew. */
  readonly job: string
  /** Whether its figures are money, which not everybody may see. */
  readonly isMoney: boolean
  /** The figures about what it tells people: only these can say that it is not to be relied on. */
  readonly tells: readonly MeasureName[]
  standing(house: House): Promise<Standing>
  /** Newest first. */
  fits(house: House, limit: number): Promise<{ readonly fits: readonly KnownFit[]; readonly total: number }>
  /** A stable part of the base as the newest fit sees it today. */
  observe(house: House, most: number): Promise<Observed>
  /** What a fit made on a past day foretold, and what came of it; null where the past is too short. */
  test(house: House, observed: Observed): Promise<Holdout | null>
  /** What the newest fit changed for customers against the one before it; null where it decides nothing about them. */
  compare(house: House, observed: Observed): Promise<LateChange | null>
  /** Null where the model foretells nothing that comes true or not customer by customer. */
  readonly foretells: Foretelling | null
}

export interface Foretelling {
  /** Today's forecasts of a stable part of the base, to be held against what happens; null where there are none now. */
  today(house: House, most: number): Promise<readonly Foretold[] | null>
  /** Which of these came back within the days after one day and up to another. */
  whoCameBack(house: House, partyIds: readonly string[], afterOn: Day, untilOn: Day): Promise<ReadonlySet<string>>
}

export interface Standing {
  readonly state: 'none' | 'prior' | 'fitted'
  readonly reading: { readonly asOfOn: Day; readonly history: boolean }
  readonly today: Day
  /** How many days its forecasts look ahead. */
  readonly horizonDays: number
  readonly have: number
  readonly needed: number
  /** What came later is not known yet: silence after this day means nothing. */
  readonly newestOn: Day | null
}

export interface KnownFit {
  readonly fitId: string
  readonly fittedAt: Date
  readonly asOfOn: Day
  readonly kind: 'prior' | 'fitted'
  readonly customers: number
  readonly parameters: Readonly<Record<string, number>>
  readonly logLikelihood: number | null
  /** Translation keys. */
  readonly warnings: readonly string[]
  /** How bad it is what the fit says of itself: nothing, a caution, or that it failed. */
  readonly soundness: 0 | 1 | 2
}

export interface Observed {
  readonly onDay: Day
  readonly partyIds: readonly string[]
  /** One number per customer for each feature the model looks at. */
  readonly features: Readonly<Partial<Record<FeatureName, readonly number[]>>>
}

/** The chance to come back within the horizon, as the model says it and as it was shown. */
export interface Foretold {
  readonly partyId: string
  readonly raw: number
  readonly said: number
}

/** A fit that says one of these has failed. */
const failures: readonly string[] = ['not-converged', 'no-repeat-purchases']
/** Said about how the work was done, not about what came out. */
const remarks: readonly string[] = ['fitted-on-sample', 'unpriced-customers-left-out']

/** `soundnessOf(['k-at-boundary'])` is 1: a caution. */
export function soundnessOf(warnings: readonly string[]): KnownFit['soundness'] {
  const telling = warnings.filter(warning => !remarks.includes(warning))
  return telling.some(warning => failures.includes(warning)) ? 2 : telling.length > 0 ? 1 : 0
}

/** What models say of their fits, in one set of sentences for all of them. */
export function warningKeys(warnings: readonly string[]): string[] {
  return warnings.map(warning => `health:warning.${warning}`)
}
