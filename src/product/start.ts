import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { demoRoom } from '#demo/room.ts'
import { createServer } from '#http/index.ts'
import { loadWords, type Translator, translatorFor, wordFolders } from '#kernel/locale/index.ts'
import type { Log } from '#kernel/log.ts'
import type { Room } from '#kernel/room.ts'
import type { Configuration } from './configuration.ts'
import { rooms } from './rooms.ts'
import { tools } from './tools.ts'
import { version } from './version.ts'
import { openWorlds, type Worlds } from './worlds.ts'

/** Guanxi opened on its data: for the server, and for each command of the command line. */
export interface Product extends Worlds {
  readonly rooms: readonly Room[]
  readonly translator: Translator
}

/** Opens the worlds with every room, the demo's own among them. */
export async function openProduct(options: {
  readonly configuration: Configuration
  readonly log: Log
  readonly works: boolean
}): Promise<Product> {
  let worlds: Worlds | undefined
  const all = [...rooms, demoRoom(() => worlds!)]
  worlds = await openWorlds({ ...options, rooms: all })
  return { ...worlds, rooms: all, translator: productTranslator() }
}

/** The words of every room: `src` in development, `dist` when built; the layout below is the same. */
export function productTranslator(): Translator {
  return translatorFor(loadWords(wordFolders(new URL('../', import.meta.url))))
}

export interface RunningServer {
  readonly url: string
  close(): Promise<void>
}

/** Opens the door. It closes before the worlds do, so that what is being answered still finds its database. */
export async function serve(product: Product, configuration: Configuration): Promise<RunningServer> {
  const webFolder = fileURLToPath(new URL('../../web/dist/', import.meta.url))
  const server = await createServer({
    houses: product,
    rooms: product.rooms,
    translator: product.translator,
    version,
    tools,
    trustProxy: [...configuration.trustedProxies],
    ...(existsSync(webFolder) && { webFolder }),
  })
  await server.listen({ host: configuration.host, port: configuration.port })
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : configuration.port
  const host = configuration.host === '0.0.0.0' || configuration.host === '::' ? '127.0.0.1' : configuration.host
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close: () => server.close() }
}
