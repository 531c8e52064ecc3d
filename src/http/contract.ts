import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** The answer to every refused or failed request: RFC 9457, media type `application/problem+json`. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** Stable; also the translation key of `detail`. */
    code: z.string(),
    /** A sentence in the reader's language. */
    detail: z.string(),
    /** The values in that sentence, for clients that write their own. */
    details: z.record(z.string(), z.unknown()).optional(),
    /** What is wrong where, when the input is at fault. */
    errors: z
      .array(
        z.object({
          path: z.string(),
          code: z.string(),
          detail: z.string(),
          details: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .optional(),
    /** Only for faults of the server: what to quote to the operator, who finds it in the log. */
    faultId: z.string().optional(),
  })
  .meta({ id: 'Problem' })

export type Problem = z.infer<typeof problem>

export const health = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    version: z.string(),
    database: z.enum(['ok', 'unreachable']),
    queue: z.enum(['ok', 'unreachable']),
  })
  .meta({ id: 'Health' })

export type Health = z.infer<typeof health>

export const readHealth = operation({
  id: 'readHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Is the server well; answers 503 with the same body when it is not',
  permission: 'public',
  reply: health,
  world: 'business',
})

/** Told to open screens when something changes; they ask again for what they show. */
export const listenLive = operation({
  id: 'listenLive',
  method: 'GET',
  path: '/api/live',
  summary: 'Server-sent events: `data: {"topics": [...]}` whenever what these topics show has changed',
  permission: 'signed-in',
  query: z.object({ world: z.enum(['business', 'demo']).optional() }),
  reply: z.string(),
})

const message = z.record(z.string(), z.unknown())
const taken = z.object({ success: z.literal(true) })

const ingestOne = (type: string, summary: string) =>
  operation({
    id: `ingest${type[0]!.toUpperCase()}${type.slice(1)}`,
    method: 'POST',
    path: `/v1/${type}`,
    summary,
    permission: 'events.write',
    body: message,
    reply: taken,
  })

/** The Segment interface. Described here for the reference page; the door itself reads it without schemas, for speed. */
export const ingestOperations = [
  operation({
    id: 'ingestBatch',
    method: 'POST',
    path: '/v1/batch',
    summary: 'Send up to 500 KB of messages, 32 KB each; each is recorded once, known by its `messageId`',
    permission: 'events.write',
    body: z.object({
      batch: z.array(message),
      context: message.optional(),
      sentAt: z.string().optional(),
      writeKey: z.string().optional(),
    }),
    reply: taken,
  }),
  operation({
    id: 'readSegmentSettings',
    method: 'GET',
    path: '/v1/projects/{key}/settings',
    summary: 'What Segment’s browser library asks for first: where to send with this key',
    permission: 'events.write',
    params: z.object({ key: z.string() }),
    reply: z.record(z.string(), z.unknown()),
  }),
  ingestOne('track', 'Send one thing that a customer did'),
  ingestOne('identify', 'Send who a customer is; with anonymousId and userId, what the browser did becomes theirs'),
  ingestOne('page', 'Send that somebody looked at a page of a web site'),
  ingestOne('screen', 'Send that somebody looked at a screen of an app'),
  ingestOne('group', 'Send to which organisation a customer belongs'),
  ingestOne('alias', 'Send that two names are one customer’s'),
] as const
