import { ownParty } from '#kernel/access/index.ts'
import { distributed } from '#kernel/database/index.ts'
import { type Caller, route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import { askForErasure, eraseJob, previewErasure } from './erasure.ts'
import { everythingHeld } from './held.ts'
import * as requests from './requests.ts'

export const privacyRoom: Room = {
  name: 'kernel/privacy',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'privacy.request': distributed('party_id') },
  jobs: [eraseJob],
  routes: [
    route(contract.listPrivacyRequests, (house, { query }) => requests.listRequests(house, query.limit)),
    route(contract.openPrivacyRequest, async (house, { body }) => {
      const requestId = await house.database.transaction(transaction =>
        requests.openRequest(transaction, house, { ...body, by: 'staff' }),
      )
      return requests.readRequest(house, house.database, requestId)
    }),
    route(contract.readPrivacyRequest, (house, { params }) =>
      requests.readRequest(house, house.database, params.requestId),
    ),
    route(contract.readEverythingHeld, (house, { params, query }) => everythingHeld(house, params.partyId, query.rows)),
    route(contract.closePrivacyRequest, async (house, { params, body, caller }) => {
      await house.database.transaction(transaction =>
        requests.handle(transaction, house, params.requestId, { state: body.state, by: staffOf(caller) }),
      )
      return requests.readRequest(house, house.database, params.requestId)
    }),
    route(contract.previewErasure, (house, { params }) => previewErasure(house, params.requestId)),
    route(contract.erase, async (house, { params, body, caller }) => {
      await askForErasure(house, params.requestId, { settlement: body.settlement, by: staffOf(caller) })
      return requests.readRequest(house, house.database, params.requestId)
    }),
    route(contract.myPrivacyRequests, async (house, { caller }) => ({
      items: await requests.requestsOf(house, ownParty(caller)),
    })),
    route(contract.askAboutMyData, async (house, { body, caller }) => {
      const partyId = ownParty(caller)
      await house.database.transaction(transaction =>
        requests.openRequest(transaction, house, { partyId, kind: body.kind, by: 'member' }),
      )
      return { items: await requests.requestsOf(house, partyId) }
    }),
  ],
}

const staffOf = (caller: Caller) => (caller.kind === 'staff' ? caller.id : null)
