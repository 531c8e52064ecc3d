import { route } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Room } from '#kernel/room.ts'
import { changeParty, createParty, findParties, readParty } from './contract.ts'
import { resolveParties } from './resolve.ts'
import * as store from './store.ts'

export const partiesRoutes: NonNullable<Room['routes']> = [
  route(findParties, async (house, { query }) => ({
    items: await store.findParties(house.database, query.find, query.limit),
  })),
  route(readParty, (house, { params }) => store.readParty(house.database, params.partyId)),
  route(createParty, (house, { body, caller }) =>
    house.database.transaction(async transaction => {
      const sourceId = caller.kind === 'nobody' ? house.newId() : caller.id
      const { partyIds, created } = await resolveParties(transaction, house, sourceId, [body])
      if (created.length === 0) throw refuse('conflict', 'parties:refusal.identifier-taken')
      await house.live.announce(transaction, ['customers'])
      return store.readParty(transaction, partyIds[0]!)
    }),
  ),
  route(changeParty, (house, { params, body }) =>
    house.database.transaction(async transaction => {
      const changed = await store.changeParty(transaction, house, params.partyId, body)
      await house.live.announce(transaction, ['customers'])
      return changed
    }),
  ),
]
