import type { Queryable } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { type ValueSettings, valueSettings } from './contract.ts'

const settingsName = 'value'

export function readSettings(house: House, queryable?: Queryable): Promise<ValueSettings> {
  return house.settings.read(settingsName, valueSettings, queryable)
}

/** Keeps what the owner said; everybody is then valued anew by the same model. */
export async function changeSettings(house: House, settings: ValueSettings): Promise<ValueSettings> {
  const names = settings.margins.map(rule => `${rule.kind} ${rule.value}`)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) throw refuse('invalid', 'value:refusal.margin-twice', { name: twice.slice(twice.indexOf(' ') + 1) })
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, settings)
    await house.jobs.enqueue(transaction, 'value.revalue', {}, { key: 'value.revalue' })
    await house.live.announce(transaction, ['value'])
  })
  return settings
}
