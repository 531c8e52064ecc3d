import { readHorizon, writeHorizon } from '#insight/rhythm/index.ts'
import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { type WarningsSettings, warningsSettings } from './contract.ts'

/** Names the programme in its tasks, its settings and the hash of its control group. */
export const programmeName = 'warnings'

const own = warningsSettings.omit({ horizonDays: true })

/** The horizon belongs to the rhythm, whose calibration is learned for it; all else is the programme's own. */
export async function readSettings(house: House, queryable?: Queryable): Promise<WarningsSettings> {
  const settings = await house.settings.read(programmeName, own, queryable)
  return { ...settings, horizonDays: await readHorizon(house, queryable) }
}

/** Changes the settings; the week is then planned anew. What was selected already stays selected. */
export async function changeSettings(house: House, settings: WarningsSettings): Promise<WarningsSettings> {
  const { horizonDays, ...rest } = settings
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, programmeName, rest)
    await writeHorizon(house, transaction, horizonDays)
    await house.jobs.enqueue(transaction, 'warnings.plan', {}, { key: 'warnings.plan' })
    await house.live.announce(transaction, ['warnings', 'settings'])
  })
  return settings
}
