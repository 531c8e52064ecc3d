import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { type AssistantTool, assistantDoor } from '#kernel/assistants/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { whoAsks } from './caller.ts'
import { type Context, houseOf, languageOfRequest } from './context.ts'
import { inspect } from './input.ts'

/** Where assistants find the house, by the Model Context Protocol. */
export const assistantPath = '/mcp'

/**
 * The door of assistants. Only an API key opens it, never a cookie: a web page that a member of staff happens to visit can then
 * ask nothing, and what an assistant may do is exactly what its key may.
 */
export function mountAssistants(app: FastifyInstance, context: Context, tools: readonly AssistantTool[]): void {
  const { houses, translator, version } = context
  const door = assistantDoor({ tools, translator, version })
  app.addHook('onClose', () => door.close())
  app.route({
    // Nothing is kept between requests, so there is no stream to open (GET) and no session to end (DELETE).
    method: ['POST', 'GET', 'DELETE'],
    url: assistantPath,
    compress: false,
    exposeHeadRoute: false,
    async onRequest(request) {
      if (request.headers.authorization === undefined) throw refuse('unauthenticated', 'http:refusal.key-needed')
      request.asker = await whoAsks(houses, request)
    },
    async handler(request, reply) {
      const { caller } = request.asker!
      const house = houseOf(houses, request, {})
      if (request.method === 'POST') inspect(request.body, 'body')
      const headers = new Headers()
      for (const name of ['content-type', 'accept', 'mcp-protocol-version', 'mcp-method', 'mcp-name']) {
        const value = request.headers[name]
        if (typeof value === 'string') headers.set(name, value)
      }
      const asked = new Request(`${request.protocol}://${request.host}${assistantPath}`, {
        method: request.method,
        headers,
        ...(request.method === 'POST' && { body: JSON.stringify(request.body) }),
      })
      const language = languageOfRequest(request)
      const answer = await door.answer(asked, request.body, { house, caller, language })
      reply.code(answer.status).header('cache-control', 'no-store')
      for (const [name, value] of answer.headers) reply.header(name, value)
      return reply.send(answer.body ? Readable.fromWeb(answer.body as never) : '')
    },
  })
}
