import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** Systems whose signed messages are understood. */
export const systems = ['shopify', 'woocommerce', 'stripe'] as const

export type System = (typeof systems)[number]

/**
 * What became of a delivery: *taken*, seen before (*duplicate*), understood but nothing to record (*ignored*: not paid yet),
 * kept as a *problem*, or a *test* that was checked and not recorded.
 */
export const outcomes = ['taken', 'duplicate', 'ignored', 'problem', 'test'] as const

export type DeliveryOutcome = (typeof outcomes)[number]

const receiver = z.object({
  receiverId: z.uuid(),
  system: z.enum(systems),
  name: z.string(),
  merchantId: z.string().nullable(),
  /** Where the system must send to, below the address of this server. */
  path: z.string(),
  isPaused: z.boolean(),
  /** Secrets that count now: the newest first; of each only its end is shown. */
  secrets: z.array(
    z.object({ secretId: z.uuid(), end: z.string(), createdAt: z.iso.datetime(), endsAt: z.iso.datetime().nullable() }),
  ),
  counts: z.object({
    taken: z.int(),
    duplicate: z.int(),
    ignored: z.int(),
    problem: z.int(),
    test: z.int(),
    /** Wrong signatures: counted, not kept. */
    refused: z.int(),
  }),
  lastReceivedAt: z.iso.datetime().nullable(),
  lastRefusedAt: z.iso.datetime().nullable(),
})

export type Receiver = z.infer<typeof receiver>

const receiverId = z.object({ receiverId: z.uuid() })
const name = z.string().trim().min(1).max(100)
const secret = z.string().trim().min(8).max(200)

export const listReceivers = operation({
  id: 'listReceivers',
  method: 'GET',
  path: '/api/receivers',
  summary: 'The shop and payment systems that send to us, and how they are doing',
  permission: 'webhooks.manage',
  world: 'business',
  reply: z.object({ items: z.array(receiver) }),
})

export const createReceiver = operation({
  id: 'createReceiver',
  method: 'POST',
  path: '/api/receivers',
  summary: 'Open an address for a shop or payment system; a secret that we make is shown in this answer only',
  permission: 'webhooks.manage',
  world: 'business',
  body: z.object({
    system: z.enum(systems),
    name,
    merchantId: z.string().max(100).nullable().default(null),
    /** What the system signs with. Left out, one is made, to be pasted there. */
    secret: secret.optional(),
  }),
  reply: z.object({ receiver, secret: z.string().nullable() }),
  status: 201,
})

export const changeReceiver = operation({
  id: 'changeReceiver',
  method: 'PATCH',
  path: '/api/receivers/{receiverId}',
  summary: 'Rename, pause or resume; a paused address answers 503, so that senders keep trying',
  permission: 'webhooks.manage',
  world: 'business',
  params: receiverId,
  body: z.object({ name: name.optional(), isPaused: z.boolean().optional() }),
  reply: receiver,
  refusals: ['receivers:refusal.unknown'],
})

export const closeReceiver = operation({
  id: 'closeReceiver',
  method: 'DELETE',
  path: '/api/receivers/{receiverId}',
  summary: 'Close the address for good; what it brought stays',
  permission: 'webhooks.manage',
  world: 'business',
  params: receiverId,
  reply: z.undefined(),
  status: 204,
  refusals: ['receivers:refusal.unknown'],
})

export const addReceiverSecret = operation({
  id: 'addReceiverSecret',
  method: 'POST',
  path: '/api/receivers/{receiverId}/secrets',
  summary: 'Set a new secret; the ones before it go on counting for some hours, so that nothing is lost in between',
  permission: 'webhooks.manage',
  world: 'business',
  params: receiverId,
  body: z.object({ secret: secret.optional(), oldEndInHours: z.int().min(0).max(720).default(24) }),
  reply: z.object({ receiver, secret: z.string().nullable() }),
  status: 201,
  refusals: ['receivers:refusal.unknown'],
})

export const listReceiverDeliveries = operation({
  id: 'listReceiverDeliveries',
  method: 'GET',
  path: '/api/receivers/{receiverId}/deliveries',
  summary: 'What arrived last and what became of it; kept for thirty days',
  permission: 'webhooks.manage',
  world: 'business',
  params: receiverId,
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({
    items: z.array(
      z.object({
        deliveryId: z.uuid(),
        receivedAt: z.iso.datetime(),
        topic: z.string(),
        outcome: z.enum(outcomes),
        /** Why nothing was recorded, or what the problem is: a key of `receivers:reason` or `events:problem`. */
        reason: z.string().nullable(),
        orderRef: z.string().nullable(),
        times: z.int(),
      }),
    ),
  }),
  refusals: ['receivers:refusal.unknown'],
})

export const tryReceiver = operation({
  id: 'tryReceiver',
  method: 'POST',
  path: '/api/receivers/{receiverId}/try',
  summary: 'Send a made-up, correctly signed order to this address from here: checked like any other, not recorded',
  permission: 'webhooks.manage',
  world: 'business',
  params: receiverId,
  reply: z.object({ outcome: z.enum(outcomes), reason: z.string().nullable() }),
  refusals: ['receivers:refusal.unknown'],
})
