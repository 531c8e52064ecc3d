import { z } from 'zod'
import { reading } from '#insight/rhythm/contract.ts'
import { operation } from '#kernel/operation.ts'

export const indexNames = ['loyalty', 'satisfaction', 'trust', 'participation', 'experience'] as const
export const indexName = z.enum(indexNames)
export type IndexName = z.infer<typeof indexName>

/** What the indices listen to; `indices:fact.<fact>` has its name, its sentence, and what is said where it is not known. */
export const factNames = [
  'returning',
  'rhythm',
  'tenure',
  'ratings',
  'promises',
  'closed-complaints',
  'visits',
  'replies',
  'reviews',
  'referrals',
  'refunds',
  'complaints',
  'deliveries',
] as const
export const factName = z.enum(factNames)
export type FactName = z.infer<typeof factName>

const day = z.iso.date()
const points = z.number().min(0).max(100)
const share = z.number().min(0).max(1)

export const readIndices = operation({
  id: 'readIndices',
  method: 'GET',
  path: '/api/indices',
  summary: 'The five indices of the base as last measured, with their facts and how they went',
  permission: 'customers.read',
  reply: z.object({
    reading,
    /** Null until the base was measured for the first time. */
    measuredOn: day.nullable(),
    customers: z.int(),
    /** How many of them were looked at: all, or a fair part of a large base. */
    lookedAt: z.int(),
    indices: z.array(
      z.object({
        index: indexName,
        /** Null where nothing was asked or seen that it could rest on. */
        mean: points.nullable(),
        /** Where the mean of such customers lies, 95 in 100; null for a single customer. */
        low: points.nullable(),
        high: points.nullable(),
        /** For how many customers it speaks. */
        speaksFor: z.int(),
        facts: z.array(z.object({ fact: factName, weight: share })),
        trend: z.array(
          z.object({ on: day, mean: points, low: points.nullable(), high: points.nullable(), speaksFor: z.int() }),
        ),
      }),
    ),
  }),
})

export const customerIndices = operation({
  id: 'customerIndices',
  method: 'GET',
  path: '/api/customers/{partyId}/indices',
  summary: 'The five indices of one customer, each with the facts it was computed from',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    partyId: z.uuid(),
    reading,
    indices: z.array(
      z.object({
        index: indexName,
        value: points.nullable(),
        /** Share of the weights that is known. */
        restsOn: share,
        facts: z.array(
          z.object({
            fact: factName,
            weight: share,
            /** From 0 (as bad as can be) to 1; null where nothing was asked or seen. */
            score: share.nullable(),
            values: z.record(z.string(), z.number()),
            /** The newest records behind it, at most five. */
            events: z.array(z.object({ eventId: z.uuid(), on: day, kind: z.string(), name: z.string().nullable() })),
          }),
        ),
      }),
    ),
  }),
})
