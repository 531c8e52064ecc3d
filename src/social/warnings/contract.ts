import { z } from 'zod'
import { likeThis, reading } from '#insight/rhythm/contract.ts'
import { money, operation, withMoneyInside } from '#kernel/operation.ts'
import { wordValue } from '#kernel/tasks/contract.ts'

export const alertStates = ['waiting', 'contact', 'held-out', 'closed'] as const
export const alertViews = ['week', 'waiting', 'held-out', 'closed'] as const

/** How an alert ended. `came-back` may be said by a person or by a purchase; `passed` is a horizon that ran out. */
export const alertOutcomes = ['reached', 'came-back', 'not-interested', 'wrong-alarm', 'passed'] as const
export type AlertOutcome = (typeof alertOutcomes)[number]

const day = z.iso.date()

export const alert = z.object({
  alertId: z.uuid(),
  partyId: z.uuid(),
  partyName: z.string(),
  /** `rhythm`: later than the customer's own rhythm. `cycle`: past a fixed product cycle. */
  kind: z.enum(['rhythm', 'cycle']),
  state: z.enum(alertStates),
  /** The last purchase before the silence: one alert per gap. */
  gapStartOn: day,
  raisedAt: z.iso.datetime(),
  selectedAt: z.iso.datetime().nullable(),
  silentDays: z.int(),
  usualDays: z.number().nullable(),
  purchases: z.int(),
  noPurchase: z.number().min(0).max(1).nullable(),
  likeThis: likeThis.nullable(),
  horizonDays: z.int(),
  /** Null for readers who may not see money. */
  spendPerYearMinor: money(z.int().nullable()),
  spendAtRiskMinor: money(z.int().nullable()),
  currency: z.string(),
  /** The why as a sentence: translation key with its values. */
  wordsKey: z.string(),
  words: withMoneyInside(z.record(z.string(), wordValue)),
  suggestionKey: z.string(),
  taskId: z.uuid().nullable(),
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  dueOn: day.nullable(),
  outcome: z.enum(alertOutcomes).nullable(),
  outcomeAt: z.iso.datetime().nullable(),
  returnedOn: day.nullable(),
})
export type Alert = z.infer<typeof alert>

export const listWarnings = operation({
  id: 'listWarnings',
  method: 'GET',
  path: '/api/warnings',
  summary: 'Customers later than usual: this week’s contacts, those who wait, those held out, those closed',
  permission: 'customers.read',
  query: z.object({
    view: z.enum(alertViews).default('week'),
    partyId: z.uuid().optional(),
    after: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    reading,
    items: z.array(alert),
    total: z.int(),
    next: z.string().nullable(),
    counts: z.object({ week: z.int(), waiting: z.int(), 'held-out': z.int(), closed: z.int() }),
    budget: z.object({ contactsPerWeek: z.int(), used: z.int(), weekFromOn: day, weekToOn: day }),
  }),
})

const arm = z.object({ customers: z.int(), returned: z.int() })

export const warningsEffect = operation({
  id: 'warningsEffect',
  method: 'GET',
  path: '/api/warnings/effect',
  summary: 'Did contacting change anything? Returned in time: contacted against held-out, with the interval',
  permission: 'customers.read',
  reply: z.object({
    horizonDays: z.int(),
    contacted: arm,
    heldOut: arm,
    /** Selected so recently that their horizon has not run out. */
    open: z.int(),
    /** The rule of enough: `customersNeeded` in both arms, and `eventsNeeded` returned and not returned in both together. */
    state: z.enum(['not-enough', 'enough']),
    customersNeeded: z.int(),
    eventsNeeded: z.int(),
    /** Points of difference in the share returned, as fractions; null until there are enough. */
    difference: z.object({ estimate: z.number(), from: z.number(), to: z.number(), level: z.number() }).nullable(),
    /** Of the tasks that were closed by a person, those called a wrong alarm. */
    falseAlarms: z.object({
      closed: z.int(),
      wrong: z.int(),
      rate: z.number().nullable(),
      from: z.number().nullable(),
      to: z.number().nullable(),
    }),
    /** Forecast at selection against what happened to those held out (nobody contacted them). */
    calibration: z.array(
      z.object({
        from: z.number(),
        to: z.number(),
        customers: z.int(),
        predicted: z.number(),
        silent: z.int(),
      }),
    ),
  }),
})

export const warningsSettings = z.object({
  active: z.boolean().default(true),
  contactsPerWeek: z.int().min(0).max(5000).default(20),
  horizonDays: z.int().min(7).max(365).default(60),
  heldOutShare: z.number().min(0).max(0.5).default(0.1),
  /** Who gets the tasks; null leaves them to whoever picks them up. */
  ownerId: z.uuid().nullable().default(null),
})
export type WarningsSettings = z.infer<typeof warningsSettings>

export const readWarningsSettings = operation({
  id: 'readWarningsSettings',
  method: 'GET',
  path: '/api/warnings/settings',
  summary: 'Weekly budget of contacts, horizon, held-out share, owner',
  permission: 'customers.read',
  reply: warningsSettings,
})

export const changeWarningsSettings = operation({
  id: 'changeWarningsSettings',
  method: 'PUT',
  path: '/api/warnings/settings',
  summary: 'Changes them; the week is then planned anew',
  permission: 'warnings.manage',
  body: warningsSettings,
  reply: warningsSettings,
})
