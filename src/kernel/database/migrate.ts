import { readdir, readFile } from 'node:fs/promises'
import { refuse } from '../refusal.ts'
import type { Database } from './database.ts'
import { settlePrivileges } from './privileges.ts'
import type { TableMap } from './table-map.ts'

export interface MigrationSource {
  /** `kernel/parties`: recorded with each file, so that rooms never collide. */
  readonly room: string
  readonly folder: URL
  /** The room's tables: which of them may only be added to is settled with the last file. */
  readonly tables?: TableMap
}

/** One lock for everyone who migrates: two processes that start together apply each file once. */
export const migrationLock = 727_250

/**
 * Applies what has not been applied, room by room in the given order, each file in one transaction, one statement per
 * call (data rule 13). Returns how many files were new. Refuses a database that a newer release has migrated, because
 * running old code on new tables loses data silently. With `only`, it stops at those files: the tables are then those of the
 * release that knew no others, which is how rows of an earlier release are taken in before they are brought up to date.
 * A migration may change what nobody else may: the rights to facts are given back before the first file and taken after the last.
 */
export async function migrate(
  database: Database,
  sources: readonly MigrationSource[],
  only?: ReadonlySet<string>,
): Promise<number> {
  const known = await Promise.all(sources.map(readSource))
  let applied = 0
  await database.transaction(async transaction => {
    await transaction.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await transaction.query('create schema if not exists kernel')
    await transaction.query(
      `create table if not exists kernel.migration (
         room text not null, file text not null, applied_at timestamptz not null default now(), primary key (room, file))`,
    )
    const rows = await transaction.query<{ room: string; file: string }>('select room, file from kernel.migration')
    const done = new Set(rows.map(row => `${row.room}/${row.file}`))
    const ours = new Set(known.flatMap(({ room, files }) => files.map(({ file }) => `${room}/${file}`)))
    const unknown = rows.filter(
      row => known.some(({ room }) => room === row.room) && !ours.has(`${row.room}/${row.file}`),
    )
    if (unknown.length > 0) {
      throw refuse('conflict', 'database:refusal.newer-schema', {
        files: unknown.map(row => `${row.room}/${row.file}`),
      })
    }
    const open = known.flatMap(({ room, files }) =>
      files
        .map(each => ({ room, ...each }))
        .filter(({ file }) => !done.has(`${room}/${file}`) && (!only || only.has(`${room}/${file}`))),
    )
    const schemas = known.map(({ room }) => room.split('/').at(-1)!.replaceAll('-', '_'))
    if (open.length > 0) await settlePrivileges(transaction, schemas, {})
    for (const { room, file, sql } of open) {
      for (const statement of statementsOf(sql)) await transaction.query(statement)
      await transaction.query('insert into kernel.migration (room, file) values ($1, $2)', [room, file])
    }
    applied = open.length
    if (!only) await settlePrivileges(transaction, schemas, Object.assign({}, ...sources.map(({ tables }) => tables)))
  })
  return applied
}

async function readSource({ room, folder }: MigrationSource) {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  const files = await Promise.all(
    names.map(async file => ({ file, sql: await readFile(new URL(file, folder), 'utf8') })),
  )
  return { room, files }
}

/** Statements end with a semicolon at the end of a line; our files hold no function bodies, so that is enough. */
export function statementsOf(sql: string): string[] {
  return sql
    .split('\n')
    .filter(line => !line.trimStart().startsWith('--'))
    .join('\n')
    .split(/;\s*(?:\n|$)/)
    .map(statement => statement.trim())
    .filter(statement => statement.length > 0)
}
