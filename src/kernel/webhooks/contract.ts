import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** A kind of event, all kinds of a family (`promise.*`), or all there are (`*`). */
export const kindPattern = z
  .string()
  .max(100)
  .regex(/^(\*|[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*(\.\*)?)$/)

export const endpointStates = ['active', 'paused', 'disabled'] as const
/** Why nothing is sent: somebody paused it, nothing arrived for three days, or the receiver said that it is gone (410). */
export const stopReasons = ['by-hand', 'unreachable', 'gone'] as const

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const
/** Why an attempt did not succeed. `answered`: the receiver said no; `status` says how. */
export const deliveryFaults = [
  'answered',
  'redirected',
  'gone',
  'timed-out',
  'unreachable',
  'not-found',
  'not-secure',
  'forbidden-address',
] as const
export type DeliveryFault = (typeof deliveryFaults)[number]

const wishes = {
  url: z.string().trim().min(1).max(2000),
  description: z.string().trim().max(200),
  kinds: z.array(kindPattern).min(1).max(100),
}

export const endpoint = z.object({
  endpointId: z.uuid(),
  ...wishes,
  state: z.enum(endpointStates),
  reason: z.enum(stopReasons).nullable(),
  createdAt: z.iso.datetime(),
  stoppedAt: z.iso.datetime().nullable(),
  /** Since when every attempt has failed; null while it answers. */
  failingSince: z.iso.datetime().nullable(),
  lastDeliveredAt: z.iso.datetime().nullable(),
  waiting: z.int(),
  failed: z.int(),
  /** Attempts of the last 24 hours, by hour, the present hour last. */
  hours: z.array(z.object({ delivered: z.int(), failed: z.int() })).length(24),
  /** Keys that sign now, newest first; while one runs out, messages carry several signatures. */
  secrets: z.array(z.object({ secretId: z.uuid(), createdAt: z.iso.datetime(), endsAt: z.iso.datetime().nullable() })),
})
export type Endpoint = z.infer<typeof endpoint>

export const delivery = z.object({
  messageId: z.uuid(),
  kind: z.string(),
  partyId: z.uuid().nullable(),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  createdAt: z.iso.datetime(),
  nextAt: z.iso.datetime().nullable(),
  lastAt: z.iso.datetime().nullable(),
  status: z.int().nullable(),
  fault: z.enum(deliveryFaults).nullable(),
})
export type Delivery = z.infer<typeof delivery>

export const attempt = z.object({
  attempt: z.int(),
  at: z.iso.datetime(),
  milliseconds: z.int(),
  status: z.int().nullable(),
  fault: z.enum(deliveryFaults).nullable(),
  /** The first kilobyte of what the receiver answered. */
  answer: z.string(),
})
export type Attempt = z.infer<typeof attempt>

const urlRefusals = [
  'webhooks:refusal.url',
  'webhooks:refusal.address-scheme',
  'webhooks:refusal.address-credentials',
  'webhooks:refusal.address-port',
  'webhooks:refusal.address-address',
]

const permission = 'webhooks.manage'
const params = z.object({ endpointId: z.uuid() })
const ofDelivery = params.extend({ messageId: z.uuid() })
const world = 'business'

export const listWebhooks = operation({
  id: 'listWebhooks',
  method: 'GET',
  path: '/api/webhooks',
  summary: 'Where events are sent to, and whether they arrive',
  permission,
  world,
  reply: z.object({
    items: z.array(endpoint),
    /** Every kind of event that can be sent. */
    kinds: z.array(z.string()),
    allowPrivate: z.boolean(),
  }),
})

export const createWebhook = operation({
  id: 'createWebhook',
  method: 'POST',
  path: '/api/webhooks',
  summary: 'Adds an endpoint; its secret is shown this once',
  permission,
  world,
  status: 201,
  body: z.object({ ...wishes, description: wishes.description.default('') }),
  reply: z.object({ endpoint, secret: z.string() }),
  refusals: [...urlRefusals, 'webhooks:refusal.kind', 'webhooks:refusal.too-many'],
})

export const changeWebhook = operation({
  id: 'changeWebhook',
  method: 'PATCH',
  path: '/api/webhooks/{endpointId}',
  summary: 'Changes an endpoint, pauses it or sends again',
  permission,
  world,
  params,
  body: z.object({ ...wishes, state: z.enum(['active', 'paused']) }).partial(),
  reply: endpoint,
  refusals: ['webhooks:refusal.unknown', ...urlRefusals, 'webhooks:refusal.kind'],
})

export const removeWebhook = operation({
  id: 'removeWebhook',
  method: 'DELETE',
  path: '/api/webhooks/{endpointId}',
  summary: 'Removes an endpoint with all that was to be sent to it',
  permission,
  world,
  params,
  reply: z.undefined(),
  status: 204,
})

export const rotateWebhookSecret = operation({
  id: 'rotateWebhookSecret',
  method: 'POST',
  path: '/api/webhooks/{endpointId}/secret',
  summary: 'Makes a new secret, shown this once; the old one signs beside it until it ends',
  permission,
  world,
  params,
  body: z.object({ overlapHours: z.int().min(0).max(168).default(24) }),
  reply: z.object({ endpoint, secret: z.string() }),
})

export const testWebhook = operation({
  id: 'testWebhook',
  method: 'POST',
  path: '/api/webhooks/{endpointId}/test',
  summary: 'Sends a test message now and says what was answered; it is tried once',
  permission,
  world,
  params,
  body: z.object({}),
  reply: z.object({ delivery, attempt }),
})

export const listDeliveries = operation({
  id: 'listDeliveries',
  method: 'GET',
  path: '/api/webhooks/{endpointId}/deliveries',
  summary: 'What was sent to an endpoint and how it went, newest first',
  permission,
  world,
  params,
  query: z.object({
    state: z.enum(deliveryStates).optional(),
    before: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(delivery), next: z.uuid().nullable() }),
})

export const readDelivery = operation({
  id: 'readDelivery',
  method: 'GET',
  path: '/api/webhooks/{endpointId}/deliveries/{messageId}',
  summary: 'One message: the body as it is sent, and every attempt with its answer',
  permission,
  world,
  params: ofDelivery,
  reply: z.object({ delivery, body: z.string(), items: z.array(attempt) }),
})

export const retryDelivery = operation({
  id: 'retryDelivery',
  method: 'POST',
  path: '/api/webhooks/{endpointId}/deliveries/{messageId}/retry',
  summary: 'Sends one message again under the same id, from now',
  permission,
  world,
  params: ofDelivery,
  body: z.object({}),
  reply: delivery,
  refusals: ['webhooks:refusal.stopped'],
})

export const replayDeliveries = operation({
  id: 'replayDeliveries',
  method: 'POST',
  path: '/api/webhooks/{endpointId}/replay',
  summary: 'Sends everything received between two instants again, or counts it first',
  permission,
  world,
  params,
  body: z.object({
    from: z.iso.datetime({ offset: true }),
    to: z.iso.datetime({ offset: true }),
    /** True only counts. */
    countOnly: z.boolean().default(false),
  }),
  reply: z.object({ events: z.int() }),
  refusals: ['webhooks:refusal.stopped', 'webhooks:refusal.range'],
})

export const changeWebhookSettings = operation({
  id: 'changeWebhookSettings',
  method: 'PUT',
  path: '/api/webhook-settings',
  summary: 'Whether addresses of the own network and plain http may be used',
  permission,
  world,
  body: z.object({ allowPrivate: z.boolean() }),
  reply: z.object({ allowPrivate: z.boolean() }),
})
