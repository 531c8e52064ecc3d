import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { changeBusiness, readBusiness } from './contract.ts'

export const settingsRoutes: NonNullable<Room['routes']> = [
  route(readBusiness, house => house.settings.business()),
  route(changeBusiness, async (house, { body }) => {
    const before = await house.settings.business()
    await house.database.transaction(async transaction => {
      await house.settings.write(transaction, 'business', body)
      // A day and a total mean something else now, so what was derived from them is derived again.
      if (before.zone !== body.zone || before.currency !== body.currency) {
        await house.jobs.enqueue(transaction, 'rhythm.rebuild', {}, { key: 'rhythm.rebuild' })
      }
      await house.live.announce(transaction, ['settings'])
    })
    return body
  }),
]
