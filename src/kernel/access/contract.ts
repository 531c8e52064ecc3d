import { z } from 'zod'
import { languages } from '../locale/languages.ts'
import { contact, operation, secret } from '../operation.ts'
import { permissions, roles } from './permissions.ts'
import { providerReturn } from './security-contract.ts'

export * from './member-contract.ts'
export * from './security-contract.ts'

const id = z.uuid()
const instant = z.iso.datetime()
const name = z.string().trim().max(120)
const email = z.email().max(254).toLowerCase()
/** Long enough to resist guessing, no rules of composition, never cut off: ASVS 5.0, 6.2. */
const password = secret(z.string().min(10).max(256))

const role = z.enum(roles)
const permission = z.enum(permissions)
const language = z.enum(languages)

/** What the web shell asks first: who am I, what may I do, in which world, for which business. */
export const session = z
  .object({
    staff: z.object({
      id,
      /** Empty until the first owner has told it. */
      name: z.string(),
      email: z.string().nullable(),
      role,
      language: language.nullable(),
      hasPassword: z.boolean(),
      /** The one merchant they work for; null for the whole business. */
      merchantId: z.string().nullable(),
      /** `missing`: their role asks for a second step, and nothing else opens until they have one. */
      secondStep: z.enum(['off', 'on', 'missing']),
    }),
    permissions: z.array(permission),
    worlds: z.object({ current: z.enum(['business', 'demo']), demoLoaded: z.boolean() }),
    business: z.object({ name: z.string(), currency: z.string(), zone: z.string(), language }),
    version: z.string(),
  })
  .meta({ id: 'Session' })

export type Session = z.infer<typeof session>

export const readSession = operation({
  id: 'readSession',
  method: 'GET',
  path: '/api/session',
  summary: 'Who is signed in, and what they may do',
  permission: 'signed-in',
  reply: session,
  refusals: ['access:refusal.sign-in-first'],
})

export const signIn = operation({
  id: 'signIn',
  method: 'POST',
  path: '/api/session',
  summary: 'Sign in with e-mail and password',
  permission: 'public',
  body: z.object({
    email: z.string().max(254),
    password: secret(z.string().max(256)),
    /** Six digits of the second step, or a recovery code; asked for by the refusal `code-needed`. */
    code: secret(z.string().max(40)).optional(),
  }),
  reply: session,
  refusals: ['access:refusal.wrong-sign-in', 'access:refusal.code-needed', 'access:refusal.too-many-attempts'],
})

export const followSignInLink = operation({
  id: 'followSignInLink',
  method: 'POST',
  path: '/api/session/link',
  summary: 'Sign in with a one-time link; the first one creates the owner',
  permission: 'public',
  body: z.object({ token: secret(z.string().max(100)), code: secret(z.string().max(40)).optional() }),
  reply: session,
  refusals: ['access:refusal.link-used', 'access:refusal.link-expired', 'access:refusal.link-unknown'],
})

export const finishProviderSignIn = operation({
  id: 'finishProviderSignIn',
  method: 'POST',
  path: '/api/session/provider/return',
  summary: 'Come in with what the provider sent back',
  permission: 'public',
  body: providerReturn,
  reply: session,
  refusals: ['access:refusal.provider-refused', 'access:refusal.provider-stranger'],
})

export const signOut = operation({
  id: 'signOut',
  method: 'DELETE',
  path: '/api/session',
  summary: 'Sign out',
  permission: 'public',
  reply: z.undefined(),
  status: 204,
})

export const changeMe = operation({
  id: 'changeMe',
  method: 'PATCH',
  path: '/api/session/me',
  summary: 'Change my own name, e-mail, language or password',
  permission: 'signed-in',
  body: z.object({
    name: name.min(1).optional(),
    email: email.optional(),
    language: language.optional(),
    password: password.optional(),
    /** Asked for when the session began with a password; a session begun by a link may set a new one without it. */
    currentPassword: z.string().max(256).optional(),
  }),
  reply: session,
  refusals: ['access:refusal.wrong-password', 'access:refusal.email-taken'],
})

export const staff = z
  .object({
    id,
    name: z.string(),
    email: contact(z.string().nullable()),
    role,
    merchantId: z.string().nullable(),
    language: language.nullable(),
    hasPassword: z.boolean(),
    hasSecondStep: z.boolean(),
    createdAt: instant,
    lastSeenAt: instant.nullable(),
    /** Set when the person no longer works here: they cannot sign in, what they did stays under their name. */
    removedAt: instant.nullable(),
  })
  .meta({ id: 'Staff' })

export type Staff = z.infer<typeof staff>

/** The path is completed with the address under which the reader reaches this server. */
const oneTimeLink = z
  .object({ token: secret(z.string()), path: secret(z.string()), expiresAt: instant })
  .meta({ id: 'OneTimeLink' })

export type OneTimeLink = z.infer<typeof oneTimeLink>

/** The token stands behind `#`, which browsers never send: it cannot end in a server's log or in a Referer header. */
export const signInPath = (token: string) => `/sign-in#${token}`

const staffParams = z.object({ staffId: id })

export const listStaff = operation({
  id: 'listStaff',
  method: 'GET',
  path: '/api/staff',
  summary: 'Everyone who works here, present and past',
  permission: 'staff.manage',
  reply: z.object({ items: z.array(staff) }),
  world: 'business',
})

/** Whom a task can be given to: names only, for everybody who is signed in. */
export const listColleagues = operation({
  id: 'listColleagues',
  method: 'GET',
  path: '/api/colleagues',
  summary: 'Names of the colleagues a task can be given to',
  permission: 'signed-in',
  reply: z.object({ items: z.array(z.object({ id, name: z.string(), role })) }),
  world: 'business',
})

export const inviteStaff = operation({
  id: 'inviteStaff',
  method: 'POST',
  path: '/api/staff',
  summary: 'Add a colleague; the answer holds a one-time link to hand over',
  permission: 'staff.manage',
  body: z.object({
    name: name.min(1),
    email: email.optional(),
    role,
    language: language.optional(),
    /** Needed for merchant staff, and for nobody else. */
    merchantId: z.string().min(1).max(60).optional(),
  }),
  reply: z.object({ staff, link: oneTimeLink }),
  status: 201,
  refusals: ['access:refusal.email-taken'],
  world: 'business',
})

export const changeStaff = operation({
  id: 'changeStaff',
  method: 'PATCH',
  path: '/api/staff/{staffId}',
  summary: 'Change a colleague, or remove (`active: false`) and readmit them',
  permission: 'staff.manage',
  params: staffParams,
  body: z.object({
    name: name.min(1).optional(),
    email: email.nullable().optional(),
    role: role.optional(),
    merchantId: z.string().min(1).max(60).nullable().optional(),
    active: z.boolean().optional(),
  }),
  reply: staff,
  refusals: ['access:refusal.last-owner', 'access:refusal.email-taken', 'access:refusal.staff-unknown'],
  world: 'business',
})

export const linkStaff = operation({
  id: 'linkStaff',
  method: 'POST',
  path: '/api/staff/{staffId}/link',
  summary: 'A new one-time sign-in link for a colleague; earlier ones end',
  permission: 'staff.manage',
  params: staffParams,
  reply: oneTimeLink,
  status: 201,
  refusals: ['access:refusal.staff-unknown'],
  world: 'business',
})

/** `server` is a secret of a server, a till, a program; `browser` stands in a web page, where anybody can read it. */
export const keyKind = z.enum(['server', 'browser'])
export type KeyKind = z.infer<typeof keyKind>

export const apiKey = z
  .object({
    keyId: id,
    name: z.string(),
    kind: keyKind,
    /** The part of the key that may be shown: it tells keys apart and opens nothing. */
    prefix: z.string(),
    permissions: z.array(permission),
    /** The one merchant it acts for; null for any. */
    merchantId: z.string().nullable(),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
    /** From then on it opens nothing. */
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'ApiKey' })

export type ApiKey = z.infer<typeof apiKey>

export const listKeys = operation({
  id: 'listKeys',
  method: 'GET',
  path: '/api/keys',
  summary: 'API keys, without their secrets',
  permission: 'keys.manage',
  reply: z.object({ items: z.array(apiKey) }),
  world: 'business',
})

export const createKey = operation({
  id: 'createKey',
  method: 'POST',
  path: '/api/keys',
  summary: 'Make an API key; its secret is shown this once',
  permission: 'keys.manage',
  body: z.object({
    name: name.min(1),
    kind: keyKind.default('server'),
    /** What a key of a server may do; one of a web page sends what is looked at, and holds none. */
    permissions: z.array(permission).max(permissions.length).default([]),
    merchantId: z.string().min(1).max(100).nullable().default(null),
    /** After so many days it ends by itself. */
    expiresInDays: z.int().min(1).max(3660).optional(),
  }),
  reply: z.object({ key: apiKey, secret: z.string() }),
  status: 201,
  refusals: ['access:refusal.more-than-own', 'access:refusal.key-may-nothing', 'access:refusal.browser-key-may-more'],
  world: 'business',
})

export const revokeKey = operation({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/api/keys/{keyId}',
  summary: 'Revoke an API key at once',
  permission: 'keys.manage',
  params: z.object({ keyId: id }),
  reply: z.undefined(),
  status: 204,
  refusals: ['access:refusal.key-unknown'],
  world: 'business',
})

export const replaceKey = operation({
  id: 'replaceKey',
  method: 'POST',
  path: '/api/keys/{keyId}/replacement',
  summary: 'A new key with the same rights; the old one goes on for some days, so that nothing stands still',
  permission: 'keys.manage',
  params: z.object({ keyId: id }),
  body: z.object({ overlapDays: z.int().min(0).max(90).default(7) }),
  reply: z.object({ key: apiKey, secret: z.string() }),
  status: 201,
  refusals: ['access:refusal.key-unknown'],
  world: 'business',
})
