import { readLearnable, readNewestDay, readSample, readSituation } from '#insight/rhythm/index.ts'
import { fewestWhoReturned, readNewestValueModels, readYearsOf, type ValueModel } from '#insight/value/index.ts'
import type { Holdout } from './contract.ts'
import { soundnessOf, type WatchedModel, warningKeys } from './watched.ts'

/** Values are told for the twelve months ahead. */
const horizonDays = 365

/**
 * The model of value is tested by its own room when it is learned, on a third of the past or a year; what is watched here
 * is how that went, how old it is, and whether the base has moved away from it.
 */
export const watchedValue: WatchedModel = {
  name: 'value',
  job: 'value.fit',
  isMoney: true,
  tells: ['total', 'deciles', 'fit'],

  async standing(house) {
    const situation = await readSituation(house)
    const [model] = await readNewestValueModels(house.database, 1)
    return {
      state: model ? 'fitted' : 'none',
      reading: { asOfOn: situation.asOfOn, history: situation.history },
      today: situation.today,
      horizonDays,
      have: (await readLearnable(house)).have,
      needed: fewestWhoReturned,
      newestOn: await readNewestDay(house, situation),
    }
  },

  async fits(house, limit) {
    const models = await readNewestValueModels(house.database, limit)
    return {
      fits: models.map(model => ({
        fitId: String(model.fitNo),
        fittedAt: model.fittedAt,
        asOfOn: model.asOfOn,
        kind: 'fitted' as const,
        customers: model.customers,
        parameters: model.parameters,
        logLikelihood: null,
        warnings: warningKeys(model.warnings),
        soundness: soundnessOf(model.warnings),
      })),
      total: models[0]?.fitNo ?? 0,
    }
  },

  async observe(house, most) {
    const { situation, customers } = await readSample(house, { most })
    const present = customers.filter(({ isLost }) => !isLost)
    const years = await readYearsOf(
      house.database,
      present.map(({ partyId }) => partyId),
    )
    return {
      onDay: situation.asOfOn,
      partyIds: customers.map(({ partyId }) => partyId),
      features: {
        recency: present.map(({ silentDays }) => silentDays),
        frequency: present.map(({ state }) => state.purchaseDays),
        spend: present.map(({ state }) => state.spendMinor - state.refundMinor),
        worth: present.flatMap(({ partyId }) => years.get(partyId) ?? []),
      },
    }
  },

  async test(house) {
    const [model] = await readNewestValueModels(house.database, 1)
    return model ? holdoutOf(model) : null
  },

  async compare() {
    return null
  },

  foretells: null,
}

function holdoutOf({ holdout }: ValueModel): Holdout | null {
  if (!holdout) return null
  return {
    splitOn: holdout.cutoffOn,
    horizonDays: holdout.horizonDays,
    customers: holdout.customers,
    unit: 'money',
    predicted: holdout.predictedMinor,
    actual: holdout.actualMinor,
    errors: null,
    ranking: null,
    deciles: holdout.deciles.toReversed().map(({ customers, predictedMinor, actualMinor }) => ({
      customers,
      predicted: customers > 0 ? predictedMinor / customers : 0,
      actual: customers > 0 ? actualMinor / customers : 0,
    })),
    reliability: null,
    tracking: null,
  }
}
