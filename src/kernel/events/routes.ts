import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { commerceEntry } from './commerce.ts'
import {
  dismissEventProblems,
  eventProblemCauses,
  eventProblems,
  latestEvents,
  partyTimeline,
  replayEventProblem,
  replayEventProblems,
  restoreEventProblem,
  unknownEvents,
} from './contract.ts'
import * as problem from './problem.ts'
import { repairsFor } from './repair.ts'
import { replayAll, replayOne } from './replay.ts'
import * as store from './store.ts'

export const eventsRoutes: NonNullable<Room['routes']> = [
  route(partyTimeline, (house, { params, query }) =>
    store.timeline(house.database, params.partyId, query.before, query.limit),
  ),
  route(latestEvents, async (house, { query }) => ({
    items: await store.latest(house.database, query.limit, house.clock.now()),
    total: await store.roughCount(house.database),
  })),
  route(eventProblems, async (house, { query }) => {
    const { items, ...rest } = await problem.listProblems(house.database, query, query.limit)
    return {
      items: items.map(({ receivedAt, settledAt, source, merchant: _merchant, sentAt: _sentAt, ...item }) => ({
        ...item,
        event: legible(item.event),
        receivedAt: receivedAt.toISOString(),
        settledAt: settledAt?.toISOString() ?? null,
        sourceKind: source.kind,
      })),
      ...rest,
    }
  }),
  route(eventProblemCauses, async (house, { query }) => {
    const { causes, counts } = await problem.problemCauses(house.database, query.state)
    return {
      causes: causes.map(({ code, count, firstAt, lastAt }) => ({
        code,
        count,
        firstAt: firstAt.toISOString(),
        lastAt: lastAt.toISOString(),
        repairs: repairsFor(code),
      })),
      counts,
    }
  }),
  route(replayEventProblem, (house, { params, body, caller }) =>
    replayOne(house, caller, params.problemId, body.event),
  ),
  route(replayEventProblems, (house, { body }) => replayAll(house, body)),
  route(dismissEventProblems, (house, { body }) =>
    house.database.transaction(async transaction => {
      const dismissed = await problem.dismiss(transaction, house.clock.now(), body)
      await house.live.announce(transaction, ['events'])
      return { dismissed }
    }),
  ),
  route(restoreEventProblem, (house, { params }) =>
    house.database.transaction(async transaction => {
      const restored = await problem.restore(transaction, params.problemId)
      await house.live.announce(transaction, ['events'])
      return { restored }
    }),
  ),
  route(unknownEvents, async house => {
    const rows = await store.byName(house.database, house.clock.now())
    return {
      items: rows.map(({ name, count, lastAt }) => ({
        name,
        count,
        lastAt: lastAt.toISOString(),
        isInSpecification: commerceEntry(name) !== undefined,
      })),
    }
  }),
]

/** JSON with its lines broken, so that a person can edit it; anything else as it came. */
function legible(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
