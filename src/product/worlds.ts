import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import {
  administer,
  type Connection,
  createDatabase,
  databaseExists,
  databaseOf,
  dropDatabase,
  refuseUnlessDurable,
  withDatabase,
} from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Log } from '#kernel/log.ts'
import type { Room } from '#kernel/room.ts'
import type { Configuration } from './configuration.ts'
import { type OpenHouse, openHouse } from './house.ts'

/**
 * The worlds of one installation: the business itself, and the demo world on a database of its own when it is loaded, so
 * that made-up customers can never reach a real total.
 */
export interface Worlds {
  readonly business: OpenHouse
  /** The demo world where it is loaded. */
  demo(): OpenHouse | undefined
  openDemo(): Promise<OpenHouse>
  dropDemo(): Promise<void>
  readonly database: { readonly adopted: boolean; readonly embedded: boolean }
  close(): Promise<void>
}

export async function openWorlds(options: {
  readonly configuration: Configuration
  readonly rooms: readonly Room[]
  readonly log: Log
  /** Whether this process runs jobs; a CLI that looks something up leaves them to the server. */
  readonly works: boolean
}): Promise<Worlds> {
  const { configuration, rooms, log, works } = options
  await mkdir(configuration.dataFolder, { recursive: true })
  const embedded = configuration.databaseUrl
    ? undefined
    : await startEmbedded({ dataFolder: configuration.dataFolder, log })
  const connection: Connection = configuration.databaseUrl
    ? { connectionString: configuration.databaseUrl }
    : embedded!.connection
  const demoConnection: Connection = configuration.demoDatabaseUrl
    ? { connectionString: configuration.demoDatabaseUrl }
    : withDatabase(connection, `${databaseOf(connection)}_demo`)
  let business: OpenHouse | undefined
  let demo: OpenHouse | undefined

  const open = async (name: House['name'], to: Connection) => {
    const folder = join(configuration.dataFolder, name)
    await mkdir(folder, { recursive: true })
    const house = await openHouse({
      name,
      connection: to,
      rooms,
      folder,
      log,
      connections: name === 'demo' ? 4 : configuration.connections,
      ...(configuration.language && { atFirst: { language: configuration.language } }),
    })
    if (works) await house.work()
    return house
  }

  const close = async () => {
    await demo?.close()
    await business?.close()
    await embedded?.stop()
  }

  try {
    await administer(connection, server =>
      refuseUnlessDurable(server, { allowUnsafeDatabase: configuration.allowUnsafeDatabase, log }),
    )
    business = await open('business', connection)
    if (await databaseExists(connection, databaseOf(demoConnection))) demo = await open('demo', demoConnection)
  } catch (error) {
    await close()
    throw error
  }

  return {
    business,
    demo: () => demo,
    async openDemo() {
      if (demo) return demo
      await createDatabase(connection, databaseOf(demoConnection))
      demo = await open('demo', demoConnection)
      return demo
    },
    async dropDemo() {
      const closing = demo
      demo = undefined
      await closing?.close()
      await dropDatabase(connection, databaseOf(demoConnection))
    },
    database: { adopted: embedded?.adopted ?? false, embedded: embedded !== undefined },
    close,
  }
}
