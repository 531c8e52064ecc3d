import { z } from 'zod'
import { languages } from '#kernel/locale/languages.ts'
import { operation } from '#kernel/operation.ts'

/** By which way somebody may be written to. */
export const consentChannels = ['sms', 'email', 'wechat', 'phone'] as const
/** What for. What a contract needs (a receipt, a paid promise) asks no consent. */
export const consentPurposes = ['offers', 'reminders'] as const
/** Whether a yes had to be confirmed by the address itself, and was. */
export const confirmations = ['none', 'asked', 'confirmed'] as const

/** How we know: who heard it, and on what. An IP address is never kept. */
export const consentWays = ['card', 'in-person', 'phone', 'paper', 'message', 'import', 'api'] as const

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
  /** `asked` is a yes that still has to be confirmed by themselves (double opt-in) and permits nothing yet. */
  confirmation: z.enum(confirmations),
})
export type Consent = z.infer<typeof consent>

/** The wording that a yes would be said to today. */
const wording = z.object({ version: z.string(), en: z.string(), zh: z.string() })
export type Wording = z.infer<typeof wording>

const consents = z.object({ items: z.array(consent.extend({ wording })) })

export const listConsents = operation({
  id: 'listConsents',
  method: 'GET',
  path: '/api/parties/{partyId}/consents',
  summary: 'What a customer allows us to send them, by channel and purpose',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: consents,
})

/** One word of the log: what was said, by which wording, how we know. */
export const consentHistory = operation({
  id: 'consentHistory',
  method: 'GET',
  path: '/api/parties/{partyId}/consents/history',
  summary: 'Everything a customer ever said about what we may send them, newest first',
  permission: 'customers.read',
  params: z.object({ partyId: z.uuid() }),
  reply: z.object({
    items: z.array(
      z.object({
        consentId: z.uuid(),
        channel: z.string(),
        purpose: z.string(),
        isGiven: z.boolean(),
        confirmation: z.enum(confirmations),
        textVersion: z.string(),
        text: z.string().nullable(),
        language: z.string().nullable(),
        way: z.string().nullable(),
        by: z.string().nullable(),
        place: z.string().nullable(),
        at: z.iso.datetime(),
      }),
    ),
  }),
})

export const noteConsent = operation({
  id: 'noteConsent',
  method: 'POST',
  path: '/api/parties/{partyId}/consents',
  summary: 'Writes down what a customer told us they allow, or takes it back at once',
  permission: 'customers.write',
  params: z.object({ partyId: z.uuid() }),
  body: z.object({
    channel,
    purpose,
    isGiven: z.boolean(),
    way: z.enum(consentWays).default('in-person'),
    /** Where it was said: a shop, a page; never an address of a machine. */
    place: z.string().trim().max(80).optional(),
    /** In which language they read the wording. */
    language: z.enum(languages).optional(),
  }),
  reply: consents,
})

/** The wordings people agree to, each for ever under its name, and which channels ask for a second yes. */
export const consentSettings = z.object({
  texts: z
    .array(
      z.object({
        version: z.string().regex(/^[a-z0-9.-]{1,40}$/),
        fromOn: z.iso.date(),
        /** For which purpose and by which way it speaks; null is for all that have none of their own. */
        purpose: purpose.nullable().default(null),
        channel: channel.nullable().default(null),
        en: z.string().trim().min(1).max(2000),
        zh: z.string().trim().min(1).max(2000),
      }),
    )
    .min(1)
    .max(50)
    .default([
      {
        version: '2026-11',
        fromOn: '2026-11-01',
        purpose: null,
        channel: null,
        en: 'You may write to me this way. I can take this back at any time, and nothing I have earned depends on it.',
        zh: '可以用这种方式联系我。我随时可以收回，已有的权益不受影响。',
      },
    ]),
  doubleOptIn: z.array(channel).default([]),
})
export type ConsentSettings = z.infer<typeof consentSettings>

export const readConsentSettings = operation({
  id: 'readConsentSettings',
  method: 'GET',
  path: '/api/settings/consent',
  summary: 'The wordings of consent and the channels that need a second yes',
  permission: 'customers.read',
  reply: consentSettings,
})

export const changeConsentSettings = operation({
  id: 'changeConsentSettings',
  method: 'PUT',
  path: '/api/settings/consent',
  summary: 'Adds wordings; one that stands can never be changed or removed',
  permission: 'privacy.manage',
  body: consentSettings,
  reply: consentSettings,
  refusals: ['parties:refusal.consent-text-stands'],
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
  /** `textVersion` is the wording that was read: a yes to another than today's is refused, a no never is. */
  body: z.object({ channel, purpose, isGiven: z.boolean(), textVersion: z.string().min(1).max(40) }),
  reply: consents,
  refusals: ['parties:refusal.wording-changed'],
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
