import type { Day } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { isLate } from './customer-type.ts'
import { dueDays } from './due-days.ts'
import { silenceOf, silentDaysOf, tableOf } from './forecast.ts'
import { fewestCustomersWithGaps, type RhythmModel } from './model.ts'
import { type Situation, situationOf } from './reading.ts'
import { currentModel, readModels, type StateColumns, type StateRow, stateColumns, stateFrom } from './store.ts'

/** One customer of a sample, as the newest model sees them on the reading day. */
export interface SampledCustomer extends Pick<StateRow, 'partyId' | 'state'> {
  readonly silentDays: number
  /** Silent for so long that the model no longer counts on them. */
  readonly isLost: boolean
  /** Chance of no purchase within the horizon, as the model says it and as the past corrected it; null without a model. */
  readonly noPurchase: { readonly raw: number; readonly calibrated: number } | null
}

export interface Sample {
  readonly situation: Situation
  readonly model: RhythmModel | null
  /** All who had bought by the reading day, sampled or not. */
  readonly base: number
  readonly customers: readonly SampledCustomer[]
}

/**
 * A fair part of the base for those who check on the model: the customers whose ids come first in the order of their
 * hashes, so that two reads on different days meet nearly the same people, whatever happened in between.
 */
export async function readSample(
  house: House,
  { most, fewestPurchaseDays = 1 }: { readonly most: number; readonly fewestPurchaseDays?: number },
): Promise<Sample> {
  const situation = await situationOf(house)
  const model = await currentModel(house)
  const among = 'rhythm.state s where s.first_on <= $1 and s.purchase_days >= $2'
  const values = [situation.asOfOn, fewestPurchaseDays]
  const [all] = await house.database.query<{ count: number }>(`select count(*) as count from ${among}`, values)
  const rows = await house.database.query<StateColumns>(
    `select ${stateColumns} from ${among} order by hashtext(s.party_id::text), s.party_id limit $3`,
    [...values, most],
  )
  const customers = rows.map(row => {
    const state = stateFrom(row)
    const silence = model ? silenceOf(model, state, situation.asOfOn, situation.horizonDays) : null
    return {
      partyId: row.party_id,
      state,
      silentDays: silentDaysOf(state, situation.asOfOn)!,
      isLost: row.lost_on !== null && row.lost_on <= situation.asOfOn,
      noPurchase: silence && { raw: silence.raw, calibrated: silence.calibrated },
    }
  })
  return { situation, model, base: all!.count, customers }
}

/** Which of these customers are later than usual on a day, by the rules of one model or another. */
export function whoIsLate(model: RhythmModel, customers: readonly SampledCustomer[], today: Day): boolean[] {
  return customers.map(({ state }) => isLate(dueDays(state, tableOf(model), model.parameters.alpha), today))
}

/** The newest models, newest first. */
export async function readNewestModels(house: House, limit: number): Promise<RhythmModel[]> {
  const newest = await currentModel(house)
  if (!newest) return []
  const first = Math.max(1, newest.modelNo - limit + 1)
  const numbers = Array.from({ length: newest.modelNo - first + 1 }, (_, index) => first + index)
  return (await readModels(house.database, numbers)).reverse()
}

/** How many customers there are to learn from, and how many it takes. */
export async function readLearnable(house: House): Promise<{ readonly have: number; readonly needed: number }> {
  const [base] = await house.database.query<{ count: number }>(
    'select count(*) as count from rhythm.state where purchase_days > 1',
  )
  return { have: base!.count, needed: fewestCustomersWithGaps }
}

/** The day of the newest purchase that is known: beyond it, silence only means that nothing has come in yet. */
export async function readNewestDay(house: House, { today }: Situation): Promise<Day | null> {
  const [row] = await house.database.query<{ newest: Day | null }>(
    'select max(last_on) as newest from rhythm.state where last_on <= $1',
    [today],
  )
  return row?.newest ?? null
}
