import { z } from 'zod'
import { instantCursor } from '#kernel/cursor.ts'
import { money as hiddenMoney, operation } from '#kernel/operation.ts'
import { bothLanguages, businessCalendar, evidenceKinds, promiseTerms } from './terms.ts'

export {
  type BothLanguages,
  type BusinessCalendar,
  businessCalendar,
  type Compensation,
  type Evidence,
  evidenceKinds,
  type Hours,
  type PromiseClock,
  type PromiseTerms,
  promiseTerms,
  subjects,
} from './terms.ts'

const day = z.iso.date()
const instant = z.iso.datetime()
const minor = z.int()
const rate = z.number().min(0).max(1)

export const caseStates = ['open', 'kept', 'broken', 'void'] as const
/** Why it counts as broken. */
export const breachReasons = ['late', 'missing', 'reported', 'claimed', 'unanswered'] as const
export const compensationStates = ['paid', 'owed', 'retracted'] as const
export const claimStates = ['granted', 'waiting', 'declined'] as const
export const claimOrigins = ['facts', 'customer', 'staff'] as const
export const lateEvidences = ['kept', 'void', 'gone'] as const

export const edition = z.object({
  editionId: z.uuid(),
  promiseId: z.uuid(),
  number: z.int(),
  /** Null: from then on it is promised no more. */
  terms: promiseTerms.nullable(),
  startsAt: instant,
  publishedAt: instant,
})
export type PromiseEdition = z.infer<typeof edition>

export const money = z.object({ amountMinor: minor, currency: z.string() })

/** What a broken promise gave, and where it stands. `amount` counts points, rights or minor units of `asset`. */
export const given = z.object({
  kind: z.enum(['points', 'money', 'right', 'apology']),
  asset: z.string().nullable(),
  amount: minor,
  currency: z.string().nullable(),
  state: z.enum(compensationStates),
  owedAt: instant,
  dueOn: day.nullable(),
  isOverdue: z.boolean(),
  paidAt: instant.nullable(),
  paidBy: z.enum(['at-once', 'transfer', 'credit', 'call']).nullable(),
  paymentReference: z.string().nullable(),
  /** Where it is found in the ledger; null for an apology. */
  transactionId: z.uuid().nullable(),
})
export type Given = z.infer<typeof given>

export const shownCase = z.object({
  caseId: z.guid(),
  partyId: z.uuid(),
  partyName: z.string(),
  promiseId: z.uuid(),
  editionNumber: z.int(),
  standard: bothLanguages,
  reference: z.string(),
  merchant: z.string().nullable(),
  state: z.enum(caseStates),
  startedAt: instant.nullable(),
  dueAt: instant.nullable(),
  stoppedAt: instant.nullable(),
  brokenAt: instant.nullable(),
  detectedAt: instant.nullable(),
  reason: z.enum(breachReasons).nullable(),
  lateMinutes: z.int().nullable(),
  lateEvidence: z.enum(lateEvidences).nullable(),
  startEventId: z.uuid().nullable(),
  stopEventId: z.uuid().nullable(),
  claim: z
    .object({
      origin: z.enum(claimOrigins),
      state: z.enum(claimStates),
      claimedAt: instant,
      answerBy: instant.nullable(),
    })
    .nullable(),
  compensation: given.nullable(),
  /** Days until the first purchase after it broke; null while there was none. */
  cameBackAfterDays: z.int().nullable(),
})
export type ShownCase = z.infer<typeof shownCase>

const interval = z.object({ from: rate, to: rate })

/** What would be kept, from the times observed. */
export const proposal = z.object({
  why: z.enum(['not-kept', 'over-budget']),
  /** The time that would have been kept in 95 of 100, and between which times it lies; null where none would. */
  minutes: z.int().nullable(),
  fromMinutes: z.int().nullable(),
  toMinutes: z.int().nullable(),
  cases: z.int(),
  /** What breaking it costs in a year as it stands, and what it would cost with that time. */
  costPerYearMinor: hiddenMoney(minor.nullable()),
  costPerYearThenMinor: hiddenMoney(minor.nullable()),
})
export type Proposal = z.infer<typeof proposal>

export const figures = z.object({
  given: z.int(),
  open: z.int(),
  kept: z.int(),
  broken: z.int(),
  /** Of those judged by a clock; null where nothing was decided yet. */
  keptRate: rate.nullable(),
  interval: interval.nullable(),
  /** Thirteen weeks, the latest last; null for a week in which nothing was decided. */
  weeks: z.array(rate.nullable()),
  medianMinutes: z.number().nullable(),
  /** Seconds between what was judged and what was posted, in the middle; money that leaves the house until it was paid. */
  medianPaidSeconds: z.number().nullable(),
  costMinor: hiddenMoney(minor.nullable()),
  currency: z.string(),
  owed: z.int(),
  overdue: z.int(),
  monthCostMinor: hiddenMoney(minor.nullable()),
  isOverBudget: z.boolean(),
  lateEvidence: z.int(),
})
export type Figures = z.infer<typeof figures>

export const shownPromise = z.object({
  promiseId: z.uuid(),
  current: edition.nullable(),
  coming: z.array(edition),
  past: z.array(edition),
  figures,
  proposal: proposal.nullable(),
})
export type ShownPromise = z.infer<typeof shownPromise>

export const listPromises = operation({
  id: 'listPromises',
  method: 'GET',
  path: '/api/promises',
  summary: 'What is promised, how often it was kept in 90 days, what breaking it cost, and what should change',
  permission: 'promises.read',
  reply: z.object({
    todayOn: day,
    days: z.int(),
    items: z.array(shownPromise),
    total: figures,
    claimsWaiting: z.int(),
    /** Three ready promises to begin with. */
    ready: z.array(promiseTerms),
    calendars: z.array(businessCalendar),
  }),
})

export const publishPromise = operation({
  id: 'publishPromise',
  method: 'POST',
  path: '/api/promises',
  summary: 'Gives a promise, or changes one from the beginning of a day; what was promised before stays as it was',
  permission: 'promises.manage',
  once: true,
  body: z.object({
    /** None for a new promise; chosen by the client so that sending twice gives one. */
    promiseId: z.uuid(),
    /** Null ends it. */
    terms: promiseTerms.nullable(),
    startsOn: day,
  }),
  reply: edition,
  refusals: [
    'guarantee:refusal.starts-in-the-past',
    'guarantee:refusal.no-such-calendar',
    'guarantee:refusal.no-such-promise',
  ],
})

export const whatIfPromise = operation({
  id: 'whatIfPromise',
  method: 'POST',
  isQuestion: true,
  path: '/api/promises/what-if',
  summary: 'What these terms would have meant on the real history: cases, breaches and cost by month, the worst days',
  permission: 'promises.manage',
  body: z.object({ terms: promiseTerms, fromOn: day.optional(), untilOn: day.optional() }),
  reply: z.object({
    fromOn: day,
    untilOn: day,
    cases: z.int(),
    kept: z.int(),
    broken: z.int(),
    open: z.int(),
    keptRate: rate.nullable(),
    interval: interval.nullable(),
    costMinor: minor,
    currency: z.string(),
    /** Events that looked right but did not say which order they speak of. */
    withoutReference: z.int(),
    months: z.array(z.object({ month: z.string(), cases: z.int(), broken: z.int(), costMinor: minor })),
    worstDays: z.array(z.object({ on: day, cases: z.int(), broken: z.int() })),
    medianMinutes: z.number().nullable(),
    wouldKeep: z
      .object({ minutes: z.int(), fromMinutes: z.int().nullable(), toMinutes: z.int().nullable() })
      .nullable(),
  }),
})

const counted = z.object({ cases: z.int(), broken: z.int() })
const afterwards = z.object({ customers: z.int(), returned: z.int(), interval: interval.nullable() })

export const readPromise = operation({
  id: 'readPromise',
  method: 'GET',
  path: '/api/promises/{promiseId}',
  summary: 'One promise: where and when it breaks, and what those customers did afterwards',
  permission: 'promises.read',
  params: z.object({ promiseId: z.uuid() }),
  reply: z.object({
    promise: shownPromise,
    byReason: z.array(z.object({ reason: z.enum(breachReasons), broken: z.int() })),
    /** From Monday on, by the day on which it was decided. */
    byWeekday: z.array(counted),
    byMerchant: z.array(counted.extend({ merchant: z.string() })),
    /** Bought again within twice their usual gap. Descriptive: who met a broken promise was not drawn by lot. */
    afterwards: z.object({ broken: afterwards, kept: afterwards }),
  }),
  refusals: ['guarantee:refusal.no-such-promise'],
})

export const listCases = operation({
  id: 'listPromiseCases',
  method: 'GET',
  path: '/api/promises/cases',
  summary: 'Broken promises from detected to paid, those running, what is owed, or claims that wait for an answer',
  permission: 'promises.read',
  query: z.object({
    view: z.enum(['broken', 'open', 'owed', 'overdue', 'claims']).default('broken'),
    promiseId: z.uuid().optional(),
    partyId: z.uuid().optional(),
    after: instantCursor.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(shownCase), total: z.int(), next: z.string().nullable() }),
})

export const promisesToday = operation({
  id: 'promisesToday',
  method: 'GET',
  path: '/api/promises/today',
  summary: 'What must not wait: compensations that are overdue, claims to answer, promises about to break',
  permission: 'promises.read',
  reply: z.object({
    overdue: z.array(shownCase),
    overdueTotal: z.int(),
    claims: z.array(shownCase),
    claimsTotal: z.int(),
    /** Less than a fifth of their time left, soonest first. */
    soon: z.array(shownCase),
    soonTotal: z.int(),
    keptThisWeek: z.int(),
  }),
})

export const payCompensation = operation({
  id: 'payCompensation',
  method: 'POST',
  path: '/api/promises/cases/{caseId}/pay',
  summary: 'Pays what is owed: by transfer with its reference, or as store credit at once',
  permission: 'promises.pay',
  once: true,
  params: z.object({ caseId: z.guid() }),
  body: z.object({
    partyId: z.uuid(),
    by: z.enum(['transfer', 'credit']),
    reference: z.string().trim().min(1).max(100).optional(),
  }),
  reply: shownCase,
  refusals: ['guarantee:refusal.no-such-case', 'guarantee:refusal.not-owed', 'guarantee:refusal.reference-missing'],
})

export const decideClaim = operation({
  id: 'decidePromiseClaim',
  method: 'POST',
  path: '/api/promises/cases/{caseId}/claim-decision',
  summary: 'Grants a claim that the facts contradict, or declines it; a granted one is paid at once',
  permission: 'promises.manage',
  once: true,
  params: z.object({ caseId: z.guid() }),
  body: z.object({ partyId: z.uuid(), decision: z.enum(['grant', 'decline']) }),
  reply: shownCase,
  refusals: ['guarantee:refusal.no-such-case', 'guarantee:refusal.not-waiting'],
})

const claimBody = z.object({
  /** The order, room or complaint; none where there is none to name. */
  reference: z.string().trim().min(1).max(100).optional(),
})

/**
 * `granted`: it is broken and what is owed was posted. `waiting`: a person looks at it until `answerBy`, and silence grants
 * it. `running`: its time is not over; it is watched. `known`: it was known already.
 */
const answer = z.object({
  outcome: z.enum(['granted', 'waiting', 'running', 'known', 'declined']),
  case: shownCase,
})

export const reportBroken = operation({
  id: 'reportBrokenPromise',
  method: 'POST',
  path: '/api/parties/{partyId}/promises/{promiseId}/claim',
  summary: 'Somebody of the house reports a broken promise; what is owed is posted at once',
  permission: 'promises.act',
  once: true,
  params: z.object({ partyId: z.uuid(), promiseId: z.uuid() }),
  body: claimBody,
  reply: answer,
  refusals: [
    'guarantee:refusal.no-such-promise',
    'guarantee:refusal.no-such-party',
    'guarantee:refusal.reference-needed',
  ],
})

export const customerPromises = operation({
  id: 'customerPromises',
  method: 'GET',
  path: '/api/parties/{partyId}/promises',
  summary: 'What one customer was promised, what was broken, and what was paid',
  permission: 'promises.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    promises: z.array(z.object({ promiseId: z.uuid(), standard: bothLanguages, needsReference: z.boolean() })),
    cases: z.array(shownCase),
    kept: z.int(),
    broken: z.int(),
  }),
})

/** A case as the customer reads it. */
export const memberCase = shownCase.pick({
  caseId: true,
  promiseId: true,
  standard: true,
  reference: true,
  state: true,
  startedAt: true,
  dueAt: true,
  stoppedAt: true,
  brokenAt: true,
  reason: true,
  lateMinutes: true,
  claim: true,
  compensation: true,
})
export type MemberCase = z.infer<typeof memberCase>

export const memberPromises = operation({
  id: 'memberPromises',
  method: 'GET',
  path: '/api/member/promises',
  summary: 'What we promise you, what became of it, and what you were paid',
  permission: 'member',
  reply: z.object({
    promises: z.array(
      z.object({
        promiseId: z.uuid(),
        standard: bothLanguages,
        needsReference: z.boolean(),
        compensation: promiseTerms.shape.compensation,
        answerWithinHours: z.int(),
      }),
    ),
    cases: z.array(memberCase),
  }),
})

export const claimPromise = operation({
  id: 'claimPromise',
  method: 'POST',
  path: '/api/member/promises/{promiseId}/claim',
  summary: 'Says that a promise was not kept',
  permission: 'member',
  once: true,
  params: z.object({ promiseId: z.uuid() }),
  body: claimBody,
  reply: z.object({ outcome: answer.shape.outcome, case: memberCase }),
  refusals: ['guarantee:refusal.no-such-promise', 'guarantee:refusal.reference-needed'],
})

export const changeCalendars = operation({
  id: 'changeCalendars',
  method: 'PUT',
  path: '/api/promises/calendars',
  summary: 'Opening hours and holidays; promises given from now on go by them, deadlines that run stay as they are',
  permission: 'promises.manage',
  body: z.object({ calendars: z.array(businessCalendar).max(50) }),
  reply: z.object({ calendars: z.array(businessCalendar) }),
  refusals: ['guarantee:refusal.calendar-in-use'],
})

export const listEvidence = operation({
  id: 'listPromiseEvidence',
  method: 'GET',
  path: '/api/promises/evidence',
  summary: 'Kinds of events seen in the last year that a promise can go by, with their fields',
  permission: 'promises.read',
  reply: z.object({
    items: z.array(
      z.object({
        kind: z.enum(evidenceKinds),
        name: z.string().nullable(),
        events: z.int(),
        fields: z.array(z.string()),
      }),
    ),
  }),
})
