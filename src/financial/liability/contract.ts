import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const day = z.iso.date()
const month = z.string().regex(/^\d{4}-\d{2}$/)
const share = z.number().min(0).max(1)
const minor = z.int()

/** What the owner assumes where the programme or the history does not say it; null leaves it to them. */
export const liabilityAssumptions = z
  .object({
    /** What a hundred points are worth to a customer. */
    worthMinorPer100: z.int().min(0).max(1_000_000_000).nullable(),
    /** What a hundred points cost the house; used for points that came without a sale. */
    costMinorPer100: z.int().min(0).max(1_000_000_000).nullable(),
    /** Of a thousand points, how many are never used; null: as the history says. */
    breakagePermille: z.int().min(0).max(1000).nullable(),
    /** Why the owner's share of unused points is better than the history's. */
    reason: z.string().trim().max(500).nullable(),
    /** Issuers for whom the house only acts as an agent: of what is allocated it keeps this part. */
    agents: z
      .array(z.object({ issuer: z.string().min(1).max(100), marginPermille: z.int().min(0).max(1000) }))
      .max(500)
      .default([]),
  })
  .refine(told => told.breakagePermille === null || (told.reason !== null && told.reason.length > 0), {
    path: ['reason'],
  })
export type LiabilityAssumptions = z.infer<typeof liabilityAssumptions>

const vintage = z.object({
  /** Calendar month in which the points were earned, in the zone of the business. */
  month,
  issuer: z.string(),
  /** `sale`: earned with purchases. `granted`: given without one, a cost of marketing. */
  kind: z.enum(['sale', 'granted']),
  isAgent: z.boolean(),
  issued: z.int(),
  redeemed: z.int(),
  expired: z.int(),
  revoked: z.int(),
  outstanding: z.int(),
  /** All points of it that will ever be used, those used already among them. */
  expected: z.int(),
  expectedLow: z.int(),
  expectedHigh: z.int(),
  considerationMinor: minor,
  allocatedMinor: minor,
  recognisedMinor: minor,
  liabilityMinor: minor,
})
export type Vintage = z.infer<typeof vintage>

const movement = z.object({
  month,
  openingMinor: minor,
  allocatedMinor: minor,
  redeemedMinor: minor,
  breakageMinor: minor,
  revokedMinor: minor,
  /** What a new estimate of how many points will be used moved into revenue; below zero: out of it. */
  estimateMinor: minor,
  closingMinor: minor,
  grantedOpeningMinor: minor,
  grantedChangeMinor: minor,
  grantedClosingMinor: minor,
})
export type Movement = z.infer<typeof movement>

export const journalAccounts = ['revenue', 'contract-liability', 'marketing-expense', 'marketing-provision'] as const
const journalLine = z.object({
  account: z.enum(journalAccounts),
  debitMinor: minor,
  creditMinor: minor,
  /** Which movement it books. */
  of: z.enum(['allocated', 'redeemed', 'breakage', 'revoked', 'estimate', 'granted']),
})
export type JournalLine = z.infer<typeof journalLine>

const curvePoint = z.object({
  /** Full months since the points were earned. */
  age: z.int(),
  /** Share of the points of a month that has been used at the end of this age; expected, with its range. */
  used: share,
  low: share.nullable(),
  high: share.nullable(),
  isSeen: z.boolean(),
})

/** Everything a report says; stored as it is, and the same to the byte whenever it is worked out again. */
export const liabilityReport = z.object({
  asOfAt: z.iso.datetime(),
  currency: z.string(),
  zone: z.string(),
  owedMinor: minor,
  owedLowMinor: minor.nullable(),
  owedHighMinor: minor.nullable(),
  level: z.number(),
  sale: z.object({ allocatedMinor: minor, recognisedMinor: minor, liabilityMinor: minor }),
  granted: z.object({ outstanding: z.int(), liabilityMinor: minor }),
  points: z.object({
    issued: z.int(),
    redeemed: z.int(),
    expired: z.int(),
    revoked: z.int(),
    outstanding: z.int(),
  }),
  redemption: z.object({
    /** Where the expectation comes from: the history, the owner's word, or nowhere yet (then all points are expected to be used). */
    from: z.enum(['history', 'assumption', 'all']),
    /** Of points earned now, the share that will be used. */
    share,
    low: share.nullable(),
    high: share.nullable(),
    monthsSeen: z.int(),
    monthsNeeded: z.int(),
    members: z.int(),
    membersNeeded: z.int(),
  }),
  curve: z.array(curvePoint),
  vintages: z.array(vintage),
  months: z.array(movement),
  journal: z.object({ month: month.nullable(), lines: z.array(journalLine) }),
  terms: z.object({
    worthMinorPer100: z.int(),
    costMinorPer100: z.int(),
    breakagePermille: z.int().nullable(),
    reason: z.string().nullable(),
    /** Months that points live by the rules in force; null: for ever. */
    lifeMonths: z.int().nullable(),
    assumptionNumbers: z.array(z.int()),
    seed: z.int(),
  }),
  /** The postings it stands on: how many, their sum, and the exclusive or of their hashes. */
  fingerprint: z.object({ postings: z.int(), points: z.string(), hash: z.string() }),
})
export type LiabilityReport = z.infer<typeof liabilityReport>

const kept = z.object({
  reportId: z.uuid(),
  asOfAt: z.iso.datetime(),
  madeAt: z.iso.datetime(),
  /** SHA-256 of the report's text. */
  digest: z.string(),
  owedMinor: minor,
  isMonthEnd: z.boolean(),
})

export const readLiability = operation({
  id: 'readLiability',
  method: 'GET',
  path: '/api/liability',
  summary:
    'What the points in customers’ hands are estimated to cost: the newest estimate, the assumptions, the kept reports',
  permission: 'liability.read',
  reply: z.object({
    /** Null while no points were ever issued. */
    report: liabilityReport.nullable(),
    /** Null where the estimate was worked out just now and not kept. */
    reportId: z.uuid().nullable(),
    assumptions: liabilityAssumptions,
    reports: z.array(kept),
    mayChange: z.boolean(),
  }),
})

export const keepLiabilityReport = operation({
  id: 'keepLiabilityReport',
  method: 'POST',
  path: '/api/liability/reports',
  summary: 'Works out the estimate as of the end of a day and keeps it; the same day asked twice is kept once',
  permission: 'liability.read',
  body: z.object({ asOfOn: day }),
  reply: kept,
  refusals: ['liability:refusal.not-over', 'liability:refusal.nothing-yet'],
})

const byReport = z.object({ reportId: z.uuid() })

export const readLiabilityReport = operation({
  id: 'readLiabilityReport',
  method: 'GET',
  path: '/api/liability/reports/{reportId}',
  summary: 'A kept report, as it was',
  permission: 'liability.read',
  params: byReport,
  reply: liabilityReport,
  refusals: ['liability:refusal.no-such-report'],
})

export const checkLiabilityReport = operation({
  id: 'checkLiabilityReport',
  method: 'POST',
  isQuestion: true,
  path: '/api/liability/reports/{reportId}/check',
  summary: 'Works a kept report out again from the ledger and compares both, byte by byte',
  permission: 'liability.read',
  params: byReport,
  reply: z.object({ isSame: z.boolean(), isLedgerSame: z.boolean(), digest: z.string(), digestNow: z.string() }),
  refusals: ['liability:refusal.no-such-report'],
})

export const exportLiability = operation({
  id: 'exportLiability',
  method: 'GET',
  path: '/api/liability/roll-forward.csv',
  summary: 'The roll-forward by month as a file for the accountant: of a kept report, or of the newest estimate',
  permission: 'liability.read',
  query: z.object({ reportId: z.uuid().optional() }),
  reply: z.string(),
  format: 'csv',
  refusals: ['liability:refusal.no-such-report', 'liability:refusal.nothing-yet'],
})

export const changeLiabilityAssumptions = operation({
  id: 'changeLiabilityAssumptions',
  method: 'PUT',
  path: '/api/liability/assumptions',
  summary: 'What is assumed from now on; earlier months keep what was assumed then',
  permission: 'liability.read',
  body: liabilityAssumptions,
  reply: liabilityAssumptions,
  refusals: ['liability:refusal.may-not-assume'],
})
