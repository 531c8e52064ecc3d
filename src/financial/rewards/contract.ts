import { z } from 'zod'
import { operation } from '#kernel/operation.ts'
import { cardTerms, rewardTerms, whyNot } from './rules.ts'

export type { CardTerms, Icon, InWords, RewardTerms, WhyNot } from './rules.ts'
export { cardTerms, icons, rewardTerms, stampsPer, whyNot } from './rules.ts'

const day = z.iso.date()
const instant = z.iso.datetime()
const merchant = z.string().min(1).max(60)
/** Ids of what was taken are made from the request that asked for it, so that the same request is the same taking. */
const takenId = z.guid()

export const reward = z.object({
  rewardId: z.guid(),
  terms: rewardTerms,
  isActive: z.boolean(),
  /** Left of the stock now; null is without limit. */
  left: z.int().nullable(),
  reserved: z.int(),
  /** Taken and not given back, those that were used among them. */
  taken: z.int(),
  used: z.int(),
  /** Points that were paid for all that was taken and kept. */
  points: z.int(),
})
export type Reward = z.infer<typeof reward>

const card = z.object({
  cardId: z.guid(),
  terms: cardTerms,
  isActive: z.boolean(),
  /** The last day on which a purchase gives a stamp. */
  untilOn: day.nullable(),
  collectors: z.int(),
  /** Stamps that wait on unfinished cards. */
  collected: z.int(),
  completed: z.int(),
})
export type StampCard = z.infer<typeof card>

export const listRewards = operation({
  id: 'listRewards',
  method: 'GET',
  path: '/api/rewards',
  summary: 'The catalogue of rewards with stock and how often each was taken and used, and the stamp cards',
  permission: 'rewards.read',
  reply: z.object({
    items: z.array(reward),
    cards: z.array(card),
    /** Three to begin with. */
    usual: z.array(rewardTerms),
    tiers: z.array(z.object({ tierId: z.string(), name: z.string() })),
    categories: z.array(z.string()),
    currency: z.string(),
    todayOn: day,
  }),
})

export const createReward = operation({
  id: 'createReward',
  method: 'POST',
  path: '/api/rewards',
  summary: 'Puts a reward into the catalogue',
  permission: 'rewards.manage',
  once: true,
  status: 201,
  body: rewardTerms,
  reply: z.object({ rewardId: z.guid() }),
  refusals: ['rewards:refusal.unknown-tier', 'merchants:refusal.unknown'],
})

export const changeReward = operation({
  id: 'changeReward',
  method: 'PUT',
  path: '/api/rewards/{rewardId}',
  summary: 'Changes a reward for those who take it from now on',
  permission: 'rewards.manage',
  params: z.object({ rewardId: z.guid() }),
  body: rewardTerms,
  reply: z.object({ rewardId: z.guid() }),
  refusals: ['rewards:refusal.no-such-reward', 'rewards:refusal.stock-below-taken', 'rewards:refusal.stock-of-card'],
})

export const archiveReward = operation({
  id: 'archiveReward',
  method: 'PUT',
  path: '/api/rewards/{rewardId}/active',
  summary: 'Takes a reward out of the catalogue or puts it back; what was taken stays good',
  permission: 'rewards.manage',
  params: z.object({ rewardId: z.guid() }),
  body: z.object({ isActive: z.boolean() }),
  reply: z.object({ rewardId: z.guid(), isActive: z.boolean() }),
  refusals: ['rewards:refusal.no-such-reward', 'rewards:refusal.needed-by-card'],
})

export const createCard = operation({
  id: 'createStampCard',
  method: 'POST',
  path: '/api/stamp-cards',
  summary: 'Begins a stamp card: so many stamps are one reward',
  permission: 'rewards.manage',
  once: true,
  status: 201,
  body: cardTerms,
  reply: z.object({ cardId: z.guid() }),
  refusals: ['rewards:refusal.no-such-reward', 'rewards:refusal.stock-of-card'],
})

export const endCard = operation({
  id: 'endStampCard',
  method: 'PUT',
  path: '/api/stamp-cards/{cardId}/until',
  summary: 'Says on which day a stamp card gives its last stamp; null lets it go on',
  permission: 'rewards.manage',
  params: z.object({ cardId: z.guid() }),
  body: z.object({ untilOn: day.nullable() }),
  reply: z.object({ cardId: z.guid(), untilOn: day.nullable() }),
  refusals: ['rewards:refusal.no-such-card', 'rewards:refusal.ends-in-the-past'],
})

/** `lapsed` was reserved and not fetched in time, `expired` was taken and not used in time. */
export const takenStates = ['reserved', 'voided', 'lapsed', 'taken', 'used', 'expired', 'returned'] as const
export type TakenState = (typeof takenStates)[number]

export const taken = z.object({
  takenId,
  partyId: z.uuid(),
  rewardId: z.guid(),
  name: rewardTerms.shape.name,
  icon: rewardTerms.shape.icon,
  state: z.enum(takenStates),
  /** Points paid, or set aside while it is reserved. */
  price: z.int(),
  /** The stamp card that it was collected with. */
  cardId: z.guid().nullable(),
  merchants: z.array(merchant),
  takenAt: instant,
  /** While it is reserved: until when. */
  reservedUntil: instant.nullable(),
  lastUsableOn: day.nullable(),
  usedAt: instant.nullable(),
  usedMerchant: merchant.nullable(),
  canGiveBack: z.boolean(),
})
export type Taken = z.infer<typeof taken>

const offer = z.object({
  rewardId: z.guid(),
  name: rewardTerms.shape.name,
  description: rewardTerms.shape.description,
  icon: rewardTerms.shape.icon,
  merchants: z.array(merchant),
  /** What it costs this customer; null where it is not for them. */
  price: z.int().nullable(),
  /** The price for everybody, where this customer's is lower. */
  usualPrice: z.int().nullable(),
  left: z.int().nullable(),
  untilOn: day.nullable(),
  validDays: z.int().nullable(),
  whyNot: z.enum(whyNot).nullable(),
  missing: z.int(),
})
export type Offer = z.infer<typeof offer>

const collected = z.object({
  cardId: z.guid(),
  name: cardTerms.shape.name,
  rewardName: rewardTerms.shape.name,
  icon: rewardTerms.shape.icon,
  stamps: z.int(),
  needed: z.int(),
  /** Stamps of returned purchases that had already become a reward; the next ones make up for them. */
  owed: z.int(),
  completed: z.int(),
  nextExpiry: z.object({ stamps: z.int(), lastUsableOn: day }).nullable(),
})
export type Collected = z.infer<typeof collected>

const inParty = z.object({ partyId: z.uuid() })
const ofParty = z.object({ partyId: z.uuid(), takenId })

export const partyRewards = operation({
  id: 'partyRewards',
  method: 'GET',
  path: '/api/parties/{partyId}/rewards',
  summary: 'What a customer could take now and why not, what they have taken, and their stamps',
  permission: 'rewards.read',
  params: inParty,
  reply: z.object({
    points: z.int(),
    offers: z.array(offer),
    taken: z.array(taken),
    cards: z.array(collected),
  }),
})

const takeRefusals = [
  'rewards:refusal.no-such-reward',
  'rewards:refusal.cannot-take',
  'rewards:refusal.sold-out',
  'ledger:refusal.insufficient',
]

/** Taken, with the code that uses it. */
const withCode = taken.extend({ code: z.string().nullable() })
export type TakenWithCode = z.infer<typeof withCode>

export const takeReward = operation({
  id: 'takeReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/{rewardId}/take',
  summary: 'Pays a reward with points, at once',
  permission: 'till.use',
  once: true,
  params: z.object({ partyId: z.uuid(), rewardId: z.guid() }),
  body: z.object({ merchant: merchant.optional() }),
  reply: withCode,
  refusals: takeRefusals,
})

export const reserveReward = operation({
  id: 'reserveReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/{rewardId}/reserve',
  summary: 'Sets a reward and its points aside for some minutes, until it is captured or let go',
  permission: 'till.use',
  once: true,
  params: z.object({ partyId: z.uuid(), rewardId: z.guid() }),
  body: z.object({ minutes: z.int().min(1).max(10_080).default(15), merchant: merchant.optional() }),
  reply: taken,
  refusals: takeRefusals,
})

export const captureReward = operation({
  id: 'captureReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/taken/{takenId}/capture',
  summary: 'Pays what was reserved',
  permission: 'till.use',
  once: true,
  params: ofParty,
  reply: withCode,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.not-reserved'],
})

export const voidReward = operation({
  id: 'voidReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/taken/{takenId}/void',
  summary: 'Lets go of what was reserved: points and stock are free again',
  permission: 'till.use',
  once: true,
  params: ofParty,
  reply: taken,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.not-reserved'],
})

export const giveBackReward = operation({
  id: 'giveBackReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/taken/{takenId}/give-back',
  summary: 'Gives back what was taken and not used: the points return to where they came from',
  permission: 'till.use',
  once: true,
  params: ofParty,
  reply: taken,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.not-given-back'],
})

export const redeemTaken = operation({
  id: 'useTakenReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/taken/{takenId}/use',
  summary: 'Uses what a customer has taken, who stands before us',
  permission: 'till.use',
  once: true,
  params: ofParty,
  body: z.object({ merchant: merchant.optional() }),
  reply: taken,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.not-usable', 'rewards:refusal.not-here'],
})

export const undoUse = operation({
  id: 'undoUseOfReward',
  method: 'POST',
  path: '/api/parties/{partyId}/rewards/taken/{takenId}/undo-use',
  summary: 'Takes back a use made by mistake, by whoever made it, within minutes',
  permission: 'till.use',
  once: true,
  params: ofParty,
  reply: taken,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.too-late-to-undo'],
})

const code = z.string().trim().min(1).max(80)

export const lookUpCode = operation({
  id: 'lookUpRewardCode',
  method: 'POST',
  isQuestion: true,
  path: '/api/reward-codes/look-up',
  summary: 'What a code stands for, without using it',
  permission: 'till.use',
  body: z.object({ code }),
  reply: z.object({ taken, partyName: z.string() }),
  refusals: ['rewards:refusal.no-such-code', 'rewards:refusal.too-many-codes'],
})

export const redeemCode = operation({
  id: 'useRewardCode',
  method: 'POST',
  path: '/api/reward-codes/use',
  summary: 'Uses a code: it works once',
  permission: 'till.use',
  once: true,
  body: z.object({ code, merchant: merchant.optional() }),
  reply: z.object({ taken, partyName: z.string() }),
  refusals: [
    'rewards:refusal.no-such-code',
    'rewards:refusal.too-many-codes',
    'rewards:refusal.not-usable',
    'rewards:refusal.not-here',
  ],
})

export const memberRewards = operation({
  id: 'memberRewards',
  method: 'GET',
  path: '/api/member/rewards',
  summary: 'For the customer: what I could take and what is missing, what I have taken with its codes, my stamps',
  permission: 'member',
  reply: z.object({
    points: z.int(),
    offers: z.array(offer),
    taken: z.array(withCode),
    cards: z.array(collected),
  }),
})

export const memberTakeReward = operation({
  id: 'memberTakeReward',
  method: 'POST',
  path: '/api/member/rewards/{rewardId}/take',
  summary: 'For the customer: pays a reward with my points',
  permission: 'member',
  once: true,
  params: z.object({ rewardId: z.guid() }),
  reply: withCode,
  refusals: takeRefusals,
})

export const memberGiveBackReward = operation({
  id: 'memberGiveBackReward',
  method: 'POST',
  path: '/api/member/rewards/taken/{takenId}/give-back',
  summary: 'For the customer: gives back what I have not used; my points return',
  permission: 'member',
  once: true,
  params: z.object({ takenId }),
  reply: taken,
  refusals: ['rewards:refusal.no-such-taking', 'rewards:refusal.not-given-back'],
})
