import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { tierRules } from './rules.ts'

export type { Measure, Tier, TierRules } from './rules.ts'
export { calendarWindows, measures, tierRules } from './rules.ts'

const day = z.iso.date()
const rung = z.object({ tierId: z.string().nullable(), customers: z.int() })

export const readTiers = operation({
  id: 'readTiers',
  method: 'GET',
  path: '/api/tiers',
  summary: 'The ladder of tiers, with how many customers stand on each rung',
  permission: 'points.read',
  reply: z.object({
    rules: tierRules.nullable(),
    /** Published for a later day. */
    coming: z.array(z.object({ number: z.int(), startsOn: day, rules: tierRules.nullable() })),
    usual: tierRules,
    counts: z.array(rung),
    todayOn: day,
  }),
})

export const previewTiers = operation({
  id: 'previewTiers',
  method: 'POST',
  isQuestion: true,
  path: '/api/tiers/preview',
  summary: 'How many customers would stand on each rung of other rules today, and how many would move',
  permission: 'points.manage',
  body: z.object({ rules: tierRules }),
  reply: z.object({ counts: z.array(rung), up: z.int(), same: z.int(), down: z.int() }),
})

export const changeTiers = operation({
  id: 'changeTiers',
  method: 'PUT',
  path: '/api/tiers',
  summary: 'Publishes a ladder from a day on, for good; everybody is placed anew when it begins',
  permission: 'points.manage',
  body: z.object({ rules: tierRules.nullable(), startsOn: day.optional() }),
  reply: z.object({ rules: tierRules.nullable(), startsOn: day }),
  refusals: ['tiers:refusal.starts-in-the-past'],
})

export const memberTier = operation({
  id: 'memberTier',
  method: 'GET',
  path: '/api/parties/{partyId}/tier',
  summary: 'At which tier a customer stands and why, what lifts them to the next, and when it would be lost',
  permission: 'points.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    rules: tierRules.nullable(),
    tier: z.int().min(-1),
    sinceOn: day.nullable(),
    qualified: z.int(),
    next: z.object({ tier: z.int(), missing: z.int() }).nullable(),
    drop: z.object({ on: day, to: z.int().min(-1), missing: z.int() }).nullable(),
    steps: z.array(z.object({ on: day, from: z.int(), to: z.int() })),
  }),
})
export type MemberTier = z.infer<typeof memberTier.reply>
