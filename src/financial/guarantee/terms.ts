import { z } from 'zod'
import { businessSettings } from '#kernel/settings/contract.ts'

const minor = z.int().min(1).max(1_000_000_000_000)
const currency = z.string().regex(/^[A-Z]{3}$/)
const names = z.array(z.string().trim().min(1).max(200)).min(1).max(200).nullable()
const day = z.iso.date()

/** Said to customers in their language; where one is empty the other is said. */
export const bothLanguages = z
  .object({ en: z.string().trim().max(160), zh: z.string().trim().max(160) })
  .refine(({ en, zh }) => en !== '' || zh !== '')
export type BothLanguages = z.infer<typeof bothLanguages>

/** Minutes after midnight on the wall clock; 1440 is the end of the day. */
const hours = z
  .array(z.object({ fromMinute: z.int().min(0).max(1439), untilMinute: z.int().min(1).max(1440) }))
  .max(6)
  .refine(list =>
    list.every(({ fromMinute, untilMinute }, at) => {
      const before = list[at - 1]
      return fromMinute < untilMinute && (before === undefined || before.untilMinute <= fromMinute)
    }),
  )
export type Hours = z.infer<typeof hours>

/**
 * When the business works. Seven lists of hours from Monday on; a special day replaces its weekday: no hours are a
 * holiday, some are a Saturday worked for a long feast.
 */
export const businessCalendar = z.object({
  calendarId: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  name: z.string().trim().min(1).max(80),
  zone: businessSettings.shape.zone,
  week: z
    .array(hours)
    .length(7)
    .refine(week => week.some(list => list.length > 0)),
  special: z.array(z.object({ on: day, hours })).max(400),
})
export type BusinessCalendar = z.infer<typeof businessCalendar>

/** Kinds of events that can show that a promise began, was kept or was broken; `client.tracked` goes by its name. */
export const evidenceKinds = [
  'purchase.recorded',
  'refund.recorded',
  'complaint.opened',
  'complaint.closed',
  'client.tracked',
] as const

/**
 * What to look for in the log. `reference` is the field that says which order, room or complaint is meant; without one
 * whatever comes next counts. `where` narrows it to one value of one field.
 */
export const evidence = z
  .object({
    kind: z.enum(evidenceKinds),
    name: z.string().trim().min(1).max(200).nullable(),
    reference: z.string().trim().min(1).max(100).nullable(),
    where: z.object({ field: z.string().trim().min(1).max(100), equals: z.string().max(200) }).nullable(),
  })
  .refine(({ kind, name }) => (kind === 'client.tracked') === (name !== null))
export type Evidence = z.infer<typeof evidence>

const minutes = z.int().min(1).max(525_600)

/** How long: hours that pass on any clock, working hours of a calendar, or until a time of the day so many days later. */
export const promiseClock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('elapsed'), minutes }),
  z.object({ kind: z.literal('working'), minutes, calendarId: z.string().min(1).max(40) }),
  z.object({ kind: z.literal('by'), minuteOfDay: z.int().min(0).max(1440), daysLater: z.int().min(0).max(365) }),
])
export type PromiseClock = z.infer<typeof promiseClock>

/** How it is known: by a clock between two events, or by an event or a claim that says that it was not so. */
export const judged = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('timed'),
    start: evidence,
    stop: evidence,
    /** What makes the promise void while its clock runs, such as a cancelled order. */
    void: evidence.nullable(),
    clock: promiseClock,
  }),
  z.object({ kind: z.literal('state'), broken: evidence.nullable() }),
])

/** Store credit at once, or money that leaves the house: owed at once, and paid by somebody until its day. */
export const paidBy = ['credit', 'transfer'] as const

export const compensation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('points'), points: z.int().min(1).max(1_000_000), worthMinor: minor, currency }),
  z.object({ kind: z.literal('money'), amountMinor: minor, currency, by: z.enum(paidBy) }),
  /** A share of the order between a least and a most; the least where the order is not known. */
  z.object({
    kind: z.literal('percent'),
    percent: z.int().min(1).max(100),
    leastMinor: minor,
    mostMinor: minor,
    currency,
    by: z.enum(paidBy),
  }),
  z.object({ kind: z.literal('right'), rewardId: z.string().min(1).max(100), worthMinor: minor, currency }),
  z.object({ kind: z.literal('apology') }),
])
export type Compensation = z.infer<typeof compensation>

export const subjects = ['delivery', 'answer', 'stay', 'meal', 'other'] as const

/** All that a promise says, as data. A published edition of it is never changed. */
export const promiseTerms = z
  .object({
    subject: z.enum(subjects),
    standard: bothLanguages,
    judged,
    /** To whom it is given; null does not narrow. */
    scope: z.object({ tiers: names, merchants: names, categories: names, atLeastMinor: minor.nullable() }),
    compensation,
    /** What breaking it may cost in a month. Beyond it everything is still owed and paid; the promise is shown red. */
    budgetPerMonthMinor: minor.nullable(),
    /** Facts may arrive late: nothing is judged sooner than so long after the deadline, or after its start was heard of. */
    graceMinutes: z.int().min(0).max(20_160),
    /** When it turns out later that it was kept: what was paid stays paid; what is only owed may be retracted. */
    lateEvidence: z.enum(['stays', 'retract-unpaid']),
    claims: z.object({
      /** A claim that the facts cannot decide is believed up to this amount, so many times a year for one customer. */
      believeUpToMinor: z.int().min(0).max(1_000_000_000_000),
      believedPerYear: z.int().min(0).max(365),
      /** Others are looked at by a person; whoever is not answered in this time is believed. */
      answerWithinHours: z.int().min(1).max(720),
    }),
    /** Money that leaves the house must be there within so many days. */
    payWithinDays: z.int().min(0).max(60),
    ownerId: z.uuid().nullable(),
  })
  .refine(({ compensation: c }) => c.kind !== 'percent' || c.leastMinor <= c.mostMinor)
  .refine(({ judged: j }) => j.kind !== 'timed' || (j.start.reference === null) === (j.stop.reference === null))
export type PromiseTerms = z.infer<typeof promiseTerms>

export const guaranteeSettings = z.object({ calendars: z.array(businessCalendar).max(50).default([]) })
export const settingsName = 'guarantee'
