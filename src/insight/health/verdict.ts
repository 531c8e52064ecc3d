import { daysBetween } from '#kernel/clock/index.ts'
import { stabilityBounds } from '#statistics/index.ts'
import type { Drift, Holdout, MaturedForecast, Measure, MeasureName, Reliability, Verdict } from './contract.ts'
import type { KnownFit } from './watched.ts'

interface Standard {
  /** Whether more of it is better. */
  readonly more: boolean
  readonly good: number
  /** Null where the figure is a reason for caution and never a proof that the model is wrong. */
  readonly care: number | null
}

/**
 * What is good, what wants care, and from where on nobody should rely on a model: the only place where it is decided.
 * A figure on the bound still belongs to the better side.
 */
export const standards: Readonly<Record<MeasureName, Standard>> = {
  /** Mean distance between what was said and what happened, beyond what chance explains; in chances of 0 to 1. */
  calibration: { more: false, good: 0.03, care: 0.08 },
  live: { more: false, good: 0.03, care: 0.08 },
  /** How far the total was off, as a share of what happened. */
  total: { more: false, good: 0.1, care: 0.25 },
  /** Error per customer as a share of the error of a plain past rate. */
  'past-rate': { more: false, good: 0.95, care: 1.05 },
  /** AUC: 0.5 is a coin. */
  ranking: { more: true, good: 0.7, care: 0.6 },
  /** AUC above that of knowing the last purchase day alone. */
  'over-recency': { more: true, good: 0, care: -0.02 },
  /** Sum of the distances by tenths of the forecast, as a share of what happened. */
  deciles: { more: false, good: 0.2, care: 0.4 },
  /** Customers on whom it was tested. */
  customers: { more: true, good: 500, care: null },
  /** 0: the fit has nothing to say of itself, 1: a caution, 2: it failed. */
  fit: { more: false, good: 0, care: 1 },
  /** Days since the fit. */
  age: { more: false, good: 31, care: null },
  /** The largest population stability index of a feature. */
  drift: { more: false, good: stabilityBounds.watch, care: null },
}

/**
 * Where one figure stands.
 *
 * Example: a total 17 % too high is worth care; one 26 % off is not to be relied on.
 */
export function verdictOn(name: MeasureName, value: number): Verdict {
  const { more, good, care } = standards[name]
  const reaches = (bound: number) => (more ? value >= bound : value <= bound)
  if (reaches(good)) return 'good'
  return care === null || reaches(care) ? 'care' : 'not'
}

/**
 * A model is as good as its worst figure; but only a figure about what it tells people (`tells`) can condemn it, any other
 * calls for care. Null where nothing was held against what happened.
 *
 * Example: the rhythm tells chances and an order; a total 30 % too low in December makes it a model to use with care.
 */
export function verdictOf(measures: readonly Measure[], tells: readonly MeasureName[]): Verdict | null {
  if (!measures.some(({ name }) => name === 'total' || name === 'calibration')) return null
  if (measures.some(({ name, verdict }) => verdict === 'not' && tells.includes(name))) return 'not'
  return measures.some(({ verdict }) => verdict !== 'good') ? 'care' : 'good'
}

/** The error that chance does not explain. */
export function beyondChance({ error, errorByChance }: Reliability): number {
  return Math.max(0, error - errorByChance)
}

/** Every figure that is known of a model, judged; the order is that in which they are told. */
export function measuresOf(known: {
  readonly fit: KnownFit
  readonly today: string
  readonly holdout: Holdout | null
  readonly live: MaturedForecast | null
  readonly drift: Drift | null
}): Measure[] {
  const { fit, today, holdout, live, drift } = known
  const values: [MeasureName, number | null][] = [
    ['calibration', holdout?.reliability ? beyondChance(holdout.reliability) : null],
    ['live', live && beyondChance(live.reliability)],
    ['total', holdout && holdout.actual > 0 ? Math.abs(holdout.predicted / holdout.actual - 1) : null],
    [
      'past-rate',
      holdout?.errors && holdout.errors.pastRate > 0 ? holdout.errors.model / holdout.errors.pastRate : null,
    ],
    ['ranking', holdout?.ranking ? holdout.ranking.auc : null],
    ['over-recency', holdout?.ranking ? holdout.ranking.auc - holdout.ranking.aucRecency : null],
    ['deciles', holdout && decileError(holdout)],
    ['customers', holdout ? holdout.customers : null],
    ['fit', fit.soundness],
    ['age', daysBetween(fit.asOfOn, today)],
    ['drift', drift && worstOf(drift).psi],
  ]
  return values.flatMap(([name, value]) => {
    if (value === null) return []
    const { good, care } = standards[name]
    return [{ name, value, good, care, verdict: verdictOn(name, value) }]
  })
}

/** The feature that moved farthest. */
export function worstOf(drift: Pick<Drift, 'features'>): Drift['features'][number] {
  return drift.features.reduce((worst, each) => (each.psi > worst.psi ? each : worst))
}

/**
 * Decile calibration error (SCIENCE 1.4): the distances between forecast and real by tenths, as a share of what happened.
 *
 * Example: two halves of 10 customers, 1 and 3 forecast each, 2 and 3 real -> 10 x 1 / 50 = 0.2.
 */
export function decileError({ deciles }: Pick<Holdout, 'deciles'>): number | null {
  let distance = 0
  let actual = 0
  for (const decile of deciles) {
    distance += decile.customers * Math.abs(decile.predicted - decile.actual)
    actual += decile.customers * decile.actual
  }
  return actual > 0 ? distance / actual : null
}
