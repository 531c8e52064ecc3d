import { z } from 'zod'
import type { House } from '#kernel/house.ts'

const settingsName = 'webhooks'
const settings = z.object({ allowPrivate: z.boolean().default(false) })

/** Off until somebody with the right to says that receivers stand in the own network. */
export const readSettings = (house: House) => house.settings.read(settingsName, settings)

export async function writeSettings(house: House, value: z.output<typeof settings>): Promise<void> {
  await house.database.transaction(async transaction => {
    await house.settings.write(transaction, settingsName, value)
    await house.live.announce(transaction, ['webhooks'])
  })
}
