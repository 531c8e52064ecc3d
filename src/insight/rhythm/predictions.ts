import type { Queryable, Transaction } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { CustomersAlike } from './calibration.ts'
import { type CustomerType, rhythmSettings } from './contract.ts'
import { isLate, typeOf } from './customer-type.ts'
import { forecastOf, silenceOf, silentDaysOf, spendPerYearMinor } from './forecast.ts'
import { type Situation, settingsName, situationOf } from './reading.ts'
import { currentModel, readStates } from './store.ts'

export type { Situation }

/** What programmes may know of a customer's rhythm: facts and forecasts as of the reading day. */
export interface Predicted {
  readonly partyId: string
  readonly type: CustomerType
  readonly late: boolean
  readonly purchases: number
  readonly lastOn: string
  readonly silentDays: number
  /** Null below three purchases. */
  readonly usualDays: number | null
  /** Calibrated chance of no purchase within the horizon; null without a model. */
  readonly noPurchase: number | null
  readonly likeThis: CustomersAlike | null
  /** Net spend of a year at the customer's own pace; of one or two purchases, what they brought. */
  readonly spendPerYearMinor: number
}

export const readSituation = situationOf

/** Rhythm of those of these parties who have bought. */
export async function readPredictions(
  house: House,
  queryable: Queryable,
  partyIds: readonly string[],
): Promise<Map<string, Predicted>> {
  const { asOfOn, horizonDays } = await situationOf(house, queryable)
  const model = await currentModel(house, queryable)
  const predicted = new Map<string, Predicted>()
  for (const [partyId, { state, days }] of await readStates(queryable, partyIds)) {
    if (state.lastOn === null) continue
    const forecast = model ? forecastOf(model, state, asOfOn, horizonDays) : undefined
    const silence = model ? silenceOf(model, state, asOfOn, horizonDays) : undefined
    predicted.set(partyId, {
      partyId,
      type: typeOf({ ...days, purchaseDays: state.purchaseDays }, asOfOn),
      late: isLate(days, asOfOn),
      purchases: state.purchaseDays,
      lastOn: state.lastOn,
      silentDays: silentDaysOf(state, asOfOn)!,
      usualDays: forecast?.usualDays ?? null,
      noPurchase: silence?.calibrated ?? null,
      likeThis: silence?.likeThis ?? null,
      spendPerYearMinor: forecast
        ? spendPerYearMinor(state, forecast.usualDays)
        : Math.max(0, state.spendMinor - state.refundMinor),
    })
  }
  return predicted
}

/** The one horizon of "no purchase within": the calibration is learned for it, so programmes share it. */
export async function readHorizon(house: House, queryable?: Queryable): Promise<number> {
  return (await house.settings.read(settingsName, rhythmSettings, queryable)).horizonDays
}

/** Changes the horizon; what was learned for the old one is learned anew. */
export async function writeHorizon(house: House, transaction: Transaction, horizonDays: number): Promise<void> {
  const before = await house.settings.read(settingsName, rhythmSettings, transaction)
  if (before.horizonDays === horizonDays) return
  await house.settings.write(transaction, settingsName, { ...before, horizonDays })
  await house.jobs.enqueue(transaction, 'rhythm.fit', {}, { key: 'rhythm.fit' })
}
