import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { refuse } from '../refusal.ts'
import type { Connection, Queryable, Row } from './database.ts'

/** One moment of the database, seen alike by several connections, so that large tables can be read side by side. */
export interface Snapshot extends Queryable {
  readonly lanes: readonly Lane[]
  close(): Promise<void>
}

export interface Lane {
  /** Streams what a query answers, in PostgreSQL's COPY text format; pieces may end in the middle of a line. */
  copyOut(query: string): AsyncIterable<Buffer>
}

/** How values are written must not depend on the server or the role: a copy is compared across both. */
const settings = `set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres';
  set extra_float_digits = 1; set bytea_output = 'hex'; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0`

/**
 * Opens a snapshot that stays as it is however much is written meanwhile, and locks nobody out.
 *
 * Example: `const snapshot = await openSnapshot(database.connection, 2)` reads with two connections beside each other.
 */
export async function openSnapshot(connection: Connection, lanes: number): Promise<Snapshot> {
  const clients: pg.Client[] = []
  const open = async (first?: string) => {
    const client = new pg.Client({ ...connection, application_name: 'guanxi snapshot' })
    client.on('error', () => {})
    await client.connect()
    clients.push(client)
    await client.query(settings)
    await client.query('begin isolation level repeatable read, read only')
    if (first) await client.query(`set transaction snapshot ${pg.escapeLiteral(first)}`)
    return client
  }
  const close = async () => {
    await Promise.all(clients.map(client => client.end().catch(() => {})))
  }
  try {
    const first = await open()
    const [row] = (await first.query<{ id: string }>('select pg_export_snapshot() as id')).rows
    const others = await Promise.all(Array.from({ length: lanes }, () => open(row!.id)))
    return {
      query: async <R extends object = Row>(sql: string, parameters?: readonly unknown[]) =>
        (await first.query(sql, parameters as unknown[])).rows as R[],
      lanes: others.map(client => ({
        copyOut: query => client.query(copyTo(`copy (${query}) to stdout`)) as unknown as AsyncIterable<Buffer>,
      })),
      close,
    }
  } catch (error) {
    await close()
    if ((error as { code?: string }).code?.startsWith('ECONN'))
      throw Object.assign(refuse('unavailable', 'database:refusal.unreachable'), { cause: error })
    throw error
  }
}
