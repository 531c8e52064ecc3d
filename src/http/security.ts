import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'
import { refuse } from '#kernel/refusal.ts'
import { changesSomething, isForeign } from './same-origin.ts'

const policy = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  // The design system sets sizes and colours through style attributes.
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
}

/** The same policy as text, with one script of ours allowed by its nonce: for the reference page only. */
export function policyWithNonce(nonce: string): string {
  return Object.entries({ ...policy, 'script-src': ["'self'", `'nonce-${nonce}'`] })
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join(';')
}

const oneYear = 'max-age=31536000'

/** Headers that tell browsers what not to do, and the refusal of what other sites make them do. */
export async function mountSecurity(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: policy },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: false,
  })
  app.addHook('onRequest', async (request, reply) => {
    // Said over http it is ignored, and said of this machine it would lock its owner out of http for a year.
    if (request.protocol === 'https' && !isThisMachine(request.hostname)) {
      reply.header('strict-transport-security', oneYear)
    }
    if (!changesSomething(request.method) || request.headers.authorization !== undefined) return
    // The ingest door takes no cookies, and web pages of other sites are meant to send to it.
    if (request.url.startsWith('/v1/')) return
    const { 'sec-fetch-site': secFetchSite, origin } = request.headers
    if (
      isForeign({
        secFetchSite: typeof secFetchSite === 'string' ? secFetchSite : undefined,
        origin,
        host: request.host,
      })
    ) {
      throw refuse('forbidden', 'http:refusal.foreign-origin')
    }
  })
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]' || hostname === '::1'
}
