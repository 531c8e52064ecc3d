import { mkdir, readdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '#kernel/clock/index.ts'
import {
  type Connection,
  createDatabase,
  databaseOf,
  dropDatabase,
  type MigrationSource,
  openDatabase,
  withDatabase,
} from '#kernel/database/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Archive } from './archive.ts'
import { openArchiveFile } from './archive-file.ts'
import { openArchiveFolder } from './archive-folder.ts'
import { exportGuide } from './export-guide.ts'
import type { Manifest } from './manifest.ts'
import { readCopy } from './read.ts'
import { type RestoreReport, restoreInto } from './restore.ts'
import { type Told, takeCopy } from './take.ts'

export interface Copying {
  readonly connection: Connection
  /** Uploaded files, carried along. */
  readonly folder: string
  readonly product: string
  readonly clock: Clock
  readonly passphrase?: string | undefined
  readonly tell?: Told
}

export interface Made {
  readonly path: string
  readonly manifest: Manifest
  readonly sizeBytes: number
  readonly tookMs: number
  readonly verifyMs: number
}

/**
 * Makes a backup: written under another name, brought to the disk, read back whole, and only then given its name. Whatever
 * happens before leaves the backups that are there as they are.
 */
export async function makeBackupFile(what: Copying, to: string): Promise<Made> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  if (await stat(to).catch(() => undefined)) throw refuse('conflict', 'recovery:refusal.file-exists', { path: to })
  return await made(what, to, await openArchiveFile(to, what.passphrase))
}

/** Lays everything open in a folder, with a guide of how to read it: for leaving, and for looking with other programs. */
export async function makeExport(what: Omit<Copying, 'passphrase'>, to: string): Promise<Made> {
  const archive = await openArchiveFolder(to)
  return await made(what, to, archive, [['README.txt', exportGuide]])
}

async function made(
  what: Copying,
  path: string,
  archive: Archive,
  documents: readonly (readonly [string, string])[] = [],
): Promise<Made> {
  const { clock } = what
  const began = clock.elapsed()
  try {
    const manifest = await takeCopy({ ...what, madeAt: clock.now() }, archive, what.tell)
    for (const [name, content] of documents) await archive.document(name, content)
    await archive.finish()
    const written = clock.elapsed()
    await readCopy(archive.unfinished, what.passphrase)
    const verifyMs = clock.elapsed() - written
    await archive.publish()
    return {
      path,
      manifest,
      sizeBytes: await sizeOf(path),
      tookMs: Math.round(clock.elapsed() - began),
      verifyMs: Math.round(verifyMs),
    }
  } catch (error) {
    await archive.abandon()
    if ((error as { code?: string }).code === 'ENOSPC') {
      throw Object.assign(refuse('unavailable', 'recovery:refusal.disk-full', { path }), { cause: error })
    }
    throw error
  }
}

/** Restores a copy into a database that is made for it and dropped again: the only proof that it could be restored. */
export async function drill(
  copy: { readonly path: string; readonly passphrase?: string | undefined },
  where: { readonly connection: Connection; readonly sources: readonly MigrationSource[]; readonly clock: Clock },
): Promise<RestoreReport> {
  const name = `${databaseOf(where.connection)}_drill`
  await dropDatabase(where.connection, name)
  await createDatabase(where.connection, name)
  const database = openDatabase(withDatabase(where.connection, name), { connections: 4 })
  try {
    return await restoreInto({ ...where, database }, copy)
  } finally {
    await database.close()
    await dropDatabase(where.connection, name)
  }
}

/** Bytes free where a file would be written; null where nobody says. */
export async function freeBytes(folder: string): Promise<number | null> {
  const about = await statfs(folder).catch(() => undefined)
  return about ? about.bavail * about.bsize : null
}

async function sizeOf(path: string): Promise<number> {
  const about = await stat(path)
  if (!about.isDirectory()) return about.size
  const found = await readdir(path, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    found.filter(each => each.isFile()).map(async each => (await stat(join(each.parentPath, each.name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
