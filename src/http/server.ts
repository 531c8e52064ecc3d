import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { AssistantTool } from '#kernel/assistants/index.ts'
import type { Translator } from '#kernel/locale/index.ts'
import { faultOf } from '#kernel/log.ts'
import type { Operation } from '#kernel/operation.ts'
import type { Room } from '#kernel/room.ts'
import { mountAssistants } from './assistants.ts'
import { type Context, type Houses, languageOfRequest } from './context.ts'
import { ingestOperations, listenLive, readHealth } from './contract.ts'
import { mountHealth } from './health.ts'
import { mountIngest } from './ingest.ts'
import { mountLive } from './live.ts'
import { memberSessionOperations, mountMemberSessions } from './member-session.ts'
import { mountMetrics, routeOf } from './metrics.ts'
import { mountRoute } from './mount.ts'
import { openApiDocument } from './openapi.ts'
import { answerTo, keyTaken } from './problem.ts'
import { mountReceivers } from './receive.ts'
import { mountReference } from './reference.ts'
import { mountSecurity } from './security.ts'
import { mountSessions, sessionOperations } from './session.ts'
import { mountWeb } from './web.ts'

export interface ServerOptions {
  readonly houses: Houses
  readonly rooms: readonly Room[]
  readonly translator: Translator
  readonly version: string
  /** The built web app; without it a page says how to build it. */
  readonly webFolder?: string
  /**
   * Whose `X-Forwarded-*` headers are believed (addresses, networks, `loopback`): they decide the client's address and
   * whether the connection counts as https. A reverse proxy on this machine is believed unless told otherwise.
   */
  readonly trustProxy?: string | string[] | boolean
  /** What assistants may ask for, by the Model Context Protocol. */
  readonly tools?: readonly AssistantTool[]
  /** Bytes of the largest file that may be uploaded. */
  readonly uploadLimit?: number
}

const megabyte = 1024 * 1024

/** The outer door, ready to listen. It knows the kernel and whatever rooms it is handed, and nothing of their matters. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { houses, rooms, translator, version } = options
  const { log, newId } = houses.business
  const context: Context = { houses, translator, version }
  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { problem, headers } = answerTo(error, {
      language: languageOfRequest(request),
      translator,
      faultId: request.id,
    })
    if (problem.status >= 500) {
      // The stack says where; messages of the database may quote a customer, so they stay out.
      log.error(
        { faultId: request.id, route: routeOf(request), code: problem.code, ...faultOf(error) },
        'request failed',
      )
    } else if (problem.code === keyTaken) {
      // Right for who asked, and a sign for us that a room has no sentence of its own for this case.
      log.warn({ route: routeOf(request), code: problem.code, ...faultOf(error) }, 'refused by a key of the database')
    }
    return reply
      .code(problem.status)
      .headers({ 'cache-control': 'no-store', ...headers })
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem))
  }
  const app = Fastify({
    logger: false,
    trustProxy: options.trustProxy ?? 'loopback',
    bodyLimit: megabyte,
    // Long enough for a large file over a slow line; an end, for those who send a byte a minute.
    requestTimeout: 30 * 60_000,
    routerOptions: { maxParamLength: 200 },
    genReqId: newId,
    // Addresses that cannot even be read, such as `/%ff`.
    frameworkErrors: answerError,
  })
  app.decorateRequest('asker', undefined)

  app.setErrorHandler(answerError)
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode: status, elapsedTime } = reply
    const fields = { method: request.method, route: routeOf(request), status, milliseconds: Math.round(elapsedTime) }
    log.info({ ...fields, requestId: request.id }, 'request')
  })

  await mountSecurity(app)
  await app.register(cookie)
  await app.register(compress, { threshold: 1024, globalDecompression: false, encodings: ['br', 'gzip'] })
  await app.register(rateLimit, { global: false })
  await app.register(multipart, {
    limits: { files: 1, fields: 20, fieldSize: 16 * 1024, fileSize: options.uploadLimit ?? 4096 * megabyte },
  })
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
  })

  const metrics = mountMetrics(app, context)
  mountHealth(app, context)
  mountSessions(app, context)
  mountMemberSessions(app, context)
  mountLive(app, context)
  await mountIngest(app, context, metrics)
  await mountReceivers(app, context)
  mountAssistants(app, context, options.tools ?? [])
  for (const route of rooms.flatMap(room => room.routes ?? [])) mountRoute(app, context, route)

  const operations = operationsOf(rooms)
  await mountReference(app, openApiDocument(operations, version))
  await mountWeb(app, { webFolder: options.webFolder, translator, operations })
  return app
}

/** Everything a client can ask for, the door's own operations first. */
export function operationsOf(rooms: readonly Room[]): Operation[] {
  const own = [
    readHealth,
    ...sessionOperations,
    ...memberSessionOperations,
    listenLive,
    ...ingestOperations,
  ] as unknown as Operation[]
  return [...own, ...rooms.flatMap(room => room.routes ?? []).map(route => route.operation)]
}
