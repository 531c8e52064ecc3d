import { z } from 'zod'
import { operation } from '#kernel/operation.ts'

/**
 * What two parties are to each other, read from the one whose page it is: `employer` says that the other one employs them.
 * Each kind has the kind by which the other side reads it.
 */
export const relationKinds = [
  'household',
  'spouse',
  'employer',
  'employee',
  'dealer-of',
  'supplied-dealer',
  'referred-by',
  'referred',
  'contact-person-of',
  'contact-person',
  'member-of',
  'member',
] as const
export type RelationKind = (typeof relationKinds)[number]

/** Example: if A is the dealer of B, then B reads A as a dealer it supplies. */
export const otherSide: Readonly<Record<RelationKind, RelationKind>> = {
  household: 'household',
  spouse: 'spouse',
  employer: 'employee',
  employee: 'employer',
  'dealer-of': 'supplied-dealer',
  'supplied-dealer': 'dealer-of',
  'referred-by': 'referred',
  referred: 'referred-by',
  'contact-person-of': 'contact-person',
  'contact-person': 'contact-person-of',
  'member-of': 'member',
  member: 'member-of',
}

const params = z.object({ partyId: z.uuid() })

export const bonds = z.object({
  /** Who of the staff answers for them, and how often they are to be spoken to. */
  ownerId: z.uuid().nullable(),
  ownerName: z.string().nullable(),
  everyDays: z.int().nullable(),
  dueOn: z.iso.date().nullable(),
  relations: z.array(
    z.object({ relationId: z.uuid(), kind: z.enum(relationKinds), partyId: z.uuid(), name: z.string() }),
  ),
  /** The next birthday by its own calendar; null where it is not known. */
  nextBirthdayOn: z.iso.date().nullable(),
})
export type Bonds = z.infer<typeof bonds>

export const readBonds = operation({
  id: 'readBonds',
  method: 'GET',
  path: '/api/parties/{partyId}/bonds',
  summary: 'Who answers for a customer, how often they are to be contacted, and whom they are related to',
  permission: 'customers.read',
  params,
  reply: bonds,
})

export const changeCare = operation({
  id: 'changeCare',
  method: 'PUT',
  path: '/api/parties/{partyId}/care',
  summary: 'Says who answers for a customer and every how many days they are to be contacted; null is nobody, never',
  permission: 'customers.write',
  params,
  body: z.object({ ownerId: z.uuid().nullable(), everyDays: z.int().min(1).max(1000).nullable() }),
  reply: bonds,
})

export const addRelation = operation({
  id: 'addRelation',
  method: 'POST',
  path: '/api/parties/{partyId}/relations',
  summary: 'Says what somebody is to somebody else; both pages show it, each in its own words',
  permission: 'customers.write',
  params,
  body: z.object({ kind: z.enum(relationKinds), otherPartyId: z.uuid() }),
  reply: bonds,
  refusals: ['bonds:refusal.related-to-self'],
})

export const removeRelation = operation({
  id: 'removeRelation',
  method: 'DELETE',
  path: '/api/parties/{partyId}/relations/{relationId}',
  summary: 'Takes a relation away, on both pages',
  permission: 'customers.write',
  params: params.extend({ relationId: z.uuid() }),
  reply: bonds,
})
