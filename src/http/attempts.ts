import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isKnownDevice } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import { refuse } from '#kernel/refusal.ts'
import { deviceToken } from './caller.ts'

const hour = 3_600_000

/**
 * Ten attempts an hour for one account, wherever they come from, and a hundred from one address. A browser in which the person has
 * come in before has ten of its own: whoever guesses elsewhere cannot shut them out. Counted before the password is looked at, so
 * that a hundred guesses at the same moment are not a hundred guesses.
 */
export function attemptBudget(app: FastifyInstance, business: House): (request: FastifyRequest) => Promise<void> {
  const allowed = (max: number, keyGenerator: (request: FastifyRequest) => string) =>
    app.createRateLimit({ max, timeWindow: hour, keyGenerator })
  const perAccount = allowed(10, request => `account ${digest(accountIn(request))}`)
  const perDevice = allowed(10, request => `device ${digest(deviceToken(request) ?? '')}`)
  const perAddress = allowed(100, request => `all from ${request.ip}`)
  return async request => {
    const device = deviceToken(request)
    const isKnown =
      request.asker?.signedIn !== undefined ||
      (device !== undefined && (await isKnownDevice(business, device, accountIn(request))))
    const isNamed = request.asker?.signedIn !== undefined || nameIn(request) !== undefined
    const budgets = isKnown && device !== undefined ? [perDevice] : isNamed ? [perAccount, perAddress] : [perAddress]
    for (const budget of budgets) {
      const state = await budget(request)
      if (!state.isAllowed && state.isExceeded) {
        throw refuse('too-many', 'access:refusal.too-many-attempts', { seconds: state.ttlInSeconds })
      }
    }
  }
}

/** Who is signed in already guesses at their own. */
const accountIn = (request: FastifyRequest) => request.asker?.signedIn?.staff.id ?? nameIn(request) ?? ''

function nameIn({ body }: FastifyRequest): string | undefined {
  const { email } = (body ?? {}) as { email?: unknown }
  return typeof email === 'string' ? email.trim().toLowerCase() : undefined
}

/** Memory keeps a digest, not an address book. */
const digest = (text: string) => createHash('sha256').update(text).digest('base64')
