import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Translator } from '#kernel/locale/index.ts'
import type { Operation } from '#kernel/operation.ts'
import { refuse } from '#kernel/refusal.ts'
import { languageOfRequest } from './context.ts'

/**
 * The screens: built files, `card.html` for the card of a member, and `index.html` for every other address that the web app
 * knows by itself. Files with a hash in
 * their name never change, so browsers may keep them for a year; everything else is asked for again.
 */
export async function mountWeb(
  app: FastifyInstance,
  {
    webFolder,
    translator,
    operations,
  }: { webFolder: string | undefined; translator: Translator; operations: readonly Operation[] },
): Promise<void> {
  const isBuilt = webFolder !== undefined && existsSync(join(webFolder, 'index.html'))
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: webFolder,
      cacheControl: false,
      setHeaders(reply, path) {
        const hashed = path.includes(`${sep}assets${sep}`)
        void reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      },
    })
  }

  app.setNotFoundHandler((request, reply) => {
    if (!wantsPage(request)) throw notHere(request, reply, operations)
    if (isBuilt) {
      reply.sendFile(isCard(request) && existsSync(join(webFolder, 'card.html')) ? 'card.html' : 'index.html')
      return
    }
    // Plain text: it also reads well in a terminal.
    reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send(`${translator.t(languageOfRequest(request), 'http:web-not-built')}\n\n  npm run build\n`)
  })
}

/** The member card is a page of its own, light enough for a phone on a slow line. */
function isCard(request: FastifyRequest): boolean {
  return /^\/card(\/|$)/.test(request.url.split('?', 1)[0]!)
}

function wantsPage(request: FastifyRequest): boolean {
  const [path = ''] = request.url.split('?', 1)
  const isApi = /^\/(api|v1|metrics|assets)(\/|$)/.test(path)
  return !isApi && (request.method === 'GET' || request.method === 'HEAD')
}

/** 405 with what would be allowed where the address exists, else 404. */
function notHere(request: FastifyRequest, reply: FastifyReply, operations: readonly Operation[]): Error {
  const [path = ''] = request.url.split('?', 1)
  const methods = operations.filter(operation => fits(operation.path, path)).map(operation => operation.method)
  if (methods.length === 0) return refuse('not-found', 'http:refusal.no-such-address')
  reply.header('allow', [...new Set(methods)].join(', '))
  return Object.assign(new Error('method not allowed'), { statusCode: 405, code: 'GUANXI_METHOD' })
}

function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith('{') || part === given[index])
}
