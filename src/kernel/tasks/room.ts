import { z } from 'zod'
import { localDay } from '#kernel/clock/index.ts'
import { distributed } from '#kernel/database/index.ts'
import { route } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { contactNoted, readContacts, recordContact } from './contacts.ts'
import { assignTask, closeTask, listContacts, listTasks, noteContact, postponeTask, reopenTask } from './contract.ts'
import { forgetTasks } from './forget.ts'
import * as store from './store.ts'

const taskEvent = z.object({ taskId: z.uuid(), programme: z.string() })

export const tasksRoom: Room = {
  name: 'kernel/tasks',
  migrations: new URL('./migrations/', import.meta.url),
  tables: { 'tasks.task': distributed('party_id'), 'tasks.note': distributed('party_id') },
  vocabulary: {
    'task.closed': taskEvent.extend({ outcome: z.string() }),
    'task.postponed': taskEvent,
    'task.reopened': taskEvent,
    'contact.noted': contactNoted,
  },
  forget: forgetTasks,
  routes: [
    route(listTasks, async (house, { query, caller }) => {
      const { zone } = await house.settings.business()
      const ownerId = query.owner === 'me' && caller.kind === 'staff' ? caller.id : undefined
      const { state, partyId, limit } = query
      return store.listTasks(house.database, { state, partyId, limit, ownerId }, localDay(house.clock.now(), zone))
    }),
    route(closeTask, (house, { params, body, caller }) =>
      store.act(house, caller, body.partyId, params.taskId, { kind: 'close', outcome: body.outcome, note: body.note }),
    ),
    route(postponeTask, (house, { params, body, caller }) =>
      store.act(house, caller, body.partyId, params.taskId, { kind: 'postpone', until: body.until }),
    ),
    route(reopenTask, (house, { params, body, caller }) =>
      store.act(house, caller, body.partyId, params.taskId, { kind: 'reopen' }),
    ),
    route(assignTask, (house, { params, body, caller }) =>
      store.act(house, caller, body.partyId, params.taskId, { kind: 'assign', ownerId: body.ownerId }),
    ),
    route(noteContact, (house, { params, body, caller, idempotencyKey }) =>
      recordContact(house, { ...params, ...body, caller, idempotencyKey }),
    ),
    route(listContacts, async (house, { params, query }) => ({
      items: await readContacts(house.database, params.partyId, query.limit),
    })),
  ],
}
