import { z } from 'zod'
import { contact, operation, personal } from '#kernel/operation.ts'
import { birthdayPattern } from './birthday-contract.ts'
import { titles } from './profile-contract.ts'

export { type Birthday, readBirthday, writeBirthday } from './birthday-contract.ts'
export * from './consent-contract.ts'
export * from './profile-contract.ts'

export const identifierKinds = ['customer_id', 'email', 'phone', 'card', 'anonymous_id'] as const

/** Besides our own kinds, the id that another system uses: `external:shopify`, `external:wechat`, `external:union`. */
export const identifierKind = z.union([
  z.enum(identifierKinds),
  z.templateLiteral(['external:', z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,39}$/)]),
])

export const partyKinds = ['person', 'organisation'] as const
export const partyRoles = [
  'customer',
  'merchant',
  'dealer',
  'supplier',
  'referrer',
  'applicant',
  'influencer',
  'staff',
] as const

/** `value` as it was given; the normalised form that makes two of them equal stays in the database. */
export const identifier = z.object({ kind: identifierKind, value: z.string().trim().min(1).max(320) })

export const party = z.object({
  partyId: z.uuid(),
  kind: z.enum(partyKinds),
  name: z.string(),
  familyName: z.string().nullable(),
  givenName: z.string().nullable(),
  /** How the name is said: pinyin with tones for Chinese names, otherwise null. */
  say: z.string().nullable(),
  /** How a foreigner reads it: `Wang Xiaojie`; null for names that are Latin already. */
  latinName: z.string().nullable(),
  title: z.enum(titles).nullable(),
  /** What they want to be called; goes before every other form of address. */
  preferredName: z.string().nullable(),
  /** How to greet them, in either language: 王女士, Ms Wang. */
  greeting: z.object({ en: z.string(), zh: z.string() }),
  /** `1984-03-08`; `--03-08` where the year is not known; `lunar:1984-02-08`; `lunar:1984-10+-08` in a leap month. */
  birthday: personal(z.string().nullable()),
  roles: z.array(z.enum(partyRoles)),
  identifiers: contact(z.array(identifier)),
  details: contact(z.record(z.string(), z.string())),
  createdAt: z.iso.datetime(),
})

export type Party = z.infer<typeof party>

const partyInput = z.object({
  kind: z.enum(partyKinds).default('person'),
  name: z.string().trim().min(1).max(200),
  familyName: z.string().trim().max(100).optional(),
  givenName: z.string().trim().max(100).optional(),
  birthday: z.string().regex(birthdayPattern).optional(),
  identifiers: z.array(identifier).max(20).default([]),
  roles: z.array(z.enum(partyRoles)).default(['customer']),
  details: z.record(z.string().max(60), z.string().max(500)).default({}),
})

export const findParties = operation({
  id: 'findParties',
  method: 'GET',
  path: '/api/parties',
  summary: 'Finds people and organisations by name, pinyin, end of a phone number, card, e-mail or customer number',
  permission: 'customers.read',
  query: z.object({
    find: z.string().trim().max(200).default(''),
    limit: z.coerce.number().int().min(1).max(50).default(10),
  }),
  reply: z.object({ items: z.array(z.object({ partyId: z.uuid(), name: z.string(), hint: contact(z.string()) })) }),
})

export const readParty = operation({
  id: 'readParty',
  method: 'GET',
  path: '/api/parties/{partyId}',
  summary: 'Reads one profile',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: party,
})

export const createParty = operation({
  id: 'createParty',
  method: 'POST',
  path: '/api/parties',
  summary: 'Adds a person or an organisation',
  permission: 'customers.write',
  body: partyInput,
  reply: party,
  status: 201,
  refusals: ['parties:refusal.identifier-taken'],
})

export const changeParty = operation({
  id: 'changeParty',
  method: 'PATCH',
  path: '/api/parties/{partyId}',
  summary: 'Changes a profile; only what is given',
  permission: 'customers.write',
  params: z.object({ partyId: z.uuid() }),
  body: z.object({
    name: z.string().trim().min(1).max(200).optional(),
    familyName: z.string().trim().max(100).nullable().optional(),
    givenName: z.string().trim().max(100).nullable().optional(),
    /** Pinyin with tones, where the usual reading of a family name is not theirs (单 Shàn). */
    say: z.string().trim().max(200).nullable().optional(),
    title: z.enum(titles).nullable().optional(),
    preferredName: z.string().trim().max(100).nullable().optional(),
    roles: z.array(z.enum(partyRoles)).min(1).max(8).optional(),
    birthday: z.string().regex(birthdayPattern).nullable().optional(),
    details: z.record(z.string().max(60), z.string().max(500)).optional(),
  }),
  reply: party,
})
