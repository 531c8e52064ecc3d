import { z } from 'zod'
import { operation, secret } from '../operation.ts'
import { roles } from './permissions.ts'

const id = z.uuid()
const instant = z.iso.datetime()
const code = secret(z.string().trim().min(6).max(40))

/** A browser in which I am signed in. */
export const device = z
  .object({
    deviceId: id,
    /** What the browser calls itself, in short: `Firefox · Windows`. */
    name: z.string().nullable(),
    begunBy: z.enum(['link', 'password', 'provider']),
    beganAt: instant,
    seenAt: instant,
    isThisOne: z.boolean(),
  })
  .meta({ id: 'Device' })

export type Device = z.infer<typeof device>

export const listMyDevices = operation({
  id: 'listMyDevices',
  method: 'GET',
  path: '/api/session/devices',
  summary: 'Where I am signed in',
  permission: 'signed-in',
  reply: z.object({ items: z.array(device) }),
})

export const endMyDevice = operation({
  id: 'endMyDevice',
  method: 'DELETE',
  path: '/api/session/devices/{deviceId}',
  summary: 'Sign me out on one device',
  permission: 'signed-in',
  params: z.object({ deviceId: id }),
  reply: z.undefined(),
  status: 204,
  refusals: ['access:refusal.device-unknown'],
})

export const endOtherDevices = operation({
  id: 'endOtherDevices',
  method: 'DELETE',
  path: '/api/session/devices',
  summary: 'Sign me out everywhere but here',
  permission: 'signed-in',
  reply: z.object({ ended: z.int() }),
})

export const beginSecondStep = operation({
  id: 'beginSecondStep',
  method: 'POST',
  path: '/api/session/second-step',
  summary: 'A new secret for my authenticator app; it counts once a code of it has been confirmed',
  permission: 'signed-in',
  body: z.object({ currentPassword: secret(z.string().max(256)).optional() }),
  reply: z.object({ secret: z.string(), address: z.string() }),
  status: 201,
  refusals: ['access:refusal.wrong-password', 'access:refusal.second-step-on'],
})

export const confirmSecondStep = operation({
  id: 'confirmSecondStep',
  method: 'PUT',
  path: '/api/session/second-step',
  summary: 'Turn my second step on with a code of the app; the answer holds recovery codes, shown this once',
  permission: 'signed-in',
  body: z.object({ code }),
  reply: z.object({ recoveryCodes: z.array(z.string()) }),
  refusals: ['access:refusal.code-wrong'],
})

export const endSecondStep = operation({
  id: 'endSecondStep',
  method: 'DELETE',
  path: '/api/session/second-step',
  summary: 'Turn my second step off, with a code of it',
  permission: 'signed-in',
  body: z.object({ code }),
  reply: z.undefined(),
  status: 204,
  refusals: ['access:refusal.code-wrong', 'access:refusal.second-step-required'],
})

export const resetSecondStep = operation({
  id: 'resetSecondStep',
  method: 'DELETE',
  path: '/api/staff/{staffId}/second-step',
  summary: 'Take the second step from a colleague who lost their phone; they are signed out everywhere',
  permission: 'staff.manage',
  params: z.object({ staffId: id }),
  reply: z.undefined(),
  status: 204,
  refusals: ['access:refusal.staff-unknown'],
  world: 'business',
})

/** How staff come in, and how long they stay. */
export const accessSettings = z.object({
  /** A session ends after so many hours of silence, and after so many days in any case. */
  idleHours: z.int().min(1).max(168).default(12),
  lifeDays: z.int().min(1).max(30).default(30),
  /** Who must have a second step. */
  secondStepFor: z.array(z.enum(roles)).default([]),
})

export type AccessSettings = z.infer<typeof accessSettings>

export const readAccessSettings = operation({
  id: 'readAccessSettings',
  method: 'GET',
  path: '/api/settings/access',
  summary: 'How long sessions last, and who needs a second step',
  permission: 'staff.manage',
  reply: accessSettings,
  world: 'business',
})

export const changeAccessSettings = operation({
  id: 'changeAccessSettings',
  method: 'PUT',
  path: '/api/settings/access',
  summary: 'Change how long sessions last, and who needs a second step',
  permission: 'staff.manage',
  body: accessSettings,
  reply: accessSettings,
  refusals: ['access:refusal.second-step-own-first'],
  world: 'business',
})

const provider = z.object({
  isOn: z.boolean(),
  /** Its address, under which it says how to sign in (OpenID Connect Discovery). */
  issuer: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(300)]),
  clientId: z.string().trim().max(300),
  /** What the button on the sign-in page says. */
  name: z.string().trim().max(60),
  /** Only e-mail addresses of these domains may come in. */
  domains: z.array(z.string().trim().toLowerCase().max(200)).max(50),
  /** The claim that says who somebody is here, and what each of its values means. */
  roleClaim: z.string().trim().max(100),
  rolesByClaim: z.record(z.string().max(200), z.enum(roles)),
  /** For whom nobody made an account yet; null lets only known colleagues in. */
  roleForNew: z.enum(roles).exclude(['owner', 'merchant-staff']).nullable(),
})

export const providerSettings = provider.extend({ hasSecret: z.boolean() })

export type ProviderSettings = z.infer<typeof providerSettings>

export const readProvider = operation({
  id: 'readProvider',
  method: 'GET',
  path: '/api/settings/sign-in-provider',
  summary: 'The OpenID Connect provider with which staff may sign in',
  permission: 'staff.manage',
  reply: providerSettings,
  world: 'business',
})

export const changeProvider = operation({
  id: 'changeProvider',
  method: 'PUT',
  path: '/api/settings/sign-in-provider',
  summary: 'Set the OpenID Connect provider; without a secret, the one it has stays',
  permission: 'staff.manage',
  body: provider.extend({ clientSecret: secret(z.string().min(1).max(500)).optional() }),
  reply: providerSettings,
  refusals: ['access:refusal.provider-unreachable', 'access:refusal.provider-incomplete'],
  world: 'business',
})

export const readProviderButton = operation({
  id: 'readProviderButton',
  method: 'GET',
  path: '/api/session/provider',
  summary: 'Whether one can sign in with a provider, and what it is called',
  permission: 'public',
  reply: z.object({ name: z.string().nullable() }),
  world: 'business',
})

export const beginProviderSignIn = operation({
  id: 'beginProviderSignIn',
  method: 'POST',
  path: '/api/session/provider',
  summary: 'Where to go to sign in with the provider; it sends the browser back to /sign-in',
  permission: 'public',
  body: z.object({}),
  reply: z.object({ address: z.string() }),
  refusals: ['access:refusal.provider-off', 'access:refusal.provider-unreachable'],
})

/** Answered with the session, like every way in; its shape stands beside the others (`contract.ts`). */
export const providerReturn = z.object({
  /** The query with which the provider sent the browser back, as it stands: `?code=…&state=…`. */
  search: secret(z.string().max(4000)),
})
