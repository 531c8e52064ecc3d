import {
  crossCorrected,
  currentModel,
  type RhythmModel,
  readLearnable,
  readNewestDay,
  readNewestModels,
  readPurchaseDays,
  readSample,
  readSituation,
  whoIsLate,
} from '#insight/rhythm/index.ts'
import { addDays, type Day } from '#kernel/clock/index.ts'
import type { Database } from '#kernel/database/index.ts'
import { mbgCnbdK } from '#statistics/index.ts'
import { backtest } from './backtest.ts'
import { type KnownFit, soundnessOf, type WatchedModel, warningKeys } from './watched.ts'

/** A gap of at least two is what a chance is spoken of from: three purchase days. */
const fewestPurchaseDays = 3

export const watchedRhythm: WatchedModel = {
  name: 'rhythm',
  job: 'rhythm.fit',
  isMoney: false,
  tells: ['calibration', 'live', 'ranking', 'over-recency', 'fit'],

  async standing(house) {
    const situation = await readSituation(house)
    const model = await currentModel(house)
    return {
      state: model?.kind ?? 'none',
      reading: { asOfOn: situation.asOfOn, history: situation.history },
      today: situation.today,
      horizonDays: situation.horizonDays,
      ...(await readLearnable(house)),
      newestOn: await readNewestDay(house, situation),
    }
  },

  async fits(house, limit) {
    const newest = await currentModel(house)
    return { fits: (await readNewestModels(house, limit)).map(fitOf), total: newest?.modelNo ?? 0 }
  },

  async observe(house, most) {
    const { situation, customers } = await readSample(house, { most })
    // Whoever is lost has not moved since; counted in, they would hide that the others have.
    const present = customers.filter(({ isLost }) => !isLost)
    return {
      onDay: situation.asOfOn,
      partyIds: customers.map(({ partyId }) => partyId),
      features: {
        recency: present.map(({ silentDays }) => silentDays),
        frequency: present.map(({ state }) => state.purchaseDays),
        spend: present.map(({ state }) => state.spendMinor - state.refundMinor),
        score: present.flatMap(({ state, noPurchase }) =>
          noPurchase && state.purchaseDays >= fewestPurchaseDays ? [1 - noPurchase.raw] : [],
        ),
      },
    }
  },

  async test(house, { onDay, partyIds }) {
    const { horizonDays, zone } = await readSituation(house)
    const days = await purchaseDaysOf(house.database, partyIds, zone)
    return backtest(days, { splitOn: addDays(onDay, -horizonDays), horizonDays }, mbgCnbdK, crossCorrected)
  },

  async compare(house, { onDay, partyIds }) {
    const [after, before] = await readNewestModels(house, 2)
    if (!after || !before) return null
    const { customers } = await readSample(house, { most: partyIds.length })
    const lateBefore = whoIsLate(before, customers, onDay)
    const lateAfter = whoIsLate(after, customers, onDay)
    const count = (is: (row: number) => boolean) => customers.filter((_, row) => is(row)).length
    return {
      onDay,
      customers: customers.length,
      lateBefore: count(row => lateBefore[row]!),
      lateAfter: count(row => lateAfter[row]!),
      becameLate: count(row => lateAfter[row]! && !lateBefore[row]!),
      noLongerLate: count(row => lateBefore[row]! && !lateAfter[row]!),
    }
  },

  foretells: {
    async today(house, most) {
      const { situation, model, customers } = await readSample(house, { most, fewestPurchaseDays })
      // A prior is no model that speaks in chances, and a past that is only read does not go on.
      if (model?.kind !== 'fitted' || situation.history) return null
      return customers.map(({ partyId, noPurchase }) => ({
        partyId,
        raw: 1 - noPurchase!.raw,
        said: 1 - noPurchase!.calibrated,
      }))
    },

    async whoCameBack(house, partyIds, afterOn, untilOn) {
      const { zone } = await readSituation(house)
      const days = await purchaseDaysOf(house.database, partyIds, zone)
      const back = [...days].filter(([, theirs]) => theirs.some(day => day > afterOn && day <= untilOn))
      return new Set(back.map(([partyId]) => partyId))
    },
  },
}

function fitOf(model: RhythmModel): KnownFit {
  return {
    fitId: model.modelId,
    fittedAt: model.fittedAt,
    asOfOn: model.asOfOn,
    kind: model.kind,
    customers: model.customers,
    parameters: { ...model.parameters },
    logLikelihood: model.logLikelihood,
    warnings: warningKeys(model.warnings),
    soundness: soundnessOf(model.warnings),
  }
}

/** In pieces, so that a large sample is not one large answer. */
async function purchaseDaysOf(
  database: Database,
  partyIds: readonly string[],
  zone: string,
): Promise<Map<string, Day[]>> {
  const days = new Map<string, Day[]>()
  for (let start = 0; start < partyIds.length; start += 1000) {
    for (const [partyId, theirs] of await readPurchaseDays(database, partyIds.slice(start, start + 1000), zone)) {
      days.set(partyId, theirs)
    }
  }
  return days
}
