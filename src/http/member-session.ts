import { createHash } from 'node:crypto'
import { setTimeout as rest } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as contract from '#kernel/access/contract.ts'
import {
  askForCardCode,
  closeCard,
  codeMinutes,
  followCardLink,
  type OpenedCard,
  signInWithCardCode,
} from '#kernel/access/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { cardCookie, cardToken, houseOfCard } from './caller.ts'
import { type Context, houseOf } from './context.ts'
import { mount } from './mount.ts'

export const memberSessionOperations = [
  contract.followCardLink,
  contract.askForCardCode,
  contract.signInWithCardCode,
  contract.closeCard,
] as const

const hour = 3_600_000
/** Asking for a code takes at least so long, so that the time tells nobody whom we know. */
const askingTakes = 250

/** Members open their card here: with a link that they were given, or with a code that they were told. */
export function mountMemberSessions(app: FastifyInstance, context: Context): void {
  const { houses } = context
  // Behind one address may be a whole shop's guests, so an address may do more than one identifier.
  const asking = budget(app, 'card code', { perIdentifier: 5, perAddress: 60 })
  const trying = budget(app, 'card try', { perIdentifier: 20, perAddress: 120 })

  const opened = async (card: OpenedCard, request: FastifyRequest, reply: FastifyReply) => {
    await leave(request)
    const { name, options } = cardCookie(request)
    reply.setCookie(name, card.token, options)
    return { opened: true as const }
  }
  const leave = async (request: FastifyRequest) => {
    const held = cardToken(request)
    const house = held === undefined ? undefined : houseOfCard(houses, held)
    if (house) await closeCard(house, held!)
  }

  mount(app, context, contract.followCardLink, async ({ body, request, reply }) => {
    await trying(request)
    const house = houseOfCard(houses, body.token)
    if (!house) throw refuse('unauthenticated', 'access:refusal.card-link-unknown')
    return opened(await followCardLink(house, body.token), request, reply)
  })

  mount(app, context, contract.askForCardCode, async ({ body, request }) => {
    await asking(request, body.identifier)
    const house = houseOf(houses, request, contract.askForCardCode)
    await Promise.all([askForCardCode(house, body.identifier), rest(askingTakes)])
    return { minutes: codeMinutes }
  })

  mount(app, context, contract.signInWithCardCode, async ({ body, request, reply }) => {
    await trying(request, body.identifier)
    const house = houseOf(houses, request, contract.signInWithCardCode)
    return opened(await signInWithCardCode(house, body), request, reply)
  })

  mount(app, context, contract.closeCard, async ({ request, reply }) => {
    await leave(request)
    const { name, options } = cardCookie(request)
    reply.clearCookie(name, options)
    return undefined
  })
}

/** So many an hour, counted before anything is looked at; known and unknown identifiers count alike. */
function budget(
  app: FastifyInstance,
  name: string,
  most: { readonly perIdentifier: number; readonly perAddress: number },
): (request: FastifyRequest, identifier?: string) => Promise<void> {
  const perAddress = app.createRateLimit({
    max: most.perAddress,
    timeWindow: hour,
    keyGenerator: request => `${name} from ${request.ip}`,
  })
  const perIdentifier = app.createRateLimit({
    max: most.perIdentifier,
    timeWindow: hour,
    keyGenerator: request => `${name} for ${identifierIn(request)}`,
  })
  return async (request, identifier) => {
    for (const limit of identifier === undefined ? [perAddress] : [perAddress, perIdentifier]) {
      const state = await limit(request)
      if (!state.isAllowed && state.isExceeded) {
        throw refuse('too-many', 'access:refusal.card-too-many', { seconds: state.ttlInSeconds })
      }
    }
  }
}

/** Memory keeps a digest, not an address book; spaces and dashes do not make another identifier. */
function identifierIn(request: FastifyRequest): string {
  const { identifier } = (request.body ?? {}) as { identifier?: unknown }
  const text = String(identifier)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s()-]/g, '')
  return createHash('sha256').update(text).digest('base64')
}
