import { z } from 'zod'
import { reading } from '#insight/rhythm/contract.ts'
import { operation } from '#kernel/operation.ts'

const day = z.iso.date()
const minor = z.int()
const share = z.number().min(0).max(1)

/** What is assumed of the margin until the owner says it. */
export const assumedMarginShare = 0.3

/** A margin of one product, or of a group of them; a product's own goes before its group's. */
export const marginRule = z.object({
  kind: z.enum(['sku', 'category']),
  value: z.string().trim().min(1).max(200),
  marginShare: share,
})
export type MarginRule = z.infer<typeof marginRule>

export const valueSettings = z.object({
  /** What is left of each unit of revenue after the goods are paid; null until the owner says it. */
  marginShare: share.nullable().default(null),
  margins: z.array(marginRule).max(500).default([]),
  /** By how much less money of next year is worth than money of today. */
  annualDiscountShare: z.number().min(0.01).max(1).default(0.1),
  /** What winning one new customer costs; null where the owner does not know. Bounded, so that a year of them still adds up exactly. */
  acquisitionMinor: minor.min(0).max(100_000_000_000).nullable().default(null),
})
export type ValueSettings = z.infer<typeof valueSettings>

/**
 * Whether the future beyond a year can be told. `not-identified`: in these data, leaving and waiting look the same.
 * `no-dropout`: the model knows no leaving. `out-of-sight`: half of all customers would stay so much longer than anybody
 * was observed that a lifetime would be made of nothing but the model.
 */
export const lifetimeStates = ['known', 'not-identified', 'no-dropout', 'out-of-sight'] as const
export const lifetimeState = z.enum(lifetimeStates)
export type LifetimeState = z.infer<typeof lifetimeState>

/**
 * An amount and the range in which it falls with probability `level`. The range of a base also holds what rival models say
 * that foretold nearly as well: how long people stay is told by the model more than by the data.
 */
export const estimate = z.object({ amountMinor: minor, lowMinor: minor, highMinor: minor, level: share })
export type Estimate = z.infer<typeof estimate>

/** How the forecasts of a past day compare with what was then spent, all customers of that day together. */
export const holdout = z.object({
  cutoffOn: day,
  horizonDays: z.int(),
  customers: z.int(),
  predictedMinor: minor,
  actualMinor: minor,
  /** By tenths of the forecast, the highest first. */
  deciles: z.array(z.object({ customers: z.int(), predictedMinor: minor, actualMinor: minor })),
})
export type Holdout = z.infer<typeof holdout>

/** What every number of this room carries: which model, learned when, and how it fared when it was last put to the test. */
const stamp = z.object({
  model: z.string(),
  fittedAt: z.iso.datetime(),
  asOfOn: day,
  holdout: holdout.omit({ deciles: true }).nullable(),
})

export const candidate = z.object({
  model: z.string(),
  predictedTotal: z.number(),
  actualTotal: z.number(),
  meanAbsoluteError: z.number(),
  rootMeanSquaredError: z.number(),
  aucReturn: z.number().nullable(),
  warnings: z.array(z.string()),
})
export type Candidate = z.infer<typeof candidate>

/** What a model that foretold nearly as well makes of the same base; null where it cannot tell a lifetime. */
export const rival = z.object({ model: z.string(), yearMinor: minor, equityMinor: minor.nullable() })
export type Rival = z.infer<typeof rival>

/** What one point more, or one per cent less, is worth; null where the data or the owner do not say enough. */
export const levers = z.object({
  /** Of each unit of revenue of today's customers, what is still there a year later; null where leaving is unknown. */
  retentionShare: share.nullable(),
  retentionPointMinor: minor.nullable(),
  marginPointMinor: minor,
  /** Winning as many new customers as in the last year for one per cent less. */
  acquisitionPercentMinor: minor.nullable(),
  /** Per cent of equity for one per cent of improvement, beside Gupta, Lehmann & Stuart 2004. */
  elasticity: z.object({
    retention: z.number().nullable(),
    margin: z.number(),
    acquisition: z.number().nullable(),
  }),
})
export type Levers = z.infer<typeof levers>

/** Keeping against winning: what a new customer brings and costs, and what replacing a present one would cost. */
export const winning = z.object({
  newCustomersInYear: z.int(),
  /** Margin of the first purchase and of all that follows, of a customer of whom nothing is known yet. */
  newCustomerMinor: minor,
  acquisitionMinor: minor.nullable(),
  /** Value of a present customer who is more likely here than gone, at the mean. */
  presentCustomerMinor: minor,
  /** What winning enough new customers to make up for the loss of one such customer costs. */
  replacementMinor: minor.nullable(),
})
export type Winning = z.infer<typeof winning>

/** What the literature says of the same questions, to be read beside the own numbers. */
export const literature = z.object({
  /** Gupta, Lehmann & Stuart 2004. */
  elasticity: z.record(
    z.enum(['retention', 'margin', 'acquisition']),
    z.object({ value: z.number(), from: z.number(), to: z.number() }),
  ),
  /** r / (1 + i - r): yearly margins that a customer is worth. */
  multiples: z.object({
    annualDiscountShares: z.array(z.number()),
    rows: z.array(z.object({ retentionShare: share, multiples: z.array(z.number()) })),
    /** By the own retention and discount; null where leaving is unknown. */
    own: z.number().nullable(),
  }),
})
export type Literature = z.infer<typeof literature>

export const tenth = z.object({ customers: z.int(), worthMinor: minor })

export const readValue = operation({
  id: 'readValue',
  method: 'GET',
  path: '/api/value',
  summary: 'What the base is worth: equity with its interval, trend, concentration, what one point is worth, the model',
  permission: 'money.read',
  reply: z.object({
    reading,
    currency: z.string(),
    /** `too-few` until enough customers came back to learn from; `none` until the first fit. */
    state: z.enum(['none', 'too-few', 'ready']),
    customersWhoReturned: z.int(),
    customersNeeded: z.int(),
    base: z
      .object({
        snapshotNo: z.int(),
        asOfOn: day,
        valuedAt: z.iso.datetime(),
        customers: z.int(),
        /** Whether equity counts the whole remaining relationship or twelve months only. */
        lifetime: lifetimeState,
        equity: estimate,
        year: estimate,
        /** By tenths of customers, the most valuable first. */
        deciles: z.array(tenth),
        levers,
        winning,
        literature,
        rivals: z.array(rival),
        marginShare: share,
        isMarginAssumed: z.boolean(),
        annualDiscountShare: z.number(),
        /** What forecasts are multiplied by, after a test of a whole year; 1 otherwise. */
        correction: z.number(),
        stamp,
      })
      .nullable(),
    /** Equity of past days, told by today's model, oldest first; the last is the base itself. */
    trend: z.array(z.object({ asOfOn: day, equityMinor: minor, customers: z.int() })),
    /** What was said at the time, by the models of then. */
    said: z.array(z.object({ asOfOn: day, equityMinor: minor })),
    model: z
      .object({
        fitNo: z.int(),
        customers: z.int(),
        parameters: z.record(z.string(), z.number()),
        spendParameters: z.record(z.string(), z.number()),
        warnings: z.array(z.string()),
        candidates: z.array(candidate),
        holdout: holdout.nullable(),
      })
      .nullable(),
  }),
})

export const valuedOrders = ['worth', 'at-stake'] as const

export const listValued = operation({
  id: 'listValuedCustomers',
  method: 'GET',
  path: '/api/value/customers',
  summary: 'Customers by value, or by what is at stake with them',
  permission: 'money.read',
  query: z.object({
    sort: z.enum(valuedOrders).default('worth'),
    after: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    items: z.array(
      z.object({
        partyId: z.uuid(),
        name: z.string(),
        yearMinor: minor,
        yearLowMinor: minor,
        yearHighMinor: minor,
        lifetimeMinor: minor.nullable(),
        expectedPurchases: z.number(),
        spendMinor: minor,
        alive: share.nullable(),
        /** Value times the chance that the customer has left already; null where leaving is unknown. */
        atStakeMinor: minor.nullable(),
        asOfOn: day,
      }),
    ),
    total: z.int(),
    next: z.string().nullable(),
    currency: z.string(),
    level: share,
    stamp: stamp.nullable(),
  }),
  refusals: ['value:refusal.cursor'],
})

export const readCustomerValue = operation({
  id: 'readCustomerValue',
  method: 'GET',
  path: '/api/customers/{partyId}/value',
  summary: 'What one customer is worth: twelve months and lifetime with intervals, with all that went into it',
  permission: 'money.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    partyId: z.uuid(),
    reading,
    currency: z.string(),
    /** `none`: nothing bought. `no-model`: too few customers came back to learn from. */
    state: z.enum(['none', 'no-model', 'ready']),
    value: z
      .object({
        year: estimate,
        lifetime: estimate.nullable(),
        lifetimeState,
        inputs: z.object({
          purchases: z.int(),
          meanMinor: minor,
          /** Mean spend drawn towards the base's, the more so the fewer purchases there are. */
          spendMinor: minor,
          expectedPurchases: z.number(),
          alive: share.nullable(),
          marginShare: share,
          isMarginAssumed: z.boolean(),
          annualDiscountShare: z.number(),
          correction: z.number(),
        }),
        /** In which tenth of customers by value, 1 the highest; what that tenth's forecasts came to when tested. */
        tenth: z.int().min(1).max(10).nullable(),
        tested: holdout.omit({ deciles: true }).nullable(),
        stamp,
      })
      .nullable(),
  }),
  refusals: ['value:refusal.unknown-customer'],
})

const part = z.object({ customers: z.int(), amountMinor: minor })

/** Start + new + grown - shrunk - lost = end, to the minor unit; `unchanged` counts those whose value is the same. */
export const bridge = z.object({
  fromOn: day,
  toOn: day,
  start: part,
  new: part,
  grown: part,
  shrunk: part,
  lost: part,
  unchanged: z.int(),
  end: part,
})
export type Bridge = z.infer<typeof bridge>

export const readBridge = operation({
  id: 'readValueBridge',
  method: 'GET',
  path: '/api/value/bridge',
  summary: 'From the equity of one day to that of another: new, grown, shrunk and lost customers, told by one model',
  permission: 'money.read',
  query: z.object({ from: day.optional(), to: day.optional() }),
  reply: z.object({ currency: z.string(), bridge: bridge.nullable() }),
  refusals: ['value:refusal.bridge-days'],
})

export const readValueSettings = operation({
  id: 'readValueSettings',
  method: 'GET',
  path: '/api/value/settings',
  summary: 'Margins, discount rate and the cost of winning a customer',
  permission: 'money.read',
  reply: valueSettings,
})

export const changeValueSettings = operation({
  id: 'changeValueSettings',
  method: 'PUT',
  path: '/api/value/settings',
  summary: 'Changes them; everybody is then valued anew, by the same model',
  permission: 'settings.manage',
  body: valueSettings,
  reply: valueSettings,
  refusals: ['value:refusal.margin-twice'],
})

export const fitValueNow = operation({
  id: 'fitValue',
  method: 'POST',
  path: '/api/value/fit',
  summary: 'Chooses and learns the models of value anew and values everybody, as a job',
  permission: 'warnings.manage',
  reply: z.object({ runId: z.uuid() }),
  status: 202,
})
