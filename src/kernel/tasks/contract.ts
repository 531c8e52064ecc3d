import { z } from 'zod'
import { operation, personal } from '#kernel/operation.ts'

/** Values of a sentence: numbers, texts, or money as `{amountMinor, currency}` and days as `{day}`. */
export const wordValue = z.union([
  z.string(),
  z.number(),
  z.object({ amountMinor: z.int(), currency: z.string() }),
  z.object({ day: z.string() }),
])

export const taskStates = ['open', 'postponed', 'done', 'withdrawn'] as const

export const task = z.object({
  taskId: z.uuid(),
  partyId: z.uuid(),
  partyName: z.string(),
  /** The programme that asks for it: `warnings`, `guarantee`, ... */
  programme: z.string(),
  /** Why, as a sentence: a translation key with its values. */
  wordsKey: z.string(),
  words: z.record(z.string(), wordValue),
  /** What to do, as a translation key. */
  suggestionKey: z.string(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  dueOn: z.iso.date(),
  state: z.enum(taskStates),
  outcome: z.string().nullable(),
  createdAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
})

export type Task = z.infer<typeof task>

export const outcomes = ['reached', 'came-back', 'not-interested', 'wrong-alarm'] as const

const params = z.object({ taskId: z.uuid() })

export const listTasks = operation({
  id: 'listTasks',
  method: 'GET',
  path: '/api/tasks',
  summary: 'What people should do today, most urgent first',
  permission: 'tasks.act',
  query: z.object({
    state: z.enum(['open', 'done']).default('open'),
    owner: z.enum(['me', 'all']).default('all'),
    partyId: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  reply: z.object({ items: z.array(task), total: z.int() }),
})

export const closeTask = operation({
  id: 'closeTask',
  method: 'POST',
  path: '/api/tasks/{taskId}/close',
  summary: 'Says how it went',
  permission: 'tasks.act',
  params,
  body: z.object({ partyId: z.uuid(), outcome: z.enum(outcomes), note: z.string().trim().max(2000).optional() }),
  reply: task,
  refusals: ['tasks:refusal.not-open'],
})

export const postponeTask = operation({
  id: 'postponeTask',
  method: 'POST',
  path: '/api/tasks/{taskId}/postpone',
  summary: 'Puts it off to a later day',
  permission: 'tasks.act',
  params,
  body: z.object({ partyId: z.uuid(), until: z.iso.date() }),
  reply: task,
})

export const reopenTask = operation({
  id: 'reopenTask',
  method: 'POST',
  path: '/api/tasks/{taskId}/reopen',
  summary: 'Takes a closing or a postponement back',
  permission: 'tasks.act',
  params,
  body: z.object({ partyId: z.uuid() }),
  reply: task,
})

export const assignTask = operation({
  id: 'assignTask',
  method: 'POST',
  path: '/api/tasks/{taskId}/assign',
  summary: 'Gives it to somebody',
  permission: 'tasks.act',
  params,
  body: z.object({ partyId: z.uuid(), ownerId: z.uuid().nullable() }),
  reply: task,
})

/** What somebody did for a customer outside of any task. */
export const contactWays = ['call', 'message', 'visit', 'note'] as const

export const noteContact = operation({
  id: 'noteContact',
  method: 'POST',
  path: '/api/parties/{partyId}/contacts',
  summary: 'Notes a call, a message, a visit or anything else worth knowing about a customer',
  permission: 'tasks.act',
  once: true,
  status: 201,
  params: z.object({ partyId: z.uuid() }),
  body: z.object({
    way: z.enum(contactWays),
    note: personal(z.string().trim().min(1).max(2000)),
    /** When it was, if not now. */
    at: z.iso.datetime({ offset: true }).optional(),
  }),
  reply: z.object({ contactId: z.uuid(), at: z.iso.datetime() }),
  refusals: ['tasks:refusal.customer-unknown', 'tasks:refusal.not-yet'],
})

export const listContacts = operation({
  id: 'listContacts',
  method: 'GET',
  path: '/api/parties/{partyId}/contacts',
  summary: 'Calls, messages, visits and notes of one customer, newest first',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  reply: z.object({
    items: z.array(
      z.object({
        contactId: z.uuid(),
        way: z.enum(contactWays),
        note: personal(z.string().nullable()),
        at: z.iso.datetime(),
      }),
    ),
  }),
})
