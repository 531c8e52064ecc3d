import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { identifierKinds } from '#kernel/parties/contract.ts'
import { sharingSettings } from './rules.ts'

export { type SharingSettings, sharingSettings } from './rules.ts'

const instant = z.iso.datetime()
const partyId = z.uuid()
const asset = z.string().min(1).max(80)
const amount = z.int().min(1).max(1e12)
const message = z.string().trim().max(200).optional()

/** By what somebody is known, or nothing: then a code is made that whoever has it may use. */
const receiver = z.discriminatedUnion('by', [
  z.object({
    by: z.literal('identifier'),
    kind: z.enum(identifierKinds).exclude(['anonymous_id']),
    value: z.string().trim().min(1).max(320),
  }),
  z.object({ by: z.literal('link') }),
])

export const giftStates = ['given', 'waiting', 'claimed', 'returned'] as const

export const gift = z.object({
  giftId: z.guid(),
  direction: z.enum(['given', 'received']),
  asset,
  amount,
  state: z.enum(giftStates),
  /** The other one, as far as the reader may know: `王*`. */
  other: z.string().nullable(),
  givenAt: instant,
  /** Until when an unclaimed gift waits. */
  until: instant.nullable(),
})
export type Gift = z.infer<typeof gift>

const given = z.object({
  giftId: z.guid(),
  state: z.enum(giftStates),
  receiver: z.string().nullable(),
  /** Shown once: whoever has it may claim the gift. */
  code: z.string().nullable(),
  until: instant.nullable(),
})
const giftRefusals = [
  'sharing:refusal.gifts-off',
  'sharing:refusal.asset',
  'sharing:refusal.too-small',
  'sharing:refusal.day-limit',
  'sharing:refusal.gifts-per-day',
  'sharing:refusal.received-lately',
  'sharing:refusal.cooling-off',
  'sharing:refusal.nobody',
  'sharing:refusal.too-many-misses',
  'sharing:refusal.to-self',
  'ledger:refusal.insufficient',
]
const gifts = z.object({ items: z.array(gift), giftable: z.array(z.object({ asset, available: z.int() })) })

export const memberGifts = operation({
  id: 'memberGifts',
  method: 'GET',
  path: '/api/member/gifts',
  summary: 'What I gave and received, and what I could give now',
  permission: 'member',
  reply: gifts,
})

export const giveAsMember = operation({
  id: 'giveAsMember',
  method: 'POST',
  path: '/api/member/gifts',
  summary: 'Gives points to somebody by their card or phone, or to whoever gets the code',
  permission: 'member',
  body: z.object({ asset: asset.default('points'), amount, to: receiver }),
  reply: given,
  status: 201,
  once: true,
  refusals: giftRefusals,
})

export const claimAsMember = operation({
  id: 'claimAsMember',
  method: 'POST',
  path: '/api/member/gifts/claim',
  summary: 'Takes a gift by its code',
  permission: 'member',
  body: z.object({ code: z.string().trim().min(8).max(100) }),
  reply: z.object({ giftId: z.guid(), asset, amount }),
  once: true,
  refusals: ['sharing:refusal.no-such-code', 'sharing:refusal.code-used', 'sharing:refusal.own-gift'],
})

export const takeBackAsMember = operation({
  id: 'takeBackAsMember',
  method: 'POST',
  path: '/api/member/gifts/{giftId}/take-back',
  summary: 'Takes back a gift that nobody has claimed yet',
  permission: 'member',
  params: z.object({ giftId: z.guid() }),
  reply: z.object({ giftId: z.guid(), state: z.enum(giftStates) }),
  refusals: ['sharing:refusal.no-such-gift', 'sharing:refusal.code-used'],
})

export const partyGifts = operation({
  id: 'partyGifts',
  method: 'GET',
  path: '/api/parties/{partyId}/gifts',
  summary: 'What a customer gave and received',
  permission: 'points.read',
  params: z.object({ partyId }),
  reply: gifts,
})

export const giveForParty = operation({
  id: 'giveForParty',
  method: 'POST',
  path: '/api/parties/{partyId}/gifts',
  summary: 'Gives on behalf of a customer who stands before us; done once for each Idempotency-Key',
  permission: 'points.adjust',
  params: z.object({ partyId }),
  body: z.object({ asset: asset.default('points'), amount, to: receiver, note: message }),
  reply: given,
  status: 201,
  once: true,
  refusals: giftRefusals,
})

/** Of a household: what is in the pool now, and what every member brought and still has in it. */
export const household = z.object({
  householdId: z.uuid(),
  name: z.string(),
  since: instant,
  pool: z.array(z.object({ asset, available: z.int(), nextExpiry: instant.nullable() })),
  members: z.array(
    z.object({
      partyId,
      name: z.string(),
      isFounder: z.boolean(),
      isMe: z.boolean(),
      contributes: z.enum(['by-hand', 'automatically']),
      joinedAt: instant,
      unspent: z.array(z.object({ asset, amount: z.int() })),
    }),
  ),
})
export type Household = z.infer<typeof household>
const maybeHousehold = z.object({ household: household.nullable() })
const contributes = z.enum(['by-hand', 'automatically'])
const name = z.string().trim().min(1).max(80)

export const memberHousehold = operation({
  id: 'memberHousehold',
  method: 'GET',
  path: '/api/member/household',
  summary: 'My household and its pool',
  permission: 'member',
  reply: maybeHousehold,
})

export const foundHousehold = operation({
  id: 'foundHousehold',
  method: 'POST',
  path: '/api/member/household',
  summary: 'Founds a household with a pool of points',
  permission: 'member',
  body: z.object({ name, contributes: contributes.default('by-hand') }),
  reply: maybeHousehold,
  status: 201,
  once: true,
  refusals: ['sharing:refusal.households-off', 'sharing:refusal.in-a-household'],
})

export const inviteToHousehold = operation({
  id: 'inviteToHousehold',
  method: 'POST',
  path: '/api/member/household/invitations',
  summary: 'Makes a code with which one person can join',
  permission: 'member',
  reply: z.object({ code: z.string(), until: instant }),
  status: 201,
  once: true,
  refusals: ['sharing:refusal.no-household', 'sharing:refusal.household-full'],
})

export const joinHousehold = operation({
  id: 'joinHousehold',
  method: 'POST',
  path: '/api/member/household/join',
  summary: 'Joins a household by its code',
  permission: 'member',
  body: z.object({ code: z.string().trim().min(8).max(100), contributes: contributes.default('by-hand') }),
  reply: maybeHousehold,
  once: true,
  refusals: [
    'sharing:refusal.no-such-code',
    'sharing:refusal.code-used',
    'sharing:refusal.in-a-household',
    'sharing:refusal.household-full',
  ],
})

export const contributeAsMember = operation({
  id: 'contributeAsMember',
  method: 'POST',
  path: '/api/member/household/contributions',
  summary: 'Puts some of mine into the pool',
  permission: 'member',
  body: z.object({ asset: asset.default('points'), amount }),
  reply: maybeHousehold,
  once: true,
  refusals: ['sharing:refusal.no-household', 'sharing:refusal.asset', 'ledger:refusal.insufficient'],
})

export const changeContribution = operation({
  id: 'changeContribution',
  method: 'PATCH',
  path: '/api/member/household',
  summary: 'Whether what I earn goes into the pool by itself',
  permission: 'member',
  body: z.object({ contributes }),
  reply: maybeHousehold,
  refusals: ['sharing:refusal.no-household'],
})

export const leaveHousehold = operation({
  id: 'leaveHousehold',
  method: 'POST',
  path: '/api/member/household/leave',
  summary: 'Leaves with what is left of my own; the last to leave closes the household',
  permission: 'member',
  reply: maybeHousehold,
  once: true,
  refusals: ['sharing:refusal.no-household', 'sharing:refusal.in-use'],
})

export const partyHousehold = operation({
  id: 'partyHousehold',
  method: 'GET',
  path: '/api/parties/{partyId}/household',
  summary: 'The household of a customer and its pool',
  permission: 'points.read',
  params: z.object({ partyId }),
  reply: maybeHousehold,
})

export const changeHousehold = operation({
  id: 'changeHousehold',
  method: 'POST',
  path: '/api/parties/{partyId}/household',
  summary: 'Founds, adds, contributes, removes or closes for a customer who stands before us',
  permission: 'points.adjust',
  params: z.object({ partyId }),
  body: z.discriminatedUnion('act', [
    z.object({ act: z.literal('found'), name, contributes: contributes.default('by-hand') }),
    z.object({ act: z.literal('add'), memberId: partyId, contributes: contributes.default('by-hand') }),
    z.object({ act: z.literal('contribute'), asset: asset.default('points'), amount }),
    z.object({ act: z.literal('contribution'), contributes }),
    z.object({ act: z.literal('leave') }),
    z.object({ act: z.literal('close') }),
  ]),
  reply: maybeHousehold,
  once: true,
  refusals: [
    'sharing:refusal.households-off',
    'sharing:refusal.in-a-household',
    'sharing:refusal.no-household',
    'sharing:refusal.household-full',
    'sharing:refusal.in-use',
    'ledger:refusal.insufficient',
  ],
})

export const spendFromPool = operation({
  id: 'spendFromPool',
  method: 'POST',
  path: '/api/parties/{partyId}/household/spending',
  summary: 'A member of a household pays from its pool',
  permission: 'till.use',
  params: z.object({ partyId }),
  body: z.object({ asset: asset.default('points'), amount, merchant: z.string().max(100).optional() }),
  reply: z.object({ spendingId: z.guid(), left: z.int() }),
  once: true,
  refusals: [
    'sharing:refusal.no-household',
    'sharing:refusal.pool-day-limit',
    'merchants:refusal.unknown',
    'ledger:refusal.insufficient',
  ],
})

export const returnToPool = operation({
  id: 'returnToPool',
  method: 'POST',
  path: '/api/parties/{partyId}/household/spending/{spendingId}/return',
  summary: 'Gives back to the pool what was spent from it',
  permission: 'till.use',
  params: z.object({ partyId, spendingId: z.guid() }),
  body: z.object({ amount }),
  reply: z.object({ spendingId: z.guid(), left: z.int() }),
  once: true,
  refusals: ['sharing:refusal.no-such-spending', 'ledger:refusal.more-than-redeemed'],
})

export const readSharing = operation({
  id: 'readSharing',
  method: 'GET',
  path: '/api/sharing',
  summary: 'What may be given and pooled, and within which limits',
  permission: 'points.read',
  reply: sharingSettings,
})

export const changeSharing = operation({
  id: 'changeSharing',
  method: 'PUT',
  path: '/api/sharing',
  summary: 'Changes it',
  permission: 'points.manage',
  body: sharingSettings,
  reply: sharingSettings,
})
