import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { receive } from '#kernel/receivers/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Context } from './context.ts'

/** Orders with hundreds of lines stay below; what is larger is no order. */
const bodyLimit = 2 * 1024 * 1024

/** Where shop and payment systems send signed messages: the bytes as they came, because the signature is over them. */
export async function mountReceivers(app: FastifyInstance, { houses }: Context): Promise<void> {
  const doors: FastifyPluginAsync = async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))
    scope.addHook('onRequest', async request => {
      request.headers['content-type'] = 'application/octet-stream'
    })
    scope.post<{ Params: { receiverId: string } }>('/in/:receiverId', { compress: false }, async request => {
      const { receiverId } = request.params
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(receiverId)) {
        throw refuse('not-found', 'receivers:refusal.unknown')
      }
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const { outcome } = await receive(houses.business, receiverId, { headers: request.headers, body })
      return { received: true, outcome }
    })
  }
  await app.register(doors)
}
