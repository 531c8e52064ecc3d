import { PassThrough } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { whyNotPermitted } from '#kernel/access/index.ts'
import { whoAsks } from './caller.ts'
import { type Context, houseOf } from './context.ts'
import { listenLive } from './contract.ts'

/** Proxies close what is silent for 30 to 60 seconds. */
const heartbeatEvery = 20_000
/** Who reads this little is gone or stuck; they come back and ask for everything again. */
const unreadAtMost = 64 * 1024

/**
 * Tells open screens what has changed, as server-sent events. Announcements carry topics and no content, so nothing has
 * to be kept for those who were away: after a break a screen asks again for all that it shows. Each heartbeat looks
 * whether the session still lives.
 */
export function mountLive(app: FastifyInstance, context: Context): void {
  const { houses } = context
  const open = new Set<PassThrough>()
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end()
  })

  app.get(listenLive.path, { compress: false, exposeHeadRoute: false }, async (request, reply) => {
    const mayStill = async () => {
      const { caller } = await whoAsks(houses, request)
      return whyNotPermitted(caller, listenLive.permission)
    }
    const refusal = await mayStill()
    if (refusal) throw refusal
    const house = houseOf(houses, request, listenLive)

    const stream = new PassThrough()
    const say = (text: string) => {
      if (stream.writableLength > unreadAtMost) stream.destroy()
      else if (!stream.writableEnded) stream.write(text)
    }
    const stop = house.live.listen(topics => say(`data: ${JSON.stringify({ topics })}\n\n`))
    const heartbeat = setInterval(() => {
      mayStill().then(
        refusal => (refusal ? stream.end() : say(': still here\n\n')),
        () => say(': the database is away\n\n'),
      )
    }, heartbeatEvery)
    open.add(stream)
    stream.once('close', () => {
      clearInterval(heartbeat)
      stop()
      open.delete(stream)
    })
    say('retry: 2000\n\n')
    return reply
      .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
      .send(stream)
  })
}
