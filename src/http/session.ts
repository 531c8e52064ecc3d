import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as contract from '#kernel/access/contract.ts'
import {
  beginProviderSignIn,
  beginSecondStep,
  changeMe,
  confirmSecondStep,
  endDevice,
  endOtherDevices,
  endSecondStep,
  finishProviderSignIn,
  followSignInLink,
  listDevices,
  type NewSession,
  readAccessSettings,
  rememberDevice,
  requirePassword,
  type Session,
  type SignedIn,
  signIn,
  signOut,
  staffOfDevice,
} from '#kernel/access/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { attemptBudget } from './attempts.ts'
import {
  type Asker,
  deviceCookie,
  deviceToken,
  providerCookie,
  providerToken,
  sessionCookie,
  sessionToken,
} from './caller.ts'
import { type Context, worldOf } from './context.ts'
import { deviceName } from './device-name.ts'
import { mount } from './mount.ts'

export const sessionOperations = [
  contract.readSession,
  contract.signIn,
  contract.followSignInLink,
  contract.signOut,
  contract.changeMe,
  contract.beginProviderSignIn,
  contract.finishProviderSignIn,
  contract.listMyDevices,
  contract.endMyDevice,
  contract.endOtherDevices,
  contract.beginSecondStep,
  contract.confirmSecondStep,
  contract.endSecondStep,
] as const

/** Sessions are answered by the door itself, because a session is a cookie. */
export function mountSessions(app: FastifyInstance, context: Context): void {
  const { houses } = context
  const { business } = houses
  const refuseTooManyAttempts = attemptBudget(app, business)

  mount(app, context, contract.readSession, async ({ asker, request }) => describe(context, staffOnly(asker), request))

  mount(app, context, contract.signIn, async ({ body, request, reply }) => {
    await refuseTooManyAttempts(request)
    const session = await signIn(business, { ...body, ...browserOf(request) })
    return begin(context, session, request, reply)
  })

  mount(app, context, contract.followSignInLink, async ({ body, request, reply, language }) => {
    if (body.code !== undefined) await refuseTooManyAttempts(request)
    const { code } = body
    const session = await followSignInLink(business, body.token, { language, code, ...browserOf(request) })
    return begin(context, session, request, reply)
  })

  mount(app, context, contract.signOut, async ({ request, reply }) => {
    const token = sessionToken(request)
    if (token) await signOut(business, token)
    const { name, options } = sessionCookie(request)
    reply.clearCookie(name, options)
    return undefined
  })

  mount(app, context, contract.changeMe, async ({ asker, body, request, reply }) => {
    const me = staffOnly(asker)
    if (body.password !== undefined) await refuseTooManyAttempts(request)
    const changed = await changeMe(business, me, body)
    return 'token' in changed ? begin(context, changed, request, reply) : describe(context, changed, request)
  })

  mount(app, context, contract.beginProviderSignIn, async ({ request, reply }) => {
    await refuseTooManyAttempts(request)
    const { address, browser } = await beginProviderSignIn(business, returnTo(request))
    const { name, options } = providerCookie(request)
    reply.setCookie(name, browser, options)
    return { address }
  })

  mount(app, context, contract.finishProviderSignIn, async ({ body, request, reply }) => {
    const asked = { ...browserOf(request), search: body.search, returnTo: returnTo(request) }
    const session = await finishProviderSignIn(business, { ...asked, browser: providerToken(request) })
    const { name, options } = providerCookie(request)
    reply.clearCookie(name, options)
    return begin(context, session, request, reply)
  })

  mount(app, context, contract.listMyDevices, ({ asker }) => listDevices(business, staffOnly(asker)))
  mount(app, context, contract.endMyDevice, async ({ asker, params }) => {
    await endDevice(business, staffOnly(asker), params.deviceId)
    return undefined
  })
  mount(app, context, contract.endOtherDevices, ({ asker }) => endOtherDevices(business, staffOnly(asker)))

  mount(app, context, contract.beginSecondStep, async ({ asker, body, request }) => {
    const me = staffOnly(asker)
    await refuseTooManyAttempts(request)
    await requirePassword(me, body.currentPassword)
    return beginSecondStep(business, me.staff)
  })
  mount(app, context, contract.confirmSecondStep, async ({ asker, body, request }) => {
    await refuseTooManyAttempts(request)
    return { recoveryCodes: await confirmSecondStep(business, staffOnly(asker).staff, body.code) }
  })
  mount(app, context, contract.endSecondStep, async ({ asker, body, request }) => {
    const { staff } = staffOnly(asker)
    await refuseTooManyAttempts(request)
    const { secondStepFor } = await readAccessSettings(business)
    if (secondStepFor.includes(staff.role)) throw refuse('conflict', 'access:refusal.second-step-required')
    await endSecondStep(business, staff, body.code)
    return undefined
  })
}

const browserOf = (request: FastifyRequest) => ({
  replacing: sessionToken(request),
  device: deviceName(request.headers['user-agent']),
})

/** The provider sends the browser back to the sign-in page of this very host. */
const returnTo = (request: FastifyRequest) => `${request.protocol}://${request.host}/sign-in`

function staffOnly(asker: Asker): SignedIn {
  if (!asker.signedIn) throw refuse('forbidden', 'access:refusal.staff-only')
  return asker.signedIn
}

async function begin(
  context: Context,
  session: NewSession,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Session> {
  const { business } = context.houses
  const { name, options } = sessionCookie(request)
  reply.setCookie(name, session.token, options)
  const known = deviceToken(request)
  if (!known || (await staffOfDevice(business.database, known))?.staffId !== session.staff.id) {
    const device = deviceCookie(request)
    reply.setCookie(device.name, await rememberDevice(business, session.staff.id), device.options)
  }
  return describe(context, session, request)
}

async function describe({ houses, version }: Context, me: SignedIn, request: FastifyRequest): Promise<Session> {
  const demo = houses.demo()
  const current = worldOf(request)
  const house = current === 'demo' && demo ? demo : houses.business
  const { id, name, email, role, language, merchantId, passwordHash } = me.staff
  return {
    staff: {
      id,
      name,
      email,
      role,
      language,
      merchantId,
      hasPassword: passwordHash !== null,
      secondStep: me.secondStep,
    },
    permissions: [...me.caller.permissions],
    worlds: { current: house.name, demoLoaded: demo !== undefined },
    business: await house.settings.business(),
    version,
  }
}
