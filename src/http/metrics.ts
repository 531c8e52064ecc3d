import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { whyNotPermitted } from '#kernel/access/index.ts'
import type { Ingested } from '#kernel/events/index.ts'
import { queueDepth } from '#kernel/jobs/index.ts'
import { whoAsks } from './caller.ts'
import type { Context } from './context.ts'

export interface Metrics {
  ingested(counted: Ingested): void
}

/**
 * Figures for Prometheus at `/metrics`: routes by their pattern, never by the address that was asked for, so that no
 * customer's id becomes a label. Open to this machine; from elsewhere it takes an API key.
 */
export function mountMetrics(app: FastifyInstance, { houses }: Context): Metrics {
  const { business } = houses
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'guanxi_http_request_duration_seconds',
    help: 'How long requests took, by route',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  const events = new Counter({
    name: 'guanxi_events_ingested_total',
    help: 'Messages taken in by the ingest door, by what became of them',
    labelNames: ['outcome'],
    registers,
  })
  const queue: Gauge = new Gauge({
    name: 'guanxi_queue_jobs',
    help: 'Jobs that wait, and jobs that have failed for good',
    labelNames: ['state'],
    registers,
    async collect() {
      const depth = await queueDepth(business.database).catch(() => ({ waiting: Number.NaN, failing: Number.NaN }))
      queue.set({ state: 'waiting' }, depth.waiting)
      queue.set({ state: 'failing' }, depth.failing)
    },
  })

  app.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, route: routeOf(request), status: reply.statusCode }
    durations.observe(labels, reply.elapsedTime / 1000)
  })
  app.get('/metrics', { exposeHeadRoute: false }, async (request, reply) => {
    if (!isLoopback(request.ip)) {
      const refusal = whyNotPermitted((await whoAsks(houses, request)).caller, 'signed-in')
      if (refusal) throw refusal
    }
    return reply.type(registry.contentType).send(await registry.metrics())
  })
  return {
    ingested({ accepted, duplicates, problems }) {
      events.inc({ outcome: 'accepted' }, accepted)
      events.inc({ outcome: 'duplicate' }, duplicates)
      events.inc({ outcome: 'problem' }, problems)
    },
  }
}

/** The pattern of the route that answered, `/api/staff/:staffId`; one word for everything else. */
export function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'unknown'
}

export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
