import { z } from 'zod'
import { customerType, reading } from '#insight/rhythm/contract.ts'
import { operation } from '#kernel/operation.ts'

const day = z.iso.date()

/** A value of a sentence, or of a table, that each reader is shown in their own way of writing. */
export const value = z.union([
  z.number(),
  z.string(),
  z.object({ share: z.number() }),
  /** Minor units; without a currency where nobody said it. */
  z.object({ amountMinor: z.number(), currency: z.string().nullable() }),
  z.object({ day }),
  z.object({ decimal: z.number() }),
  /** A change against before: always with its sign. */
  z.object({ change: z.number() }),
  /** A difference of two shares, in percentage points with its sign. */
  z.object({ points: z.number() }),
  /** A month, quarter or year. */
  z.object({ period: day, unit: z.enum(['month', 'quarter', 'year']) }),
])
export type Value = z.infer<typeof value>

/** A sentence as its key and what is filled in, so that it can be said in every language. */
export const said = z.object({ key: z.string(), values: z.record(z.string(), value) })
export type Said = z.infer<typeof said>

/** A number of its own, with the sentence that says how it comes about; its name is `audit:measure.<name>.name`. */
export const measure = z.object({
  name: z.string(),
  value,
  why: said,
  /** Concluded by a model rather than counted. */
  isInferred: z.boolean().optional(),
})
export type Measure = z.infer<typeof measure>

/** What was found, as a title, and the reason beneath it. */
export const finding = z.object({ title: said, why: said, notes: z.array(said) })
export type Finding = z.infer<typeof finding>

export const period = z.object({ fromOn: day, toOn: day, days: z.int() })
export type Period = z.infer<typeof period>

export const units = ['month', 'quarter', 'year'] as const
export type Unit = (typeof units)[number]

/** Customers whose number lies from `from` up to, not including, `to`; no upper end in the last. */
export const bin = z.object({ from: z.number(), to: z.number().nullable(), customers: z.int() })
export type Bin = z.infer<typeof bin>

const amount = z.number()
const ifPriced = amount.nullable()

/** A tenth of the customers, the best first: by what they spent, or by their orders where there are no amounts. */
export const decile = z.object({
  decile: z.int(),
  customers: z.int(),
  orders: z.int(),
  orderShare: z.number(),
  revenueMinor: ifPriced,
  revenueShare: z.number().nullable(),
  perOrderMinor: ifPriced,
})

export const concentration = z.object({
  of: z.enum(['revenue', 'orders']),
  /** 0: all alike; near 1: one has everything. Customers who got back more than they paid count as 0. */
  gini: z.number(),
  /** Best customers first: what share of the whole the best share of customers holds. */
  curve: z.array(z.object({ customers: z.number(), value: z.number() })),
  top: z.array(z.object({ customers: z.number(), value: z.number() })),
  /** The smallest share of customers that holds half of the whole. */
  halfFrom: z.number(),
})

export type Decile = z.infer<typeof decile>
export type Concentration = z.infer<typeof concentration>

export const onePeriod = z.object({
  period,
  measures: z.array(measure),
  findings: z.record(z.string(), finding),
  ordersPerCustomer: z.array(bin),
  spendPerCustomer: z.array(bin).nullable(),
  orderValue: z.array(bin).nullable(),
  deciles: z.array(decile),
  concentration,
  oneTime: z.object({ customers: z.int(), share: z.number(), ofWhomNew: z.int() }),
  totals: z.object({
    customers: z.int(),
    orders: z.int(),
    /** All that the deciles hold. */
    revenueMinor: ifPriced,
    /** Returns of customers who bought nothing in the period: part of its revenue, of no decile. */
    otherMinor: ifPriced,
  }),
})
export type OnePeriod = z.infer<typeof onePeriod>

/** What became of a customer from one period to the next. `other`: only returns, no order in either. */
export const fates = ['new', 'returned', 'grew', 'same', 'shrank', 'left', 'other'] as const
export type Fate = (typeof fates)[number]

export const twoPeriods = z.object({
  previous: period,
  current: period,
  findings: z.record(z.string(), finding),
  measures: z.array(measure),
  fates: z.array(
    z.object({
      fate: z.enum(fates),
      customers: z.int(),
      previousOrders: z.int(),
      currentOrders: z.int(),
      previousMinor: ifPriced,
      currentMinor: ifPriced,
    }),
  ),
  /** Revenue = customers x orders per customer x value of an order. */
  factors: z.array(
    z.object({
      factor: z.enum(['customers', 'orders-per-customer', 'order-value']),
      previous: z.number(),
      current: z.number(),
      change: z.number().nullable(),
    }),
  ),
  /** Rows: fifths of the previous period, 1 the best, then those who did not buy; columns: the same of the current. */
  movement: z.object({ previous: z.array(z.int()), current: z.array(z.int()), customers: z.array(z.array(z.int())) }),
})
export type TwoPeriods = z.infer<typeof twoPeriods>

/** A calendar month, quarter or year; not `complete` where the data begins or ends within it. */
export const calendarPeriod = z.object({ fromOn: day, toOn: day, complete: z.boolean() })
export type CalendarPeriod = z.infer<typeof calendarPeriod>

export const cohort = z.object({
  fromOn: day,
  customers: z.int(),
  /** By periods since the first purchase, the first period itself at 0. */
  active: z.array(z.int()),
  orders: z.array(z.int()),
  revenueMinor: z.array(amount).nullable(),
  /** What a customer spent on the first day, on average. */
  firstOrderMinor: ifPriced,
  /** Who came back within `withinDays` after the first purchase; null until everybody of the cohort had that long. */
  cameBack: z.object({ customers: z.int(), share: z.number(), from: z.number(), to: z.number() }).nullable(),
})
export type Cohort = z.infer<typeof cohort>

export const cohorts = z.object({
  unit: z.enum(units),
  periods: z.array(calendarPeriod),
  cohorts: z.array(cohort),
  withinDays: z.int(),
  measures: z.array(measure),
  findings: z.record(z.string(), finding),
  /** By age of the cohort: the share of customers active, over the cohorts that are that old. */
  retention: z.array(z.object({ age: z.int(), customers: z.int(), active: z.int(), share: z.number() })),
})
export type Cohorts = z.infer<typeof cohorts>

export const together = z.object({
  unit: z.enum(units),
  periods: z.array(
    calendarPeriod.extend({
      active: z.int(),
      new: z.int(),
      orders: z.int(),
      revenueMinor: ifPriced,
      newRevenueMinor: ifPriced,
    }),
  ),
  /** Revenue (or orders) by when the customer was won, stacked over the same periods. */
  layers: z.array(z.object({ fromOn: day, unit: z.enum(units), values: z.array(z.number()) })),
  measures: z.array(measure),
  findings: z.record(z.string(), finding),
  /** Days between one purchase day and the next of the same customer. */
  gaps: z.object({
    count: z.int(),
    quarter: z.number(),
    median: z.number(),
    threeQuarters: z.number(),
    nineTenths: z.number(),
    bins: z.array(bin),
  }),
  /** Days since the last purchase, of everybody. */
  silence: z.object({ median: z.number(), bins: z.array(bin) }),
})
export type Together = z.infer<typeof together>

const spread = z.object({ estimate: z.number(), low: z.number(), high: z.number() })

export const holdout = z.object({
  /** The last day the models knew. */
  splitOn: day,
  endOn: day,
  /** Customers who had bought by then; the others could not be foreseen. */
  customers: z.int(),
  /** Purchase days of these customers after the split. */
  actual: z.int(),
  /** Null where no fit can be trusted. */
  chosen: z.string().nullable(),
  /** True where the choice was made without looking at the holdout. */
  chosenBefore: z.boolean(),
  models: z.array(
    z.object({
      model: z.string(),
      predicted: z.number(),
      meanAbsoluteError: z.number(),
      /** Does the chance of coming back rank those who came before those who did not? */
      auc: z.number().nullable(),
      warnings: z.array(z.string()),
    }),
  ),
  byFrequency: z.array(
    z.object({
      repeats: z.int(),
      orMore: z.boolean(),
      customers: z.int(),
      predicted: z.number(),
      actual: z.number(),
    }),
  ),
  tracking: z.array(z.object({ on: day, actual: z.int(), expected: z.number() })),
  revenue: z.object({ predictedMinor: amount, actualMinor: amount }).nullable(),
  next: z.object({ fromOn: day, toOn: day, purchases: spread, revenueMinor: spread.nullable() }).nullable(),
  measures: z.array(measure),
  findings: z.record(z.string(), finding),
})
export type Holdout = z.infer<typeof holdout>

/** What was left out of the calculation, and why: `audit:set-aside.<reason>`. */
export const setAside = z.object({
  reason: z.string(),
  lines: z.int(),
  orders: z.int().nullable(),
  customers: z.int().nullable(),
  valueMinor: ifPriced,
})
export type SetAside = z.infer<typeof setAside>

/** The ways to look at a base, in the order of the book. */
export const lensNames = ['one-period', 'two-periods', 'cohorts', 'together', 'holdout'] as const
export type LensName = (typeof lensNames)[number]

/** The customer base on one page, in the order of "The Customer-Base Audit" (Fader, Hardie & Ross 2022). */
export const baseAudit = z.object({
  kind: z.literal('base-audit'),
  source: z.object({
    name: z.string(),
    lines: z.int().nullable(),
    customers: z.int(),
    orders: z.int(),
    firstOn: day,
    lastOn: day,
    /** Null without amounts. */
    revenueMinor: ifPriced,
    currency: z.string().nullable(),
    setAside: z.array(setAside),
    notes: z.array(said),
  }),
  /** Null where nobody bought within the last year that was observed. */
  onePeriod: onePeriod.nullable(),
  twoPeriods: twoPeriods.nullable(),
  cohorts,
  together,
  /** Null where there is too little time, or too few customers, to hold a model against. */
  holdout: holdout.nullable(),
})
export type BaseAudit = z.infer<typeof baseAudit>

/** Types of customers that can be looked at alone; whoever has not bought is in no base. */
export const auditedType = customerType.exclude(['prospect'])

export const auditFilter = z.object({
  from: day.optional(),
  to: day.optional(),
  /** The shop, till or key whose orders these are. */
  merchant: z.string().max(200).optional(),
  type: auditedType.optional(),
})
export type AuditFilter = z.infer<typeof auditFilter>

export const readAudit = operation({
  id: 'readAudit',
  method: 'GET',
  path: '/api/audit',
  summary:
    'The customer base on one page: one period, two periods, cohorts, everyone together, a model held against what happened',
  permission: 'money.read',
  query: auditFilter,
  reply: z.object({
    /** Null where nobody bought anything that fits the filters. */
    audit: baseAudit.nullable(),
    reading,
    /** Among which merchants and types one may choose. */
    merchants: z.array(z.string()),
    types: z.array(auditedType),
    /** False where there is not one purchase, whatever the filters. */
    anybody: z.boolean(),
  }),
})
