import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { eventProblems, latestEvents, partyTimeline } from './contract.ts'
import * as store from './store.ts'

export const eventsRoutes: NonNullable<Room['routes']> = [
  route(partyTimeline, (house, { params, query }) =>
    store.timeline(house.database, params.partyId, query.before, query.limit),
  ),
  route(latestEvents, async (house, { query }) => ({
    items: await store.latest(house.database, query.limit, house.clock.now()),
    total: await store.roughCount(house.database),
  })),
  route(eventProblems, (house, { query }) => store.problems(house.database, query.limit)),
]
