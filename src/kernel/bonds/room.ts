import { distributed } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as bonds from './bonds.ts'
import * as contract from './contract.ts'
import { noteSpokenTo, openDueContacts } from './duty.ts'
import { refoldJoined, relateJoined } from './joined.ts'

export const bondsRoom: Room = {
  name: 'kernel/bonds',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'bonds.care': distributed('party_id'), 'bonds.relation': distributed('party_id') },
  listens: ['task.closed', 'task.reopened', 'client.joined'],
  async hear(house, transaction, events) {
    const joined = events.filter(({ kind }) => kind === 'client.joined')
    if (joined.length > 0) await relateJoined(house, transaction, joined)
    await noteSpokenTo(
      house,
      transaction,
      events.filter(({ kind }) => kind !== 'client.joined'),
    )
    return []
  },
  refold: refoldJoined,
  forget: bonds.forgetBonds,
  jobs: [openDueContacts],
  schedules: [{ job: openDueContacts.name, cron: '20 * * * *' }],
  routes: [
    route(contract.readBonds, (house, { params }) => bonds.readBonds(house, house.database, params.partyId)),
    route(contract.changeCare, (house, { params, body }) =>
      house.database.transaction(async transaction => {
        await bonds.changeCare(transaction, house, params.partyId, body)
        await house.live.announce(transaction, ['customers', 'tasks'])
        return bonds.readBonds(house, transaction, params.partyId)
      }),
    ),
    route(contract.addRelation, (house, { params, body }) =>
      house.database.transaction(async transaction => {
        await bonds.addRelation(transaction, house, params.partyId, body)
        await house.live.announce(transaction, ['customers'])
        return bonds.readBonds(house, transaction, params.partyId)
      }),
    ),
    route(contract.removeRelation, (house, { params }) =>
      house.database.transaction(async transaction => {
        await bonds.removeRelation(transaction, house, params.partyId, params.relationId)
        await house.live.announce(transaction, ['customers'])
        return bonds.readBonds(house, transaction, params.partyId)
      }),
    ),
  ],
}
