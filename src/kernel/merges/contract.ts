import { z } from 'zod'
import { instantCursor } from '#kernel/cursor.ts'
import { money, operation } from '#kernel/operation.ts'

/** What speaks for two profiles being one person, or against it; each is a sentence in the words. */
export const evidenceKinds = [
  'said-to-be-one',
  'same-name',
  'same-sound',
  'similar-name',
  'different-name',
  'same-phone-end',
  'phone-one-digit',
  'phone-swapped',
  'same-email-local',
  'same-birthday',
  'same-day-of-year',
  'different-birthday',
] as const

export const evidence = z.object({
  kind: z.enum(evidenceKinds),
  /** How much it says, in bits: +4 makes it sixteen times as likely. */
  weight: z.number(),
})
export type Evidence = z.infer<typeof evidence>

/** One of the two, as much as tells them apart. */
const profile = z.object({
  partyId: z.uuid(),
  name: z.string(),
  say: z.string().nullable(),
  birthday: z.string().nullable(),
  identifiers: z.array(z.object({ kind: z.string(), value: z.string() })),
  createdAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof profile>

/** One of the two as they stand, or both as they would: for the eye. */
const side = profile.extend({
  details: z.record(z.string(), z.string()),
  /** How many profiles it stands for. */
  profiles: z.int(),
  purchases: z.int(),
  spendMinor: money(z.int().nullable()),
  currency: z.string(),
  firstOn: z.string().nullable(),
  lastOn: z.string().nullable(),
  points: z.int(),
  creditMinor: money(z.int().nullable()),
  /** How they stand with other rooms, in a few words each: a translation key with its values. */
  standings: z.array(z.object({ key: z.string(), words: z.record(z.string(), z.union([z.string(), z.number()])) })),
  /** What they said about being written to; `offers-sms` and the like. */
  allows: z.array(z.string()),
  refuses: z.array(z.string()),
})
export type Side = z.infer<typeof side>

export const candidate = z.object({
  candidateId: z.uuid(),
  one: profile,
  other: profile,
  evidence: z.array(evidence),
  /** 0 to 1: that both are one person. */
  likelihood: z.number(),
  foundAt: z.iso.datetime(),
})
export type Candidate = z.infer<typeof candidate>

export const listDuplicates = operation({
  id: 'listDuplicates',
  method: 'GET',
  path: '/api/duplicates',
  summary: 'Profiles that may be one person twice, the likeliest first',
  permission: 'customers.merge',
  query: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
  reply: z.object({ items: z.array(candidate), total: z.int(), lookedAt: z.iso.datetime().nullable() }),
})

export const dismissDuplicate = operation({
  id: 'dismissDuplicate',
  method: 'POST',
  path: '/api/duplicates/{candidateId}/dismiss',
  summary: 'They are not the same person: remembered for ever',
  permission: 'customers.merge',
  params: z.object({ candidateId: z.uuid() }),
  reply: z.object({ candidateId: z.uuid() }),
  refusals: ['merges:refusal.no-such-candidate'],
})

export const reconsiderDuplicate = operation({
  id: 'reconsiderDuplicate',
  method: 'POST',
  path: '/api/duplicates/{candidateId}/reconsider',
  summary: 'Takes back that they are not the same person: the pair waits again',
  permission: 'customers.merge',
  params: z.object({ candidateId: z.uuid() }),
  reply: z.object({ candidateId: z.uuid() }),
  refusals: ['merges:refusal.no-such-candidate'],
})

export const searchDuplicates = operation({
  id: 'searchDuplicates',
  method: 'POST',
  path: '/api/duplicates/search',
  summary: 'Looks at everybody whose profile changed, at once instead of tonight',
  permission: 'customers.merge',
  reply: z.object({ isAskedFor: z.literal(true) }),
  status: 202,
})

/** Where both know something else, whose word counts: `kept` where nothing is said. */
const choices = z.object({
  name: z.enum(['kept', 'other']).default('kept'),
  birthday: z.enum(['kept', 'other']).default('kept'),
})
export type Choices = z.infer<typeof choices>

const pair = z.object({ keptId: z.uuid(), otherId: z.uuid() })

export const previewMerge = operation({
  id: 'previewMerge',
  method: 'GET',
  path: '/api/merges/preview',
  summary: 'What two profiles would be as one; changes nothing',
  permission: 'customers.merge',
  query: pair.extend(choices.shape),
  reply: z.object({
    kept: side,
    other: side,
    /** As they would be: worked out by the same rules in a transaction that is thrown away. */
    merged: side,
    evidence: z.array(evidence),
    /** Fields on which both know something, and not the same. */
    conflicts: z.array(z.enum(['name', 'birthday'])),
  }),
  refusals: ['merges:refusal.same-person', 'merges:refusal.not-two-people', 'parties:refusal.unknown'],
})

export const merge = z.object({
  mergeId: z.uuid(),
  keptId: z.uuid(),
  keptName: z.string(),
  otherId: z.uuid(),
  otherName: z.string(),
  evidence: z.array(evidence),
  by: z.string(),
  mergedAt: z.iso.datetime(),
  undoneAt: z.iso.datetime().nullable(),
})
export type Merge = z.infer<typeof merge>

export const mergeProfiles = operation({
  id: 'mergeProfiles',
  method: 'POST',
  path: '/api/merges',
  summary: 'Makes two profiles one; can be undone, also later',
  permission: 'customers.merge',
  body: pair.extend({ choices: choices.default({ name: 'kept', birthday: 'kept' }) }),
  reply: merge,
  status: 201,
  once: true,
  refusals: ['merges:refusal.same-person', 'merges:refusal.not-two-people', 'parties:refusal.unknown'],
})

export const undoMerge = operation({
  id: 'undoMerge',
  method: 'POST',
  path: '/api/merges/{mergeId}/undo',
  summary: 'Takes a merge back: each profile has what is its own, also what came later by its own identifiers',
  permission: 'customers.merge',
  params: z.object({ mergeId: z.uuid() }),
  reply: merge,
  once: true,
  refusals: ['merges:refusal.no-such-merge'],
})

export const listMerges = operation({
  id: 'listMerges',
  method: 'GET',
  path: '/api/merges',
  summary: 'The merges there were, the latest first',
  permission: 'customers.merge',
  query: z.object({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    after: instantCursor.optional(),
  }),
  reply: z.object({ items: z.array(merge), next: z.string().nullable() }),
})
