import { z } from 'zod'
import { addDays } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import { job } from '#kernel/jobs/index.ts'
import { mbgCnbdK } from '#statistics/index.ts'
import { type Calibration, calibrationFrom } from './calibration.ts'
import { rhythmWarnings } from './contract.ts'
import { columnsOf, type Histories, historiesAtCutoff, historiesOn, pastForecasts } from './learn.ts'
import { fewestCustomersWithGaps, priorParameters, type RhythmModel } from './model.ts'
import { type Situation, situationOf } from './reading.ts'
import { recomputeDays } from './recompute.ts'
import { saveModel } from './store.ts'

/** Learns the base's rhythm from all purchases, checks it on a past day, and works out everybody's days anew. */
export const fitJob = job({
  name: 'rhythm.fit',
  input: z.object({}),
  visible: true,
  async run(house, _, progress) {
    const situation = await situationOf(house)
    await progress.say('rhythm:job.reading', {})
    const { customers, histories } = await historiesOn(house.database, situation.asOfOn)
    const model = await learn(house, situation, customers, histories, () => progress.say('rhythm:job.checking', {}))
    if (!model) return { customers: 0 }
    await progress.say('rhythm:job.applying', {})
    const modelNo = await house.database.transaction(transaction => saveModel(house, transaction, model))
    const applied = await recomputeDays(house, modelNo, progress)
    await house.database.transaction(async transaction => {
      await house.jobs.enqueue(transaction, 'rhythm.due', { learned: true }, { key: 'rhythm.due' })
      await house.afterLearning(transaction)
      await house.live.announce(transaction, ['rhythm', 'customers'])
    })
    return { customers: applied, learnedFrom: customersWithGaps(histories) }
  },
})

export function customersWithGaps(histories: Histories): number {
  return histories.purchases.reduce((count, purchases) => count + (purchases > 0 ? 1 : 0), 0)
}

async function learn(
  house: House,
  situation: Situation,
  customers: number,
  histories: Histories,
  checking: () => Promise<void>,
): Promise<Omit<RhythmModel, 'modelNo' | 'modelId'> | undefined> {
  const found = { fittedAt: house.clock.now(), asOfOn: situation.asOfOn, customers }
  const withGaps = customersWithGaps(histories)
  if (withGaps === 0) return undefined
  if (withGaps < fewestCustomersWithGaps) {
    const parameters = priorParameters(sum(histories.recency) / sum(histories.purchases))
    return {
      ...found,
      kind: 'prior',
      parameters,
      logLikelihood: null,
      warnings: ['too-few-customers'],
      calibration: null,
    }
  }
  const fit = mbgCnbdK.fit(columnsOf(histories))
  await checking()
  return {
    ...found,
    kind: 'fitted',
    parameters: fit.parameters,
    logLikelihood: fit.logLikelihood,
    // What a fit says to statisticians alone is not told to merchants.
    warnings: rhythmWarnings.filter(warning => fit.warnings.includes(warning)),
    calibration: await calibrationAtCutoff(house, situation),
  }
}

/** Fits on what was known one horizon ago and looks at what happened since. */
async function calibrationAtCutoff(house: House, situation: Situation): Promise<Calibration | null> {
  const { horizonDays, zone } = situation
  const cutoffOn = addDays(situation.asOfOn, -horizonDays)
  const past = await historiesAtCutoff(house.database, cutoffOn, { horizonDays, zone })
  if (customersWithGaps(past.histories) < fewestCustomersWithGaps) return null
  const { parameters } = mbgCnbdK.fit(columnsOf(past.histories))
  return calibrationFrom(pastForecasts(past, parameters, horizonDays), cutoffOn, horizonDays)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
