import type { Day } from '#kernel/clock/index.ts'
import { stabilityBounds } from '#statistics/index.ts'
import type { Drift, FeatureName, HealthSettings, MaturedForecast } from './contract.ts'
import { beyondChance, standards, worstOf } from './verdict.ts'

/** Why a model should be learned anew. */
export interface RefitReason {
  readonly because: 'drift' | 'live'
  readonly feature: FeatureName | null
  readonly value: number
}

/**
 * Whether the base has moved too far from its model, or what was foretold did not come true. A forecast that matured before
 * the fit is no reason any more: the fit knows what became of it.
 *
 * Example: recency at 0.31 -> drift of recency; all below 0.25 and the last live forecast 0.12 off -> live.
 */
export function reasonToRefit(found: {
  readonly fittedAt: Date
  readonly drift: Pick<Drift, 'features'> | null
  readonly live: (Pick<MaturedForecast, 'reliability'> & { readonly maturedAt: Date }) | null
}): RefitReason | null {
  if (found.drift && found.drift.features.length > 0) {
    const worst = worstOf(found.drift)
    if (worst.psi >= stabilityBounds.refit) return { because: 'drift', feature: worst.name, value: worst.psi }
  }
  if (found.live && found.live.maturedAt > found.fittedAt) {
    const value = beyondChance(found.live.reliability)
    if (value > standards.live.care!) return { because: 'live', feature: null, value }
  }
  return null
}

/**
 * Whether to learn anew without being asked: only where the owner wants it, and never twice on one day, whoever began the
 * fit before.
 *
 * Example: fitted on 3 March, found on 3 March -> not today; found on 4 March -> yes.
 */
export function refitsByItself(settings: HealthSettings, fittedOn: Day, today: Day): boolean {
  return settings.refit === 'by-itself' && fittedOn < today
}
