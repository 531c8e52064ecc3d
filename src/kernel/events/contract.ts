import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const eventItem = z.object({
  eventId: z.uuid(),
  kind: z.string(),
  occurredAt: z.iso.datetime(),
  sourceId: z.uuid(),
  sourceKind: z.enum(['import', 'key', 'staff', 'member', 'system']),
  payload: z.record(z.string(), z.unknown()),
})

export const partyTimeline = operation({
  id: 'partyTimeline',
  method: 'GET',
  path: '/api/parties/{partyId}/events',
  summary: 'What happened between the business and one customer, newest first',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  query: z.object({
    before: z.string().max(100).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    items: z.array(eventItem),
    /** Names of the products in these events, by sku. */
    products: z.record(z.string(), z.string()),
    next: z.string().nullable(),
  }),
})

export const latestEvents = operation({
  id: 'latestEvents',
  method: 'GET',
  path: '/api/events',
  summary: 'The events received last, from every source',
  permission: 'events.read',
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(30) }),
  reply: z.object({
    items: z.array(eventItem.extend({ partyId: z.uuid(), partyName: z.string(), receivedAt: z.iso.datetime() })),
    total: z.int(),
  }),
})

export const eventProblems = operation({
  id: 'eventProblems',
  method: 'GET',
  path: '/api/event-problems',
  summary: 'Events that could not be taken in, with the reason; nothing is dropped silently',
  permission: 'events.read',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({
    items: z.array(
      z.object({
        problemId: z.uuid(),
        receivedAt: z.iso.datetime(),
        code: z.string(),
        details: z.record(z.string(), z.unknown()),
        event: z.unknown(),
      }),
    ),
    total: z.int(),
  }),
})
