import { z } from 'zod'
import { merchantId } from '#kernel/merchants/contract.ts'
import { operation } from '#kernel/operation.ts'
import { creditRules, methods, visitCard } from './rules.ts'

export type { CreditRules, Method, Rung, VisitCard } from './rules.ts'
export { bonusFor, creditRules, methods, refundOfVisits, usualCredit, visitCard } from './rules.ts'

const minor = z.int()
const amount = z.int().min(1).max(100_000_000_000)
const currency = z.string().regex(/^[A-Z]{3}$/)
const instant = z.iso.datetime()
const party = z.object({ partyId: z.uuid() })
const method = z.enum(methods)
const atMerchant = merchantId.optional()

/** What changed a customer's money or visits. */
export const creditMoves = [
  'top-up',
  'card',
  'bonus',
  'promise',
  'paid',
  'refund',
  'paid-back',
  'bonus-back',
  'expired',
  'other',
] as const

const move = z.object({
  moveId: z.string(),
  partyId: z.uuid(),
  partyName: z.string(),
  asset: z.string(),
  kind: z.enum(creditMoves),
  /** Below zero where it went away from the customer. */
  amount: minor,
  /** The ledger's account on the other side, such as `redeemed:tea-house`. */
  account: z.string(),
  occurredAt: instant,
})
export type CreditMove = z.infer<typeof move>

const withdrawal = z.object({
  withdrawalId: z.guid(),
  partyId: z.uuid(),
  partyName: z.string(),
  currency,
  amountMinor: minor,
  method,
  state: z.enum(['waiting', 'posted', 'declined']),
  askedByName: z.string().nullable(),
  askedAt: instant,
  isOwn: z.boolean(),
})
export type Withdrawal = z.infer<typeof withdrawal>

export const readCredit = operation({
  id: 'readCredit',
  method: 'GET',
  path: '/api/credit',
  summary: 'Stored money and visit cards: the rules, what was paid in, given on top, used and is owed, and what waits',
  permission: 'credit.read',
  reply: z.object({
    rules: creditRules.nullable(),
    usual: creditRules,
    cards: z.array(visitCard.extend({ sold: z.int(), left: z.int() })),
    totals: z.array(
      z.object({
        currency,
        members: z.int(),
        paidInMinor: minor,
        bonusMinor: minor,
        usedMinor: minor,
        paidBackMinor: minor,
        expiredMinor: minor,
        /** Still owed to customers, what they paid and what came on top; and what some of them owe back. */
        owedMinor: minor,
        owedBonusMinor: minor,
        owedBackMinor: minor,
      }),
    ),
    moves: z.array(move),
    withdrawals: z.array(withdrawal),
  }),
})

export const changeCredit = operation({
  id: 'changeCredit',
  method: 'PUT',
  path: '/api/credit/rules',
  summary: 'Changes the rules of stored money, for top-ups and payments from now on',
  permission: 'credit.manage',
  body: creditRules,
  reply: creditRules,
})

export const saveVisitCard = operation({
  id: 'saveVisitCard',
  method: 'PUT',
  path: '/api/credit/cards/{cardId}',
  summary: 'Adds a visit card or changes it; what was sold keeps its visits, its price and its end',
  permission: 'credit.manage',
  params: visitCard.pick({ cardId: true }),
  body: visitCard.omit({ cardId: true }),
  reply: visitCard,
})

export const memberCredit = operation({
  id: 'memberCredit',
  method: 'GET',
  path: '/api/parties/{partyId}/credit',
  summary: 'What a customer has in store: money paid in and given on top, visit cards, and what can be undone',
  permission: 'till.use',
  params: party,
  reply: z.object({
    rules: creditRules.nullable(),
    balances: z.array(
      z.object({
        currency,
        availableMinor: minor,
        paidMinor: minor,
        bonusMinor: minor,
        heldMinor: minor,
        owedBackMinor: minor,
        nextExpiry: z.object({ amountMinor: minor, expiresAt: instant }).nullable(),
      }),
    ),
    topUps: z.array(
      z.object({
        topUpId: z.guid(),
        currency,
        amountMinor: minor,
        bonusMinor: minor,
        leftMinor: minor,
        method,
        at: instant,
        /** Nothing of it was used yet. */
        canUndo: z.boolean(),
      }),
    ),
    cards: z.array(
      z.object({
        soldCardId: z.guid(),
        cardId: z.string(),
        name: z.string(),
        visits: z.int(),
        left: z.int(),
        priceMinor: minor,
        currency,
        soldAt: instant,
        expiresAt: instant.nullable(),
        /** What would be paid back for the visits that are left. */
        refundMinor: minor,
      }),
    ),
    offered: z.array(visitCard),
    moves: z.array(move),
  }),
})
export type MemberCredit = z.infer<typeof memberCredit.reply>

const ending = z.iso.date().nullable()

export const myCredit = operation({
  id: 'myCredit',
  method: 'GET',
  path: '/api/member/credit',
  summary: 'For the customer: the money I have in store, with what ends when, and the visits left on my cards',
  permission: 'member',
  reply: z.object({
    balances: z.array(
      z.object({
        currency,
        availableMinor: minor,
        bonusMinor: minor,
        heldMinor: minor,
        owedBackMinor: minor,
        /** What of it ends first, and the last day on which it can be used. */
        endsMinor: minor,
        lastUsableOn: ending,
      }),
    ),
    cards: z.array(
      z.object({ soldCardId: z.guid(), name: z.string(), visits: z.int(), left: z.int(), lastUsableOn: ending }),
    ),
  }),
})

const topUpReply = z.object({
  topUpId: z.guid(),
  amountMinor: minor,
  bonusMinor: minor,
  bonusPoints: z.int(),
  availableMinor: minor,
})

export const topUpCredit = operation({
  id: 'topUpCredit',
  method: 'POST',
  path: '/api/parties/{partyId}/credit/top-ups',
  summary: 'A customer pays in; what comes on top is added at once',
  permission: 'till.use',
  params: party,
  body: z.object({ amountMinor: amount, method, merchantId: atMerchant }),
  reply: topUpReply,
  once: true,
  refusals: ['credit:refusal.closed', 'credit:refusal.too-much-at-once', 'credit:refusal.too-much-in-store'],
})

export const undoTopUp = operation({
  id: 'undoTopUp',
  method: 'POST',
  path: '/api/parties/{partyId}/credit/top-ups/{topUpId}/undo',
  summary: 'Takes back a top-up of which nothing was used: money and bonus, by a counter-entry',
  permission: 'till.use',
  params: party.extend({ topUpId: z.guid() }),
  body: z.object({}),
  reply: z.object({ availableMinor: minor }),
  once: true,
  refusals: ['credit:refusal.used-already', 'credit:refusal.no-such-top-up'],
})

const paymentReply = z.object({
  paymentId: z.guid(),
  amountMinor: minor,
  bonusMinor: minor,
  refundedMinor: minor,
  availableMinor: minor,
})

export const payWithCredit = operation({
  id: 'payWithCredit',
  method: 'POST',
  path: '/api/parties/{partyId}/credit/payments',
  summary: 'Pays from stored money, at once',
  permission: 'till.use',
  params: party,
  body: z.object({ amountMinor: amount, merchantId: atMerchant }),
  reply: paymentReply,
  once: true,
  refusals: ['credit:refusal.closed', 'ledger:refusal.insufficient'],
})

export const refundPayment = operation({
  id: 'refundPayment',
  method: 'POST',
  path: '/api/parties/{partyId}/credit/payments/{paymentId}/refunds',
  summary: 'Puts a payment back into store, whole or in part, to where it came from',
  permission: 'till.use',
  params: party.extend({ paymentId: z.guid() }),
  body: z.object({ amountMinor: amount.optional() }),
  reply: paymentReply,
  once: true,
  refusals: ['credit:refusal.no-such-payment', 'ledger:refusal.more-than-redeemed'],
})

export const withdrawCredit = operation({
  id: 'withdrawCredit',
  method: 'POST',
  path: '/api/parties/{partyId}/credit/withdrawals',
  summary: 'Pays back money that is left of top-ups; the same share of their bonus goes back',
  permission: 'credit.manage',
  params: party,
  body: z.object({
    amountMinor: amount,
    method,
    /** Only says what would be paid back. */
    isTrial: z.boolean().default(false),
  }),
  reply: z.object({
    withdrawalId: z.guid(),
    state: z.enum(['waiting', 'posted', 'trial']),
    moneyMinor: minor,
    keptMinor: minor,
    bonusMinor: minor,
  }),
  once: true,
  refusals: ['credit:refusal.not-so-much-paid-in'],
})

export const decideWithdrawal = operation({
  id: 'decideWithdrawal',
  method: 'POST',
  path: '/api/credit/withdrawals/{withdrawalId}/decision',
  summary: 'Agrees to paying money back, or declines it: somebody else than who asked',
  permission: 'credit.manage',
  params: z.object({ withdrawalId: z.guid() }),
  body: z.object({ partyId: z.uuid(), decision: z.enum(['approve', 'decline']) }),
  reply: z.object({ withdrawalId: z.guid(), state: z.enum(['waiting', 'posted', 'declined']) }),
  refusals: ['credit:refusal.second-pair-of-eyes', 'credit:refusal.decided'],
})

export const exportCredit = operation({
  id: 'exportCredit',
  method: 'GET',
  path: '/api/parties/{partyId}/credit/statement.csv',
  summary: 'The statement of a customer: every movement of stored money and visits with the balance after it',
  permission: 'credit.read',
  params: party,
  reply: z.string(),
  format: 'csv',
})

const soldCardReply = z.object({ soldCardId: z.guid(), cardId: z.string(), left: z.int() })

export const sellVisitCard = operation({
  id: 'sellVisitCard',
  method: 'POST',
  path: '/api/parties/{partyId}/visit-cards',
  summary: 'Sells a visit card: paid by a way of paying, or from stored money',
  permission: 'till.use',
  params: party,
  body: z.object({ cardId: z.string().max(40), method: z.enum([...methods, 'stored-money']), merchantId: atMerchant }),
  reply: soldCardReply,
  once: true,
  refusals: ['credit:refusal.no-such-card', 'ledger:refusal.insufficient'],
})

export const useVisit = operation({
  id: 'useVisit',
  method: 'POST',
  path: '/api/parties/{partyId}/visits',
  summary: 'Uses one visit, of the card that ends first',
  permission: 'till.use',
  params: party,
  body: z.object({ cardId: z.string().max(40), merchantId: atMerchant }),
  reply: z.object({ visitId: z.guid(), left: z.int() }),
  once: true,
  refusals: ['credit:refusal.no-visit-left', 'credit:refusal.not-here'],
})

export const giveBackVisit = operation({
  id: 'giveBackVisit',
  method: 'POST',
  path: '/api/parties/{partyId}/visits/{visitId}/return',
  summary: 'Gives a used visit back to its card',
  permission: 'till.use',
  params: party.extend({ visitId: z.guid() }),
  body: z.object({ cardId: z.string().max(40) }),
  reply: z.object({ left: z.int() }),
  once: true,
  refusals: ['ledger:refusal.more-than-redeemed', 'ledger:refusal.no-such-redemption'],
})

export const refundVisitCard = operation({
  id: 'refundVisitCard',
  method: 'POST',
  path: '/api/parties/{partyId}/visit-cards/{soldCardId}/refund',
  summary: 'Pays back the visits that were not used, by the rule of the card, in money or into store',
  permission: 'credit.manage',
  params: party.extend({ soldCardId: z.guid() }),
  body: z.object({ method: z.enum([...methods, 'stored-money']) }),
  reply: z.object({ visits: z.int(), refundMinor: minor }),
  once: true,
  refusals: ['credit:refusal.no-such-card', 'credit:refusal.nothing-left'],
})
