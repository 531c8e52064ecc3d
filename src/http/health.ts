import type { FastifyInstance } from 'fastify'
import type { House } from '#kernel/house.ts'
import { queueDepth } from '#kernel/jobs/index.ts'
import type { Context } from './context.ts'
import { type Health, readHealth } from './contract.ts'
import { mount } from './mount.ts'

const patience = 2000

/** Whether the business can be served now; the demo world does not decide it. */
export async function healthOf(house: House, version: string): Promise<Health> {
  const [database, queue] = await Promise.all([
    answers(house.database.query('select 1')),
    answers(queueDepth(house.database)),
  ])
  return {
    status: database && queue ? 'ok' : 'unavailable',
    version,
    database: database ? 'ok' : 'unreachable',
    queue: queue ? 'ok' : 'unreachable',
  }
}

async function answers(question: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<false>(resolve => {
    timer = setTimeout(() => resolve(false), patience)
  })
  const outcome = await Promise.race([
    question.then(
      () => true,
      () => false,
    ),
    tooLate,
  ])
  clearTimeout(timer)
  return outcome
}

export function mountHealth(app: FastifyInstance, context: Context): void {
  mount(app, context, readHealth, async ({ reply }) => {
    const health = await healthOf(context.houses.business, context.version)
    reply.header('cache-control', 'no-store')
    if (health.status !== 'ok') reply.code(503)
    return health
  })
}
