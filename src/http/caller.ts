import type { FastifyRequest } from 'fastify'
import { type SignedIn, sessionLife, whoHolds, whoseKey } from '#kernel/access/index.ts'
import type { House } from '#kernel/house.ts'
import type { Caller } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'

/** Who asks, and how they showed it. */
export interface Asker {
  readonly caller: Caller
  readonly signedIn?: SignedIn
}

export const nobody: Asker = { caller: { kind: 'nobody' } }

/** With an Authorization header only the key in it counts; a wrong key is not made up for by a cookie. */
export async function whoAsks(business: House, request: FastifyRequest): Promise<Asker> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const caller = await whoseKey(business, keyIn(authorization) ?? '')
    if (!caller) throw refuse('unauthenticated', 'access:refusal.key-wrong')
    return { caller }
  }
  const token = sessionToken(request)
  const signedIn = token ? await whoHolds(business, token) : undefined
  return signedIn ? { caller: signedIn.caller, signedIn } : nobody
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
function cookieName(request: FastifyRequest): string {
  return request.protocol === 'https' ? '__Host-guanxi_session' : 'guanxi_session'
}

export function sessionToken(request: FastifyRequest): string | undefined {
  const token = request.cookies[cookieName(request)]
  return token && token.length <= 100 ? token : undefined
}

export function sessionCookie(request: FastifyRequest) {
  return {
    name: cookieName(request),
    options: {
      path: '/',
      httpOnly: true,
      sameSite: 'lax' as const,
      secure: request.protocol === 'https',
      maxAge: sessionLife / 1000,
    },
  }
}
