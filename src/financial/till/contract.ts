import { z } from 'zod'
import { merchantId } from '#kernel/merchants/contract.ts'
import { operation } from '#kernel/operation.ts'
import { wordValue } from '#kernel/tasks/contract.ts'
import { tillRules } from './rules.ts'

export type { TillRules } from './rules.ts'
export { tillRules } from './rules.ts'

const minor = z.int()
const most = 1_000_000_000_000
const amount = z.int().min(1).max(most)
const currency = z.string().regex(/^[A-Z]{3}$/)
const instant = z.iso.datetime()
const id = z.guid()
const reason = z.object({ key: z.string(), values: z.record(z.string(), wordValue) })

/** How a customer is named at the till: by what their card shows, by their card number, or by who they are to us. */
export const customer = z
  .object({
    partyId: z.uuid().optional(),
    /** The text of the QR code of the member card; good for minutes. */
    cardToken: z.string().max(200).optional(),
    card: z.string().trim().min(1).max(100).optional(),
  })
  .refine(({ partyId, cardToken, card }) => [partyId, cardToken, card].filter(Boolean).length === 1)

const line = z.object({ sku: z.string().max(200), quantity: z.int(), amountMinor: minor })
const basket = z.object({
  amountMinor: z.int().min(0).max(most),
  taxMinor: z.int().min(0).optional(),
  lines: z.array(line).max(1000).default([]),
})

/** What a customer uses: all of it or none. */
export const uses = z.object({
  points: z.int().min(0).max(most).default(0),
  creditMinor: z.int().min(0).max(most).default(0),
  /** One visit of each of these visit cards. */
  visits: z.array(z.string().max(40)).max(10).default([]),
  /** Rewards that the customer has taken, by the id of the taking. */
  rewards: z.array(id).max(10).default([]),
})
export type Uses = z.infer<typeof uses>

export const findMember = operation({
  id: 'findMember',
  method: 'POST',
  isQuestion: true,
  path: '/api/till/find',
  summary: 'Finds who stands at the till: by card token, card number, or the last digits of a phone, to be confirmed',
  permission: 'till.use',
  body: z.object({ text: z.string().trim().min(4).max(200) }),
  reply: z.object({
    /** True where the text names exactly this customer: their card was shown. False: ask for the name. */
    isCertain: z.boolean(),
    items: z.array(z.object({ partyId: z.uuid(), name: z.string(), hint: z.string() })),
  }),
  refusals: ['till:refusal.card-expired', 'till:refusal.card-unknown'],
})

export const tillQuote = operation({
  id: 'tillQuote',
  method: 'POST',
  isQuestion: true,
  path: '/api/till/quote',
  summary: 'What a basket would earn this customer, and what they could use now, with the reason where they cannot',
  permission: 'till.use',
  body: basket.extend({
    customer,
    merchantId: merchantId.optional(),
    /** Points that will pay a part: what the rest earns. */
    usePoints: z.int().min(0).max(most).default(0),
  }),
  reply: z.object({
    partyId: z.uuid(),
    name: z.string(),
    currency,
    amountMinor: minor,
    earns: z.object({
      points: z.int(),
      worthMinor: minor,
      usableFrom: instant.nullable(),
      lines: z.array(z.object({ points: z.int(), reason })),
    }),
    points: z.object({
      available: z.int(),
      /** The most that this basket takes, and what it pays. */
      usable: z.int(),
      worthMinor: minor,
      /** What a hundred points pay. */
      worthMinorPer100: z.int(),
      whyNot: reason.nullable(),
    }),
    credit: z.object({ availableMinor: minor, bonusMinor: minor, usableMinor: minor, whyNot: reason.nullable() }),
    visits: z.array(
      z.object({
        cardId: z.string(),
        name: z.string(),
        left: z.int(),
        expiresAt: instant.nullable(),
        whyNot: reason.nullable(),
      }),
    ),
    rewards: z.array(
      z.object({
        takenId: id,
        name: z.string(),
        lastUsableOn: z.iso.date().nullable(),
        whyNot: reason.nullable(),
      }),
    ),
  }),
})
export type TillQuote = z.infer<typeof tillQuote.reply>

const hold = z.object({
  holdId: id,
  partyId: z.uuid(),
  state: z.enum(['open', 'captured', 'voided', 'lapsed']),
  points: z.int(),
  pointsMinor: minor,
  creditMinor: minor,
  visits: z.array(z.string()),
  rewards: z.array(id),
  until: instant,
  orderRef: z.string().nullable(),
})
export type TillHold = z.infer<typeof hold>

const shortfalls = [
  'ledger:refusal.insufficient',
  'credit:refusal.no-visit-left',
  'credit:refusal.not-here',
  'till:refusal.nothing-to-use',
]

export const holdUses = operation({
  id: 'tillHold',
  method: 'POST',
  path: '/api/till/holds',
  summary: 'Sets points, stored money, visits and rewards aside together, for some minutes: all of it or nothing',
  permission: 'till.use',
  body: z.object({
    customer,
    merchantId: merchantId.optional(),
    use: uses,
    minutes: z.int().min(1).max(1440).optional(),
  }),
  reply: hold,
  status: 201,
  once: true,
  refusals: shortfalls,
})

const heldBy = z.object({ holdId: id })

export const readHold = operation({
  id: 'readTillHold',
  method: 'GET',
  path: '/api/till/holds/{holdId}',
  summary: 'What became of a hold',
  permission: 'till.use',
  params: heldBy,
  reply: hold,
  refusals: ['till:refusal.no-such-hold'],
})

export const captureHold = operation({
  id: 'captureTillHold',
  method: 'POST',
  path: '/api/till/holds/{holdId}/capture',
  summary: 'Uses what was set aside, or less of it; the rest is free again',
  permission: 'till.use',
  params: heldBy,
  body: z.object({
    orderRef: z.string().trim().min(1).max(200),
    /** What is used of it; all of it where nothing is said. */
    points: z.int().min(0).optional(),
    creditMinor: z.int().min(0).optional(),
  }),
  reply: hold,
  once: true,
  refusals: ['till:refusal.no-such-hold', 'ledger:refusal.hold-ended', 'ledger:refusal.more-than-held'],
})

export const voidHold = operation({
  id: 'voidTillHold',
  method: 'POST',
  path: '/api/till/holds/{holdId}/void',
  summary: 'Lets go of what was set aside',
  permission: 'till.use',
  params: heldBy,
  body: z.object({}),
  reply: hold,
  once: true,
  refusals: ['till:refusal.no-such-hold', 'ledger:refusal.hold-ended'],
})

/** What a receipt says. */
const receipt = z.object({
  saleId: id,
  orderRef: z.string(),
  partyId: z.uuid(),
  at: instant,
  amountMinor: minor,
  currency,
  paid: z.object({
    points: z.int(),
    pointsMinor: minor,
    creditMinor: minor,
    visits: z.array(z.string()),
    rewards: z.array(id),
    /** What is left to pay by other means. */
    restMinor: minor,
  }),
  earned: z.object({ points: z.int(), lines: z.array(z.object({ points: z.int(), reason })) }),
  balance: z.object({ points: z.int(), pendingPoints: z.int(), creditMinor: minor }),
})
export type Receipt = z.infer<typeof receipt>

const sale = basket.extend({
  customer,
  merchantId: merchantId.optional(),
  amountMinor: amount,
  /** The order's number in the shop's own books; the same order told by events is the same sale. */
  orderRef: z.string().trim().min(1).max(200).optional(),
  /** Uses what was set aside before, or names it here. */
  holdId: id.optional(),
  use: uses.optional(),
})

export const recordSale = operation({
  id: 'tillSale',
  method: 'POST',
  path: '/api/till/sale',
  summary: 'Records a purchase and uses what it was paid with, in one: answers what it earned, for the receipt',
  permission: 'till.use',
  body: sale,
  reply: receipt,
  status: 201,
  once: true,
  refusals: [...shortfalls, 'till:refusal.order-known', 'till:refusal.more-than-the-basket'],
})

const refund = z.object({
  refundId: id,
  saleId: id,
  orderRef: z.string(),
  amountMinor: minor,
  /** Given back to where it came from. */
  points: z.int(),
  pointsMinor: minor,
  creditMinor: minor,
  visits: z.array(z.string()),
  /** What is left to pay back by other means. */
  restMinor: minor,
  /** Points that the purchase had earned and that were taken back now. */
  takenBackPoints: z.int(),
  leftMinor: minor,
  balance: receipt.shape.balance,
})
export type TillRefund = z.infer<typeof refund>

export const refundSale = operation({
  id: 'tillRefund',
  method: 'POST',
  path: '/api/till/refund',
  summary:
    'Refunds a sale, whole or in part: what it earned goes back, what it was paid with returns in proportion; an exchange names the new sale',
  permission: 'till.use',
  body: z.object({
    saleId: id.optional(),
    orderRef: z.string().max(200).optional(),
    /** Whose order it is, where several merchants have one of that number. */
    merchantId: merchantId.optional(),
    /** All that is left where neither an amount nor lines are given. */
    amountMinor: amount.optional(),
    lines: z.array(line).max(1000).optional(),
    /** What is taken instead, in the same step. */
    exchange: sale.omit({ customer: true, merchantId: true }).optional(),
  }),
  reply: z.object({ refund, exchange: receipt.nullable() }),
  once: true,
  refusals: ['till:refusal.no-such-sale', 'till:refusal.order-of-several', 'till:refusal.more-than-left'],
})

export const tillTopUp = operation({
  id: 'tillTopUp',
  method: 'POST',
  path: '/api/till/top-up',
  summary: 'A customer pays into stored money at the till',
  permission: 'till.use',
  body: z.object({
    customer,
    merchantId: merchantId.optional(),
    amountMinor: amount,
    method: z.string().max(20),
  }),
  reply: z.object({
    partyId: z.uuid(),
    topUpId: id,
    amountMinor: minor,
    bonusMinor: minor,
    bonusPoints: z.int(),
    availableMinor: minor,
  }),
  once: true,
})

/** Something that a till did without a line: named by the till once and for ever, at the instant of its own clock. */
export const offlineItem = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sale'),
    itemId: id,
    at: instant,
    customer,
    orderRef: z.string().trim().min(1).max(200),
    amountMinor: amount,
    taxMinor: z.int().min(0).optional(),
    paidWithPointsMinor: z.int().min(0).optional(),
    lines: z.array(line).max(1000).default([]),
  }),
  z.object({
    kind: z.literal('use'),
    itemId: id,
    at: instant,
    customer,
    orderRef: z.string().trim().max(200).optional(),
    points: z.int().min(0).max(most).default(0),
    creditMinor: z.int().min(0).max(most).default(0),
  }),
  z.object({
    kind: z.literal('top-up'),
    itemId: id,
    at: instant,
    customer,
    amountMinor: amount,
    method: z.string().max(20),
  }),
])
export type OfflineItem = z.infer<typeof offlineItem>

export const offlineStates = ['applied', 'partly', 'refused'] as const

export const deliverOffline = operation({
  id: 'tillOffline',
  method: 'POST',
  path: '/api/till/offline',
  summary:
    'Takes in what a till did without a line: each item once, in the order of its time, however often and in whatever pieces it is sent',
  permission: 'till.use',
  body: z.object({
    /** The clock of the till as it sends; where it is wrong, the instants of the items are put right by as much. */
    sentAt: instant,
    merchantId: merchantId.optional(),
    items: z.array(offlineItem).min(1).max(500),
  }),
  reply: z.object({
    items: z.array(
      z.object({
        itemId: id,
        state: z.enum(offlineStates),
        /** What was not taken because neither the balance nor the floor limit reached; it is taken from what comes next. */
        missingPoints: z.int(),
        missingMinor: minor,
        code: z.string().nullable(),
      }),
    ),
  }),
})

export const readTill = operation({
  id: 'readTill',
  method: 'GET',
  path: '/api/till',
  summary: 'How the till works here: what points may pay, how long things are set aside, the limits without a line',
  permission: 'till.use',
  reply: z.object({
    rules: tillRules,
    currency,
    merchants: z.array(z.object({ merchantId: z.string(), name: z.string() })),
    sales: z.array(
      z.object({
        saleId: id,
        orderRef: z.string(),
        at: instant,
        amountMinor: minor,
        refundedMinor: minor,
      }),
    ),
  }),
})

export const changeTill = operation({
  id: 'changeTill',
  method: 'PUT',
  path: '/api/till/rules',
  summary: 'Changes how the till works',
  permission: 'credit.manage',
  body: tillRules,
  reply: tillRules,
})
