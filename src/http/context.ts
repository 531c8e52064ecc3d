import type { FastifyRequest } from 'fastify'
import type { House } from '#kernel/house.ts'
import { type Language, languageOf, type Translator } from '#kernel/locale/index.ts'
import type { Operation } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Asker } from './caller.ts'

export interface Houses {
  readonly business: House
  /** The demo world where it is loaded. */
  demo(): House | undefined
}

/** What every part of the door leans on. */
export interface Context {
  readonly houses: Houses
  readonly translator: Translator
  readonly version: string
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the body is read, so that a stranger cannot make us read a gigabyte. */
    asker: Asker | undefined
  }
}

/** The world that the client looks at: the header, or (for event streams, which have no headers) the query. */
export function worldOf(request: FastifyRequest): House['name'] {
  const asked = request.headers['guanxi-world'] ?? (request.query as { world?: unknown } | undefined)?.world
  if (asked === undefined || asked === '' || asked === 'business') return 'business'
  if (asked === 'demo') return 'demo'
  throw refuse('invalid', 'http:refusal.unknown-world')
}

export function houseOf(houses: Houses, request: FastifyRequest, operation: Pick<Operation, 'world'>): House {
  if (request.asker?.house) return request.asker.house
  if (operation.world === 'business' || worldOf(request) === 'business') return houses.business
  const demo = houses.demo()
  if (!demo) throw refuse('not-found', 'http:refusal.no-demo')
  return demo
}

/** What the client asks for comes first (the web app always does), then what the person chose. */
export function languageOfRequest(request: FastifyRequest): Language {
  return languageOf(request.headers['accept-language'], request.asker?.signedIn?.staff.language ?? 'en')
}
