import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { refuseUnlessDurable } from '#kernel/database/durability.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import type { Connection } from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import type { Log } from '#kernel/log.ts'
import { refuse } from '#kernel/refusal.ts'
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
    : withDatabase(connection, demoName(databaseOf(connection)))
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
    await checkDurability(connection, configuration)
    business = await open('business', connection)
    if (await exists(connection, demoConnection)) demo = await open('demo', demoConnection)
  } catch (error) {
    await close()
    throw error
  }

  return {
    business,
    demo: () => demo,
    async openDemo() {
      if (demo) return demo
      await createDatabase(connection, demoConnection)
      demo = await open('demo', demoConnection)
      return demo
    },
    async dropDemo() {
      const closing = demo
      demo = undefined
      await closing?.close()
      await dropDatabase(connection, demoConnection)
    },
    database: { adopted: embedded?.adopted ?? false, embedded: embedded !== undefined },
    close,
  }
}

async function checkDurability(connection: Connection, configuration: Configuration): Promise<void> {
  await withClient(connection, client =>
    refuseUnlessDurable(
      { query: async (sql, values) => (await client.query(sql, values as unknown[])).rows },
      { allowUnsafeDatabase: configuration.allowUnsafeDatabase },
    ),
  )
}

const demoName = (database: string) => `${database}_demo`

function databaseOf(connection: Connection): string {
  if (connection.database) return connection.database
  return connection.connectionString
    ? decodeURIComponent(new URL(connection.connectionString).pathname.slice(1)) || 'postgres'
    : 'guanxi'
}

function withDatabase(connection: Connection, database: string): Connection {
  if (!connection.connectionString) return { ...connection, database }
  const url = new URL(connection.connectionString)
  url.pathname = `/${encodeURIComponent(database)}`
  return { ...connection, connectionString: url.toString() }
}

async function withClient<T>(connection: Connection, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection)
  try {
    await client.connect()
  } catch (error) {
    throw Object.assign(refuse('unavailable', 'database:refusal.unreachable'), { cause: error })
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function exists(main: Connection, other: Connection): Promise<boolean> {
  return withClient(main, async client => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseOf(other)])
    return rowCount === 1
  })
}

async function createDatabase(main: Connection, other: Connection): Promise<void> {
  if (await exists(main, other)) return
  await withClient(main, async client => {
    try {
      await client.query(`create database ${pg.escapeIdentifier(databaseOf(other))} template template0 encoding 'UTF8'`)
    } catch (error) {
      if ((error as { code?: string }).code === '42501') throw refuse('forbidden', 'product:refusal.demo-database')
      throw error
    }
  })
}

async function dropDatabase(main: Connection, other: Connection): Promise<void> {
  await withClient(main, client =>
    client.query(`drop database if exists ${pg.escapeIdentifier(databaseOf(other))} with (force)`),
  )
}
