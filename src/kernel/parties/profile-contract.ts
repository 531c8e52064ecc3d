import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/** Forms of address that a person may have; where none is said, the whole name is used. */
export const titles = ['mr', 'ms', 'mrs', 'mx', 'dr', 'professor', 'teacher', 'director'] as const
export type Title = (typeof titles)[number]

/** Why an identifier no longer stands for somebody. */
export const removalReasons = ['wrong', 'changed', 'not-theirs', 'asked'] as const

const params = z.object({ partyId: z.uuid() })
const identifierInput = z.object({ kind: z.string().max(60), value: z.string().trim().min(1).max(320) })
const identifiersNow = z.object({ items: z.array(z.object({ kind: z.string(), value: z.string() })) })

export const addIdentifier = operation({
  id: 'addIdentifier',
  method: 'POST',
  path: '/api/parties/{partyId}/identifiers',
  summary: 'Adds a number or address; refused with whose it is where it belongs to somebody else',
  permission: 'customers.write',
  params,
  body: identifierInput,
  reply: identifiersNow,
  refusals: ['parties:refusal.identifier-of-other', 'parties:refusal.identifier-unknown-kind'],
})

export const removeIdentifier = operation({
  id: 'removeIdentifier',
  method: 'POST',
  path: '/api/parties/{partyId}/identifiers/remove',
  summary: 'Takes a number or address away, with the reason',
  permission: 'customers.write',
  params,
  body: identifierInput.extend({ reason: z.enum(removalReasons) }),
  reply: identifiersNow,
})
