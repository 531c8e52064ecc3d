import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { assetKinds, postingCodes } from './kinds.ts'

export { postingCodes }

const amount = z.int()
const instant = z.iso.datetime()
const asset = z.string().min(1).max(100)

export const finding = z.object({
  id: z.string(),
  claim: z.string(),
  faults: z.int(),
  /** The first few places, as the database names them. */
  examples: z.array(z.record(z.string(), z.unknown())),
})

export const verification = z.object({
  verifiedAt: instant,
  scope: z.enum(['whole', 'changed']),
  /** Null where it was all of them. */
  parties: z.int().nullable(),
  postings: z.int(),
  tookMs: z.int(),
  faults: z.int(),
  findings: z.array(finding),
})
export type StoredVerification = z.infer<typeof verification>

export const readLedger = operation({
  id: 'readLedger',
  method: 'GET',
  path: '/api/ledger',
  summary: 'The kinds of value, the trial balance as of any instant, and what was last verified',
  permission: 'ledger.read',
  query: z.object({
    /** Balances as they stood then. */
    at: instant.optional(),
    /** By when the ledger took it in, or by when it happened in the world. */
    view: z.enum(['posted', 'occurred']).default('posted'),
  }),
  reply: z.object({
    assets: z.array(z.object({ asset, kind: z.enum(assetKinds), approvalAbove: amount, parties: z.int() })),
    /** Per asset the sum of all balances is zero. */
    balances: z.array(z.object({ asset, account: z.string(), balance: amount, isOwn: z.boolean() })),
    /** The last look at everything, and the last at what changed. */
    whole: verification.nullable(),
    changed: verification.nullable(),
  }),
})

export const verifyNow = operation({
  id: 'verifyLedger',
  method: 'POST',
  isQuestion: true,
  path: '/api/ledger/verify',
  summary: 'Checks what must hold against the rows, now',
  permission: 'ledger.read',
  body: z.object({ scope: z.enum(['whole', 'changed']).default('whole') }),
  reply: verification,
})

export const posting = z.object({
  partyId: z.uuid(),
  partyName: z.string(),
  transactionId: z.uuid(),
  position: z.int(),
  asset,
  code: z.enum(postingCodes),
  from: z.string(),
  to: z.string(),
  amount,
  key: z.string(),
  actor: z.string(),
  actorName: z.string().nullable(),
  approvedBy: z.string().nullable(),
  reason: z.string().nullable(),
  occurredAt: instant,
  postedAt: instant,
})
export type ShownPosting = z.infer<typeof posting>

export const postingFilter = z.object({
  partyId: z.uuid().optional(),
  asset: asset.optional(),
  code: z.enum(postingCodes).optional(),
  /** Either side; `redeemed:tea-house`, or `redeemed` for all of them. */
  account: z.string().max(200).optional(),
  from: instant.optional(),
  until: instant.optional(),
})

export const listPostings = operation({
  id: 'listPostings',
  method: 'GET',
  path: '/api/ledger/postings',
  summary: 'Movements of value, newest first',
  permission: 'ledger.read',
  query: postingFilter.extend({
    before: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(posting), next: z.string().nullable() }),
  refusals: ['ledger:refusal.cursor'],
})

export const exportJournal = operation({
  id: 'exportJournal',
  method: 'GET',
  path: '/api/ledger/journal.csv',
  summary: 'The journal for the accountant: every movement with both of its sides, oldest first',
  permission: 'ledger.read',
  query: postingFilter,
  reply: z.string(),
  format: 'csv',
})

export const holding = z.object({
  asset,
  kind: z.enum(assetKinds),
  pending: amount,
  available: amount,
  held: amount,
  /** What the party owes back. */
  debt: amount,
  nextExpiry: z.object({ amount, expiresAt: instant }).nullable(),
  lots: z.array(
    z.object({
      lotId: z.uuid(),
      issuer: z.string(),
      source: z.string().nullable(),
      issued: amount,
      pending: amount,
      available: amount,
      held: amount,
      maturesAt: instant.nullable(),
      expiresAt: instant.nullable(),
    }),
  ),
})

export const readHoldings = operation({
  id: 'readHoldings',
  method: 'GET',
  path: '/api/parties/{partyId}/holdings',
  summary: 'What a customer holds: balances, lots with their expiry, and why each changed',
  permission: 'ledger.read',
  params: z.object({ partyId: z.uuid() }),
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ holdings: z.array(holding), history: z.array(posting), next: z.string().nullable() }),
})

export const changeAsset = operation({
  id: 'changeAsset',
  method: 'PUT',
  path: '/api/ledger/assets/{asset}',
  summary: 'From how much on an adjustment of this kind of value needs a second pair of eyes',
  permission: 'settings.manage',
  params: z.object({ asset }),
  body: z.object({ approvalAbove: z.int().min(0).max(1e12) }),
  reply: z.object({ asset, approvalAbove: amount }),
  refusals: ['ledger:refusal.no-such-asset'],
})

const states = ['waiting', 'posted', 'declined'] as const
export const adjustment = z.object({
  adjustmentId: z.guid(),
  partyId: z.uuid(),
  partyName: z.string(),
  asset,
  amount,
  reason: z.string(),
  state: z.enum(states),
  askedBy: z.string(),
  askedByName: z.string().nullable(),
  askedAt: instant,
  decidedByName: z.string().nullable(),
  decidedAt: instant.nullable(),
  /** Asked for by whoever reads this: somebody else must decide. */
  isOwn: z.boolean(),
})
export type ShownAdjustment = z.infer<typeof adjustment>

export const listAdjustments = operation({
  id: 'listAdjustments',
  method: 'GET',
  path: '/api/ledger/adjustments',
  summary: 'What was given or taken by hand, those that wait for a second pair of eyes first',
  permission: 'ledger.read',
  query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({ items: z.array(adjustment) }),
})

const done = z.object({ adjustmentId: z.guid(), partyId: z.uuid(), state: z.enum(states) })

export const adjustHolding = operation({
  id: 'adjustHolding',
  method: 'POST',
  path: '/api/ledger/adjustments',
  summary:
    'Gives or takes by hand; beyond the threshold of its asset it waits for somebody else. With an Idempotency-Key it is done once',
  permission: 'ledger.adjust',
  body: z.object({
    partyId: z.uuid(),
    asset,
    amount: z
      .int()
      .min(-1e12)
      .max(1e12)
      .refine(value => value !== 0),
    reason: z.string().trim().min(3).max(500),
  }),
  reply: done,
  once: true,
  refusals: [
    'ledger:refusal.no-such-asset',
    'ledger:refusal.not-by-hand',
    'ledger:refusal.insufficient',
    'ledger:refusal.key-used',
  ],
})

export const decideAdjustment = operation({
  id: 'decideAdjustment',
  method: 'POST',
  path: '/api/ledger/adjustments/{adjustmentId}/decision',
  summary: 'Approves or declines what somebody else asked for',
  permission: 'ledger.approve',
  params: z.object({ adjustmentId: z.guid() }),
  body: z.object({ partyId: z.uuid(), decision: z.enum(['approve', 'decline']) }),
  reply: done,
  refusals: ['ledger:refusal.second-pair-of-eyes', 'ledger:refusal.decided', 'ledger:refusal.no-such-adjustment'],
})

/** Where the sentence of a claim stands: a room's among its own words. Example: 'rewards.stock-is-counted' -> 'rewards:claim.stock-is-counted'. */
export function wordsOfClaim(id: string): string {
  const dot = id.indexOf('.')
  return dot < 0 ? `ledger:claim.${id}` : `${id.slice(0, dot)}:claim.${id.slice(dot + 1)}`
}
