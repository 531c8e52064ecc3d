import pg from 'pg'
import { refuse } from '../refusal.ts'
import type { Connection, Queryable } from './database.ts'

/** Scheme, who and where, then the name of the database; a URL without a host (a socket is named behind the `?`) is none to `URL`. */
const address = /^([a-z]+:\/\/[^/?#]*)(?:\/([^?#]*))?/

/** The name of the database that a connection reaches. Example: `postgresql://u@/db?host=/run/postgresql` -> `db`. */
export function databaseOf(connection: Connection): string {
  if (connection.database) return connection.database
  if (!connection.connectionString) return 'guanxi'
  return decodeURIComponent(address.exec(connection.connectionString)?.[2] ?? '') || 'postgres'
}

/** The same server, another database. */
export function withDatabase(connection: Connection, database: string): Connection {
  if (!connection.connectionString) return { ...connection, database }
  const connectionString = connection.connectionString.replace(
    address,
    (_, place: string) => `${place}/${encodeURIComponent(database)}`,
  )
  return { ...connection, connectionString }
}

/** One connection of its own, outside of the pool and of any transaction, for what concerns the server. */
export async function administer<T>(connection: Connection, work: (server: Queryable) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    throw Object.assign(refuse('unavailable', 'database:refusal.unreachable'), { cause: error })
  }
  try {
    return await work({ query: async (sql, values) => (await client.query(sql, values as unknown[])).rows })
  } finally {
    await client.end().catch(() => {})
  }
}

export async function databaseExists(connection: Connection, database: string): Promise<boolean> {
  const rows = await administer(connection, server =>
    server.query('select 1 from pg_database where datname = $1', [database]),
  )
  return rows.length === 1
}

/** Makes an empty database beside ours. */
export async function createDatabase(connection: Connection, database: string): Promise<void> {
  if (await databaseExists(connection, database)) return
  try {
    await administer(connection, server => server.query(`create database ${pg.escapeIdentifier(database)}`))
  } catch (error) {
    if ((error as { code?: string }).code === '42501') throw refuse('forbidden', 'database:refusal.may-not-create')
    throw error
  }
}

/** Removes a database with all that is in it, whoever is still connected. */
export async function dropDatabase(connection: Connection, database: string): Promise<void> {
  await administer(connection, server =>
    server.query(`drop database if exists ${pg.escapeIdentifier(database)} with (force)`),
  )
}

/** Gives a database its final name; nobody may be connected to it. */
export async function renameDatabase(connection: Connection, from: string, to: string): Promise<void> {
  await administer(connection, server =>
    server.query(`alter database ${pg.escapeIdentifier(from)} rename to ${pg.escapeIdentifier(to)}`),
  )
}
