import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** What somebody may ask about themselves: to see everything we hold, or to be forgotten. */
export const requestKinds = ['access', 'erasure'] as const
export const requestStates = ['open', 'working', 'done', 'declined'] as const

/** What happens to value that somebody still has when they are forgotten; somebody must say so. */
export const settlements = ['forfeit', 'pay-out'] as const

const request = z.object({
  requestId: z.uuid(),
  partyId: z.uuid(),
  /** Null once they are forgotten. */
  name: z.string().nullable(),
  kind: z.enum(requestKinds),
  state: z.enum(requestStates),
  askedBy: z.enum(['member', 'staff']),
  askedAt: z.iso.datetime(),
  /** The law gives about a month: 30 days after it was asked. */
  dueOn: z.iso.date(),
  isOverdue: z.boolean(),
  handledBy: z.string().nullable(),
  handledAt: z.iso.datetime().nullable(),
  /** Rows that were deleted or emptied of names, and how long the whole took; once they are forgotten. */
  rowsForgotten: z.int().nullable(),
  secondsTaken: z.number().nullable(),
})
export type PrivacyRequest = z.infer<typeof request>

const params = z.object({ requestId: z.uuid() })

export const listPrivacyRequests = operation({
  id: 'listPrivacyRequests',
  method: 'GET',
  path: '/api/privacy-requests',
  summary: 'Who asked for their data or to be forgotten: open ones first, those due soonest first',
  permission: 'privacy.manage',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ items: z.array(request), open: z.int() }),
})

export const openPrivacyRequest = operation({
  id: 'openPrivacyRequest',
  method: 'POST',
  path: '/api/privacy-requests',
  summary: 'Notes that a customer asked for their data or to be forgotten; asking twice is one request',
  permission: 'customers.write',
  body: z.object({ partyId: z.uuid(), kind: z.enum(requestKinds) }),
  reply: request,
})

export const readPrivacyRequest = operation({
  id: 'readPrivacyRequest',
  method: 'GET',
  path: '/api/privacy-requests/{requestId}',
  summary: 'One request',
  permission: 'privacy.manage',
  params,
  reply: request,
})

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()])

const holding = z.object({
  /** `parties`, `events`: whose rows these are; its heading in words is `privacy:room.<room>`. */
  room: z.string(),
  table: z.string(),
  rows: z.array(z.record(z.string(), cell)),
  total: z.int(),
})

export const readEverythingHeld = operation({
  id: 'readEverythingHeld',
  method: 'GET',
  path: '/api/parties/{partyId}/everything-held',
  summary: 'Everything we hold about somebody, table by table',
  permission: 'privacy.manage',
  params: z.object({ partyId: z.uuid() }),
  query: z.object({ rows: z.coerce.number().int().min(1).max(10_000).default(20) }),
  reply: z.object({ partyId: z.uuid(), asOf: z.iso.datetime(), items: z.array(holding) }),
})

export const closePrivacyRequest = operation({
  id: 'closePrivacyRequest',
  method: 'POST',
  path: '/api/privacy-requests/{requestId}/close',
  summary: 'The data was handed over, or the request is declined',
  permission: 'privacy.manage',
  params,
  body: z.object({ state: z.enum(['done', 'declined']) }),
  reply: request,
  refusals: ['privacy:refusal.handled'],
})

export const previewErasure = operation({
  id: 'previewErasure',
  method: 'GET',
  path: '/api/privacy-requests/{requestId}/erasure',
  summary: 'What would go and what stays, and what is still owed',
  permission: 'privacy.manage',
  params,
  reply: z.object({
    goes: z.array(z.object({ room: z.string(), table: z.string(), rows: z.int() })),
    stays: z.array(z.object({ room: z.string(), table: z.string(), rows: z.int() })),
    owed: z.array(z.object({ asset: z.string(), amount: z.int() })),
    /** Ways of settling that are open here; empty where nothing is owed. */
    settlements: z.array(z.enum(settlements)),
    /** Codes of what must be ended by hand first: a reserved till sale, a compensation that is owed. */
    obstacles: z.array(z.string()),
  }),
})

export const erase = operation({
  id: 'erase',
  method: 'POST',
  path: '/api/privacy-requests/{requestId}/erase',
  summary: 'Forgets somebody: names, contacts and texts are deleted for good; sums and counts stay without a name',
  permission: 'privacy.manage',
  params,
  body: z.object({ settlement: z.enum(settlements).optional() }),
  reply: request,
  status: 202,
  refusals: ['privacy:refusal.handled', 'privacy:refusal.value-owed', 'privacy:refusal.hold-open'],
})

const mine = z.object({
  items: z.array(request.pick({ requestId: true, kind: true, state: true, askedAt: true, dueOn: true })),
})

export const myPrivacyRequests = operation({
  id: 'myPrivacyRequests',
  method: 'GET',
  path: '/api/member/privacy-requests',
  summary: 'What I asked about my own data',
  permission: 'member',
  reply: mine,
})

export const askAboutMyData = operation({
  id: 'askAboutMyData',
  method: 'POST',
  path: '/api/member/privacy-requests',
  summary: 'I ask for my data, or to be forgotten; asking twice is one request',
  permission: 'member',
  body: z.object({ kind: z.enum(requestKinds) }),
  reply: mine,
})
