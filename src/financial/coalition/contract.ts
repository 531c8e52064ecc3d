import { z } from 'zod'
import { merchantId } from '#kernel/merchants/contract.ts'
import { money, operation } from '#kernel/operation.ts'
import { lineKinds } from './settlement.ts'

const day = z.iso.date()
const month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)
const currency = z.string().regex(/^[A-Z]{3}$/)
const rate = z.int().min(0).max(1_000_000)
/** Made from the name of the request, so it is no uuid of a certain version. */
const requestId = z.guid()
const percent = z.int().min(0).max(100)

/** The page's tabs, as they stand in its address. */
export const coalitionTabs = ['month', 'terms', 'benefits', 'disputes'] as const

export const paymentTerms = ['prepaid', 'postpaid'] as const

export const newTerms = z
  .object({
    merchantId,
    fromOn: day,
    untilOn: day.nullable().default(null),
    /** What the merchant pays for 100 points that it issues, and is paid for 100 that it takes; minor units. */
    fundMinorPer100: rate,
    redeemMinorPer100: rate,
    currency,
    payment: z.enum(paymentTerms),
    /** What a merchant that pays ahead keeps on deposit at least. */
    depositMinor: z.int().min(0).default(0),
    breakage: z.object({ merchant: percent, pool: percent, coalition: percent }),
    /** Whose points it takes besides its own and the coalition's; null is everybody's. */
    accepts: z.array(merchantId).max(500).nullable().default(null),
  })
  .refine(({ breakage: { merchant, pool, coalition } }) => merchant + pool + coalition === 100, { path: ['breakage'] })
  .refine(({ fromOn, untilOn }) => untilOn === null || untilOn >= fromOn, { path: ['untilOn'] })
export type NewTerms = z.output<typeof newTerms>

export const shownTerms = z.object({
  ...newTerms.shape,
  termsId: z.uuid(),
  number: z.int(),
  publishedAt: z.iso.datetime(),
  state: z.enum(['coming', 'in-force', 'past']),
})
export type ShownTerms = z.infer<typeof shownTerms>

export const monthStates = ['running', 'ended', 'closed'] as const
export const statementStates = ['running', 'to-pay', 'to-be-paid', 'paid', 'from-deposit', 'nothing-due'] as const

const row = z.object({
  merchantId,
  name: z.string(),
  issued: z.int(),
  revoked: z.int(),
  redeemed: z.int(),
  returned: z.int(),
  expired: z.int(),
  /** Above zero the merchant owes it for the month, below zero it is owed. */
  netMinor: z.int(),
  /** What stands on its account with the coalition over all months; below zero it owes. */
  balanceMinor: z.int(),
  payment: z.enum(paymentTerms).nullable(),
  depositMinor: z.int(),
  state: z.enum(statementStates),
  disputes: z.int(),
})
export type MerchantRow = z.infer<typeof row>

export const readCoalition = operation({
  id: 'readCoalition',
  method: 'GET',
  path: '/api/coalition',
  summary: 'A month of the coalition: who issued, who redeemed, who owes; a key of one merchant sees its own row',
  permission: 'coalition.read',
  query: z.object({ month: month.optional() }),
  reply: z.object({
    months: z.array(z.object({ month, state: z.enum(monthStates) })),
    month: month.nullable(),
    state: z.enum(monthStates),
    startsOn: day.nullable(),
    endsOn: day.nullable(),
    closedAt: z.iso.datetime().nullable(),
    disputesUntilOn: day.nullable(),
    disputeDays: z.int(),
    currency,
    zone: z.string(),
    todayOn: day,
    merchants: z.array(row),
    /** Whose points were redeemed where; only what was redeemed and not given back. */
    flows: z.array(z.object({ issuer: z.string(), redeemer: z.string(), points: z.int() })),
    /** Points that moved where no terms were in force. */
    outside: z.array(z.object({ merchantId: z.string(), kind: z.enum(lineKinds), points: z.int() })),
    /** What is the coalition's own; null for a merchant's key. */
    own: z
      .object({
        poolMinor: z.int(),
        marginMinor: z.int(),
        breakageMinor: z.int(),
        /** What stands in the pool, and what the months that are not closed add, beside what all points would cost. */
        poolNowMinor: z.int(),
        poolOpenMinor: z.int(),
        outstandingPoints: z.int(),
        outstandingMinor: z.int(),
      })
      .nullable(),
  }),
})
export type CoalitionMonth = z.infer<typeof readCoalition.reply>

export const closeMonth = operation({
  id: 'closeMonth',
  method: 'POST',
  path: '/api/coalition/months/{month}/close',
  summary: 'Settles a month that is over, for good; asked again it changes nothing',
  permission: 'coalition.manage',
  once: true,
  params: z.object({ month }),
  reply: z.object({ month, closedAt: z.iso.datetime(), lines: z.int() }),
  refusals: ['coalition:refusal.not-over', 'coalition:refusal.earlier-open', 'coalition:refusal.no-terms'],
})

const dispute = z.object({
  disputeId: requestId,
  month,
  merchantId,
  merchantName: z.string(),
  lineId: z.string(),
  kind: z.enum(lineKinds),
  reason: z.string(),
  state: z.enum(['open', 'rejected', 'corrected']),
  answer: z.string().nullable(),
  correctionMinor: z.int().nullable(),
  bookedMonth: month.nullable(),
  openedAt: z.iso.datetime(),
  answeredAt: z.iso.datetime().nullable(),
})
export type Dispute = z.infer<typeof dispute>

const line = z.object({
  lineId: z.string(),
  kind: z.enum(lineKinds),
  termsNumber: z.int().nullable(),
  points: z.int(),
  rateMinorPer100: z.int(),
  percent: z.int(),
  amountMinor: z.int(),
  disputeId: requestId.nullable(),
  /** The entry in the ledger, once the month is closed. */
  transactionId: z.uuid().nullable(),
})
export type StatementLine = z.infer<typeof line>

const statementOf = z.object({ month, merchantId })

export const readStatement = operation({
  id: 'readStatement',
  method: 'GET',
  path: '/api/coalition/months/{month}/statements/{merchantId}',
  summary: 'The statement of one merchant, with the terms by which anybody can work it out again',
  permission: 'coalition.read',
  params: statementOf,
  reply: z.object({
    month,
    state: z.enum(statementStates),
    merchantId,
    merchantName: z.string(),
    currency,
    zone: z.string(),
    startsAt: z.iso.datetime(),
    endsAt: z.iso.datetime(),
    endsOn: day,
    closedAt: z.iso.datetime().nullable(),
    disputesUntilOn: day.nullable(),
    todayOn: day,
    lines: z.array(line),
    netMinor: z.int(),
    /** What stands on the merchant's account now, over all months; below zero it owes. */
    balanceMinor: z.int(),
    terms: z.array(shownTerms),
    payments: z.array(
      z.object({
        paymentId: requestId,
        /** Above zero the merchant paid, below zero it was paid. */
        amountMinor: z.int(),
        reference: z.string(),
        paidOn: day,
      }),
    ),
    disputes: z.array(dispute),
  }),
  refusals: ['coalition:refusal.no-statement'],
})
export type Statement = z.infer<typeof readStatement.reply>

export const exportStatement = operation({
  id: 'exportStatement',
  method: 'GET',
  path: '/api/coalition/months/{month}/statements/{merchantId}/statement.csv',
  summary: 'The statement as CSV: its lines, and every posting they are made of, without names',
  permission: 'coalition.read',
  format: 'csv',
  params: statementOf,
  reply: z.any(),
})

export const traceLine = operation({
  id: 'traceLine',
  method: 'GET',
  path: '/api/coalition/months/{month}/statements/{merchantId}/lines/{lineId}',
  summary: 'The postings that a line is made of; cards and pseudonyms, no names',
  permission: 'coalition.read',
  params: statementOf.extend({ lineId: z.string().max(80) }),
  query: z.object({
    after: z.string().max(120).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(25),
  }),
  reply: z.object({
    items: z.array(
      z.object({
        postedAt: z.iso.datetime(),
        on: day,
        /** The shared card's number, or a name that only this merchant's statements use. */
        card: z.string(),
        points: z.int(),
        transactionId: z.uuid(),
        position: z.int(),
      }),
    ),
    next: z.string().nullable(),
  }),
})

export const openDispute = operation({
  id: 'openDispute',
  method: 'POST',
  path: '/api/coalition/disputes',
  summary: 'Disputes a line of a closed statement, with the reason',
  permission: 'coalition.read',
  once: true,
  body: z.object({ month, merchantId, lineId: z.string().max(80), reason: z.string().trim().min(3).max(1000) }),
  reply: dispute,
  status: 201,
  refusals: ['coalition:refusal.not-closed', 'coalition:refusal.too-late', 'coalition:refusal.disputed'],
})

export const answerDispute = operation({
  id: 'answerDispute',
  method: 'POST',
  path: '/api/coalition/disputes/{disputeId}/answer',
  summary: 'Rejects a dispute, or puts it right in the next month that is closed',
  permission: 'coalition.manage',
  once: true,
  params: z.object({ disputeId: requestId }),
  body: z.discriminatedUnion('decision', [
    z.object({ decision: z.literal('reject'), answer: z.string().trim().min(3).max(1000) }),
    z.object({
      decision: z.literal('correct'),
      answer: z.string().trim().max(1000).default(''),
      /** Above zero in the merchant's favour. */
      amountMinor: z
        .int()
        .min(-1_000_000_000_000)
        .max(1_000_000_000_000)
        .refine(amount => amount !== 0),
    }),
  ]),
  reply: dispute,
  refusals: ['coalition:refusal.answered'],
})

export const listDisputes = operation({
  id: 'listDisputes',
  method: 'GET',
  path: '/api/coalition/disputes',
  summary: 'Disputes, the unanswered first; a key of one merchant sees its own',
  permission: 'coalition.read',
  reply: z.object({ items: z.array(dispute) }),
})

export const recordPayment = operation({
  id: 'recordPayment',
  method: 'POST',
  path: '/api/coalition/merchants/{merchantId}/payments',
  summary: 'Notes that a merchant paid or was paid, for a month or into its deposit',
  permission: 'coalition.manage',
  once: true,
  params: z.object({ merchantId }),
  body: z.object({
    month: month.nullable().default(null),
    direction: z.enum(['received', 'paid']),
    amountMinor: z.int().min(1).max(1_000_000_000_000),
    reference: z.string().trim().min(1).max(120),
    paidOn: day.optional(),
  }),
  reply: z.object({ paymentId: requestId, balanceMinor: z.int() }),
  status: 201,
  refusals: ['coalition:refusal.not-closed', 'coalition:refusal.more-than-due', 'coalition:refusal.paid'],
})

export const readTerms = operation({
  id: 'readTerms',
  method: 'GET',
  path: '/api/coalition/terms',
  summary: 'What was agreed with each merchant, the latest first; a key of one merchant sees its own',
  permission: 'coalition.read',
  reply: z.object({ items: z.array(shownTerms) }),
})

export const publishTerms = operation({
  id: 'publishTerms',
  method: 'POST',
  path: '/api/coalition/terms',
  summary: 'Agrees terms with a merchant from a day on; what is in force is never changed, only followed',
  permission: 'coalition.manage',
  once: true,
  body: newTerms,
  reply: shownTerms,
  status: 201,
  refusals: ['coalition:refusal.starts-too-early', 'coalition:refusal.currency', 'merchants:refusal.unknown'],
})

export const changeCoalition = operation({
  id: 'changeCoalition',
  method: 'PUT',
  path: '/api/coalition/settings',
  summary: 'For how many days after the closing a statement can be disputed',
  permission: 'coalition.manage',
  body: z.object({ disputeDays: z.int().min(1).max(180) }),
  reply: z.object({ disputeDays: z.int() }),
})

export const benefitKinds = ['parking', 'delivery', 'draw-entries', 'other'] as const

const window = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['month', 'quarter', 'year']) }),
  z.object({ kind: z.literal('rolling'), days: z.int().min(1).max(366) }),
])

export const newBenefit = z.object({
  name: z.string().trim().min(1).max(80),
  kind: z.enum(benefitKinds),
  /** Hours of parking, deliveries, entries into the draw, times it can be used. */
  count: z.int().min(1).max(1000),
  /** Into which draw the entries go; null: into every draw that gives tickets for benefits. */
  drawId: z.guid().nullable().default(null),
  window,
  atLeastMinor: z.int().min(1),
  currency,
  /** Where the spend counts; null is everywhere. */
  merchants: z.array(merchantId).min(1).max(500).nullable().default(null),
  /** For how many days after it was earned it can be used; null for ever. */
  usableDays: z.int().min(1).max(1000).nullable().default(null),
  /** Purchases from this day on count. */
  fromOn: day,
})
export type NewBenefit = z.output<typeof newBenefit>

const benefit = newBenefit.extend({ benefitId: z.uuid(), untilOn: day.nullable(), holders: z.int() })
export type Benefit = z.infer<typeof benefit>

export const listBenefits = operation({
  id: 'listBenefits',
  method: 'GET',
  path: '/api/coalition/benefits',
  summary: 'What customers earn by what they spend at all merchants together, and how many have it',
  permission: 'coalition.read',
  reply: z.object({ items: z.array(benefit) }),
})

export const createBenefit = operation({
  id: 'createBenefit',
  method: 'POST',
  path: '/api/coalition/benefits',
  summary: 'Promises a benefit for spend; it is never changed, only ended',
  permission: 'coalition.manage',
  once: true,
  body: newBenefit,
  reply: benefit,
  status: 201,
  refusals: ['coalition:refusal.starts-too-early', 'coalition:refusal.no-open-draw'],
})

export const endBenefit = operation({
  id: 'endBenefit',
  method: 'POST',
  path: '/api/coalition/benefits/{benefitId}/end',
  summary: 'Ends a benefit after a day; what was earned stays',
  permission: 'coalition.manage',
  params: z.object({ benefitId: z.uuid() }),
  body: z.object({ untilOn: day }),
  reply: benefit,
  refusals: ['coalition:refusal.no-benefit', 'coalition:refusal.starts-too-early'],
})

export const useBenefit = operation({
  id: 'useBenefit',
  method: 'POST',
  path: '/api/coalition/benefits/{benefitId}/use',
  summary: 'Uses a benefit at a merchant',
  permission: 'till.use',
  once: true,
  params: z.object({ benefitId: z.uuid() }),
  body: z.object({ partyId: z.uuid(), merchantId, count: z.int().min(1).max(1000).default(1) }),
  reply: z.object({ left: z.int() }),
  refusals: ['coalition:refusal.no-benefit', 'ledger:refusal.insufficient'],
})

const held = z.object({
  benefitId: z.uuid(),
  name: z.string(),
  kind: z.enum(benefitKinds),
  count: z.int(),
  /** What can be used now; entries into a draw stand with the draw. */
  left: z.int(),
  isEarned: z.boolean(),
  spentMinor: money(z.int().nullable()),
  missingMinor: money(z.int().nullable()),
  currency,
  /** The last day of the window in which this counts. */
  windowEndsOn: day,
})
const heldReply = z.object({ items: z.array(held) })
export type HeldBenefit = z.infer<typeof held>

export const memberBenefits = operation({
  id: 'memberBenefits',
  method: 'GET',
  path: '/api/parties/{partyId}/benefits',
  summary: 'What a customer has earned by spend at all merchants, and what is missing for the next',
  permission: 'rewards.read',
  params: z.object({ partyId: z.uuid() }),
  reply: heldReply,
})

export const myBenefits = operation({
  id: 'myBenefits',
  method: 'GET',
  path: '/api/member/benefits',
  summary: 'The same for a member on their own card',
  permission: 'member',
  reply: heldReply,
})
