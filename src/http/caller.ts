import type { FastifyRequest } from 'fastify'
import {
  cardSessionLife,
  knownDeviceLife,
  type SignedIn,
  sessionLife,
  whoHolds,
  whoseCard,
  whoseKey,
  worldOfToken,
} from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller, Operation } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Houses } from './context.ts'

/** Who asks, and how they showed it. */
export interface Asker {
  readonly caller: Caller
  readonly signedIn?: SignedIn
  /** The world in which a member's card was opened: it decides, whatever world the request names. */
  readonly house?: House
}

export const nobody: Asker = { caller: { kind: 'nobody' } }

/**
 * With an Authorization header only the key in it counts; a wrong key is not made up for by a cookie. Staff and members
 * have a cookie each, and an operation looks at one of them: a browser that holds both is never taken for the other.
 */
export async function whoAsks(
  houses: Houses,
  request: FastifyRequest,
  needed: Operation['permission'] = 'signed-in',
  { mayRenew = false }: { readonly mayRenew?: boolean } = {},
): Promise<Asker> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const caller = await whoseKey(houses.business, keyIn(authorization) ?? '')
    if (!caller) throw refuse('unauthenticated', 'access:refusal.key-wrong')
    return { caller }
  }
  if (needed === 'member') return memberWho(houses, request)
  const token = sessionToken(request)
  const signedIn = token ? await whoHolds(houses.business, token, { mayRenew }) : undefined
  return signedIn ? { caller: signedIn.caller, signedIn } : nobody
}

async function memberWho(houses: Houses, request: FastifyRequest): Promise<Asker> {
  const token = cardToken(request)
  const house = token === undefined ? undefined : houseOfCard(houses, token)
  const caller = house && (await whoseCard(house, token!))
  return caller ? { caller, house } : nobody
}

/** The world in which a card's token was made; undefined for a demo that is gone. */
export function houseOfCard(houses: Houses, token: string): House | undefined {
  return worldOfToken(token) === 'demo' ? houses.demo() : houses.business
}

/** `Bearer gx_…`, or Basic with the key as its name, the way Segment's libraries send a write key. */
export function keyIn(authorization: string): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value
    case 'basic':
      return Buffer.from(value, 'base64').toString('latin1').split(':', 1)[0]
    default:
      return undefined
  }
}

/** Under https the `__Host-` name, which browsers only take from this very host and only over https. */
function cookieName(request: FastifyRequest, name: string): string {
  return request.protocol === 'https' ? `__Host-${name}` : name
}

function tokenIn(request: FastifyRequest, name: string): string | undefined {
  const token = request.cookies[cookieName(request, name)]
  return token && token.length <= 100 ? token : undefined
}

function cookie(request: FastifyRequest, name: string, life: number) {
  return {
    name: cookieName(request, name),
    options: {
      path: '/',
      httpOnly: true,
      sameSite: 'lax' as const,
      secure: request.protocol === 'https',
      maxAge: life / 1000,
    },
  }
}

export const sessionToken = (request: FastifyRequest) => tokenIn(request, 'guanxi_session')
export const sessionCookie = (request: FastifyRequest) => cookie(request, 'guanxi_session', sessionLife)

export const cardToken = (request: FastifyRequest) => tokenIn(request, 'guanxi_card')
export const cardCookie = (request: FastifyRequest) => cookie(request, 'guanxi_card', cardSessionLife)

/** Opens nothing; only keeps the attempts of somebody's own browser apart from those of strangers. */
export const deviceToken = (request: FastifyRequest) => tokenIn(request, 'guanxi_device')
export const deviceCookie = (request: FastifyRequest) => cookie(request, 'guanxi_device', knownDeviceLife)

/** Ties a sign-in with the provider to the browser in which it began. */
export const providerToken = (request: FastifyRequest) => tokenIn(request, 'guanxi_provider')
export const providerCookie = (request: FastifyRequest) => cookie(request, 'guanxi_provider', 10 * 60_000)
