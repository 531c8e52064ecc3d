import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemClock } from '#kernel/clock/index.ts'
import { startEmbedded } from '#kernel/database/embedded/index.ts'
import { administer, openDatabase, refuseUnlessDurable } from '#kernel/database/index.ts'
import type { Log } from '#kernel/log.ts'
import { forgetAgain, readForgotten } from '#kernel/privacy/index.ts'
import { type RestoreReport, restoreInto } from '#kernel/recovery/index.ts'
import type { Configuration } from './configuration.ts'
import { migrationSources, openHouse } from './house.ts'
import { rooms } from './rooms.ts'

/** What was restored, and how many were forgotten again, or are left to be decided about. */
export type ProductRestored = RestoreReport & { readonly forgottenAgain: number; readonly leftToForget: number }

/**
 * Restores a backup or an export where this configuration keeps its data. The product itself is not opened: opening it would
 * make the tables of this release, and the copy brings its own. Afterwards whoever was forgotten since the copy was made is forgotten
 * again: the lists of them stand beside the copy, and where this server keeps its own.
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
): Promise<ProductRestored> {
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
      const report = await restoreInto(into, { path, passphrase: passphrase ?? configuration.backupPassphrase }, tell)
      const forgotten = await readForgotten([dirname(path), join(folder, 'backups')])
      if (forgotten.length === 0) return { ...report, forgottenAgain: 0, leftToForget: 0 }
      const house = await openHouse({ name: 'business', connection, rooms, folder, log })
      try {
        const again = await forgetAgain(house, forgotten)
        return { ...report, forgottenAgain: again.forgotten, leftToForget: again.left }
      } finally {
        await house.close()
      }
    } finally {
      await database.close()
    }
  } finally {
    await embedded?.stop()
  }
}
