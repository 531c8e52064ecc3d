import { z } from 'zod'
import { languages } from '#kernel/locale/languages.ts'
import { operation } from '#kernel/operation.ts'

/** By which way somebody may be written to. */
export const consentChannels = ['sms', 'email', 'wechat', 'phone'] as const
/** What for. What a contract needs (a receipt, a paid promise) asks no consent. */
export const consentPurposes = ['offers', 'reminders'] as const
/** Which wording people agree to now; a new wording gets a new name, and what was agreed to before keeps its own. */
export const consentText = '2026-11'

const channel = z.enum(consentChannels)
const purpose = z.enum(consentPurposes)

/** What holds now of one channel and purpose; nothing said is no. */
const consent = z.object({
  channel,
  purpose,
  isGiven: z.boolean(),
  /** Since when, and of which wording; null where nothing was ever said. */
  at: z.iso.datetime().nullable(),
  textVersion: z.string().nullable(),
})
export type Consent = z.infer<typeof consent>

const consents = z.object({ items: z.array(consent) })

export const listConsents = operation({
  id: 'listConsents',
  method: 'GET',
  path: '/api/parties/{partyId}/consents',
  summary: 'What a customer allows us to send them, by channel and purpose',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: consents,
})

export const myConsents = operation({
  id: 'myConsents',
  method: 'GET',
  path: '/api/member/consents',
  summary: 'What I allow, by channel and purpose',
  permission: 'member',
  reply: consents,
})

export const changeMyConsent = operation({
  id: 'changeMyConsent',
  method: 'POST',
  path: '/api/member/consents',
  summary: 'I allow something, or take it back; saying the same again changes nothing',
  permission: 'member',
  body: z.object({ channel, purpose, isGiven: z.boolean(), textVersion: z.string().min(1).max(40) }),
  reply: consents,
})

export const changeMyLanguage = operation({
  id: 'changeMyLanguage',
  method: 'PUT',
  path: '/api/member/language',
  summary: 'The language in which I want to be spoken to',
  permission: 'member',
  body: z.object({ language: z.enum(languages) }),
  reply: z.object({ language: z.enum(languages) }),
})
