import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as contract from '#kernel/access/contract.ts'
import {
  changeMe,
  followSignInLink,
  type NewSession,
  type Session,
  type SignedIn,
  signIn,
  signOut,
} from '#kernel/access/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { type Asker, sessionCookie, sessionToken } from './caller.ts'
import { type Context, worldOf } from './context.ts'
import { mount } from './mount.ts'

export const sessionOperations = [
  contract.readSession,
  contract.signIn,
  contract.followSignInLink,
  contract.signOut,
  contract.changeMe,
] as const

const hour = 3_600_000

/** Sessions are answered by the door itself, because a session is a cookie. */
export function mountSessions(app: FastifyInstance, context: Context): void {
  const { houses } = context
  const { business } = houses
  const refuseTooManyAttempts = attemptBudget(app)

  mount(app, context, contract.readSession, async ({ asker, request }) => describe(context, staffOnly(asker), request))

  mount(app, context, contract.signIn, async ({ body, request, reply }) => {
    await refuseTooManyAttempts(request)
    const session = await signIn(business, { ...body, replacing: sessionToken(request) })
    return begin(context, session, request, reply)
  })

  mount(app, context, contract.followSignInLink, async ({ body, request, reply, language }) => {
    const session = await followSignInLink(business, body.token, { language, replacing: sessionToken(request) })
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
}

function staffOnly(asker: Asker): SignedIn {
  if (!asker.signedIn) throw refuse('forbidden', 'access:refusal.staff-only')
  return asker.signedIn
}

function begin(context: Context, session: NewSession, request: FastifyRequest, reply: FastifyReply): Promise<Session> {
  const { name, options } = sessionCookie(request)
  reply.setCookie(name, session.token, options)
  return describe(context, session, request)
}

async function describe({ houses, version }: Context, me: SignedIn, request: FastifyRequest): Promise<Session> {
  const demo = houses.demo()
  const current = worldOf(request)
  const house = current === 'demo' && demo ? demo : houses.business
  const { id, name, email, role, language, passwordHash } = me.staff
  return {
    staff: { id, name, email, role, language, hasPassword: passwordHash !== null },
    permissions: [...me.caller.permissions],
    worlds: { current: house.name, demoLoaded: demo !== undefined },
    business: await house.settings.business(),
    version,
  }
}

/**
 * Ten attempts an hour for one account from one address, a hundred for one address. Counted by address too, so that a
 * stranger who guesses elsewhere cannot shut the owner out. Counted before the password is looked at, so that a hundred
 * guesses at the same moment are not a hundred guesses.
 */
function attemptBudget(app: FastifyInstance): (request: FastifyRequest) => Promise<void> {
  const perAccount = app.createRateLimit({
    max: 10,
    timeWindow: hour,
    keyGenerator: request => `${accountIn(request)} from ${request.ip}`,
  })
  const perAddress = app.createRateLimit({
    max: 100,
    timeWindow: hour,
    keyGenerator: request => `all from ${request.ip}`,
  })
  return async request => {
    for (const budget of [perAccount, perAddress]) {
      const state = await budget(request)
      if (!state.isAllowed && state.isExceeded) {
        throw refuse('too-many', 'access:refusal.too-many-attempts', { seconds: state.ttlInSeconds })
      }
    }
  }
}

/** Memory keeps a digest, not an address book. */
function accountIn(request: FastifyRequest): string {
  const { email } = (request.body ?? {}) as { email?: unknown }
  const account = request.asker?.signedIn?.staff.id ?? String(email).trim().toLowerCase()
  return createHash('sha256').update(account).digest('base64')
}
