import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { answerAs, whyNotAtMerchant, whyNotPermitted } from '#kernel/access/index.ts'
import { keepRefused } from '#kernel/audit-log/index.ts'
import type { House } from '#kernel/house.ts'
import type { Language } from '#kernel/locale/index.ts'
import type { FileReply, Operation, Route, UploadedFile } from '#kernel/operation.ts'
import { once, type Reply } from '#kernel/replies/index.ts'
import { type Asker, nobody, sessionCookie, whoAsks } from './caller.ts'
import { type Context, houseOf, languageOfRequest } from './context.ts'
import { read } from './input.ts'
import { uploadIn } from './upload.ts'

export interface Asked<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly asker: Asker
  readonly language: Language
  readonly file?: UploadedFile
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** The world that was asked for, as the act is recorded there. */
  readonly house: House
}

/** Mounts what a room offers: its handler sees the house of the world that was asked for, and nothing of HTTP. */
export function mountRoute(app: FastifyInstance, context: Context, { operation, handle }: Route): void {
  mount(
    app,
    context,
    operation,
    ({ params, query, body, asker, language, file, request, house }) =>
      handle(house, {
        params,
        query,
        body,
        caller: asker.caller,
        language,
        ...(file && { file }),
        ...idempotencyKeyOf(request),
      } as never),
    request => houseOf(context.houses, request, operation),
  )
}

/**
 * Mounts one operation: first who asks and whether they may, then the input against the contract, then the answer, which
 * is held to the contract too. An answer that breaks it is a fault of ours (500), never sent half-right; what the
 * contract does not name is left out.
 */
export function mount<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  app: FastifyInstance,
  { houses }: Context,
  operation: Operation<P, Q, B, R>,
  answer: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<unknown>,
  houseFor: (request: FastifyRequest) => House = () => houses.business,
): void {
  const described = operation as unknown as Operation
  app.route({
    method: operation.method,
    url: operation.path.replace(/\{(\w+)\}/g, ':$1'),
    async onRequest(request, reply) {
      if (operation.permission === 'public') return
      request.asker = await whoAsks(houses, request, operation.permission, { mayRenew: true })
      const { newToken } = request.asker.signedIn ?? {}
      if (newToken !== undefined) {
        const { name, options } = sessionCookie(request)
        reply.setCookie(name, newToken, options)
      }
      const { caller } = request.asker
      const refusal = whyNotPermitted(caller, operation.permission) ?? whyNotAtMerchant(caller, operation.id)
      if (!refusal) return
      await keepRefused(houseFor(request), described, { caller, params: request.params }, refusal)
      throw refusal
    },
    async handler(request, reply) {
      const params = read(operation.params, request.params, 'params')
      const query = read(operation.query, request.query, 'query')
      const { file, fields } = operation.upload ? await uploadIn(request) : { file: undefined, fields: request.body }
      // No body at all is an empty one, so that a contract whose fields are all optional needs none.
      const body = read(operation.body, fields ?? {}, 'body')
      try {
        const asker = request.asker ?? nobody
        const language = languageOfRequest(request)
        const { caller } = asker
        const handle = (house: House) =>
          answer({
            params: params as z.output<P>,
            query: query as z.output<Q>,
            body: body as z.output<B>,
            asker,
            language,
            ...(file && { file }),
            request,
            reply,
            house,
          })
        const given = () =>
          answerAs(houseFor(request), { operation: described, handle }, { caller, params, query, body, language })
        const { idempotencyKey } = idempotencyKeyOf(request)
        if (!operation.once || idempotencyKey === undefined || caller.kind === 'nobody') {
          return send(reply, described, await given())
        }
        const named = {
          caller: `${caller.kind}:${caller.id}`,
          key: idempotencyKey,
          asked: [operation.id, params ?? null, query ?? null, body ?? null],
        }
        const {
          status,
          body: text,
          isRepeat,
        } = await once(houseFor(request), named, async () => answered(described, await given()))
        if (isRepeat) reply.header('idempotency-replayed', 'true')
        return sendAnswered(reply, { status, body: text })
      } finally {
        // What the handler left unread would keep the connection waiting.
        file?.stream.resume()
      }
    },
  })
}

/** At most as long as an API like Stripe's takes; anything else is no name. */
function idempotencyKeyOf({ headers }: FastifyRequest): { idempotencyKey?: string } {
  const given = headers['idempotency-key']
  return typeof given === 'string' && given.length > 0 && given.length <= 255 ? { idempotencyKey: given } : {}
}

async function send(reply: FastifyReply, operation: Operation, given: unknown): Promise<FastifyReply> {
  if (operation.format === 'csv') {
    const name = operation.path.split('/').at(-1)!
    reply.header('content-disposition', `attachment; filename="${name}"`)
    return reply.type('text/csv; charset=utf-8').send(Readable.from(given as AsyncIterable<string>))
  }
  if (operation.format === 'file') {
    const { name, sizeBytes, stream } = given as FileReply
    reply.header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    return reply.type('application/octet-stream').header('content-length', sizeBytes).send(stream)
  }
  const { status, body } = answered(operation, given)
  return sendAnswered(reply, { status: reply.statusCode === 200 ? status : reply.statusCode, body })
}

function answered(operation: Operation, given: unknown): Reply {
  if (given === undefined) return { status: 204, body: '' }
  return { status: operation.status ?? 200, body: JSON.stringify(given) }
}

function sendAnswered(reply: FastifyReply, { status, body }: Reply): FastifyReply {
  if (status === 204) return reply.code(204).send()
  return reply.code(status).type('application/json; charset=utf-8').send(body)
}
