import { z } from 'zod'
import { instantCursor } from '#kernel/cursor.ts'
import { operation, raw, withMoneyInside } from '#kernel/operation.ts'

const sourceKinds = ['import', 'key', 'browser', 'receiver', 'staff', 'member', 'system'] as const

const eventItem = z.object({
  eventId: z.uuid(),
  kind: z.string(),
  occurredAt: z.iso.datetime(),
  sourceId: z.uuid(),
  sourceKind: z.enum(sourceKinds),
  payload: withMoneyInside(z.record(z.string(), z.unknown())),
})

export const partyTimeline = operation({
  id: 'partyTimeline',
  method: 'GET',
  path: '/api/parties/{partyId}/events',
  summary: 'What happened between the business and one customer, newest first',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  query: z.object({
    before: instantCursor.optional(),
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

const problemState = z.enum(['waiting', 'replayed', 'dismissed'])

export type ProblemState = z.infer<typeof problemState>

/** Repairs that can be made to every event of one cause; each says in words what it changes (`events:repair.…`). */
export const repairNames = [
  'as-it-is',
  'set-currency',
  'use-received-time',
  'total-from-products',
  'leave-products-out',
  'without-nul',
] as const

export type RepairName = (typeof repairNames)[number]

const eventProblem = z.object({
  problemId: z.uuid(),
  receivedAt: z.iso.datetime(),
  code: z.string(),
  details: z.record(z.string(), z.unknown()),
  /** Where in the event the trouble is, `properties.currency`; empty where it is the whole. */
  place: z.string(),
  /** The event as it came, as text: what could not be read as JSON is kept too, up to 32 KB of it. */
  event: raw(z.string()),
  /** The event was longer than what is kept of it. */
  isCut: z.boolean(),
  /** How often the sender tried. */
  times: z.int(),
  state: problemState,
  settledAt: z.iso.datetime().nullable(),
  sourceKind: z.enum(sourceKinds),
})

export type EventProblem = z.infer<typeof eventProblem>

export const eventProblems = operation({
  id: 'eventProblems',
  method: 'GET',
  path: '/api/event-problems',
  summary: 'Events that could not be taken in, with the reason; nothing is dropped silently',
  permission: 'events.read',
  query: z.object({
    state: problemState.default('waiting'),
    code: z.string().max(100).optional(),
    after: instantCursor.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(eventProblem), total: z.int(), next: z.string().nullable() }),
})

export const eventProblemCauses = operation({
  id: 'eventProblemCauses',
  method: 'GET',
  path: '/api/event-problem-causes',
  summary: 'What keeps events from being taken in, by cause, with how many and how they can be repaired together',
  permission: 'events.read',
  query: z.object({ state: problemState.default('waiting') }),
  reply: z.object({
    causes: z.array(
      z.object({
        code: z.string(),
        count: z.int(),
        firstAt: z.iso.datetime(),
        lastAt: z.iso.datetime(),
        repairs: z.array(z.enum(repairNames)),
      }),
    ),
    counts: z.object({ waiting: z.int(), replayed: z.int(), dismissed: z.int() }),
  }),
})

/** What became of an event that was sent through the door again. */
const replayed = z.object({
  outcome: z.enum(['accepted', 'duplicate', 'problem']),
  /** Where it still cannot be taken in: the reason, and where. */
  code: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  place: z.string().optional(),
})

export const replayEventProblem = operation({
  id: 'replayEventProblem',
  method: 'POST',
  path: '/api/event-problems/{problemId}/replay',
  summary: 'Send one rejected event through the door again, as it is or as edited; it keeps its message id',
  permission: 'imports.run',
  params: z.object({ problemId: z.uuid() }),
  body: z.object({ event: z.string().max(40_000).optional() }),
  reply: replayed,
  refusals: [
    'events:refusal.problem-unknown',
    'events:refusal.problem-settled',
    'events:refusal.problem-dismissed',
    'events:refusal.not-json',
  ],
})

export const replayEventProblems = operation({
  id: 'replayEventProblems',
  method: 'POST',
  path: '/api/event-problems/replay',
  summary: 'Send every waiting event of one cause again, after the same repair; up to 5,000 at once',
  permission: 'imports.run',
  body: z.object({
    code: z.string().max(100),
    repair: z.enum(repairNames).default('as-it-is'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
  }),
  reply: z.object({ accepted: z.int(), duplicates: z.int(), stillWaiting: z.int(), untried: z.int() }),
  refusals: ['events:refusal.currency', 'events:refusal.one-by-one'],
})

export const dismissEventProblems = operation({
  id: 'dismissEventProblems',
  method: 'POST',
  path: '/api/event-problems/dismiss',
  summary: 'Leave rejected events as they are: one, or all that wait for one cause; they stay listed as dismissed',
  permission: 'imports.run',
  body: z.union([z.object({ problemId: z.uuid() }), z.object({ code: z.string().max(100) })]),
  reply: z.object({ dismissed: z.int() }),
})

export const restoreEventProblem = operation({
  id: 'restoreEventProblem',
  method: 'POST',
  path: '/api/event-problems/{problemId}/restore',
  summary: 'Let a dismissed event wait again',
  permission: 'imports.run',
  params: z.object({ problemId: z.uuid() }),
  reply: z.object({ restored: z.boolean() }),
})

export const unknownEvents = operation({
  id: 'unknownEvents',
  method: 'GET',
  path: '/api/events/by-name',
  summary: 'Events kept by their name because no rule of ours knows them, counted among the newest 10,000 received',
  permission: 'events.read',
  reply: z.object({
    items: z.array(
      z.object({ name: z.string(), count: z.int(), lastAt: z.iso.datetime(), isInSpecification: z.boolean() }),
    ),
  }),
})
