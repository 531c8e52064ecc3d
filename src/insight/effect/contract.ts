import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

const day = z.iso.date()
const minor = z.int()

/** What the comparison says, in the order of how good the news is. */
export const verdicts = ['earns', 'no-longer', 'costs-more', 'cannot-tell', 'not-enough', 'no-control'] as const
export type Verdict = (typeof verdicts)[number]

/** A difference per customer in minor units, treated less held out, with an interval that holds however often one looks. */
const lift = z.object({
  estimateMinor: z.number(),
  lowMinor: z.number(),
  highMinor: z.number(),
  /** The narrower interval of somebody who looks once, at the end. */
  onceLowMinor: z.number(),
  onceHighMinor: z.number(),
  level: z.number(),
})
export type Lift = z.infer<typeof lift>

const arm = z.object({
  customers: z.int(),
  /** Those who bought within the horizon. */
  bought: z.int(),
  /** Mean margin within the horizon, and in the same number of days before. */
  marginMinor: z.number(),
  marginBeforeMinor: z.number(),
})

export const measuredEffect = z.object({
  programme: z.string(),
  treatment: z.string(),
  /** What people call it; null: the programme's own name says it. */
  name: z.string().nullable(),
  horizonDays: z.int(),
  heldOutShare: z.number(),
  firstOn: day,
  lastOn: day,
  /** Everybody ever assigned, on either side. */
  treatedCustomers: z.int(),
  heldOutCustomers: z.int(),
  /** Assigned so recently that their horizon has not run out. */
  open: z.int(),
  treated: arm,
  heldOut: arm,
  /** Of all treated so far. */
  costMinor: minor,
  costPerCustomerMinor: z.number(),
  state: z.enum(['not-enough', 'enough', 'no-control']),
  customersNeeded: z.int(),
  buyersNeeded: z.int(),
  /** Margin that the treatment added for a customer, its cost not yet taken off; null until there are enough. */
  margin: lift.nullable(),
  /** The same less its cost. */
  net: lift.nullable(),
  /** Net of those assigned within the last half year, where both they and those before are enough. */
  recentNet: lift.nullable(),
  /** What it brought with all who were treated and judged. */
  totalNetMinor: z.number().nullable(),
  /** Months until the added margin has paid the cost; null where it never does or cannot be told. */
  paybackMonths: z.number().nullable(),
  /** Share of the noise that purchases before the assignment explained. */
  varianceReduction: z.number().nullable(),
  verdict: z.enum(verdicts),
})
export type MeasuredEffect = z.infer<typeof measuredEffect>

export const readEffects = operation({
  id: 'readEffects',
  method: 'GET',
  path: '/api/effects',
  summary: 'What every discretionary act changed: treated against held out, with the interval, the cost and a verdict',
  permission: 'effect.read',
  reply: z.object({
    currency: z.string(),
    asOfOn: day,
    isMarginAssumed: z.boolean(),
    marginShare: z.number(),
    items: z.array(measuredEffect),
  }),
})
