import { promisify } from 'node:util'
import { gunzip as gunzipWithCallback } from 'node:zlib'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type KeyCaller, rememberingKeys, whyNotPermitted } from '#kernel/access/index.ts'
import { ingest } from '#kernel/events/index.ts'
import { refuse } from '#kernel/refusal.ts'
import { keyIn } from './caller.ts'
import type { Context } from './context.ts'
import { inspect } from './input.ts'
import type { Metrics } from './metrics.ts'

const gunzip = promisify(gunzipWithCallback)

/** Segment's own limits, so that its libraries cut their batches to fit. */
const batchLimit = 500 * 1024
const messageLimit = 32 * 1024

/** Full names and the short ones of Segment's browser library. */
const doors: Readonly<Record<string, 'batch' | 'track' | 'identify'>> = {
  '/v1/batch': 'batch',
  '/v1/b': 'batch',
  '/v1/track': 'track',
  '/v1/t': 'track',
  '/v1/identify': 'identify',
  '/v1/i': 'identify',
}

/**
 * The Segment interface. Libraries mislabel what they send (browsers as `text/plain`, to spare a preflight), so the
 * content type is not asked; the body is read once, looked through once and handed on. No contract is checked here: a
 * message that makes no sense must not cost the others of its batch, so the events room judges each and keeps the bad ones.
 */
export async function mountIngest(app: FastifyInstance, { houses }: Context, metrics: Metrics): Promise<void> {
  const whose = rememberingKeys(houses.business)
  const doorsOf: FastifyPluginAsync = async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: batchLimit }, (_request, body, done) =>
      done(null, body),
    )
    // Any web page may send with a key of its own: nothing here rides on a cookie.
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('access-control-allow-origin', '*')
      // A type that is no type at all would be refused before any parser is asked.
      request.headers['content-type'] = 'application/octet-stream'
    })
    for (const [url, kind] of Object.entries(doors)) {
      scope.options(url, async (_request, reply) =>
        reply
          .headers({ 'access-control-allow-headers': 'authorization, content-type', 'access-control-max-age': '86400' })
          .code(204)
          .send(),
      )
      scope.post(url, { compress: false }, async (request, reply) => {
        const early = request.headers.authorization
        // A key in the header is looked at before the body is unpacked; one in the body cannot be.
        const known = early === undefined ? undefined : await allowed(whose, keyIn(early))
        const envelope = await envelopeIn(request)
        const caller = known ?? (await allowed(whose, envelope.writeKey))
        const { messages, sentAt } = messagesIn(envelope, kind)
        const source = { sourceId: caller.id, kind: 'key' } as const
        const counted = await ingest(houses.business, source, messages, { sentAt, merchant: caller.merchantId })
        metrics.ingested(counted)
        return reply.type('application/json; charset=utf-8').send('{"success":true}')
      })
    }
  }
  await app.register(doorsOf)
}

async function allowed(whose: (key: string) => Promise<KeyCaller | undefined>, key: unknown): Promise<KeyCaller> {
  const caller = typeof key === 'string' ? await whose(key) : undefined
  if (!caller) throw refuse('unauthenticated', 'access:refusal.key-wrong')
  const refusal = whyNotPermitted(caller, 'events.write')
  if (refusal) throw refusal
  return caller
}

type Envelope = { readonly [name: string]: unknown }

async function envelopeIn(request: FastifyRequest): Promise<Envelope> {
  const text = textOf(await unpacked(request.body))
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refuse('invalid', 'http:refusal.bad-json')
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw refuse('invalid', 'http:refusal.not-a-message')
  }
  return parsed as Envelope
}

/** Gzip is told by its first two bytes: the header that should say so is often missing. */
async function unpacked(body: unknown): Promise<Buffer> {
  if (!Buffer.isBuffer(body)) throw refuse('invalid', 'http:refusal.bad-json')
  if (body[0] !== 0x1f || body[1] !== 0x8b) return body
  try {
    return await gunzip(body, { maxOutputLength: batchLimit })
  } catch (error) {
    const tooLarge = (error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE'
    throw tooLarge ? refuse('too-large', 'http:refusal.body-too-large') : refuse('invalid', 'http:refusal.bad-gzip')
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function textOf(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw refuse('invalid', 'http:refusal.bad-text')
  }
}

function messagesIn(envelope: Envelope, kind: 'batch' | 'track' | 'identify') {
  const { sentAt } = envelope
  if (kind !== 'batch') {
    const { writeKey: _, ...message } = envelope
    weigh(message, kind)
    return { messages: [{ ...message, type: kind }], sentAt }
  }
  const { batch } = envelope
  if (!Array.isArray(batch)) throw refuse('invalid', 'http:refusal.not-a-message')
  for (let index = 0; index < batch.length; index++) weigh(batch[index], `batch.${index}`)
  return { messages: batch, sentAt }
}

function weigh(message: unknown, path: string): void {
  if (inspect(message, path, { nul: 'keep' }) <= messageLimit) return
  throw refuse('too-large', 'http:refusal.message-too-large', {}, [{ path, code: 'http:refusal.message-too-large' }])
}
