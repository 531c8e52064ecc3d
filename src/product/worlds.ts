import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { EmptyWorld } from '#demo/room.ts'
import { movableClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import {
  administer,
  type Connection,
  createDatabase,
  databaseExists,
  databaseOf,
  dropDatabase,
  refuseUnlessDurable,
  renameDatabase,
  withDatabase,
} from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { performNow } from '#kernel/jobs/index.ts'
import { faultOf, type Log } from '#kernel/log.ts'
import type { Room } from '#kernel/room.ts'
import type { Configuration } from './configuration.ts'
import { type OpenHouse, openHouse } from './house.ts'

/** Fills bytes; for ids that come out the same every time. */
type Chance = (bytes: Uint8Array) => Uint8Array

interface Filling {
  readonly clock: EmptyWorld['clock']
  readonly chance: Chance
}

/**
 * The worlds of one installation: the business itself, and the demo world on a database of its own when it is loaded, so
 * that made-up customers can never reach a real total.
 */
export interface Worlds {
  readonly business: OpenHouse
  /** The demo world where it is loaded. */
  demo(): OpenHouse | undefined
  /** Makes the demo's database and lets it be filled; nobody sees it before it is full. */
  openDemo(fill: (world: EmptyWorld) => Promise<void>, chance: Chance): Promise<void>
  dropDemo(): Promise<void>
  readonly database: { readonly adopted: boolean; readonly embedded: boolean }
  close(): Promise<void>
}

export async function openWorlds(options: {
  readonly configuration: Configuration
  readonly rooms: readonly Room[]
  readonly log: Log
  /** Whether this process runs jobs; a command that looks something up leaves them to the server. */
  readonly works: boolean
}): Promise<Worlds> {
  const { configuration, rooms, log, works } = options
  const { dataFolder } = configuration
  await mkdir(dataFolder, { recursive: true })
  let embedded = configuration.databaseUrl ? undefined : await startEmbedded({ dataFolder, log })
  const connection: Connection = { ...(embedded?.connection ?? { connectionString: configuration.databaseUrl! }) }
  const demoConnection = withDatabase(connection, `${databaseOf(connection)}_demo`)
  const demoName = databaseOf(demoConnection)
  const fillingName = `${demoName}_filling`

  const open = async (name: House['name'], to: Connection, filling?: Filling) => {
    const folder = join(dataFolder, name)
    // Uploaded files are customers; other accounts of this machine may pass through the data folder but not look in here.
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return openHouse({
      name,
      connection: to,
      rooms,
      folder,
      log,
      importRoots: configuration.importRoots,
      connections: name === 'demo' ? 4 : configuration.connections,
      ...filling,
      ...(configuration.language && { atFirst: { language: configuration.language } }),
    })
  }

  let business: OpenHouse | undefined
  let demo: OpenHouse | undefined
  let looking = Promise.resolve()
  let closed = false

  /** Another process may have loaded or dropped the demo; one look at a time. */
  const lookForDemo = () => {
    // A look that failed is no reason not to look again.
    looking = looking
      .catch(() => {})
      .then(async () => {
        if (closed) return
        const exists = await databaseExists(connection, demoName)
        if (exists && !demo) {
          demo = await open('demo', demoConnection)
          if (works) await demo.work()
        } else if (!exists && demo) {
          const gone = demo
          demo = undefined
          await gone.close()
        }
      })
    return looking
  }

  /** Somebody killed our database server: it is started again, and every house is told where it is now. */
  const guard = async () => {
    while (embedded && !closed) {
      const { expected } = await embedded.exited
      if (expected || closed) return
      for (let tries = 1; ; tries++) {
        try {
          embedded = await startEmbedded({ dataFolder, log })
          break
        } catch (error) {
          // A full disk, say: it can have room again, and then nobody should have to start us by hand.
          log.error(
            { tries, ...faultOf(error) },
            'the database server could not be started again and will be tried again',
          )
        }
        await pause(2000)
        if (closed) return
      }
      const { host, port } = embedded.connection
      for (const target of [connection, demoConnection]) Object.assign(target, { host, port })
      business?.database.moveTo({ host, port })
      demo?.database.moveTo({ host, port })
    }
  }

  const close = async () => {
    closed = true
    await looking.catch(() => {})
    await demo?.close()
    await business?.close()
    await embedded?.stop()
  }

  try {
    const { allowUnsafeDatabase } = configuration
    await administer(connection, server => refuseUnlessDurable(server, { allowUnsafeDatabase, log }))
    business = await open('business', connection)
    void guard()
    if (works) await business.work()
    // A demo that cannot be opened is no reason to keep a business closed.
    const look = () => lookForDemo().catch(error => log.warn(faultOf(error), 'the demo world could not be opened'))
    await look()
    business.live.listen(topics => {
      if (topics.includes('demo')) void look()
    })
  } catch (error) {
    await close()
    throw error
  }

  return {
    business,
    demo: () => demo,
    async openDemo(fill, chance) {
      await lookForDemo()
      if (demo) return
      await dropDatabase(connection, fillingName)
      await createDatabase(connection, fillingName)
      const clock = movableClock(business.clock.now())
      const filling = await open('demo', withDatabase(connection, fillingName), { clock, chance })
      try {
        await fill({
          house: filling,
          clock,
          async perform(job) {
            await performNow(
              filling,
              rooms.flatMap(room => room.jobs ?? []),
              job,
            )
          },
        })
      } finally {
        await filling.close()
      }
      await renameDatabase(connection, fillingName, demoName)
      await lookForDemo()
    },
    async dropDemo() {
      const gone = demo
      demo = undefined
      await gone?.close()
      await dropDatabase(connection, demoName)
    },
    database: { adopted: embedded?.adopted ?? false, embedded: embedded !== undefined },
    close,
  }
}
