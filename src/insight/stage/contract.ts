import { z } from 'zod'
import { customerType, reading } from '#insight/rhythm/contract.ts'
import { money, operation } from '#kernel/operation.ts'

/** A stage is the type of a customer, seen as a step on a way: one rule says both (`insight/rhythm/customer-type.ts`). */
export const stage = customerType
export type Stage = z.infer<typeof stage>

export const changeReasons = ['first-purchase', 'bought-again', 'came-back', 'silent', 'learned-anew'] as const
export type ChangeReason = (typeof changeReasons)[number]

const day = z.iso.date()
const share = z.number().min(0).max(1)

/** A sentence by its key with its values, in the words of this room. */
const why = z.object({ key: z.string(), values: z.record(z.string(), z.union([z.number(), z.string()])) })

export const readStages = operation({
  id: 'readStages',
  method: 'GET',
  path: '/api/stages',
  summary: 'How many customers stand at each stage, by which rule, and since when stages are told',
  permission: 'customers.read',
  reply: z.object({
    reading,
    customers: z.int(),
    stages: z.array(
      z.object({
        stage,
        /** The rule in one sentence, as a translation key. */
        ruleKey: z.string(),
        customers: z.int(),
        share,
      }),
    ),
    /** The first day on which anybody bought: flows can be asked for from then on. */
    firstOn: day.nullable(),
    /** Changes before this day were worked out afterwards, from the purchases; null until a rhythm was learned. */
    toldFromOn: day.nullable(),
  }),
})

export const stageFlow = operation({
  id: 'stageFlow',
  method: 'GET',
  path: '/api/stages/flow',
  summary: 'Who moved from which stage to which between two days, and what they spent before and since',
  permission: 'customers.read',
  query: z.object({ from: day, to: day }),
  reply: z.object({
    reading,
    fromOn: day,
    toOn: day,
    currency: z.string(),
    /** Customers who had bought by then, by stage; the same people as in `flows`. */
    before: z.record(stage, z.int()),
    after: z.record(stage, z.int()),
    flows: z.array(
      z.object({
        /** `prospect`: had not bought by the first day. */
        from: stage,
        to: stage,
        customers: z.int(),
        /** Net spend in as many days before the first day as lie between the two; null for who may not see money. */
        spentBeforeMinor: money(z.int().nullable()),
        /** Net spend after the first day, up to the second. */
        spentSinceMinor: money(z.int().nullable()),
      }),
    ),
  }),
  refusals: ['stage:refusal.days'],
})

export const stageTrend = operation({
  id: 'stageTrend',
  method: 'GET',
  path: '/api/stages/trend',
  summary: 'How many customers stood at each stage at the end of each month or week',
  permission: 'customers.read',
  query: z.object({ months: z.coerce.number().int().min(1).max(240).default(24) }),
  reply: z.object({ reading, points: z.array(z.object({ on: day, customers: z.record(stage, z.int()) })) }),
})

export const stageRates = operation({
  id: 'stageRates',
  method: 'GET',
  path: '/api/stages/rates',
  summary: 'Of those who reached a stage, how many took which next step within so many days',
  permission: 'customers.read',
  query: z.object({ withinDays: z.coerce.number().int().min(7).max(365).default(90) }),
  reply: z.object({
    reading,
    withinDays: z.int(),
    /** Counted are those who reached their stage on these days: long enough ago to see the next step. */
    reachedFromOn: day,
    reachedToOn: day,
    rates: z.array(
      z.object({
        stage,
        reached: z.int(),
        next: z.array(z.object({ stage, customers: z.int(), share, low: share, high: share })),
        /** Took no further step within that time. */
        stayed: z.int(),
      }),
    ),
    /** Of each month's first-time customers, how many bought again within that time. */
    secondPurchase: z.array(z.object({ month: day, reached: z.int(), again: z.int() })),
  }),
})

export const customerStage = operation({
  id: 'customerStage',
  method: 'GET',
  path: '/api/customers/{partyId}/stage',
  summary: 'The stage of one customer, since when and why, what comes next if nothing is bought, and the way so far',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    partyId: z.uuid(),
    reading,
    stage,
    ruleKey: z.string(),
    sinceOn: day.nullable(),
    why,
    /** What silence alone would lead to; null where nothing lies ahead or nothing was learned yet. */
    next: z.object({ stage, on: day }).nullable(),
    history: z.array(
      z.object({
        on: day,
        from: stage,
        to: stage,
        reason: z.enum(changeReasons),
        why,
        /** Worked out afterwards, by the rhythm learned later than that day. */
        afterwards: z.boolean(),
      }),
    ),
  }),
})
