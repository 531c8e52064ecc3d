import { z } from 'zod'
import { operation, withMoneyInside } from '#kernel/operation.ts'
import { wordValue } from '#kernel/tasks/contract.ts'
import { pointsRules } from './rules.ts'

export type { Campaign, EarningRule, Expiry, ItemMatch, PointsRules } from './rules.ts'
export { pointsRules, usualRules } from './rules.ts'

const day = z.iso.date()
const party = z.object({ partyId: z.uuid() })

/** Why points came or went: a translation key with what stands in its sentence. */
const reason = z.object({ key: z.string(), values: withMoneyInside(z.record(z.string(), wordValue)) })
export type PointsReason = z.infer<typeof reason>

export const edition = z.object({
  editionId: z.uuid(),
  number: z.int(),
  rules: pointsRules,
  startsAt: z.iso.datetime(),
  publishedAt: z.iso.datetime(),
})
export type PointsEdition = z.infer<typeof edition>

export const readProgramme = operation({
  id: 'readProgramme',
  method: 'GET',
  path: '/api/points/programme',
  summary: 'The points programme: the rules in force, those to come, the draft, and what is owed to all members',
  permission: 'points.read',
  reply: z.object({
    current: edition.nullable(),
    coming: z.array(edition),
    past: z.array(edition),
    draft: pointsRules.nullable(),
    /** A sensible beginning for this business. */
    usual: pointsRules,
    categories: z.array(z.string()),
    figures: z.object({
      members: z.int(),
      pending: z.int(),
      available: z.int(),
      owedBack: z.int(),
      earnedLast30Days: z.int(),
      usedLast30Days: z.int(),
      expiringNext30Days: z.int(),
    }),
    todayOn: day,
  }),
})

export const savePointsDraft = operation({
  id: 'savePointsDraft',
  method: 'PUT',
  path: '/api/points/draft',
  summary: 'Keeps rules that are not in force yet, or forgets them',
  permission: 'points.manage',
  body: z.object({ rules: pointsRules.nullable() }),
  reply: z.object({ rules: pointsRules.nullable() }),
})

export const publishProgramme = operation({
  id: 'publishProgramme',
  method: 'POST',
  path: '/api/points/publish',
  summary: 'Puts rules in force from a day on, for good; the first rules may begin in the past',
  permission: 'points.manage',
  body: z.object({ rules: pointsRules, startsOn: day }),
  reply: edition,
  refusals: ['points:refusal.starts-in-the-past'],
})

const replay = z.object({
  customers: z.int(),
  purchases: z.int(),
  spendMinor: z.int(),
  earningCustomers: z.int(),
  points: z.int(),
  takenBack: z.int(),
  expired: z.int(),
  outstanding: z.int(),
  /** What all kept points are worth; the most that they can cost. */
  costMinor: z.int(),
  outstandingMinor: z.int(),
  byRule: z.record(z.string(), z.int()),
})
export type PointsReplay = z.infer<typeof replay>

const moved = z.object({ partyId: z.uuid(), partyName: z.string(), points: z.int(), before: z.int() })

export const whatIfPoints = operation({
  id: 'whatIfPoints',
  method: 'POST',
  isQuestion: true,
  path: '/api/points/what-if',
  summary: 'What these rules would have given and cost on the real purchases of some days, beside the rules in force',
  permission: 'points.manage',
  body: z.object({ rules: pointsRules, fromOn: day.optional(), untilOn: day.optional() }),
  reply: z.object({
    fromOn: day,
    untilOn: day,
    currency: z.string(),
    now: replay,
    before: replay.nullable(),
    more: z.int(),
    same: z.int(),
    fewer: z.int(),
    winners: z.array(moved),
    losers: z.array(moved),
  }),
})
export type WhatIf = z.infer<typeof whatIfPoints.reply>

export const quotePoints = operation({
  id: 'quotePoints',
  method: 'POST',
  isQuestion: true,
  path: '/api/points/quote',
  summary: 'What a basket would earn now, and why; nothing is posted',
  permission: 'points.read',
  body: z.object({
    partyId: z.uuid().optional(),
    amountMinor: z.int().min(0),
    taxMinor: z.int().min(0).optional(),
    paidWithPointsMinor: z.int().min(0).optional(),
    paidWithGiftCardMinor: z.int().min(0).optional(),
    lines: z
      .array(z.object({ sku: z.string().max(200), quantity: z.int(), amountMinor: z.int() }))
      .max(5000)
      .default([]),
  }),
  reply: z.object({
    points: z.int(),
    worthMinor: z.int(),
    currency: z.string().nullable(),
    usableFrom: z.iso.datetime().nullable(),
    lastUsableOn: day.nullable(),
    lines: z.array(z.object({ points: z.int(), reason })),
  }),
})

const lot = z.object({
  lotId: z.uuid(),
  pending: z.int(),
  available: z.int(),
  held: z.int(),
  usableFromOn: day.nullable(),
  lastUsableOn: day.nullable(),
  reason: reason.nullable(),
})

export const memberPoints = operation({
  id: 'memberPoints',
  method: 'GET',
  path: '/api/parties/{partyId}/points',
  summary: 'What a customer has in points: balance, lots with their reasons, and what expires next',
  permission: 'points.read',
  params: party,
  reply: z.object({
    isRunning: z.boolean(),
    available: z.int(),
    pending: z.int(),
    held: z.int(),
    owedBack: z.int(),
    worthMinor: z.int(),
    currency: z.string(),
    nextExpiry: z.object({ points: z.int(), lastUsableOn: day }).nullable(),
    lots: z.array(lot),
  }),
})
export type MemberPoints = z.infer<typeof memberPoints.reply>

export const pointsMoves = [
  'earned',
  'taken-back',
  'used',
  'returned',
  'expired',
  'adjusted',
  'given',
  'received',
] as const

export const memberPointsHistory = operation({
  id: 'memberPointsHistory',
  method: 'GET',
  path: '/api/parties/{partyId}/points/history',
  summary: 'Every change of a customer’s points, newest first, each with its reason',
  permission: 'points.read',
  params: party,
  query: z.object({
    /** The `next` of the page before. */
    before: z
      .string()
      .max(100)
      .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}_[a-z-]+$/)
      .optional(),
    limit: z.coerce.number().int().min(1).max(200).default(20),
  }),
  reply: z.object({
    items: z.array(
      z.object({
        moveId: z.string(),
        kind: z.enum(pointsMoves),
        points: z.int(),
        occurredAt: z.iso.datetime(),
        reason,
      }),
    ),
    next: z.string().nullable(),
  }),
})

export const adjustmentReasons = ['goodwill', 'correction', 'promotion', 'abuse'] as const

export const adjustPoints = operation({
  id: 'adjustPoints',
  method: 'POST',
  path: '/api/parties/{partyId}/points/adjustments',
  summary:
    'Gives or takes points by hand, to expire as the rules say; beyond the threshold of the ledger somebody else must agree',
  permission: 'points.adjust',
  params: party,
  body: z.object({
    points: z
      .int()
      .min(-1_000_000)
      .max(1_000_000)
      .refine(points => points !== 0),
    reason: z.enum(adjustmentReasons),
  }),
  reply: z.object({ state: z.enum(['waiting', 'posted', 'declined']), available: z.int() }),
  once: true,
  refusals: ['points:refusal.not-running', 'ledger:refusal.insufficient', 'ledger:refusal.key-used'],
})
