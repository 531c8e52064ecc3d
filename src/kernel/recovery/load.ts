import { createWriteStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { keepAtMachine } from '#kernel/audit-log/index.ts'
import {
  type Database,
  type MigrationSource,
  migrate,
  type Queryable,
  type Transaction,
} from '#kernel/database/index.ts'
import type { House } from '#kernel/house.ts'
import { prepareQueue } from '#kernel/jobs/index.ts'
import { refuse } from '#kernel/refusal.ts'
import type { Manifest } from './manifest.ts'
import { readCopy } from './read.ts'
import { carriedTables, columnsInSql, inSql, queueShape, queueTable } from './tables.ts'
import type { Told } from './take.ts'

/** While this table stands, the database is half restored, and no house opens on it. */
const unfinishedTable = 'kernel.unfinished_restore'
/** What was restored here and is not in the log of acts yet: until the business works again, its rows are those of the copy. */
const restoredTable = 'kernel.restored'
const stagedQueue = 'kernel.staged_queue'
const partsAtOnce = 3

/** Refuses a database in which a restore was begun and not ended: half of the customers must not look like all of them. */
export async function refuseUnfinishedRestore(queryable: Queryable): Promise<void> {
  const [there] = await queryable.query<{ oid: string | null }>(`select to_regclass('${unfinishedTable}')::text as oid`)
  if (!there?.oid) return
  const [row] = await queryable.query<{ name: string; begunAt: Date }>(
    `select name, begun_at as "begunAt" from ${unfinishedTable}`,
  )
  throw refuse('unavailable', 'recovery:refusal.unfinished', {
    name: row?.name ?? '',
    begunAt: row?.begunAt.toISOString() ?? '',
  })
}

/** What stands in a database already: nothing, or a business that a restore would replace. */
export async function whatStandsIn(queryable: Queryable): Promise<{ parties: number; events: number } | undefined> {
  const [known] = await queryable.query<{ has: boolean }>(
    `select to_regclass('kernel.migration') is not null or to_regclass('${unfinishedTable}') is not null as has`,
  )
  if (!known?.has) return undefined
  const count = async (table: string) => {
    const [there] = await queryable.query<{ has: boolean }>('select to_regclass($1) is not null as has', [table])
    if (!there?.has) return 0
    const [row] = await queryable.query<{ count: number }>(`select count(*) as count from ${table}`)
    return row!.count
  }
  return { parties: await count('parties.party'), events: await count('events.event') }
}

export interface Target {
  readonly database: Database
  readonly sources: readonly MigrationSource[]
  /** Where uploaded files go; without it they stay in the copy. */
  readonly folder?: string | undefined
}

/**
 * Loads a copy that was read and found whole into a database with nothing of ours in it: the tables as the release of the copy
 * had them, the rows, then whatever this release changed since. Until `finishRestore` the database refuses to be opened.
 */
export async function loadCopy(
  target: Target,
  copy: {
    readonly path: string
    readonly passphrase?: string | undefined
    readonly manifest: Manifest
    readonly at: Date
  },
  tell: Told = () => {},
): Promise<void> {
  const { database, sources, folder } = target
  const { manifest, path, passphrase } = copy
  refuseUnlessKnown(manifest, await knownFiles(sources))
  await begin(database, path, copy.at)
  const listed = new Set(manifest.migrations.map(({ room, file }) => `${room}/${file}`))
  await migrate(database, sources, listed)
  await prepareQueue(database)
  const here = new Map((await carriedTables(database)).map(table => [table.name, table]))
  const shapes = new Map(manifest.shapes.map(shape => [shape.name, shape]))
  for (const { name, columns } of manifest.shapes) {
    const missing = columns.filter(column => !here.get(name)?.columns.some(each => each.name === column.name))
    if (missing.length > 0) {
      throw refuse('conflict', 'recovery:refusal.other-shape', { name, columns: missing.map(each => each.name) })
    }
  }
  const own = [...here.keys()].filter(name => name !== queueTable)
  const keys = await database.transaction(async transaction => {
    const taken = await takeOffKeys(transaction)
    await transaction.query(`truncate ${own.map(inSql).join(', ')}`)
    for (const { name, partitions } of manifest.shapes) {
      for (const partition of partitions) await makePartition(transaction, name, partition)
    }
    return taken
  })
  let done = 0
  const inFlight = new Set<Promise<void>>()
  await readCopy(path, passphrase, {
    async rows(table, lines, count) {
      while (inFlight.size >= partsAtOnce) await Promise.race(inFlight)
      const name = table === queueTable ? stagedQueue : inSql(table)
      const columns = columnsInSql(shapes.get(table)!.columns)
      const work = database
        .transaction(transaction => transaction.copy(`${name} (${columns})`, [lines]))
        .then(async () => {
          done += count
          await tell(done, manifest.rows)
        })
        .finally(() => inFlight.delete(work))
      inFlight.add(work)
      // A part that fails is noticed where the next one waits, or at the end.
      work.catch(() => {})
    },
    ...(folder !== undefined && {
      file: (within: string, chunks: AsyncIterable<Buffer>) => putFile(folder, within, chunks),
    }),
  })
  await Promise.all(inFlight)
  await refuseUnlessAllArrived(database, manifest)
  await database.transaction(async transaction => {
    for (const { table, name, definition } of keys) {
      await transaction.query(`alter table ${inSql(table)} add constraint "${name}" ${definition}`)
    }
  })
  await database.query('analyze')
  await migrate(database, sources)
}

/** Gives back the work that waited and lets the house be opened, in one step; what was restored is said when it is. */
export async function finishRestore(
  database: Database,
  restored: { readonly name: string; readonly madeAt: string; readonly at: Date },
): Promise<{ waiting: number }> {
  return await database.transaction(async transaction => {
    const [row] = await transaction.query<{ waiting: number }>(
      `select count(graphile_worker.add_job(name, payload, run_at => run_at, max_attempts => max_attempts, job_key => key)) as waiting
       from ${stagedQueue}`,
    )
    // What ran when the copy was taken waits again; what was only in that server's hands never ends.
    await transaction.query(`update jobs.run set state = 'waiting', started_at = null where state = 'running'`)
    await transaction.query(
      `update jobs.run set state = 'failed', ended_at = created_at, failure = 'recovery:failure.left-behind'
       where state = 'waiting' and not exists (select from ${stagedQueue} q where q.payload ->> 'runId' = run_id::text)`,
    )
    await transaction.query(`drop table ${stagedQueue}`)
    await transaction.query(`drop table ${unfinishedTable}`)
    await transaction.query(
      `create table ${restoredTable} (name text not null, made_at timestamptz not null, restored_at timestamptz not null)`,
    )
    await transaction.query(`insert into ${restoredTable} values ($1, $2, $3)`, [
      restored.name,
      restored.madeAt,
      restored.at,
    ])
    return { waiting: row!.waiting }
  })
}

/** Enters into the log of acts that this business was restored, once: when it begins to work again. */
export async function noteRestore(house: House): Promise<void> {
  const [there] = await house.database.query<{ has: boolean }>('select to_regclass($1) is not null as has', [
    restoredTable,
  ])
  if (!there?.has) return
  await house.database.transaction(async transaction => {
    const rows = await transaction.query<{ name: string; madeAt: Date; at: Date }>(
      `delete from ${restoredTable} returning name, made_at as "madeAt", restored_at as at`,
    )
    for (const { name, madeAt, at } of rows) {
      const asked = { madeAt: madeAt.toISOString() }
      await keepAtMachine(house, transaction, { operation: 'restore', room: 'backups', named: name, asked, at })
    }
  })
}

/** Removes every room's schema, the queue's, and what an earlier restore left. */
export async function emptyDatabase(database: Database): Promise<void> {
  const [known] = await database.query<{ has: boolean }>(`select to_regclass('kernel.migration') is not null as has`)
  const hasRooms = known!.has
  const schemas = await database.query<{ name: string }>(
    `select nspname as name from pg_namespace where nspname in ('kernel', 'graphile_worker')
       or ${hasRooms ? `nspname in (select replace(split_part(room, '/', -1), '-', '_') from kernel.migration)` : 'false'}`,
  )
  await database.transaction(async transaction => {
    for (const { name } of schemas) await transaction.query(`drop schema if exists ${inSql(name)} cascade`)
  })
}

async function begin(database: Database, path: string, at: Date): Promise<void> {
  await database.transaction(async transaction => {
    await transaction.query('create schema if not exists kernel')
    await transaction.query(`create table ${unfinishedTable} (name text not null, begun_at timestamptz not null)`)
    await transaction.query(`insert into ${unfinishedTable} values ($1, $2)`, [path, at])
    const columns = queueShape.columns.map(({ name, type }) => `${name} ${type}`)
    await transaction.query(`create table ${stagedQueue} (${columns.join(', ')})`)
  })
}

function refuseUnlessKnown(manifest: Manifest, known: ReadonlySet<string>): void {
  const unknown = manifest.migrations.filter(({ room, file }) => !known.has(`${room}/${file}`))
  if (unknown.length > 0) {
    throw refuse('conflict', 'recovery:refusal.newer-release', {
      product: manifest.product,
      files: unknown.map(({ room, file }) => `${room}/${file}`),
    })
  }
}

async function knownFiles(sources: readonly MigrationSource[]): Promise<Set<string>> {
  const all = await Promise.all(
    sources.map(async ({ room, folder }) => (await readdir(folder)).map(file => `${room}/${file}`)),
  )
  return new Set(all.flat())
}

/** References are taken off while rows arrive in any order, and put back at the end, which checks them all at once. */
async function takeOffKeys(transaction: Transaction) {
  const keys = await transaction.query<{ table: string; name: string; definition: string }>(
    `select n.nspname || '.' || c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
     from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype = 'f' and k.conparentid = 0
       and n.nspname in (select replace(split_part(room, '/', -1), '-', '_') from kernel.migration)
     order by 1, 2`,
  )
  for (const { table, name } of keys) {
    await transaction.query(`alter table ${inSql(table)} drop constraint "${name}"`)
  }
  return keys
}

async function makePartition(
  transaction: Transaction,
  parent: string,
  { name, bound }: { readonly name: string; readonly bound: string },
): Promise<void> {
  const [there] = await transaction.query<{ has: boolean }>('select to_regclass($1) is not null as has', [name])
  if (there?.has) return
  await transaction.query(`create table ${inSql(name)} (like ${inSql(parent)} including all)`)
  await transaction.query(`alter table ${inSql(parent)} attach partition ${inSql(name)} ${bound}`)
}

/** Paths come from a file: none leads out of the folder. */
async function putFile(folder: string, within: string, chunks: AsyncIterable<Buffer>): Promise<void> {
  const target = resolve(join(folder, within))
  if (!target.startsWith(resolve(folder) + sep)) {
    throw refuse('invalid', 'recovery:refusal.damaged', { name: within, place: 'files' })
  }
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await pipeline(Readable.from(chunks), createWriteStream(target, { mode: 0o600, flush: true }))
}

async function refuseUnlessAllArrived(database: Database, manifest: Manifest): Promise<void> {
  for (const { name, rows } of manifest.tables) {
    const table = name === queueTable ? stagedQueue : inSql(name)
    const [row] = await database.query<{ count: number }>(`select count(*) as count from ${table}`)
    if (row!.count !== rows) {
      throw refuse('conflict', 'recovery:refusal.rows-missing', { name, wanted: rows, found: row!.count })
    }
  }
}
