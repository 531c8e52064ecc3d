import { z } from 'zod'
import { money, operation } from '#kernel/operation.ts'
import { partyRoles } from '#kernel/parties/contract.ts'

/** From the first acquaintance to the last goodbye; the rule of each is one sentence, `rhythm:type.<type>.rule`. */
export const customerTypes = ['prospect', 'first-time', 'building', 'loyal', 'drifting', 'dormant', 'lost'] as const
export const customerType = z.enum(customerTypes)
export type CustomerType = z.infer<typeof customerType>

export const customerOrders = ['risk', 'late', 'last', 'spend', 'purchases', 'name'] as const

const day = z.iso.date()
const probability = z.number().min(0).max(1)

/**
 * The day on which insight reads the base. `history` is true when the newest event is so old that the business is
 * reading its past: then every "now" means the day of that event, and the screen says so.
 */
export const reading = z.object({ asOfOn: day, history: z.boolean() })

/** "7 in 10 like this": customers who stood at the same forecast on a past day, and how many of them stayed silent. */
export const likeThis = z.object({
  customers: z.int(),
  silent: z.int(),
  outOfTen: z.int().min(0).max(10),
  cutoffOn: day,
})

const customerRow = z.object({
  partyId: z.uuid(),
  name: z.string(),
  type: customerType,
  /** Days on which something was bought. */
  purchases: z.int(),
  firstOn: day.nullable(),
  lastOn: day.nullable(),
  /** Null below three purchases: "not enough history yet". */
  usualDays: z.number().nullable(),
  silentDays: z.int().nullable(),
  nextFromOn: day.nullable(),
  nextToOn: day.nullable(),
  /** The day on which the customer became later than usual; null while in rhythm. */
  lateSince: day.nullable(),
  /** Chance of no purchase within the horizon of the model page; null while it cannot be told. */
  noPurchase: probability.nullable(),
  /** Null for readers who may not see money. */
  spendMinor: money(z.int().nullable()),
  currency: z.string(),
})
export type CustomerRow = z.infer<typeof customerRow>

const customerFilter = {
  find: z.string().trim().max(200).default(''),
  type: customerType.optional(),
  late: z.enum(['yes', 'no']).optional(),
  /** Those who are this to the business: customers where nothing is said, or any other of the six markets. */
  role: z.enum(partyRoles).optional(),
}

export const listCustomers = operation({
  id: 'listCustomers',
  method: 'GET',
  path: '/api/customers',
  summary: 'Customers with type, rhythm and next expected purchase',
  permission: 'customers.read',
  query: z.object({
    ...customerFilter,
    sort: z.enum(customerOrders).default('last'),
    after: z.string().max(400).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({ items: z.array(customerRow), total: z.int(), next: z.string().nullable(), reading }),
})

export const countCustomers = operation({
  id: 'countCustomers',
  method: 'GET',
  path: '/api/customers/counts',
  summary: 'How many customers there are of each type, and how many are later than usual',
  permission: 'customers.read',
  reply: z.object({ all: z.int(), late: z.int(), types: z.record(customerType, z.int()), reading }),
})

export const customerRhythm = operation({
  id: 'customerRhythm',
  method: 'GET',
  path: '/api/customers/{partyId}/rhythm',
  summary: 'The rhythm of one customer: usual gap, silence, window, forecasts, each with what it was computed from',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    partyId: z.uuid(),
    type: customerType,
    reading,
    /** Why there is or is not a rhythm to speak of. */
    history: z.enum(['none', 'too-short', 'no-model', 'enough']),
    purchases: z.int(),
    /** Purchase days, newest last, at most the last 40. */
    days: z.array(day),
    firstOn: day.nullable(),
    lastOn: day.nullable(),
    usualDays: z.number().nullable(),
    /** Plain mean of the customer's own gaps, the input from which `usualDays` is shrunk towards the base. */
    ownMeanDays: z.number().nullable(),
    silentDays: z.int().nullable(),
    window: z.object({ fromOn: day, toOn: day }).nullable(),
    /** The day after which the customer counts as later than usual (nine in ten gaps are shorter). */
    lateFromOn: day.nullable(),
    dormantFromOn: day.nullable(),
    lostFromOn: day.nullable(),
    late: z.boolean(),
    /** `value` is null where the data cannot tell leaving from waiting; `state` is then the key of the words. */
    stillCustomer: z.object({
      state: z.enum(['known', 'not-identified', 'not-enough-history']),
      value: probability.nullable(),
    }),
    noPurchase: z
      .object({
        horizonDays: z.int(),
        raw: probability,
        calibrated: probability,
        likeThis: likeThis.nullable(),
      })
      .nullable(),
    spend: money(
      z
        .object({
          totalMinor: z.int(),
          refundMinor: z.int(),
          perPurchaseMinor: z.int(),
          /** Net spend at the customer's own pace over a year. */
          perYearMinor: z.int(),
          currency: z.string(),
        })
        .nullable(),
    ),
    cycles: z.array(
      z.object({ ruleId: z.uuid(), name: z.string(), days: z.int(), lastOn: day, dueOn: day, passed: z.boolean() }),
    ),
    model: z.object({ fittedAt: z.iso.datetime(), customers: z.int(), asOfOn: day }).nullable(),
  }),
})

export const rhythmStrips = operation({
  id: 'rhythmStrips',
  method: 'GET',
  path: '/api/rhythm/strips',
  summary: 'Small rhythm strips for a list: last purchase days, expected window, today',
  permission: 'customers.read',
  query: z.object({ ids: z.string().max(4000) }),
  reply: z.object({
    reading,
    items: z.array(
      z.object({
        partyId: z.uuid(),
        /** The last twelve purchase days, newest last. */
        days: z.array(day),
        window: z.object({ fromOn: day, toOn: day }).nullable(),
        late: z.boolean(),
      }),
    ),
  }),
})

/** A group of customers with about the same forecast at the past cut-off, and what then happened. */
export const calibrationBin = z.object({
  from: probability,
  to: probability,
  customers: z.int(),
  silent: z.int(),
  predicted: probability,
  calibrated: probability,
  actual: probability,
})

/** What a fit has to say about itself; `rhythm:model.warning.<code>` is the sentence. */
export const rhythmWarnings = [
  'too-few-customers',
  'no-repeat-purchases',
  'dropout-not-identified',
  'k-at-boundary',
  'rates-at-boundary',
  'not-converged',
  'fitted-on-sample',
] as const

export const readRhythm = operation({
  id: 'readRhythm',
  method: 'GET',
  path: '/api/rhythm',
  summary: 'The model behind the rhythms: parameters, data, calibration on a past day',
  permission: 'customers.read',
  reply: z.object({
    reading,
    /** `prior` until enough customers came back to learn from. */
    state: z.enum(['none', 'prior', 'fitted']),
    customers: z.int(),
    customersWithGaps: z.int(),
    customersNeeded: z.int(),
    model: z
      .object({
        modelId: z.uuid(),
        fittedAt: z.iso.datetime(),
        asOfOn: day,
        customers: z.int(),
        parameters: z.object({
          k: z.number(),
          r: z.number(),
          alpha: z.number(),
          a: z.number(),
          b: z.number(),
        }),
        logLikelihood: z.number().nullable(),
        warnings: z.array(z.enum(rhythmWarnings)),
      })
      .nullable(),
    calibration: z
      .object({
        cutoffOn: day,
        horizonDays: z.int(),
        customers: z.int(),
        silentShare: probability,
        auc: z.number().nullable(),
        /** Accuracy of knowing only how long ago the last purchase was: what the model has to beat. */
        aucRecency: z.number().nullable(),
        brierRaw: z.number(),
        brierCalibrated: z.number(),
        errorRaw: z.number(),
        errorCalibrated: z.number(),
        bins: z.array(calibrationBin),
      })
      .nullable(),
  }),
})

export const fitRhythmNow = operation({
  id: 'fitRhythm',
  method: 'POST',
  path: '/api/rhythm/fit',
  summary: 'Learns the rhythms anew from all purchases, as a job',
  permission: 'warnings.manage',
  reply: z.object({ runId: z.uuid() }),
  status: 202,
})

export const rhythmTotals = operation({
  id: 'rhythmTotals',
  method: 'GET',
  path: '/api/rhythm/totals',
  summary: 'Revenue and purchases of all known customers, and of sales without a customer',
  permission: 'money.read',
  reply: z.object({
    reading,
    currency: z.string(),
    customers: z.int(),
    purchases: z.int(),
    revenueMinor: z.int(),
    refundMinor: z.int(),
    /** Sales whose lines named no customer; null where no file was imported. */
    withoutCustomerMinor: z.int().nullable(),
  }),
})

export const rhythmSettings = z.object({
  /** `auto` reads the past when the newest event is older than sixty days. */
  readAs: z.enum(['auto', 'today', 'last-event']).default('auto'),
  /** Days ahead for "no purchase within". */
  horizonDays: z.int().min(7).max(365).default(60),
})
export type RhythmSettings = z.infer<typeof rhythmSettings>

export const readRhythmSettings = operation({
  id: 'readRhythmSettings',
  method: 'GET',
  path: '/api/rhythm/settings',
  summary: 'How rhythms are read',
  permission: 'customers.read',
  reply: rhythmSettings,
})

export const changeRhythmSettings = operation({
  id: 'changeRhythmSettings',
  method: 'PUT',
  path: '/api/rhythm/settings',
  summary: 'Changes how rhythms are read; they are then computed anew',
  permission: 'warnings.manage',
  body: rhythmSettings,
  reply: rhythmSettings,
})

/**
 * "After 113 days without a visit, remind": a fixed cycle of a product or of all purchases, beside the learned rhythm.
 * `sku` matches one product, `category` the products that the catalogue puts in one group.
 */
export const cycleRule = z.object({
  ruleId: z.uuid(),
  name: z.string().trim().min(1).max(120),
  days: z.int().min(1).max(3650),
  match: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('all') }),
    z.object({ kind: z.literal('sku'), value: z.string().trim().min(1).max(200) }),
    z.object({ kind: z.literal('category'), value: z.string().trim().min(1).max(200) }),
  ]),
})
export type CycleRule = z.infer<typeof cycleRule>

export const listCycleRules = operation({
  id: 'listCycleRules',
  method: 'GET',
  path: '/api/rhythm/cycle-rules',
  summary: 'Fixed product cycles',
  permission: 'customers.read',
  reply: z.object({ items: z.array(cycleRule) }),
})

export const changeCycleRules = operation({
  id: 'changeCycleRules',
  method: 'PUT',
  path: '/api/rhythm/cycle-rules',
  summary: 'Replaces the list of fixed cycles; a rule without `ruleId` is new',
  permission: 'warnings.manage',
  body: z.object({
    items: z
      .array(cycleRule.partial({ ruleId: true }))
      .max(50)
      .refine(items => {
        const kept = items.flatMap(item => item.ruleId ?? [])
        return new Set(kept).size === kept.length
      }),
  }),
  reply: z.object({ items: z.array(cycleRule) }),
})
