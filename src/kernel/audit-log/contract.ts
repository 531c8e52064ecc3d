import { z } from 'zod'
import { instantCursor } from '#kernel/cursor.ts'
import { operation, raw } from '#kernel/operation.ts'

const instant = z.iso.datetime()

export const outcomes = ['done', 'refused', 'failed'] as const

/** One value that an act changed, by where it stands: `earning.0.points`, from 1 to 2. Null where there was, or is, none. */
export const change = z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })

export type Change = z.infer<typeof change>

/** Who acts: staff, a key in their place, or whoever stands at the machine itself. */
export const actorKinds = ['staff', 'key', 'machine'] as const

/** A customer as they are now; `partyId` leads to the profile that stands, where theirs was merged into it. */
const party = z.object({ partyId: z.uuid(), name: z.string() }).nullable()

export const act = z
  .object({
    actId: z.uuid(),
    at: instant,
    actor: z.object({ kind: z.enum(actorKinds), id: z.uuid(), name: z.string() }),
    /** The operation; `audit-log:did.<operation>` says it in words. */
    operation: z.string(),
    summary: z.string(),
    /** The part of the house: `points`, `access`, ... */
    room: z.string(),
    /** On what: the ids in the address of the request. */
    subject: z.record(z.string(), z.string()),
    party,
    /** Others that it names: the second profile of a merge. */
    others: z.array(party.unwrap()),
    merchantId: z.string().nullable(),
    outcome: z.enum(outcomes),
    /** Why it was refused: the refusal's code. */
    code: z.string().nullable(),
    /** What was sent, without secrets, and as `named` what the thing is called; null once it has been erased. */
    asked: raw(z.record(z.string(), z.unknown()).nullable()),
    changes: raw(z.array(change).nullable()),
  })
  .meta({ id: 'Act' })

export type Act = z.infer<typeof act>

export const actFilter = z.object({
  actorId: z.uuid().optional(),
  room: z.string().max(60).optional(),
  operation: z.string().max(80).optional(),
  partyId: z.uuid().optional(),
  outcome: z.enum(outcomes).optional(),
  /** First and last day, in the zone of the business. */
  fromOn: z.iso.date().optional(),
  toOn: z.iso.date().optional(),
})

export type ActFilter = z.infer<typeof actFilter>

export const listActs = operation({
  id: 'listActs',
  method: 'GET',
  path: '/api/acts',
  summary: 'What staff and keys did, newest first, with what changed',
  permission: 'audit.read',
  query: actFilter.extend({
    before: instantCursor.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(act), next: z.string().nullable() }),
})

export const readActors = operation({
  id: 'readActors',
  method: 'GET',
  path: '/api/acts/actors',
  summary: 'Who has done something, and in which parts of the house: what the log can be narrowed to',
  permission: 'audit.read',
  reply: z.object({
    actors: z.array(z.object({ kind: z.enum(actorKinds), id: z.uuid(), name: z.string() })),
    rooms: z.array(z.string()),
  }),
})

export const exportActs = operation({
  id: 'exportActs',
  method: 'GET',
  path: '/api/acts/acts.csv',
  summary: 'The same list as a file',
  permission: 'audit.read',
  query: actFilter,
  reply: z.any(),
  format: 'csv',
})
