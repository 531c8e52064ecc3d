import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { type KeyCaller, rememberingKeys, whyNotPermitted } from '#kernel/access/index.ts'
import { ingest, Unreadable } from '#kernel/events/index.ts'
import { Refusal, refuse } from '#kernel/refusal.ts'
import { bodyLimit, textOf, unpacked } from './body.ts'
import { keyIn } from './caller.ts'
import type { Context } from './context.ts'
import { inspect } from './input.ts'
import type { Metrics } from './metrics.ts'
import { segmentSettings } from './segment-settings.ts'

/** Segment's own limit for one message; that of a batch is `bodyLimit`. */
const messageLimit = 32 * 1024

const types = ['identify', 'track', 'page', 'screen', 'group', 'alias', 'batch'] as const

type Door = (typeof types)[number]

/** Full names and the one-letter ones of Segment's browser library, which are the first letter of each. */
const doors: readonly (readonly [string, Door])[] = types.flatMap(type => [
  [`/v1/${type}`, type] as const,
  [`/v1/${type[0]}`, type] as const,
])

/**
 * The Segment interface. Libraries mislabel what they send (browsers as `text/plain`, to spare a preflight; RudderStack's as a
 * form), so the content type is not asked; the body is read once, looked through once and handed on. No contract is checked
 * here: a message that makes no sense must not cost the others of its batch, so the events room judges each and keeps the bad ones.
 */
export async function mountIngest(app: FastifyInstance, { houses }: Context, metrics: Metrics): Promise<void> {
  const whose = rememberingKeys(houses.business)
  const doorsOf: FastifyPluginAsync = async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))
    // Any web page may send with a key of its own: nothing here rides on a cookie.
    scope.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' })
      // A type that is no type at all would be refused before any parser is asked.
      request.headers['content-type'] = 'application/octet-stream'
    })
    scope.get<{ Params: { key: string } }>('/v1/projects/:key/settings', async (request, reply) => {
      await allowed(whose, request.params.key, request)
      reply.header('cache-control', 'public, max-age=300')
      return segmentSettings(request.params.key, `${request.protocol}://${request.host}`)
    })
    for (const [url, door] of doors) {
      scope.options(url, async (request, reply) => reply.headers(preflight(request)).code(204).send())
      scope.post(url, { compress: false }, async (request, reply) => {
        const early = request.headers.authorization
        // A key in the header is looked at before the body is unpacked; one in the body cannot be.
        const known = early === undefined ? undefined : await allowed(whose, keyIn(early), request)
        let text = ''
        let envelope: Envelope
        try {
          text = textOf(await unpacked(request))
          envelope = envelopeIn(text)
        } catch (error) {
          // The sender is told and gives up: then this is the only copy, so what can be read of it is kept.
          const kept = text || rawText(request)
          if (known && kept && error instanceof Refusal) await take(known, [unreadable(error, kept)], undefined)
          throw error
        }
        const caller = known ?? (await allowed(whose, writeKeyIn(envelope), request))
        await take(caller, messagesIn(envelope, door, text), envelope.sentAt)
        return reply.type('application/json; charset=utf-8').send('{"success":true}')
      })
    }
  }
  await app.register(doorsOf)

  async function take(caller: KeyCaller, messages: readonly unknown[], sentAt: unknown): Promise<void> {
    const source = { sourceId: caller.id, kind: caller.keyKind === 'browser' ? 'browser' : 'key' } as const
    metrics.ingested(await ingest(houses.business, source, messages, { sentAt, merchant: caller.merchantId }))
  }
}

/** Whatever header a browser library wants to send (`X-Retry-Count` of Segment's, `AnonymousId` of RudderStack's), it may. */
function preflight({ headers }: FastifyRequest): Record<string, string> {
  const asked = headers['access-control-request-headers'] ?? ''
  return {
    'access-control-allow-methods': 'POST, GET',
    'access-control-allow-headers': /^[\w\-, ]{1,500}$/.test(asked) ? asked : 'authorization, content-type',
    'access-control-max-age': '86400',
    vary: 'access-control-request-headers',
  }
}

async function allowed(
  whose: (key: string) => Promise<KeyCaller | undefined>,
  key: unknown,
  { headers }: FastifyRequest,
): Promise<KeyCaller> {
  const caller = typeof key === 'string' ? await whose(key) : undefined
  if (!caller) throw refuse('unauthenticated', 'access:refusal.key-wrong')
  if (caller.keyKind === 'browser') return caller
  const refusal = whyNotPermitted(caller, 'events.write')
  if (refusal) throw refusal
  // Whoever opens a web page can read its key: one with which orders can be sent has no business there.
  if (headers.origin !== undefined) throw refuse('forbidden', 'http:refusal.key-in-page')
  return caller
}

type Envelope = { readonly [name: string]: unknown }

const isObject = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function envelopeIn(text: string): Envelope {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw refuse('invalid', 'http:refusal.bad-json')
  }
  if (!isObject(parsed) || ('batch' in parsed && !Array.isArray(parsed.batch))) {
    throw refuse('invalid', 'http:refusal.not-a-message')
  }
  return parsed
}

/** In the envelope, or in the first message that has one. */
function writeKeyIn({ writeKey, batch }: Envelope): unknown {
  if (writeKey !== undefined || !Array.isArray(batch)) return writeKey
  return batch.find(message => isObject(message) && message.writeKey !== undefined)?.writeKey
}

function messagesIn(envelope: Envelope, door: Door, text: string): readonly unknown[] {
  if (door !== 'batch') {
    const { writeKey: _, ...message } = envelope
    return [weighed({ ...message, type: door }, text)]
  }
  const { batch, context } = envelope
  if (!Array.isArray(batch)) throw refuse('invalid', 'http:refusal.not-a-message')
  return batch.map(message => {
    const fit = weighed(message, text)
    if (!isObject(context) || !isObject(fit) || fit instanceof Unreadable) return fit
    // What is said once for the whole batch holds for each of its messages, unless that says otherwise.
    return weighed({ ...fit, context: { ...context, ...(isObject(fit.context) && fit.context) } }, text)
  })
}

/** The message, or what is kept of it when it is too large or nothing that an honest library sends. */
function weighed(message: unknown, text: string): unknown {
  try {
    if (inspect(message, 'message', { nul: 'keep' }) <= messageLimit) return message
    return new Unreadable(written(message, text), 'events:problem.too-large')
  } catch (error) {
    if (error instanceof Refusal) return unreadable(error, written(message, text))
    throw error
  }
}

function unreadable({ code }: Refusal, text: string): Unreadable {
  const reason = code.split('.').at(-1)!
  return new Unreadable(text, `events:problem.${kept.has(reason) ? reason : 'bad-json'}`)
}

const kept = new Set(['bad-json', 'not-a-message', 'bad-text', 'bad-key', 'too-deep'])

/** JSON of a message; the whole body where it is nested too deeply to be written. */
function written(message: unknown, text: string): string {
  try {
    return JSON.stringify(message) ?? text
  } catch {
    return text
  }
}

const rawText = ({ body }: FastifyRequest) =>
  Buffer.isBuffer(body) ? body.subarray(0, 32 * 1024).toString('utf8') : ''
