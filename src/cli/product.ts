import type { z } from 'zod'
import { permissions } from '#kernel/access/permissions.ts'
import { systemClock } from '#kernel/clock/index.ts'
import type { House } from '#kernel/house.ts'
import type { Operation } from '#kernel/operation.ts'
import { assert, refuse } from '#kernel/refusal.ts'
import { type Configuration, readConfiguration } from '#product/configuration.ts'
import { logTo } from '#product/logging.ts'
import { openProduct, type Product } from '#product/start.ts'
import type { Terminal } from './terminal.ts'

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean
  readonly data?: string
  readonly language?: string
  /** Look at the demo world instead of the business. */
  readonly demo?: boolean
}

export function configurationFor({ data }: CommonOptions, environment: NodeJS.ProcessEnv): Configuration {
  return readConfiguration({ ...environment, ...(data && { GUANXI_DATA: data }) })
}

/** Opens the product for one command and closes it again, whatever happens. */
export async function withProduct<T>(
  options: CommonOptions,
  work: (product: Product) => Promise<T>,
  { works = false }: { readonly works?: boolean } = {},
): Promise<T> {
  const configuration = configurationFor(options, process.env)
  const product = await openProduct({ configuration, log: logTo(configuration.log), works })
  try {
    return await work(product)
  } finally {
    await product.close()
  }
}

export function houseFor(product: Product, { demo }: CommonOptions): House {
  if (!demo) return product.business
  const found = product.demo()
  if (!found) throw refuse('not-found', 'cli:refusal.no-demo')
  return found
}

/**
 * Asks what a screen would ask, through the same contract, without a server in between. Whoever stands at the machine may
 * do everything.
 */
export async function ask<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  product: Product,
  house: House,
  terminal: Terminal,
  operation: Operation<P, Q, B, R>,
  input: {
    readonly params?: z.input<P>
    readonly query?: z.input<Q>
    readonly body?: z.input<B>
    readonly file?: object
  } = {},
): Promise<z.output<R>> {
  const route = product.rooms.flatMap(room => room.routes ?? []).find(each => each.operation.id === operation.id)
  assert(route, `a room answers ${operation.id}`)
  const reply = await route.handle(house, {
    params: operation.params?.parse(input.params ?? {}),
    query: operation.query?.parse(input.query ?? {}),
    body: operation.body?.parse(input.body ?? {}),
    caller: {
      kind: 'key',
      id: '00000000-0000-7000-8000-0000000000c1',
      name: 'guanxi',
      permissions: new Set(permissions),
    },
    language: terminal.language,
    ...(input.file && { file: input.file }),
  } as never)
  return operation.reply.parse(reply) as z.output<R>
}

/** Runs a room's job here and now, with its progress on the terminal, whether or not a server is running. */
export async function performHere(
  product: Product,
  house: House,
  terminal: Terminal,
  name: string,
  input: object = {},
): Promise<Readonly<Record<string, string | number>>> {
  const job = product.rooms.flatMap(room => room.jobs ?? []).find(each => each.name === name)
  assert(job, `a room defines the job ${name}`)
  const [room, title] = name.split('.')
  const label = terminal.t(`${room}:job.${title}`)
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop)
  try {
    const result = await job.run(house, job.input.parse(input) as never, {
      signal: stopping.signal,
      async report({ done, total, unit }) {
        terminal.progress(terminal.t('cli:progress', { label, ...amounts(done, total, terminal, unit) }))
      },
      async say() {},
    })
    terminal.progress(terminal.t('cli:progress-done', { label }), true)
    return result ?? {}
  } finally {
    process.off('SIGINT', stop)
  }
}

function amounts(done: number, total: number | undefined, terminal: Terminal, unit: string) {
  const format = new Intl.NumberFormat(terminal.language)
  return {
    amount: total === undefined ? format.format(done) : `${format.format(done)} / ${format.format(total)}`,
    unit: terminal.t(`cli:unit.${unit}`),
  }
}

export const clock = systemClock
