import { randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { policyWithNonce } from './security.ts'

/**
 * The document at `/api/openapi.json` and a page to read it at `/api/docs`. The page is served whole from here and asks
 * no other host for anything; its one inline script is why it has a policy of its own.
 */
export async function mountReference(app: FastifyInstance, document: object): Promise<void> {
  const text = JSON.stringify(document)
  app.get('/api/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(text))

  const nonce = randomBytes(16).toString('base64')
  const { default: reference } = await import('@scalar/fastify-api-reference')
  const page: FastifyPluginAsync = async scope => {
    scope.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', policyWithNonce(nonce))
    })
    await scope.register(reference, {
      routePrefix: '/api/docs',
      configuration: {
        url: '/api/openapi.json',
        pageTitle: 'Guanxi API',
        nonce,
        withDefaultFonts: false,
        telemetry: false,
        hideClientButton: true,
        showDeveloperTools: 'never',
        agent: { disabled: true },
        mcp: { disabled: true },
      },
    })
  }
  await app.register(page)
}
