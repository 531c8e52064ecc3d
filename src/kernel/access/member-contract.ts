import { z } from 'zod'
import { languages } from '../locale/languages.ts'
import { operation } from '../operation.ts'

const instant = z.iso.datetime()
const partyParams = z.object({ partyId: z.uuid() })

/** The token stands behind `#`, which browsers never send: it cannot end in a server's log or in a Referer header. */
export const cardPath = (token: string) => `/card#${token}`

/** What a member types to be known: phone, e-mail or card number. */
const identifier = z.string().trim().min(3).max(254)

/** Says nothing of who opened it: the card itself is asked for next. */
const opened = z.object({ opened: z.literal(true) })

export const followCardLink = operation({
  id: 'followCardLink',
  method: 'POST',
  path: '/api/member/session/link',
  summary: 'A customer opens their card with the link that they were given; it works once',
  permission: 'public',
  body: z.object({ token: z.string().max(100) }),
  reply: opened,
  refusals: [
    'access:refusal.card-link-used',
    'access:refusal.card-link-expired',
    'access:refusal.card-link-unknown',
    'access:refusal.card-too-many',
  ],
})

export const askForCardCode = operation({
  id: 'askForCardCode',
  method: 'POST',
  path: '/api/member/session/code',
  summary: 'A customer asks for a one-time code; the answer is the same whether or not we know them',
  permission: 'public',
  body: z.object({ identifier }),
  reply: z.object({ minutes: z.int() }),
  status: 202,
  refusals: ['access:refusal.card-too-many'],
})

export const signInWithCardCode = operation({
  id: 'signInWithCardCode',
  method: 'POST',
  path: '/api/member/session',
  summary: 'A customer opens their card with the code that they were told',
  permission: 'public',
  body: z.object({ identifier, code: z.string().max(20) }),
  reply: opened,
  refusals: ['access:refusal.card-code-wrong', 'access:refusal.card-too-many'],
})

export const closeCard = operation({
  id: 'closeCard',
  method: 'DELETE',
  path: '/api/member/session',
  summary: 'A customer signs this device out',
  permission: 'public',
  reply: z.undefined(),
  status: 204,
})

export const readCard = operation({
  id: 'readCard',
  method: 'GET',
  path: '/api/member/card',
  summary: 'My card: my name, my number, and what the till scans (a new text every minute, good for three)',
  permission: 'member',
  reply: z.object({
    name: z.string(),
    /** The number on the card, where the business gave one. */
    number: z.string().nullable(),
    /** For the till's scanner only; it opens nothing else. */
    token: z.string(),
    renewsAt: instant,
    validUntil: instant,
    /** What the member chose; null where nobody has. */
    language: z.enum(languages).nullable(),
    business: z.object({ name: z.string(), zone: z.string(), currency: z.string(), language: z.enum(languages) }),
    world: z.enum(['business', 'demo']),
    now: instant,
  }),
  refusals: ['access:refusal.card-first'],
})
export type Card = z.infer<typeof readCard.reply>

export const makeCardLink = operation({
  id: 'makeCardLink',
  method: 'POST',
  path: '/api/parties/{partyId}/card-links',
  summary: 'A link that opens a customer’s card once, to hand over; earlier ones end',
  permission: 'customers.write',
  params: partyParams,
  /** The path is completed with the address under which the customer reaches this server. */
  reply: z.object({ token: z.string(), path: z.string(), expiresAt: instant }),
  status: 201,
  refusals: ['parties:refusal.unknown'],
})

const readOut = z.object({ code: z.string(), expiresAt: instant })

export const makeCardCode = operation({
  id: 'makeCardCode',
  method: 'POST',
  path: '/api/parties/{partyId}/card-codes',
  summary: 'A one-time code to read out to the customer; one that still waits is shown again',
  permission: 'customers.write',
  params: partyParams,
  reply: readOut,
  status: 201,
  refusals: ['parties:refusal.unknown', 'access:refusal.card-too-many'],
})

export const readCardAccess = operation({
  id: 'readCardAccess',
  method: 'GET',
  path: '/api/parties/{partyId}/card-access',
  summary: 'On which devices a customer’s card is open, and the code that waits to be read out',
  permission: 'customers.write',
  params: partyParams,
  reply: z.object({
    devices: z.array(z.object({ begunBy: z.enum(['link', 'code']), beganAt: instant, seenAt: instant })),
    link: z.object({ createdAt: instant, expiresAt: instant }).nullable(),
    code: readOut.nullable(),
  }),
})
export type CardAccess = z.infer<typeof readCardAccess.reply>

export const endCardAccess = operation({
  id: 'endCardAccess',
  method: 'DELETE',
  path: '/api/parties/{partyId}/card-access',
  summary: 'Signs a customer out on all devices; links and codes end too',
  permission: 'customers.write',
  params: partyParams,
  reply: z.undefined(),
  status: 204,
})

/** How long links wait and sessions last. */
export const cardSettings = z.object({
  linkDays: z.int().min(1).max(365).default(30),
  /** A device that was not used for so long asks again. */
  sessionDays: z.int().min(1).max(400).default(180),
})
export type CardSettings = z.infer<typeof cardSettings>

export const readCardSettings = operation({
  id: 'readCardSettings',
  method: 'GET',
  path: '/api/settings/member-card',
  summary: 'How long card links wait to be opened, and how long a device stays signed in',
  permission: 'settings.manage',
  reply: cardSettings,
})

export const changeCardSettings = operation({
  id: 'changeCardSettings',
  method: 'PUT',
  path: '/api/settings/member-card',
  summary: 'Changes how long card links wait and devices stay signed in; holds for the open ones too',
  permission: 'settings.manage',
  body: cardSettings,
  reply: cardSettings,
})
