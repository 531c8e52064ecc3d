import { z } from 'zod'
import { reading } from '#insight/rhythm/contract.ts'
import { operation } from '#kernel/operation.ts'

const day = z.iso.date()
const share = z.number().min(0).max(1)
const count = z.int().min(0)

/** The models that are in use and watched; `health:model.<name>` are the words of each. */
export const watchedModels = ['rhythm', 'value'] as const
export const watchedModel = z.enum(watchedModels)
export type WatchedModelName = z.infer<typeof watchedModel>

/** Good: plan with it. Care: right in the main, and the page says where not. Not: do not rely on it. */
export const verdicts = ['good', 'care', 'not'] as const
export const verdict = z.enum(verdicts)
export type Verdict = z.infer<typeof verdict>

/** What is looked at, in the order in which it is told; `health:measure.<name>` is the sentence of each. */
export const measureNames = [
  'calibration',
  'live',
  'total',
  'past-rate',
  'ranking',
  'over-recency',
  'deciles',
  'customers',
  'fit',
  'age',
  'drift',
] as const
export type MeasureName = (typeof measureNames)[number]

/** One figure with the bounds it is judged by; `words` fills the gaps of its sentence. */
export const measure = z.object({
  name: z.enum(measureNames),
  value: z.number(),
  /** Up to here it is good, and up to there it wants care; null where it can never be worse than care. */
  good: z.number(),
  care: z.number().nullable(),
  verdict,
})
export type Measure = z.infer<typeof measure>

/** Customers of whom about the same was foretold: the share that was said to come back, and the share that did. */
export const reliabilityBin = z.object({
  customers: count,
  /** As the model said it, before the past corrected it. */
  raw: share,
  said: share,
  cameBack: count,
  happened: share,
  /** Within which the true share lies in 95 of 100 such groups (Wilson). */
  low: share,
  high: share,
})
export type ReliabilityBin = z.infer<typeof reliabilityBin>

export const reliability = z.object({
  customers: count,
  said: share,
  happened: share,
  brierRaw: z.number(),
  brier: z.number(),
  errorRaw: z.number(),
  error: z.number(),
  /** What the error would be on average if every chance were right: groups of people scatter. */
  errorByChance: z.number(),
  bins: z.array(reliabilityBin),
})
export type Reliability = z.infer<typeof reliability>

/** What was foretold at a past split against what then happened. */
export const holdout = z.object({
  splitOn: day,
  horizonDays: z.int(),
  customers: count,
  /** In purchases, or in money of the business (minor units). */
  unit: z.enum(['purchases', 'money']),
  predicted: z.number(),
  actual: z.number(),
  /** Mean of |foretold - happened| per customer, and the same for a plain past rate. */
  errors: z.object({ model: z.number(), pastRate: z.number() }).nullable(),
  /** Of two customers, one of whom came back: how often the model ranks that one higher; and recency alone. */
  ranking: z.object({ auc: share, aucRecency: share }).nullable(),
  /** By tenths of the forecast, the lowest first; per customer. */
  deciles: z.array(z.object({ customers: count, predicted: z.number(), actual: z.number() })),
  reliability: reliability.nullable(),
  /** Purchases per step of customers known at the split, as they came and as the model has them coming. */
  tracking: z
    .object({
      stepDays: z.int(),
      points: z.array(z.object({ fromOn: day, actual: z.number(), expected: z.number() })),
    })
    .nullable(),
})
export type Holdout = z.infer<typeof holdout>

/** A forecast that customers were really given, held against what came of it. */
export const maturedForecast = z.object({ madeOn: day, horizonDays: z.int(), fitId: z.string(), reliability })
export type MaturedForecast = z.infer<typeof maturedForecast>

/**
 * The bounds by convention: up to `watch` the base is the one the model saw, from `refit` it is another one. A test holds
 * them to `stabilityBounds` of the statistics, which a browser does not load for two numbers.
 */
export const driftBounds = { watch: 0.1, refit: 0.25 } as const

export const featureNames = ['recency', 'frequency', 'spend', 'score', 'worth'] as const
export type FeatureName = (typeof featureNames)[number]

export const drift = z.object({
  /** The day on which the model in use saw the base. */
  sinceOn: day,
  foundOn: day,
  customers: count,
  features: z.array(
    z.object({
      name: z.enum(featureNames),
      psi: z.number(),
      /** Share of customers in each range, then and now; the ranges held about equally many then. */
      bins: z.array(z.object({ from: z.number().nullable(), to: z.number().nullable(), before: share, now: share })),
    }),
  ),
})
export type Drift = z.infer<typeof drift>

/** The same customers on the same day, by the fit before and by this one. */
export const lateChange = z.object({
  onDay: day,
  customers: count,
  lateBefore: count,
  lateAfter: count,
  becameLate: count,
  noLongerLate: count,
})
export type LateChange = z.infer<typeof lateChange>

export const fitCauses = ['schedule', 'data', 'hand', 'drift'] as const
export type FitCause = (typeof fitCauses)[number]

export const watchedFit = z.object({
  fitId: z.string(),
  fittedAt: z.iso.datetime(),
  asOfOn: day,
  kind: z.enum(['prior', 'fitted']),
  customers: count,
  parameters: z.record(z.string(), z.number()),
  logLikelihood: z.number().nullable(),
  /** Translation keys of what the fit has to say about itself. */
  warnings: z.array(z.string()),
  /** Null where nobody looked at this fit while it was in use. */
  review: z
    .object({
      because: z.enum(fitCauses),
      askedBy: z.string().nullable(),
      runId: z.uuid().nullable(),
      tookMs: z.int().nullable(),
      holdout: holdout.omit({ deciles: true, tracking: true }).nullable(),
      change: lateChange.nullable(),
    })
    .nullable(),
})
export type WatchedFit = z.infer<typeof watchedFit>

export const modelHealth = z.object({
  model: watchedModel,
  state: z.enum(['none', 'prior', 'fitted']),
  /** Customers who came back at least once: those there are, and those it takes to learn. */
  have: count,
  needed: count,
  reading,
  /** How many days its forecasts look ahead. */
  horizonDays: z.int(),
  /** Null while nothing was held against what happened. */
  verdict: verdict.nullable(),
  measures: z.array(measure),
  fit: watchedFit.nullable(),
  holdout: holdout.nullable(),
  /** Null where the model foretells nothing that comes true or not customer by customer. */
  live: z
    .object({
      /** Newest first. */
      matured: z.array(maturedForecast),
      open: z.array(z.object({ madeOn: day, endsOn: day, customers: count })),
    })
    .nullable(),
  drift: drift.nullable(),
  /** The same against what an earlier fit saw, a quarter ago or more; it decides nothing. */
  slowDrift: drift.nullable(),
  /** What is found at odds, and what was done about it. */
  notice: z
    .object({
      because: z.enum(['drift', 'live']),
      feature: z.enum(featureNames).nullable(),
      value: z.number(),
      state: z.enum(['proposed', 'asked']),
    })
    .nullable(),
})
export type ModelHealth = z.infer<typeof modelHealth>

export const healthSettings = z.object({
  /** Whether a base that has moved away from its model is learned anew by itself, at most once a day. */
  refit: z.enum(['propose', 'by-itself']).default('propose'),
})
export type HealthSettings = z.infer<typeof healthSettings>

export const listModels = operation({
  id: 'listModels',
  method: 'GET',
  path: '/api/models',
  summary: 'Every model in use and whether its numbers can be believed: holdout, live forecasts, drift, verdict',
  permission: 'customers.read',
  reply: z.object({ items: z.array(modelHealth), settings: healthSettings }),
})

export const listFits = operation({
  id: 'listFits',
  method: 'GET',
  path: '/api/models/{model}/fits',
  summary: 'The fits of a model, newest first: parameters, warnings, figures, who asked and what changed',
  permission: 'customers.read',
  params: z.object({ model: watchedModel }),
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ items: z.array(watchedFit), total: count }),
})

export const fitModel = operation({
  id: 'fitModel',
  method: 'POST',
  path: '/api/models/{model}/fit',
  summary: 'Learns a model anew, as a job; the check on it follows by itself',
  permission: 'warnings.manage',
  params: z.object({ model: watchedModel }),
  reply: z.object({ runId: z.uuid() }),
  status: 202,
  refusals: ['health:refusal.not-watched'],
})

export const changeHealthSettings = operation({
  id: 'changeHealthSettings',
  method: 'PUT',
  path: '/api/models/settings',
  summary: 'Changes what happens when a base has moved away from its model',
  permission: 'warnings.manage',
  body: healthSettings,
  reply: healthSettings,
})
