import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { administer, openDatabase, refuseUnlessDurable } from '#kernel/database/index.ts'
import type { Log } from '#kernel/log.ts'
import { type RestoreReport, restoreInto } from '#kernel/recovery/index.ts'
import type { Configuration } from './configuration.ts'
import { migrationSources } from './house.ts'
import { rooms } from './rooms.ts'

/**
 * Restores a backup or an export where this configuration keeps its data. The product itself is not opened: opening it would
 * make the tables of this release, and the copy brings its own.
 */
export async function restoreProduct(
  options: {
    readonly configuration: Configuration
    readonly log: Log
    readonly path: string
    readonly passphrase?: string | undefined
    readonly replace: boolean
  },
  tell: (done: number, total: number) => void = () => {},
): Promise<RestoreReport> {
  const { configuration, log, path, passphrase, replace } = options
  const { dataFolder, databaseUrl, allowUnsafeDatabase } = configuration
  await mkdir(dataFolder, { recursive: true })
  const embedded = databaseUrl ? undefined : await startEmbedded({ dataFolder, log })
  const connection = embedded?.connection ?? { connectionString: databaseUrl! }
  try {
    await administer(connection, server => refuseUnlessDurable(server, { allowUnsafeDatabase, log }))
    const database = openDatabase(connection, { connections: 5 })
    try {
      const folder = join(dataFolder, 'business')
      const into = { database, sources: migrationSources(rooms), clock: systemClock, folder, replace }
      return await restoreInto(into, { path, passphrase: passphrase ?? configuration.backupPassphrase }, tell)
    } finally {
      await database.close()
    }
  } finally {
    await embedded?.stop()
  }
}
