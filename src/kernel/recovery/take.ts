import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { type Connection, openSnapshot, type Snapshot } from '#kernel/database/index.ts'
import type { Archive } from './archive.ts'
import { digest, stateHashOf } from './digest.ts'
import { wholeLines } from './lines.ts'
import { formatVersion, type Heading, headingName, type Manifest, manifestName } from './manifest.ts'
import { type CarriedTable, carriedTables, notCounted } from './tables.ts'

/** Bytes of rows in one part: large enough to compress well, small enough that a copy of any size takes the same memory. */
const partBytes = 4 * 1024 * 1024
const lanes = 2

export interface Source {
  readonly connection: Connection
  /** The folder of uploaded files; its `backups` are left out. */
  readonly folder: string
  readonly product: string
  readonly madeAt: Date
}

export type Told = (done: number, total: number) => Promise<void> | void

/**
 * Writes everything that one moment of the database holds into an archive, while others go on writing to the database. Nobody
 * is locked out, and no part is of another moment than the rest.
 */
export async function takeCopy(source: Source, archive: Archive, tell: Told = () => {}): Promise<Manifest> {
  const snapshot = await openSnapshot(source.connection, lanes)
  try {
    const tables = await carriedTables(snapshot)
    const heading = await headingOf(source, snapshot, tables)
    await archive.document(headingName, JSON.stringify(heading, null, 1))
    const total = tables.reduce((sum, { estimate }) => sum + estimate, 0)
    let done = 0
    const results = await readTables(snapshot, tables, async (table, lines, rows) => {
      await archive.rows(table, lines, rows)
      done += rows
      await tell(done, Math.max(total, done))
    })
    const files = await takeFiles(source.folder, archive)
    const written: Manifest = {
      ...heading,
      tables: results.map(({ name, rows, digest: sum }) => ({
        name,
        rows,
        digest: sum,
        parts: [...archive.partsOf(name)],
      })),
      files,
      rows: results.reduce((sum, { rows }) => sum + rows, 0),
      stateHash: stateHashOf(results.filter(({ name }) => !notCounted.has(name))),
    }
    await archive.document(manifestName, JSON.stringify(written, null, 1))
    return written
  } finally {
    await snapshot.close()
  }
}

/** The state hash of a database as it stands, without writing anything. */
export async function readState(connection: Connection): Promise<{ stateHash: string; rows: number; tables: number }> {
  const snapshot = await openSnapshot(connection, lanes)
  try {
    const results = await readTables(snapshot, await carriedTables(snapshot), async () => {})
    const counted = results.filter(({ name }) => !notCounted.has(name))
    return {
      stateHash: stateHashOf(counted),
      rows: counted.reduce((sum, { rows }) => sum + rows, 0),
      tables: counted.length,
    }
  } finally {
    await snapshot.close()
  }
}

/** Reads all tables with as many connections as the snapshot has, the largest first. */
async function readTables(
  snapshot: Snapshot,
  tables: readonly CarriedTable[],
  take: (table: CarriedTable, lines: Buffer, rows: number) => Promise<void>,
) {
  const waiting = [...tables].sort((one, other) => other.estimate - one.estimate)
  const results: { name: string; columns: CarriedTable['columns']; rows: number; digest: string }[] = []
  await Promise.all(
    snapshot.lanes.map(async lane => {
      for (let table = waiting.shift(); table; table = waiting.shift()) {
        const sum = digest()
        for await (const lines of wholeLines(lane.copyOut(table.select), partBytes)) {
          await take(table, lines, sum.take(lines))
        }
        results.push({ name: table.name, columns: table.columns, rows: sum.rows, digest: sum.hex() })
      }
    }),
  )
  return results.sort((one, other) => (one.name < other.name ? -1 : 1))
}

async function headingOf(source: Source, snapshot: Snapshot, tables: readonly CarriedTable[]): Promise<Heading> {
  const [about] = await snapshot.query<{ postgres: string; business: string | null }>(
    `select current_setting('server_version') as postgres,
       (select value->>'name' from settings.setting where name = 'business') as business`,
  )
  return {
    format: 'guanxi-copy',
    formatVersion,
    product: source.product,
    madeAt: source.madeAt.toISOString(),
    postgres: about!.postgres,
    business: about!.business ?? '',
    migrations: await snapshot.query('select room, file from kernel.migration order by room, file'),
    shapes: tables.map(({ name, columns, primaryKey, partitions }) => ({
      name,
      columns: [...columns],
      primaryKey: [...primaryKey],
      partitions: [...partitions],
    })),
  }
}

/** Uploaded files do not change once they lie there; one that went away meanwhile belongs to an import that is gone. */
async function takeFiles(folder: string, archive: Archive): Promise<Manifest['files']> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files: Manifest['files'] = []
  for (const entry of found) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const within = relative(folder, path).split(sep).join('/')
    if (within.startsWith('backups/')) continue
    const about = await stat(path).catch(() => undefined)
    if (!about) continue
    const chunks = createReadStream(path, { ...(about.size > 0 && { end: about.size - 1 }) }) as AsyncIterable<Buffer>
    files.push(await archive.file(`files/${within}`, about.size, chunks))
  }
  return files
}
