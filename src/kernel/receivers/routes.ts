import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import * as contract from './contract.ts'
import * as act from './receivers.ts'
import { deliveries, receivers } from './store.ts'

export const receiversRoutes: NonNullable<Room['routes']> = [
  route(contract.listReceivers, async house => ({ items: await receivers(house.database, house.clock.now()) })),
  route(contract.createReceiver, (house, { body, caller }) =>
    act.createReceiver(house, { ...body, createdBy: caller.kind === 'staff' ? caller.id : null }),
  ),
  route(contract.changeReceiver, (house, { params, body }) => act.changeReceiver(house, params.receiverId, body)),
  route(contract.closeReceiver, async (house, { params }) => {
    await act.closeReceiver(house, params.receiverId)
    return undefined
  }),
  route(contract.addReceiverSecret, (house, { params, body }) => act.addSecret(house, params.receiverId, body)),
  route(contract.listReceiverDeliveries, async (house, { params, query }) => {
    await act.readReceiver(house, params.receiverId)
    return { items: await deliveries(house.database, params.receiverId, query.limit) }
  }),
  route(contract.tryReceiver, (house, { params }) => act.tryReceiver(house, params.receiverId)),
]
